"""Courses that have come as far as they may go, or nearly: read for the station that reviews them.  Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_row
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.plan.models import Allowance, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.plan.rules.plans import reviews_after
from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.records.chart.access import among_own, own_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseAtLimit:
    """A plan in force and its course.  `limit`: how far reviews have let it go, a bridging dose not counted; `versions`: all of the course;
    `doses`: when each infusion of it was started, by number."""

    plan_id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    zone: str
    infusions: int
    reviews: tuple[dict[str, Any], ...]
    limit: int
    versions: frozenset[UUID]
    doses: dict[int, datetime]


def courses_at_limit(actor: Actor) -> list[CourseAtLimit]:
    """Courses going on, of the actor's people, whose last allowed dose, or the one before it (it may bridge), is started.  Four queries."""
    held = _at_limit(actor.clinic_id, own_of(actor))
    person_ids = sorted({row.person_id for row in held})
    versions = courses_from((mine, before) for mine, _, before, _ in queries.versions_of(person_ids))
    doses, let = _doses(person_ids), dict(_let_go(person_ids))
    return [_course(row, versions[row.id], doses, let) for row in held]


@prepared
def _at_limit(clinic_id: UUID, own: UUID | None) -> Rows:
    used = OrderEnd.objects.filter(why="used", order__plan__person_id=OuterRef("person_id"), order__dose_no__gte=OuterRef("allowed_doses") - 1)
    rows = TreatmentPlan.objects.filter(Exists(used), state="in_force", course_over_at__isnull=True, person__clinic_id=clinic_id)
    named = rows.annotate(given=F("person__given_name"), family=F("person__family_name"), no=F("person__record_no"), zone=F("site__zone"))
    return among_own(named, own, clinic_id).order_by("signed_at", "id")


def _course(row: Any, versions: frozenset[UUID], doses: dict[UUID, dict[int, datetime]], let: dict[UUID, int]) -> CourseAtLimit:
    infusions, reviews = _asked_of(row.protocol_id, row.changes_text)
    ours = {number: at for version in sorted(versions) for number, at in doses.get(version, {}).items() if number <= infusions}
    first = doses_allowed_at_first(reviews_after({"reviews": reviews}), infusions, row.carried)
    return CourseAtLimit(
        plan_id=row.id,
        person_id=row.person_id,
        person_name=f"{row.given} {row.family}",
        record_no=row.no,
        zone=row.zone,
        infusions=infusions,
        reviews=reviews,
        limit=max((let[version] for version in versions if version in let), default=first),
        versions=versions,
        doses=dict(sorted(ours.items())),
    )


@lru_cache(maxsize=512)
def _asked_of(protocol_id: UUID, changes_text: str) -> tuple[int, tuple[dict[str, Any], ...]]:
    """Infusions and reviews of a protocol with these changes; both are frozen, so it is worked out once."""
    wishes = [Change(**wish) for wish in json.loads(changes_text)]
    content = queries.individualised(library_row(protocol_id), wishes).content
    return int(content["course"]["infusions"]), tuple(content["reviews"])


def courses_from(versions: Iterable[tuple[UUID, UUID | None]]) -> dict[UUID, frozenset[UUID]]:
    """Each version -> all versions of its course, from (version, the one it replaces)."""
    links = list(versions)
    course = {version: {version} for version, _ in links}
    for version, before in links:
        if before is not None and course[before] is not course[version]:
            course[before] |= course[version]
            for each in course[version]:
                course[each] = course[before]
    return {version: frozenset(members) for version, members in course.items()}


@prepared
def _let_go(person_ids: Sequence[UUID]) -> Rows:
    """Each version, and how far a signed review let it go; the furthest last."""
    return Allowance.objects.filter(plan__person_id__in=person_ids, bridging=False).order_by("up_to").values_list("plan_id", "up_to")


@prepared
def _used(person_ids: Sequence[UUID]) -> Rows:
    rows = OrderEnd.objects.filter(why="used", order__plan__person_id__in=person_ids).order_by("-at", "-id")
    return rows.values_list("order__plan_id", "order__dose_no", "at")


def _doses(person_ids: Sequence[UUID]) -> dict[UUID, dict[int, datetime]]:
    found: dict[UUID, dict[int, datetime]] = {}
    for plan_id, number, at in _used(person_ids):
        found.setdefault(plan_id, {})[number] = at  # the first start of a number counts
    return found
