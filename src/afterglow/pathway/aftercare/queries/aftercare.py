"""One person's aftercare: its dates, what was found, the tasks with how much of them is done, the standing, and the boosters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from afterglow.ground.content.queries import LibraryRecord, library_row
from afterglow.ground.errors import NotFound
from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.models import AftercarePlan, Check, CheckRecord, Task, TaskDay
from afterglow.pathway.plan.actions.allowed_boosters import booster_visit, boosters
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.boosters import BoosterRow
from afterglow.pathway.session.queries.doses import doses_of
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import OF_CHANGE, ResponseRow, ScoreRow
from afterglow.records.measures.queries.contact import Scale, scale_of_change
from afterglow.records.schedule.queries import AppointmentRow
from afterglow.science.outcomes.course import ScoreAt, Standing, standing

SHOWN_DAYS = rules.TICKED_DAYS
CONTACT = "aftercare.record"
"""Under this kind and the id of its record, the measures keep what was asked at a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareRow:
    """One aftercare.  `today` is the site's day when it was read; `late_after_days`: when a check counts as overdue."""

    id: UUID
    person_id: UUID
    plan_id: UUID
    review_id: UUID
    follow_up: LibraryRecord
    first_dose_at: datetime
    last_dose_on: date
    state: str
    made_at: datetime
    made_by: str
    looked_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    zone: str
    site_id: UUID
    today: date

    @property
    def late_after_days(self) -> int:
        return int(self.follow_up.content["aftercare"]["late_after_days"])

    @property
    def instrument(self) -> str:
        """The scale that the checks are held against: the first that the follow-up asks after the course."""
        return str(self.follow_up.content["after_course"][0]["instrument"])

    @property
    def is_on(self) -> bool:
        return self.state == "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """What one contact found; `replaced`: a later one corrects it."""

    id: UUID
    reached: bool
    how: str
    suicide: str
    note: str
    next_step: str
    saw: dict[str, Any]
    taken_at: datetime
    recorded_at: datetime
    by: str
    replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCheck:
    """The scales of change now, and each contact with the interview as it stands and what was not asked, with why."""

    scales: tuple[Scale, ...]
    records: tuple[tuple[RecordRow, ResponseRow | None, list[tuple[str, str]]], ...]

    @property
    def due(self) -> Scale | None:
        """The scale that is asked at this contact, or whose absence is explained."""
        return next((scale for scale in self.scales if scale.due and scale.instrument == OF_CHANGE[0]), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One date, its state on the day it was read, and every contact for it, the last one first."""

    id: UUID
    aftercare_id: UUID
    person_id: UUID
    kind: str
    title: str
    due_on: date
    state: rules.CheckState
    done_at: datetime | None
    records: tuple[RecordRow, ...]


@dataclass(frozen=True, slots=True)
class TaskDayRow:
    """One day of a task; `open`: it may be ticked now; `words`: what the person wrote with the tick; `said_today`: they may take it back."""

    on: date
    done: bool
    open: bool
    today: bool
    words: str
    said_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task with its last days, and how much of it was done over four weeks (None: it did not run in them)."""

    id: UUID
    text: str
    per_week: int
    starts_on: date
    ended_on: date | None
    days: tuple[TaskDayRow, ...]
    adherence: rules.Adherence | None
    kept: rules.Kept

    @property
    def today(self) -> TaskDayRow:
        return self.days[-1]

    @property
    def told(self) -> list[TaskDayRow]:
        """The last days of which the person wrote something, the newest first."""
        return [day for day in reversed(self.days) if day.words]


@dataclass(frozen=True, slots=True)
class _Tick:
    """How one day stands: the newest row of it."""

    done: bool
    words: str
    said_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterState:
    """A booster that was allowed, its visit if one stands, and whether it was started."""

    row: BoosterRow
    visit: AppointmentRow | None
    given_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of one aftercare as its page shows it."""

    aftercare: AftercareRow
    checks: tuple[CheckRow, ...]
    tasks: tuple[TaskRow, ...]
    boosters: tuple[BoosterState, ...]
    standing: Standing
    concern: rules.Concern | None
    months: tuple[rules.Month, ...]
    lasted: str

    @property
    def instrument_name(self) -> str:
        return str(measures.paper(self.aftercare.instrument).title)

    @property
    def next_check(self) -> CheckRow | None:
        return next((row for row in self.checks if row.state in ("overdue", "due", "later")), None)

    @property
    def open_booster(self) -> BoosterState | None:
        return next((row for row in self.boosters if row.given_at is None), None)


