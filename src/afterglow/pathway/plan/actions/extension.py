"""Does this draft hold more infusions than the person agreed to?  Read from the record for the rule in `rules/extension`."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan.actions.at_limit import courses_from
from afterglow.pathway.plan.actions.series import given_in_courses
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.extension import EarlierCourse, Extension, Version, made_anew


def extension_of(plan: PlanRow, at: datetime) -> Extension | None:
    """Against the version it replaces; a plan made anew against the courses before it."""
    if plan.replaces_id is None:
        return _anew(plan, at)
    before = queries.plan(plan.replaces_id)
    if plan.infusions <= before.infusions:
        return None
    return Extension(before=before.infusions, now=plan.infusions, made_at=plan.made_at, agreed_at=_agreed_at(plan, at))


def _anew(plan: PlanRow, at: datetime) -> Extension | None:
    courses = _earlier(plan.person_id)
    if not courses:
        return None
    return made_anew(courses, infusions=plan.infusions, made_at=plan.made_at, agreed_at=_agreed_at(plan, at))


def _agreed_at(plan: PlanRow, at: datetime) -> datetime | None:
    return consent.in_force(plan.person_id, at=at).signed_at


def _earlier(person_id: UUID) -> list[EarlierCourse]:
    """The courses that were ever in force, the first one first.  One query for a person without any, three otherwise."""
    signed = [row for row in reversed(queries.plans_of(person_id)) if row.signed_at]
    if not signed:
        return []
    given, versions = given_in_courses(person_id), courses_from((row.id, row.replaces_id) for row in signed)
    held: defaultdict[frozenset[UUID], list[Version]] = defaultdict(list)
    for row in signed:
        held[versions[row.id]].append(Version(infusions=row.infusions, made_at=row.made_at, ended_at=row.ended_at))
    return [EarlierCourse(versions=tuple(rows), given=given(course)) for course, rows in held.items()]
