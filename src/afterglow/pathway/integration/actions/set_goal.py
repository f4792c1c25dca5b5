"""Set a goal that grew out of an insight, word it anew, or close it: each change is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.models import Goal, Visit
from afterglow.pathway.integration.rules import deeds
from afterglow.records.chart import access as chart
from afterglow.science.verdict import Verdict

LENGTHS = {"text": 300, "insight": 400, "theme": 60}


@transaction.atomic
def set_goal(
    *, person_id: UUID, text: str, insight: str = "", theme: str = "", visit_id: UUID | None = None, key: str, by: Actor, at: datetime
) -> UUID:
    """The goal's id.  `insight`: what became clear, `visit_id`: in which visit.

    Raises Refusal `integration.goal_not_set` with every open item, `integration.text_refused`; NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need=access.GOAL_RECORD)
    if earlier := once(by, key, [person_id, text, insight, theme, visit_id], at=at):
        return UUID(earlier["goal"])
    chart.lock_person(person_id)
    if visit_id is not None and not Visit.objects.filter(id=visit_id, person_id=person_id).exists():
        raise NotFound("visit")
    _decide(deeds.may_set_goal(text=text, replaced=False, old_state=""))
    row = _add(person_id, {"text": text, "insight": insight, "theme": theme}, visit_id=visit_id, by=by, at=at)
    trail.record(events.goal_set, by=by, at=at, person_id=person_id, objects={"goal": row.id}, new=_told(row))
    answer(by, key, {"goal": str(row.id)})
    return row.id


@transaction.atomic
def change_goal(*, goal_id: UUID, text: str, state: Literal["open", "reached", "let_go"], key: str, by: Actor, at: datetime) -> UUID:
    """The new row's id: the same goal in other words, reached, or let go; what it grew out of stays.

    Raises Refusal `integration.goal_not_set`, `integration.text_refused`; NotFound; Forbidden.
    """
    old = access.fetch_goal(by, goal_id, access.GOAL_RECORD)
    if earlier := once(by, key, [goal_id, text, state], at=at):
        return UUID(earlier["goal"])
    chart.lock_person(old.person_id)
    _decide(deeds.may_set_goal(text=text, replaced=Goal.objects.filter(replaces_id=old.id).exists(), old_state=old.state))
    told = {"text": text, "insight": old.insight, "theme": old.theme}
    row = _add(old.person_id, told, visit_id=old.visit_id, state=state, replaces_id=old.id, by=by, at=at)
    objects = {"goal": row.id, "replaces": old.id}
    trail.record(events.goal_changed, by=by, at=at, person_id=old.person_id, objects=objects, old=_told(old), new=_told(row))
    answer(by, key, {"goal": str(row.id)})
    return row.id


def _add(person_id: UUID, told: dict[str, str], *, by: Actor, at: datetime, **more: object) -> Goal:
    for name, longest in LENGTHS.items():
        if len(told[name].strip()) > longest or "\x00" in told[name]:
            raise Refusal(
                "integration.text_refused",
                f"This text is longer than {longest} letters, or holds a sign that cannot be stored.",
                "Shorten it, or type it again.",
                field=name,
            )
    kept = {name: value.strip() for name, value in told.items()}
    return Goal.objects.create(id=ids.new_id(at), person_id=person_id, recorded_at=at, recorded_by=by.label, **kept, **more)


def _told(row: Goal) -> dict[str, str]:
    return {"text": row.text, "insight": row.insight, "theme": row.theme, "state": row.state}


def _decide(verdict: Verdict) -> None:
    """Raises Refusal `integration.goal_not_set`."""
    if not verdict.met:
        raise Refusal("integration.goal_not_set", f"Nothing was changed. {verdict.sentence}", "Look at the goals again.", findings=verdict.open)