def aftercare(aftercare_id: UUID, at: datetime) -> AftercareRow:
    """One of them.  Raises NotFound."""
    found = _rows(AftercarePlan.objects.filter(id=aftercare_id), at)
    if not found:
        raise NotFound("aftercare")
    return found[0]


def of_person(person_id: UUID, at: datetime) -> list[AftercareRow]:
    """Every aftercare of a person, the newest first."""
    return _rows(AftercarePlan.objects.filter(person_id=person_id).order_by("-made_at", "-id"), at)


def page(aftercare_id: UUID, at: datetime) -> Page:
    """Everything about one of them; a fixed number of queries but for one for each booster.  Raises NotFound."""
    row = aftercare(aftercare_id, at)
    scores = measures.scores_of([row.person_id], row.instrument).get(row.person_id, [])
    stands = standing_of(row.instrument, scores, row.first_dose_at, at)
    held, given = tuple(tasks(row)), tuple(_boosters(row, at))
    by_day, boosted = _by_day(row, scores), _given_days(row, given)
    return Page(
        aftercare=row,
        checks=tuple(_checks(Check.objects.filter(aftercare_id=row.id), row)),
        tasks=held,
        boosters=given,
        standing=stands,
        concern=rules.concern(stands, row.looked_at),
        months=_months(row, held, by_day, boosted),
        lasted=_lasted(row, stands, by_day, len(boosted)),
    )


def at_check(row: AftercareRow, check: CheckRow, at: datetime) -> AtCheck:
    """A fixed number of queries."""
    records = [record.id for record in check.records]
    doses = [(dose.dose_no, dose.started_at) for dose in doses_of([row.person_id], at).get(row.person_id, ())]
    interviews, skipped = measures.asked_at(row.person_id, CONTACT, records), measures.not_asked_at(CONTACT, records)
    return AtCheck(
        scales=tuple(scale_of_change(row.person_id, name, first_dose_at=row.first_dose_at, doses=doses, at=at) for name in OF_CHANGE),
        records=tuple((record, interviews.get(record.id), skipped.get(record.id, [])) for record in check.records),
    )


def check(check_id: UUID, at: datetime) -> CheckRow:
    """One check.  Raises NotFound."""
    rows = Check.objects.filter(id=check_id)
    owner = rows.values_list("aftercare_id", flat=True).first()
    if owner is None:
        raise NotFound("check")
    return _checks(rows, aftercare(owner, at))[0]


def tasks(row: AftercareRow) -> list[TaskRow]:
    """The person's list, running ones first; two queries."""
    held = list(Task.objects.filter(aftercare_id=row.id).order_by(F("ended_on").desc(nulls_first=True), "made_at", "id"))
    zone, ticked = ZoneInfo(row.zone), TaskDay.objects.filter(task_id__in=[task.id for task in held]).order_by("at", "id")
    stands: dict[UUID, dict[date, _Tick]] = {}
    for task_id, on, done, words, at in ticked.values_list("task_id", "done_on", "done", "words", "at"):
        stands.setdefault(task_id, {})[on] = _Tick(done, words, at.astimezone(zone).date())  # the newest row of a day counts
    return [_task(task, stands.get(task.id, {}), row) for task in held]


def own_tasks(person_id: UUID, at: datetime) -> list[TaskRow]:
    """What the person's phone shows: the tasks that run today, of the aftercare that is on.  A fixed number of queries."""
    on = _rows(AftercarePlan.objects.filter(person_id=person_id, state="on"), at)
    return [task for row in on for task in tasks(row) if task.ended_on is None]


def standing_of(instrument: str, scores: Iterable[ScoreRow], first_dose_at: datetime, at: datetime) -> Standing:
    """Where the person stands on that scale since their first dose.  Raises NotFound for a scale without rules of change."""
    change = measures.paper(instrument).instrument.change
    if change is None:
        raise NotFound("rule of change")
    held = [ScoreAt(taken_at=row.taken_at, total=row.total, complete=row.complete, wording=row.wording) for row in scores]
    return standing(change, held, first_dose_at=first_dose_at, at=at)


def _boosters(row: AftercareRow, at: datetime) -> list[BoosterState]:
    allowed = boosters(row.plan_id)
    if not allowed:
        return []
    course = plans.course_of(row.plan_id)
    given = {dose.dose_no: dose.started_at for dose in doses_of([row.person_id], at).get(row.person_id, ()) if dose.plan_id in course}
    return [BoosterState(row=each, visit=booster_visit(row.plan_id, each.dose_no), given_at=given.get(each.dose_no)) for each in allowed]


