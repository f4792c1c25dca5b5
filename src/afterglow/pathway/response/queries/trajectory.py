"""The trajectory of one person's course, gathered from the stations and records that know a part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.response.queries.reviews import CourseState, ReviewRow, course_state
from afterglow.pathway.response.rules import reviews as review_rules
from afterglow.pathway.response.rules import trajectory as rules
from afterglow.pathway.response.rules.saw import facts
from afterglow.pathway.response.rules.trajectory import DoseTick, Mark, Missed, ScaleLine, Trajectory
from afterglow.pathway.screening.queries.known import indication_planned_by
from afterglow.pathway.screening.rules.indications import Indication
from afterglow.pathway.session.queries.doses import doses_of
from afterglow.records.adverse import queries as adverse
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries as measures
from afterglow.records.schedule import queries as schedule
from afterglow.science.outcomes.classes import ClassRules, Series, class_of, class_rules_from
from afterglow.science.outcomes.course import ScoreAt, standing
from afterglow.science.scoring.ways import Sum

SCALES: Final = ("phq9", "gad7")
"""The scales of change that everybody is asked; a review is held against the one of the indication, else against the first of these."""
NOTES: Final = {"ybocs": "Score criterion only: response and remission also need the clinician's global impression, which is not kept here."}
TODAY: Final = "today"
MISSED: Final = {"expired": "not answered in time", "not_sent": "not sent", "called": "a colleague called instead"}
VISITS: Final = {"preparation": "Preparation visit", "integration": "Integration visit", "review": "Review visit"}


@once_a_page
def trajectory(person_id: UUID, at: datetime) -> Trajectory:
    """Everything up to `at` about the course in force, or the last one that was.  A fixed number of queries."""
    plan = _plan(person_id)
    doses, missed, zone = _doses(person_id, plan, at), _missed(person_id, at), _zone(plan)
    series, days = _series(plan, doses), class_rules_from(library_file("courses", "reading").content)
    treated = indication_planned_by(plan.protocol.id) if plan else None
    state = course_state(plan) if plan else CourseState(given=0, signed=(), due=None, upcoming=None)
    return Trajectory(
        person_id=person_id,
        plan_id=plan.id if plan else None,
        at=at,
        zone=zone,
        planned=plan.infusions if plan else 0,
        given=state.given,
        doses=doses,
        scales=tuple(_scale(person_id, name, doses, missed, at, series, days) for name in _scales(treated)),
        today=_scale(person_id, TODAY, doses, missed, at, series, days),
        marks=_marks(person_id, zone, state.signed, at),
        due=state.due,
        due_from=_due_from(state.due, doses, zone),
        upcoming=state.upcoming,
        missing=treated.missing if treated else "",
    )


def _scales(treated: Indication | None) -> tuple[str, ...]:
    """The scale of what is treated leads, where it gives one total; then those that everybody is asked."""
    own = treated.primary if treated else ""
    leads = bool(own) and isinstance(measures.paper(own).instrument.scoring, Sum)
    return tuple(dict.fromkeys((own, *SCALES))) if leads else SCALES


def open_flags(person_id: UUID, at: datetime) -> list[str]:
    """What stands open about this person, as it is read on the page."""
    return [row.sentence for row in flags.open_for(person_id, at)]


def shown_sha256(course: Trajectory, flag_sentences: Sequence[str]) -> str:
    """A mark of everything a review rests on: another one as soon as anything new is recorded."""
    return hashlib.sha256(canonical(facts(course, flag_sentences)).encode()).hexdigest()


def _plan(person_id: UUID) -> PlanRow | None:
    rows = [row for row in plans.plans_of(person_id) if row.state in ("in_force", "ended")]
    return next((row for row in rows if row.state == "in_force"), rows[0] if rows else None)


def _zone(plan: PlanRow | None) -> str:
    """Where the visits of the plan take place."""
    return "UTC" if plan is None else accounts.site(plan.site_id, clinic_id=accounts.clinic_of_site(plan.site_id)).zone


def _doses(person_id: UUID, plan: PlanRow | None, at: datetime) -> tuple[DoseTick, ...]:
    course = plans.course_of(plan.id) if plan else frozenset()
    return tuple(
        DoseTick(number=dose.dose_no, started_at=dose.started_at, given_ug=dose.given_ug, session_id=dose.session_id)
        for dose in doses_of([person_id], at).get(person_id, ())
        if dose.plan_id in course
    )


def _series(plan: PlanRow | None, doses: tuple[DoseTick, ...]) -> Series:
    """The infusions of the plan without its boosters; over once all are given or the plan has ended."""
    if plan is None:
        return Series(doses=(), over=False)
    given = tuple(dose.started_at for dose in doses if dose.number <= plan.infusions)
    return Series(doses=given, over=len(given) >= plan.infusions or plan.state == "ended")


def _scale(
    person_id: UUID, name: str, doses: tuple[DoseTick, ...], missed: dict[str, list[Missed]], at: datetime, series: Series, days: ClassRules
) -> ScaleLine:
    paper = measures.paper(name)
    rows = [row for row in measures.scores_of([person_id], name).get(person_id, []) if row.taken_at <= at]
    scores = [ScoreAt(taken_at=row.taken_at, total=row.total, complete=row.complete, wording=row.wording) for row in rows]
    scoring, change = paper.instrument.scoring, paper.instrument.change
    assert isinstance(scoring, Sum)  # a line needs totals; the scales named here have them
    recall = paper.record.content["recall"]["days"]
    stands = standing(change, scores, first_dose_at=doses[0].started_at if doses else None, at=at) if name != TODAY else None
    return ScaleLine(
        id=name,
        title=paper.short_name,
        lowest=scoring.lowest,
        highest=scoring.highest,
        points=rules.points_of(scores, doses, recall if recall > 1 else None),
        missed=tuple(missed.get(name, ())),
        lines=rules.rule_lines(change, stands),
        standing=stands,
        course_class=class_of(change, days, scores, series, at=at) if change else None,
        notes=_notes(paper),
    )


def _notes(paper: measures.Paper) -> tuple[str, ...]:
    """What the file knows of change where it has no whole rule, and what a rule leaves out."""
    known = () if paper.instrument.change else paper.record.content.get("change_notes", ())
    left_out = NOTES.get(paper.instrument.id)
    return (*(f"{each['says']} ({each['mark']})" for each in known), *((left_out,) if left_out else ()))


def _missed(person_id: UUID, at: datetime) -> dict[str, list[Missed]]:
    """Check-ins whose time is over and that have no answer, by instrument.  One query."""
    found: dict[str, list[Missed]] = {}
    for instrument, due_at, title, state, reason in _unanswered(person_id, at):
        found.setdefault(instrument, []).append(Missed(due_at=due_at, title=title, why=reason or MISSED[state]))
    return found


@prepared
def _unanswered(person_id: UUID, at: datetime) -> Rows:
    rows = CheckIn.objects.filter(person_id=person_id, state__in=list(MISSED), answered_at__isnull=True, due_at__lte=at)
    return rows.order_by("due_at", "id").values_list("instrument", "due_at", "title", "state", "reason")


def _marks(person_id: UUID, zone: str, signed: Sequence[ReviewRow], at: datetime) -> tuple[Mark, ...]:
    """Visits that took place, medicines told and stopped, signed reviews, and adverse events."""
    place = ZoneInfo(zone)
    visits = [
        Mark(kind="visit", at=row.starts_at, text=VISITS[row.kind])
        for row in schedule.of_person(person_id)
        if row.kind in VISITS and row.state in ("arrived", "done") and row.starts_at <= at
    ]
    told = chart.medicines(person_id).rows
    begun = [
        Mark(kind="medicine", at=moment, text=f"{', '.join(names)} put on the list")
        for moment, names in _by_moment(row for row in told if row.is_taken)
    ]
    stopped = [
        Mark(kind="medicine", at=datetime.combine(row.stopped_on, time(12), place), text=f"{_named(row)} stopped") for row in told if row.stopped_on
    ]
    reviews = [Mark(kind="review", at=row.signed_at, text=f"Review after dose {row.after_dose}: {row.words}") for row in signed]
    events = [
        Mark(kind="event", at=row.began_at, text=row.title + (f", {row.grade_word}" if row.grade_word else ""))
        for row in adverse.of_person(person_id)
    ]
    return tuple(sorted((mark for mark in (*visits, *begun, *stopped, *reviews, *events) if mark.at <= at), key=lambda mark: mark.at))


def _by_moment(rows: Iterable[chart.MedicineRow]) -> list[tuple[datetime, list[str]]]:
    """Medicines that were written down together stand as one mark."""
    found: dict[datetime, list[str]] = {}
    for row in rows:
        found.setdefault(row.recorded_at.replace(minute=0, second=0, microsecond=0), []).append(_named(row))
    return list(found.items())


def _named(row: chart.MedicineRow) -> str:
    return f"{row.name} {row.dose_text}".strip()


def _due_from(due: review_rules.ReviewPoint | None, doses: tuple[DoseTick, ...], zone: str) -> datetime | None:
    """The start of the day after the dose that is reviewed, where the site is."""
    started = next((dose.started_at for dose in doses if due is not None and dose.number == due.after), None)
    if started is None:
        return None
    place = ZoneInfo(zone)
    return datetime.combine(review_rules.due_on(started.astimezone(place).date()), time(0), place)
