"""Every check up to four weeks ahead: how many are overdue, due and later, and one page of them with names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_row
from afterglow.ground.face.pages import Part, part_of
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.models import Check
from afterglow.records.chart.access import among_own, own_of

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
)
_STANDS_BY = ("due_on", "aftercare__plan__site__zone", "aftercare__follow_up_id")
"""What decides how a check stands."""


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
    """Every open check up to four weeks ahead, the longest overdue first.  Two queries, whatever the size."""
    state, asked = partial(_state, at=at, known={}), (actor.clinic_id, own_of(actor), at.date() + timedelta(days=AHEAD_DAYS))
    counted: Counter[rules.CheckState] = Counter()
    for due_on, zone, file, number in _counted(*asked):
        counted[state(due_on, zone, file)] += number
    part = part_of(page, counted.total())
    rows = tuple(
        DueRow(
            check_id=check_id, person_id=person_id, person_name=f"{given} {family}", record_no=record_no, kind=kind, title=title, due_on=due_on,
            state=state(due_on, zone, file),
        )
        for check_id, person_id, given, family, record_no, kind, title, due_on, zone, file in _shown(*asked, part.start, part.stop)
    )  # fmt: skip
    return DueList(rows=rows, part=part, overdue=counted["overdue"], due=counted["due"], later=counted["later"])


@prepared
def _counted(clinic_id: UUID, own: UUID | None, until: date) -> Rows:
    return _open_checks(clinic_id, own, until).values_list(*_STANDS_BY).annotate(number=Count("id")).order_by()


@prepared
def _shown(clinic_id: UUID, own: UUID | None, until: date, start: int, stop: int) -> Rows:
    return _open_checks(clinic_id, own, until).order_by("due_on", "id").values_list(*_SHOWN, *_STANDS_BY)[start:stop]


def _open_checks(clinic_id: UUID, own: UUID | None, until: date) -> Rows:
    """Of people in aftercare; of this member of staff's own people where there is one."""
    rows = Check.objects.filter(state="due", due_on__lte=until, aftercare__state="on", aftercare__person__clinic_id=clinic_id)
    return among_own(rows, own, clinic_id, person="aftercare__person_id")


def _state(due_on: date, zone: str, file: UUID, *, at: datetime, known: dict[tuple[date, str, UUID], rules.CheckState]) -> rules.CheckState:
    """How checks of one day, site and follow-up file stand; worked out once a page."""
    if (due_on, zone, file) not in known:
        late_after_days = library_row(file).content["aftercare"]["late_after_days"]
        today = at.astimezone(ZoneInfo(zone)).date()
        known[due_on, zone, file] = rules.check_state("due", due_on=due_on, late_after_days=late_after_days, today=today)
    return known[due_on, zone, file]