def _by_day(row: AftercareRow, scores: Iterable[ScoreRow]) -> dict[date, int]:
    """The last total of each day of the site."""
    answered = sorted((score.taken_at, score.total) for score in scores if score.total is not None)
    return {taken_at.astimezone(ZoneInfo(row.zone)).date(): total for taken_at, total in answered}


def _given_days(row: AftercareRow, allowed: Iterable[BoosterState]) -> list[date]:
    return [each.given_at.astimezone(ZoneInfo(row.zone)).date() for each in allowed if each.given_at is not None]


def _months(row: AftercareRow, held: Iterable[TaskRow], by_day: dict[date, int], boosted: list[date]) -> tuple[rules.Month, ...]:
    """Until today, or until the day it ended; only once somebody planned something."""
    if not (kept := [task.kept for task in held]):
        return ()
    until = row.today if row.ended_at is None else row.ended_at.astimezone(ZoneInfo(row.zone)).date()
    return rules.months(kept, by_day, boosted, last_dose_on=row.last_dose_on, until=until)


def _lasted(row: AftercareRow, stands: Standing, by_day: dict[date, int], boosters: int) -> str:
    change_rules = measures.paper(row.instrument).instrument.change
    assert change_rules is not None  # `standing_of` has asked for it already
    baseline = stands.baseline.total if stands.baseline else None
    return rules.lasted(change_rules, baseline, by_day, last_dose_on=row.last_dose_on, boosters=boosters)


def _task(task: Task, stands: dict[date, _Tick], row: AftercareRow) -> TaskRow:
    days = [row.today - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    starts_on, ended_on, today = task.starts_on, task.ended_on, row.today
    ticked = frozenset(on for on, tick in stands.items() if tick.done)
    open_days = {on for on in days if row.is_on and rules.may_tick(on, starts_on=starts_on, ended_on=ended_on, today=today).is_met}
    return TaskRow(
        id=task.id,
        text=task.text,
        per_week=task.per_week,
        starts_on=task.starts_on,
        ended_on=task.ended_on,
        days=tuple(_day(on, stands.get(on), today, on in open_days) for on in days),
        adherence=rules.adherence(per_week=task.per_week, starts_on=starts_on, ended_on=ended_on, done_on=ticked, today=today),
        kept=rules.Kept(task.per_week, starts_on, ended_on, ticked),
    )


def _day(on: date, tick: _Tick | None, today: date, is_open: bool) -> TaskDayRow:
    if tick is None or not tick.done:
        return TaskDayRow(on, done=False, open=is_open, today=on == today, words="", said_today=False)
    return TaskDayRow(on, done=True, open=is_open, today=on == today, words=tick.words, said_today=tick.said_on == today)


def _checks(checks: QuerySet[Check], row: AftercareRow) -> list[CheckRow]:
    held = list(checks.order_by("due_on", "id"))
    told: dict[UUID, list[RecordRow]] = {}
    records = list(CheckRecord.objects.filter(check_of_id__in=[each.id for each in held]).order_by("-recorded_at", "-id"))
    replaced = {record.replaces_id for record in records}
    for record in records:
        told.setdefault(record.check_of_id, []).append(
            RecordRow(
                id=record.id, reached=record.reached, how=record.how, suicide=record.suicide, note=record.note, next_step=record.next_step,
                saw=json.loads(record.saw_text), taken_at=record.taken_at, recorded_at=record.recorded_at, by=record.by, replaced=record.id in replaced,
            )
        )  # fmt: skip
    return [
        CheckRow(
            id=each.id,
            aftercare_id=row.id,
            person_id=row.person_id,
            kind=each.kind,
            title=each.title,
            due_on=each.due_on,
            state=rules.check_state(each.state, due_on=each.due_on, late_after_days=row.late_after_days, today=row.today),
            done_at=each.done_at,
            records=tuple(told.get(each.id, ())),
        )
        for each in held
    ]


def _rows(found: QuerySet[AftercarePlan], at: datetime) -> list[AftercareRow]:
    return [
        AftercareRow(
            id=row.id,
            person_id=row.person_id,
            plan_id=row.plan_id,
            review_id=row.review_id,
            follow_up=library_row(row.follow_up_id),
            first_dose_at=row.first_dose_at,
            last_dose_on=row.last_dose_on,
            state=row.state,
            made_at=row.made_at,
            made_by=row.made_by,
            looked_at=row.looked_at,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            end_reason=row.end_reason,
            zone=row.zone,
            site_id=row.site_id,
            today=at.astimezone(ZoneInfo(row.zone)).date(),
        )
        for row in found.annotate(zone=F("plan__site__zone"), site_id=F("plan__site_id"))
    ]
