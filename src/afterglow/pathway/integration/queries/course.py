"""One person's integration: every dose with its window, every visit of the course, the goals and the practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.integration.models import Visit
from afterglow.pathway.integration.queries.practice import GoalRow, goals, today_of
from afterglow.pathway.integration.queries.windows import KIND, DoseRow, doses_of, talks_of
from afterglow.pathway.integration.rules.windows import Talk
from afterglow.pathway.session.queries.doses_given import GivenDose, doses_given
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import OF_CHANGE, ResponseRow
from afterglow.records.measures.queries.contact import Scale, scale_of_change
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow

OF_THE_COURSE = ("preparation", "dosing", KIND)
CONTACT = "integration.visit"
"""Under this kind and the id of its appointment, the measures keep what was asked at a visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One appointment of the course, and for an integration visit what became of it."""

    appointment: AppointmentRow
    talk: Talk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`visits`: preparation, doses and integration together, the latest first (requirement S93)."""

    doses: tuple[DoseRow, ...]
    visits: tuple[VisitRow, ...]
    goals: tuple[GoalRow, ...]

    @property
    def held(self) -> int:
        """How many doses had their integration visit."""
        return sum(row.standing is not None and row.standing.had for row in self.doses)

    @property
    def wanted(self) -> int:
        return sum(row.wanted for row in self.doses)

    @property
    def now(self) -> DoseRow | None:
        """The newest dose that asks for a visit."""
        return next((row for row in self.doses if row.wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded of a visit."""

    id: UUID
    state: str
    held_at: datetime | None
    note_id: UUID | None
    recorded_at: datetime
    recorded_by: str


def course(person_id: UUID, clinic_id: UUID, at: datetime) -> Course:
    """Everything of one person's integration; a fixed number of queries."""
    rows = [row for row in schedule.of_person(person_id) if row.kind in OF_THE_COURSE]
    talks = talks_of(rows)
    by_id = {talk.appointment_id: talk for talk in talks}
    return Course(
        doses=tuple(doses_of(person_id, at, talks)),
        visits=tuple(VisitRow(appointment=row, talk=by_id.get(row.id)) for row in rows),
        goals=tuple(goals(person_id, today_of(clinic_id, at))),
    )


def counts(person_id: UUID, at: datetime) -> tuple[int, int]:
    """How many doses had their visit, and how many ask for one: what the journey says."""
    talks = talks_of(row for row in schedule.of_person(person_id) if row.kind == KIND)
    found = Course(doses=tuple(doses_of(person_id, at, talks)), visits=(), goals=())
    return found.held, found.wanted


def recorded(appointment_id: UUID) -> Recorded | None:
    """What was recorded of one appointment; None when nothing yet."""
    fields = ("id", "state", "held_at", "note_id", "recorded_at", "recorded_by")
    row = Visit.objects.filter(appointment_id=appointment_id).values(*fields).first()
    return None if row is None else Recorded(**row)


def visits_held(person_id: UUID) -> list[tuple[UUID, datetime]]:
    """The visits that were held, the latest first: id and when; what a goal may have grown out of."""
    rows = Visit.objects.filter(person_id=person_id, state="held").order_by("-held_at").values_list("id", "held_at")
    return [(visit_id, held_at) for visit_id, held_at in rows if held_at is not None]


def last_session_before(person_id: UUID, moment: datetime) -> UUID | None:
    """The last dose begun before a moment."""
    return next((dose.session_id for dose in reversed(doses_given([person_id]).get(person_id, [])) if dose.started_at <= moment), None)


def first_dose_of_course(person_id: UUID, at: datetime) -> datetime | None:
    """When the first dose of the newest course began; None before any dose."""
    return _first(_begun(person_id, at))


def _begun(person_id: UUID, at: datetime) -> list[GivenDose]:
    return [dose for dose in doses_given([person_id]).get(person_id, []) if dose.started_at <= at]


def _first(begun: list[GivenDose]) -> datetime | None:
    return next((dose.started_at for dose in reversed(begun) if dose.dose_no == 1), begun[0].started_at if begun else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtVisit:
    """What belongs to a visit besides its words: the scales of change, the interview as it was answered, and what was not asked, with why."""

    scales: tuple[Scale, ...]
    interview: ResponseRow | None
    not_asked: tuple[tuple[str, str], ...]

    @property
    def due(self) -> Scale | None:
        """The scale that is asked at this visit, or whose absence is explained."""
        return next((scale for scale in self.scales if scale.due and scale.instrument == OF_CHANGE[0]), None)


def at_visit(person_id: UUID, appointment_id: UUID, at: datetime) -> AtVisit:
    """A fixed number of queries."""
    begun = _begun(person_id, at)
    first, doses = _first(begun), [(dose.dose_no, dose.started_at) for dose in begun]
    return AtVisit(
        scales=tuple(scale_of_change(person_id, name, first_dose_at=first, doses=doses, at=at) for name in OF_CHANGE),
        interview=measures.asked_at(person_id, CONTACT, [appointment_id]).get(appointment_id),
        not_asked=tuple(measures.not_asked_at(CONTACT, [appointment_id]).get(appointment_id, [])),
    )
