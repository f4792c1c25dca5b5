"""The person's earlier courses and what reviews said of them; told by the station that reviews, read when a new plan is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from afterglow.ground.prepared import Rows
from afterglow.pathway.plan.actions.at_limit import courses_from
from afterglow.pathway.plan.models import BoosterAllowance, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.series import CourseFacts, SeriesFacts, series


def series_of(person_id: UUID) -> SeriesFacts:
    """What the courses that were ever in force leave open.  Three queries."""
    rows = TreatmentPlan.objects.filter(person_id=person_id, signed_at__isnull=False).order_by("signed_at", "version")
    held = list(rows.values_list("id", "replaces_id", "began_anew", "reviewed_doses", "reviewed_as"))
    given, versions = given_in_courses(person_id), courses_from((key, before) for key, before, _, _, _ in held)
    courses: dict[frozenset[UUID], CourseFacts] = {}
    for key, _, anew, reviewed, decision in held:
        so_far = courses.get(versions[key], CourseFacts(given=given(versions[key])))
        if decision:
            so_far = replace(so_far, reviewed=reviewed, decision=decision)
        courses[versions[key]] = replace(so_far, began_anew=so_far.began_anew or anew)
    return series(courses.values())


def note_review(plan_id: UUID, decision: str) -> None:
    """A review of this version's course was signed.  The caller holds the person's lock, and its own record is the audited one."""
    TreatmentPlan.objects.filter(id=plan_id).update(
        reviewed_doses=queries.doses_used(plan_id), reviewed_as=decision, awaits_aftercare=decision == "aftercare"
    )


def awaiting_aftercare() -> Rows:
    """The keys of people whose last review may have sent them on to aftercare, which has not begun: never one too few, perhaps one too many."""
    return TreatmentPlan.objects.filter(awaits_aftercare=True).values("person_id")


def note_aftercare(person_id: UUID) -> None:
    """Aftercare has begun.  The caller holds the person's lock, and its own record is the audited one."""
    TreatmentPlan.objects.filter(person_id=person_id, awaits_aftercare=True).update(awaits_aftercare=False)


def given_in_courses(person_id: UUID) -> Callable[[frozenset[UUID]], int]:
    """How many infusions of a course were started; a booster is none of it, it has its own signature."""
    used = list(OrderEnd.objects.filter(why="used", order__plan__person_id=person_id).values_list("order__plan_id", "order__dose_no"))
    boosters = list(BoosterAllowance.objects.filter(plan__person_id=person_id).values_list("plan_id", "dose_no"))

    def numbers(rows: list[tuple[UUID, int]], course: frozenset[UUID]) -> set[int]:
        return {number for plan_id, number in rows if plan_id in course}

    return lambda course: len(numbers(used, course) - numbers(boosters, course))
