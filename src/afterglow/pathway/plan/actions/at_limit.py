"""Courses that have come as far as they may go, or nearly: read for the station that reviews them.  Nothing is written here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_row
from afterglow.pathway.plan import queries
from afterglow.pathway.plan.models import Allowance, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.records.chart import queries as chart


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


def courses_at_limit(actor: Actor, *, but_not: QuerySet[Any]) -> list[CourseAtLimit]:
    """Plans in force of the actor's people whose last allowed dose, or the one before it (it may bridge), is started.  Four queries.

    `but_not`: rows for an `Exists` that leave a plan out; it may name OuterRef("person_id") and OuterRef("signed_at").
    """
    used = OrderEnd.objects.filter(why="used", order__plan__person_id=OuterRef("person_id"), order__dose_no__gte=OuterRef("allowed_doses") - 1)
    rows = TreatmentPlan.objects.filter(Exists(used), ~Exists(but_not), state="in_force", person__clinic_id=actor.clinic_id)
    if actor.scope != "clinic":
        rows = rows.filter(person_id__in=chart.people_of(actor))
    named = rows.annotate(given=F("person__given_name"), family=F("person__family_name"), no=F("person__record_no"), zone=F("site__zone"))
    held = list(named.order_by("signed_at", "id"))
    versions = _courses(queries.versions_of({row.person_id for row in held}))
    doses = _doses({row.person_id for row in held})
    let = _let_go({row.person_id for row in held})
    return [_course(row, versions[row.id], doses, let) for row in held]


def _course(row: Any, versions: frozenset[UUID], doses: dict[UUID, dict[int, datetime]], let: dict[UUID, int]) -> CourseAtLimit:
    wishes = [Change(**wish) for wish in json.loads(row.changes_text)]
    content = queries.individualised(library_row(row.protocol_id), wishes).content
    infusions = int(content["course"]["infusions"])
    ours = {number: at for version in sorted(versions) for number, at in doses.get(version, {}).items() if number <= infusions}
    first = doses_allowed_at_first([review["after"] for review in content["reviews"]], infusions)
    return CourseAtLimit(
        plan_id=row.id,
        person_id=row.person_id,
        person_name=f"{row.given} {row.family}",
        record_no=row.no,
        zone=row.zone,
        infusions=infusions,
        reviews=tuple(content["reviews"]),
        limit=max((let[version] for version in versions if version in let), default=first),
        versions=versions,
        doses=dict(sorted(ours.items())),
    )


def _courses(links: list[tuple[UUID, UUID, UUID | None, str]]) -> dict[UUID, frozenset[UUID]]:
    """Each version -> all versions of its course."""
    course = {version: {version} for version, _, _, _ in links}
    for version, _, before, _ in links:
        if before is not None and course[before] is not course[version]:
            course[before] |= course[version]
            for each in course[version]:
                course[each] = course[before]
    return {version: frozenset(members) for version, members in course.items()}


def _let_go(person_ids: set[UUID]) -> dict[UUID, int]:
    """Each version -> how far a signed review let it go last."""
    rows = Allowance.objects.filter(plan__person_id__in=person_ids, bridging=False).order_by("up_to")
    return dict(rows.values_list("plan_id", "up_to"))


def _doses(person_ids: set[UUID]) -> dict[UUID, dict[int, datetime]]:
    rows = OrderEnd.objects.filter(why="used", order__plan__person_id__in=person_ids).order_by("-at", "-id")
    found: dict[UUID, dict[int, datetime]] = {}
    for plan_id, number, at in rows.values_list("order__plan_id", "order__dose_no", "at"):
        found.setdefault(plan_id, {})[number] = at  # the first start of a number counts
    return found
