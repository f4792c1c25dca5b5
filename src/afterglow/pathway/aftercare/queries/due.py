"""Every check up to four weeks ahead: how many are overdue, due and later, and one page of them with names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.access.actor import Actor
from afterglow.ground.columns import as_text
from afterglow.ground.content.queries import library_row
from afterglow.ground.face.pages import Part, part_of
from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.models import Check
from afterglow.pathway.aftercare.queries.waiting import on_now

AHEAD_DAYS = 28
"""How far the due list looks ahead."""
_SHOWN = (
    "id",
    "aftercare__person_id",
    "aftercare__person__given_name",
    "aftercare__person__family_name",
    "aftercare__person__record_no",
    "kind",
    "title",
    "due_on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One check on the due list."""

    check_id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    kind: str
    title: str
    due_on: date
    state: rules.CheckState


@dataclass(frozen=True, slots=True, kw_only=True)
class DueList:
    """One part of the list; the counts are of the whole of it."""

    rows: tuple[DueRow, ...]
    part: Part
    overdue: int
    due: int
    later: int


def due_list(actor: Actor, at: datetime, page: str = "") -> DueList:
    """Every open check up to four weeks ahead, the longest overdue first.  Three queries, whatever the size."""
    states = _states(actor, at)
    counted = Counter(states.values())
    part = part_of(page, len(states))
    shown = list(states)[part.start : part.stop]
    named = {row[0]: row for row in Check.objects.filter(id__in=[UUID(key) for key in shown]).values_list(*_SHOWN)}
    rows = []
    for key in shown:
        check_id, person_id, given, family, record_no, kind, title, due_on = named[UUID(key)]
        rows.append(
            DueRow(
                check_id=check_id, person_id=person_id, person_name=f"{given} {family}", record_no=record_no, kind=kind, title=title, due_on=due_on,
                state=states[key],
            )
        )  # fmt: skip
    return DueList(rows=tuple(rows), part=part, overdue=counted["overdue"], due=counted["due"], later=counted["later"])


def _states(actor: Actor, at: datetime) -> dict[str, rules.CheckState]:
    """Check -> how it stands, the longest due first.  Two queries, each one range of an index; keys as `ground.columns`."""
    open_checks = Check.objects.filter(state="due", due_on__lte=at.date() + timedelta(days=AHEAD_DAYS))
    held = list(open_checks.order_by("due_on", "id").values_list(as_text("aftercare_id"), as_text("id"), "due_on"))
    mine = on_now(actor).filter(id__in=open_checks.values("aftercare_id")).values_list(as_text("id"), "plan__site__zone", as_text("follow_up_id"))
    on = {key: (zone, file) for key, zone, file in mine}

    @cache
    def state(due_on: date, zone: str, file: str) -> rules.CheckState:
        late_after_days = library_row(UUID(file)).content["aftercare"]["late_after_days"]
        return rules.check_state("due", due_on=due_on, late_after_days=late_after_days, today=at.astimezone(ZoneInfo(zone)).date())

    return {check: state(due_on, *on[aftercare]) for aftercare, check, due_on in held if aftercare in on}
