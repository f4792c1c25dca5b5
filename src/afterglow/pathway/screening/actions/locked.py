"""Reach a case for writing: right, then lock; and whether it still takes entries."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.screening import access
from afterglow.pathway.screening.models import Case
from afterglow.records.chart import access as chart


def lock_case(by: Actor, case_id: UUID, need: str) -> Case:
    """The case with its row locked, after the person's.  Raises NotFound, Forbidden."""
    chart.lock_person(access.fetch_case(by, case_id, need).person_id)
    return access.fetch_case(by, case_id, need, lock=True)


def refuse_closed(case: Case) -> None:
    """A decided case takes no more entries (C11).  Raises Refusal `screening.case_closed`."""
    if case.state != "open":
        raise Refusal(
            "screening.case_closed",
            f"This screening was {case.state}, and a decided one takes no more entries.",
            "Open a new one to record what is different now; this one stays as it was decided.",
        )
