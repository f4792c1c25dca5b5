"""Goals with what they grew out of, and the weeks of practice towards them, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from afterglow.ground.accounts import queries as accounts
from afterglow.pathway.integration.models import Goal, Practice, PracticeDone
from afterglow.pathway.integration.rules.deeds import Week, may_tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a practice; `open`: it may be ticked, or taken back, today."""

    on: date
    done: bool
    open: bool
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRow:
    """One week of practice.  `goal_id` is the goal as it stood when it was given."""

    id: UUID
    person_id: UUID
    goal_id: UUID
    goal: str
    text: str
    times_a_week: int
    starts_on: date
    ends_on: date
    set_by: str
    ended_at: datetime | None
    end_reason: str
    days: tuple[Day, ...]
    is_on: bool

    @property
    def times_done(self) -> int:
        return sum(day.done for day in self.days)

    @property
    def times_shown(self) -> int:
        """Of the days it was meant for: more is not more than whole."""
        return min(self.times_done, self.times_a_week)

    @property
    def kept(self) -> bool:
        """Was it done as often as it was meant?"""
        return self.times_done >= self.times_a_week


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A goal as it stands now, the visit it came up in, and every week of practice that was given for it, the newest first."""

    id: UUID
    visit_id: UUID | None
    appointment_id: UUID | None
    visit_held_at: datetime | None
    theme: str
    insight: str
    text: str
    state: str
    first_at: datetime
    recorded_at: datetime
    recorded_by: str
    practices: tuple[PracticeRow, ...]

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def today_of(clinic_id: UUID, at: datetime) -> date:
    """The clinic's calendar day at `at`."""
    return at.astimezone(ZoneInfo(accounts.clinic(clinic_id).zone)).date()


def goals(person_id: UUID, today: date) -> list[GoalRow]:
    """Every goal as it stands, open ones first, the newest change first; three queries."""
    rows = list(Goal.objects.select_related("visit").filter(person_id=person_id).order_by("recorded_at", "id"))
    root = _roots({row.id: row.replaces_id for row in rows})
    replaced = {row.replaces_id for row in rows}
    given: dict[UUID, list[PracticeRow]] = {}
    for practice in practices(person_id, today):
        given.setdefault(root[practice.goal_id], []).append(practice)
    first = {row.id: row for row in rows if row.replaces_id is None}
    found = [_goal_row(row, first[root[row.id]], tuple(given.get(root[row.id], []))) for row in rows if row.id not in replaced]
    return sorted(found, key=lambda row: (row.is_open, row.recorded_at), reverse=True)


def _roots(before: dict[UUID, UUID | None]) -> dict[UUID, UUID]:
    """Each row of a chain to its first one."""
    found: dict[UUID, UUID] = {}
    for row, earlier in before.items():  # in order of time: what a row replaces comes before it
        found[row] = row if earlier is None else found[earlier]
    return found


def _goal_row(row: Goal, first: Goal, given: tuple[PracticeRow, ...]) -> GoalRow:
    visit = row.visit
    return GoalRow(
        id=row.id,
        visit_id=row.visit_id,
        appointment_id=visit.appointment_id if visit else None,
        visit_held_at=visit.held_at if visit else None,
        theme=row.theme,
        insight=row.insight,
        text=row.text,
        state=row.state,
        first_at=first.recorded_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        practices=given,
    )


def practices(person_id: UUID, today: date) -> list[PracticeRow]:
    """Every week of practice of a person, the newest first; two queries."""
    return _rows(Practice.objects.filter(person_id=person_id), today)


def practices_now(person_id: UUID, today: date) -> list[PracticeRow]:
    """The practices whose week runs today: what the person's phone shows.  Two queries."""
    return _rows(Practice.objects.filter(person_id=person_id, starts_on__lte=today, ends_on__gte=today, ended_at__isnull=True), today)


def _rows(found: QuerySet[Practice], today: date) -> list[PracticeRow]:
    rows = list(found.select_related("goal").order_by("-starts_on", "-set_at", "-id"))
    done: dict[tuple[UUID, date], bool] = {}
    ticks = PracticeDone.objects.filter(practice_id__in=[row.id for row in rows]).order_by("recorded_at", "id")
    for practice_id, on, was_done in ticks.values_list("practice_id", "done_on", "done"):
        done[practice_id, on] = was_done  # the newest counts
    return [_practice_row(row, done, today) for row in rows]


def _practice_row(row: Practice, done: dict[tuple[UUID, date], bool], today: date) -> PracticeRow:
    week = Week(starts_on=row.starts_on, last_on=row.ends_on)
    ended = row.ended_at is not None
    days = tuple(
        Day(on=on, done=done.get((row.id, on), False), open=not ended and may_tick(week, on, today=today).is_met, today=on == today)
        for on in week.days
    )
    return PracticeRow(
        id=row.id,
        person_id=row.person_id,
        goal_id=row.goal_id,
        goal=row.goal.text,
        text=row.text,
        times_a_week=row.times_a_week,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        set_by=row.set_by,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        days=days,
        is_on=not ended and row.starts_on <= today <= row.ends_on,
    )
