"""Signed reviews of a course, and the reviews that wait for a prescriber."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.plan.actions.at_limit import CourseAtLimit, courses_at_limit
from afterglow.pathway.plan.actions.series import awaiting_aftercare
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.plans import reviews_after
from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.response.rules import reviews as rules
from afterglow.records.chart.access import among_own, own_of

_FIELDS = ("id", "person_id", "plan_id", "after_dose", "decision", "reason", "saw_text", "signed_at", "signed_by__name")
OVERDUE_DAYS = 7  # a review that waits longer than this is strong on the list.  J: two infusions could have been given in that time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One signed review with all that was seen; `plan_id` is the version it was signed on."""

    id: UUID
    person_id: UUID
    plan_id: UUID
    after_dose: int
    decision: str
    reason: str
    saw: dict[str, Any]
    signed_at: datetime
    signed_by: str

    @property
    def words(self) -> str:
        return rules.WORDS[self.decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReview:
    """A course in which no further dose may be given until somebody has looked.  `since`: the day after the dose."""

    person_id: UUID
    person_name: str
    record_no: str
    plan_id: UUID
    after: int
    given: int
    since: datetime
    overdue: bool


def reviews_of(plan_id: UUID) -> list[ReviewRow]:
    """The reviews of the course that this version belongs to, the first one first.  One query besides the course's own."""
    return [_review(*row) for row in _of_course(sorted(plans.course_of(plan_id)))]


def reviews_of_person(person_id: UUID) -> list[ReviewRow]:
    """Every signed review of a person's courses, the first one first."""
    return [_review(*row) for row in _of_person(person_id)]


@prepared
def _of_course(versions: Sequence[UUID]) -> Rows:
    return _in_order(ResponseReview.objects.filter(plan_id__in=versions))


@prepared
def _of_person(person_id: UUID) -> Rows:
    return _in_order(ResponseReview.objects.filter(person_id=person_id))


def sent_to_aftercare(actor: Actor, *, but_not: QuerySet[Any]) -> list[ReviewRow]:
    """People whose last signed review sent them on to aftercare, the longest ago first; own patients only where the scope says so.

    `but_not`: rows for an `Exists` that leave a review out; it names OuterRef("id"), and is made once: the question is prepared for it.
    """
    return [_review(*row) for row in _newest_among(_sent_on(but_not), actor.clinic_id, own_of(actor))]


@prepared
def _sent_on(but_not: QuerySet[Any]) -> Rows:
    """Of the few who may wait."""
    rows = ResponseReview.objects.filter(~Exists(but_not), decision="aftercare", person_id__in=awaiting_aftercare())
    return rows.values_list("id", flat=True)


@prepared
def _newest_among(review_ids: Sequence[UUID], clinic_id: UUID, own: UUID | None) -> Rows:
    newest = ResponseReview.objects.filter(person_id=OuterRef("person_id")).order_by("-signed_at", "-id").values("id")[:1]
    rows = ResponseReview.objects.filter(person__clinic_id=clinic_id, id__in=review_ids).filter(id=newest)
    return among_own(rows, own, clinic_id).order_by("signed_at", "id").values_list(*_FIELDS)


def waiting(actor: Actor, at: datetime) -> list[WaitingReview]:
    """Reviews that are due from today or earlier, the longest waiting first.  A fixed number of queries."""
    courses = courses_at_limit(actor)
    signed = _signed_after(sorted({course.person_id for course in courses}))
    found = [row for course in courses if (row := _waits(course, signed, at)) is not None]
    return sorted(found, key=lambda row: (row.since, row.person_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseState:
    """Where a course stands with its reviews.  Nothing is due, and nothing comes, in a plan that is not in force."""

    given: int
    signed: tuple[ReviewRow, ...]
    due: rules.ReviewPoint | None
    upcoming: rules.ReviewPoint | None


def course_state(plan: PlanRow) -> CourseState:
    """Signed reviews, the one that waits, and the one to come."""
    given, signed = plans.doses_used(plan.id), tuple(reviews_of(plan.id))
    if plan.state != "in_force":
        return CourseState(given=given, signed=signed, due=None, upcoming=None)
    points = rules.points(plan.effective["reviews"], plan.infusions, also=limit_of(plan))
    after = {row.after_dose for row in signed}
    return CourseState(
        given=given,
        signed=signed,
        due=rules.due(points, given=given, signed_after=after),
        upcoming=rules.upcoming(points, given=given, signed_after=after),
    )


def limit_of(plan: PlanRow) -> int:
    """How far signed reviews, or the plan at first, have let the course go; a bridging dose does not count."""
    reviewed = [row.up_to for row in plans.allowances(plan.id) if not row.bridging]
    return max(reviewed) if reviewed else doses_allowed_at_first(reviews_after(plan.effective), plan.infusions, plan.carried)


def first_version(plan_id: UUID) -> UUID:
    """The first version of the course that this plan belongs to: a course keeps its reviews through every revision."""
    return min(plans.course_of(plan_id))  # ids grow with time, and a version is made after the one it replaces


def carry_facts(plan_id: UUID, signed: list[ReviewRow]) -> rules.CarryFacts:
    """Whether the last signed review asked for another plan, whether that plan is there, and whether doses went on since."""
    plan, last = plans.plan(plan_id), signed[-1] if signed else None
    if last is None:
        return rules.CarryFacts(decision=None, revised=False, done=False)
    revised = plan.state == "in_force" and plan.signed_at is not None and plan.signed_at > last.signed_at
    done = any(not row.bridging and row.at > last.signed_at for row in plans.allowances(plan_id))
    return rules.CarryFacts(decision=last.decision, revised=revised, done=done)


def _waits(course: CourseAtLimit, signed: dict[UUID, set[int]], at: datetime) -> WaitingReview | None:
    after = set().union(*(signed.get(version, set()) for version in course.versions))
    points = rules.points(course.reviews, course.infusions, also=course.limit)
    point = rules.due(points, given=len(course.doses), signed_after=after)
    if point is None:
        return None
    place = ZoneInfo(course.zone)
    started = course.doses.get(point.after, max(course.doses.values()))
    since = datetime.combine(rules.due_on(started.astimezone(place).date()), time(0), place)
    if since > at:
        return None
    return WaitingReview(
        person_id=course.person_id,
        person_name=course.person_name,
        record_no=course.record_no,
        plan_id=course.plan_id,
        after=point.after,
        given=len(course.doses),
        since=since,
        overdue=(at - since).days >= OVERDUE_DAYS,
    )


@prepared
def _signed(person_ids: Sequence[UUID]) -> Rows:
    return ResponseReview.objects.filter(person_id__in=person_ids).values_list("plan_id", "after_dose")


def _signed_after(person_ids: Sequence[UUID]) -> dict[UUID, set[int]]:
    found: dict[UUID, set[int]] = {}
    for plan_id, after in _signed(person_ids):
        found.setdefault(plan_id, set()).add(after)
    return found


def _in_order(rows: QuerySet[ResponseReview]) -> Rows:
    return rows.order_by("signed_at", "id").values_list(*_FIELDS)


def _review(key: UUID, person: UUID, plan: UUID, after: int, decision: str, reason: str, saw: str, signed_at: datetime, signed_by: str) -> ReviewRow:
    return ReviewRow(
        id=key, person_id=person, plan_id=plan, after_dose=after, decision=decision, reason=reason, saw=json.loads(saw), signed_at=signed_at,
        signed_by=signed_by,
    )  # fmt: skip
