"""One person's doses beside their scores, and the reviews behind the versions of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.changes import Difference
from afterglow.pathway.response.queries.reviews import ReviewRow
from afterglow.pathway.response.rules.titration import DoseLine, OrderedDose, dose_lines, reviews_behind
from afterglow.pathway.response.rules.trajectory import Trajectory

OF_THE_DOSE = ("dose.",)
"""Paths of a protocol that say how much is given and how fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A signed version after the first: what it changed since the one before, and the review behind it."""

    version: int
    signed_at: datetime
    signed_by: str
    differences: tuple[Difference, ...]
    review: ReviewRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Titration:
    """Every dose of the course with the scores of its leading scale, and every revision of its plan."""

    lines: tuple[DoseLine, ...]
    revisions: tuple[Revision, ...]


def titration(course: Trajectory, signed: list[ReviewRow]) -> Titration:
    """`signed`: the reviews of the course, first one first.  Two queries besides the course's own."""
    if course.plan_id is None:
        return Titration(lines=(), revisions=())
    versions = _versions(course.plan_id, course.person_id)
    revisions = tuple(
        Revision(
            version=later.version, signed_at=later.signed_at, signed_by=later.signed_by, differences=_since(versions, later), review=review,
        )
        for later, review in reviews_behind(versions, signed)
        if later.signed_at is not None
    )  # fmt: skip
    points = course.leading.points if course.leading is not None else ()
    return Titration(lines=dose_lines(_doses(course, versions), points, _reasons(revisions)), revisions=revisions)


def _versions(plan_id: UUID, person_id: UUID) -> list[PlanRow]:
    """The signed versions of the course, the first one first."""
    course = plans.course_of(plan_id)
    held = [row for row in plans.plans_of(person_id) if row.id in course and row.signed_at is not None]
    return sorted(held, key=lambda row: (row.made_at, row.version))


def _since(versions: list[PlanRow], later: PlanRow) -> tuple[Difference, ...]:
    """What this version has otherwise than the one before it; what both change in the same way is no news."""
    before = versions[versions.index(later) - 1]
    known = {(each.path, each.now) for each in before.differences}
    return tuple(each for each in later.differences if (each.path, each.now) not in known)


def _reasons(revisions: tuple[Revision, ...]) -> dict[int, tuple[str, ...]]:
    return {
        revision.version: tuple(each.reason for each in revision.differences if each.reason and each.path.startswith(OF_THE_DOSE))
        for revision in revisions
    }


def _doses(course: Trajectory, versions: list[PlanRow]) -> list[OrderedDose]:
    """Doses whose order is on record, which is every dose that was started here."""
    number_of = {row.id: row.version for row in versions}
    orders = {dose_no: (plan_id, *more) for plan_id, dose_no, *more in plans.used_orders(course.person_id) if plan_id in number_of}
    found = []
    for tick in course.doses:
        if tick.number in orders:
            plan_id, dose_ug, over_min, per_kg_ug, weight_g, reason = orders[tick.number]
            found.append(
                OrderedDose(
                    number=tick.number, started_at=tick.started_at, version=number_of[plan_id], ordered_ug=dose_ug, given_ug=tick.given_ug,
                    per_kg_ug=per_kg_ug, weight_g=weight_g, over_min=over_min, reason=reason,
                )
            )  # fmt: skip
    return found
