"""The windows after each dose: of one person, and the list of everybody whose window is open, near, or closed without a visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.integration.models import Visit
from afterglow.pathway.integration.rules import windows
from afterglow.pathway.integration.rules.windows import Pattern, Standing, Talk
from afterglow.pathway.plan.queries import plans as plan
from afterglow.pathway.plan.rules.course import Window
from afterglow.pathway.session.queries.doses_given import GivenDose, doses_given, doses_given_since
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow

KIND = "integration"
LOOK_BACK = timedelta(days=14)
"""How far back doses and visits are read for the list: longer than any window and the days it stays shown (J)."""
LOOK_AHEAD = timedelta(days=7)
"""How far ahead a dose without a visit is named: time enough to book one (J)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRow:
    """One dose, its window and where it stands.  `window` is None while the dose runs, or where the protocol asks for no visit after it."""

    dose: GivenDose
    window: Window | None
    standing: Standing | None
    countdown: str

    @property
    def wanted(self) -> bool:
        return self.window is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One line of the therapist's list.  `moment`: when the window closes, or when the dose ahead begins."""

    what: Literal["window", "ahead"]
    person_id: UUID
    person_name: str
    record_no: str
    dose_no: int
    opens_at: datetime
    moment: datetime
    countdown: str
    sentence: str
    alert: bool
    appointment_id: UUID | None
    visit_at: datetime | None


def talks_of(appointments: Iterable[AppointmentRow]) -> list[Talk]:
    """The integration visits among these appointments, with what was recorded of each; one query."""
    rows = [row for row in appointments if row.kind == KIND]
    recorded = {appointment: (state, held_at) for appointment, state, held_at in _recorded([row.id for row in rows])}
    return [_talk(row, *recorded.get(row.id, ("", None))) for row in rows]


@prepared
def _recorded(appointment_ids: Sequence[UUID]) -> Rows:
    return Visit.objects.filter(appointment_id__in=appointment_ids).values_list("appointment_id", "state", "held_at")


def _talk(row: AppointmentRow, state: str, held_at: datetime | None) -> Talk:
    return Talk(
        appointment_id=row.id,
        dose_no=row.dose_no,
        at=held_at or row.starts_at,
        ends_at=row.ends_at,
        state="held" if state == "held" else "missed" if state == "missed" else windows.CALENDAR[row.state],
    )


def doses_of(person_id: UUID, at: datetime, talks: list[Talk]) -> list[DoseRow]:
    """Every dose begun of one person, the newest first; two queries."""
    doses = doses_given([person_id]).get(person_id, [])
    patterns = _patterns(dose.plan_id for dose in doses)
    return [_dose_row(dose, patterns[dose.plan_id], talks, at) for dose in reversed(doses)]


def waiting(actor: Actor, at: datetime) -> list[WaitingRow]:
    """Windows that are near, open, or closed without a visit, then doses of the next days without one; what needs somebody comes first.

    A fixed number of queries.  A window whose visit was held is not on it.
    """
    doses = doses_given_since(actor, at - LOOK_BACK)
    calendar = schedule.visible_between(actor, at - LOOK_BACK, at + LOOK_BACK, kind=KIND)
    ahead = [row for row in schedule.visible_between(actor, at, at + LOOK_AHEAD, kind="dosing") if row.state == "booked" and _of_a_plan(row)]
    patterns = _patterns([dose.plan_id for dose in doses] + [UUID(row.purpose_id) for row in ahead])
    whose = {row.id: row.person_id for row in calendar}
    talks: dict[UUID, list[Talk]] = {}
    for talk in talks_of(calendar):
        talks.setdefault(whose[talk.appointment_id], []).append(talk)
    names = chart.names_of(actor.clinic_id, {dose.person_id for dose in doses} | {row.person_id for row in ahead})
    found = [
        _window_line(row, names[row.dose.person_id])
        for dose in doses
        for row in [_dose_row(dose, patterns[dose.plan_id], talks.get(dose.person_id, []), at)]
        if row.window is not None and row.standing is not None and windows.is_shown(row.window, row.standing, at)
    ]
    found += [line for row in ahead if (line := _line_ahead(row, patterns.get(UUID(row.purpose_id)), talks.get(row.person_id, []), at)) is not None]
    return sorted(found, key=lambda row: (not row.alert, row.moment, row.person_name))


def _of_a_plan(row: AppointmentRow) -> bool:
    return row.purpose_kind == plan.PURPOSE and row.dose_no is not None


def _patterns(plan_ids: Iterable[UUID]) -> dict[UUID, Pattern]:
    """What each plan's protocol says about integration; one query."""
    return {plan_id: windows.pattern_of(protocol.content) for plan_id, protocol in plan.protocols_of(set(plan_ids)).items()}


def _dose_row(dose: GivenDose, pattern: Pattern, talks: list[Talk], at: datetime) -> DoseRow:
    if dose.ended_at is None or not pattern.wants(dose.dose_no):
        return DoseRow(dose=dose, window=None, standing=None, countdown="")
    window = pattern.window(dose.ended_at)
    after = [talk for talk in talks if talk.at >= dose.started_at]
    return DoseRow(dose=dose, window=window, standing=windows.standing(dose.dose_no, window, after, at), countdown=windows.countdown(window, at))


def _window_line(row: DoseRow, person: chart.FoundPerson) -> WaitingRow:
    assert row.window is not None and row.standing is not None
    talk = row.standing.talk
    return WaitingRow(
        what="window", person_id=row.dose.person_id, person_name=person.name, record_no=person.record_no, dose_no=row.dose.dose_no,
        opens_at=row.window.opens_at, moment=row.window.closes_at, countdown=row.countdown, sentence=row.standing.sentence, alert=row.standing.alert,
        appointment_id=talk.appointment_id if talk else None, visit_at=talk.at if talk else None,
    )  # fmt: skip


def _line_ahead(row: AppointmentRow, pattern: Pattern | None, talks: list[Talk], at: datetime) -> WaitingRow | None:
    """A dose that is booked and has no visit inside the window it will open; None where one is booked or none is wanted."""
    assert row.dose_no is not None
    if pattern is None or not pattern.wants(row.dose_no):
        return None
    window = pattern.window(row.starts_at)
    opens_at, closes_at = window.opens_at, window.closes_at + (row.ends_at - row.starts_at)
    if any(talk.state == "booked" and opens_at <= talk.at <= closes_at for talk in talks):
        return None
    return WaitingRow(
        what="ahead", person_id=row.person_id, person_name=row.person_name, record_no=row.record_no, dose_no=row.dose_no, opens_at=opens_at,
        moment=row.starts_at, countdown="", sentence="No visit is booked after this dose yet. Book it before the dose.", alert=True,
        appointment_id=None, visit_at=None,
    )  # fmt: skip
