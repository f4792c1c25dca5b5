"""Today, for somebody in a course: one thing to do, the next visit, when answers are read, and how to reach a person now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from afterglow.doors.portal.holder import read
from afterglow.doors.portal.reading import read_when, site_of
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.clock import shown
from afterglow.pathway.aftercare.queries.aftercare import own_tasks
from afterglow.pathway.integration.queries.practice import practices_now, today_of
from afterglow.pathway.response.queries import check_ins
from afterglow.records.chart import access as chart
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import AssignmentRow
from afterglow.records.schedule import queries as schedule

VISIT_WORDS: Final = {"dosing": "treatment", "integration": "talk about your last treatment", "preparation": "preparation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One questionnaire that may be answered now.  `begun`: some answers are kept already; `late`: the moment it was asked for by has passed."""

    label: str
    takes: str
    begun: bool
    answer_by: str
    late: bool
    url: str


def page(request: HttpRequest) -> HttpResponse:
    """The page of a check-in link, at `/me/`; its holder reads no score and nothing about anybody else."""
    person = chart.fetch_person(request.actor, request.link.person_id, need="portal.check_in.fill")
    read(request, "day")
    held = measures.open_assignments(person.id, channel="link", at=request.at)
    asked = [_task(row, request.at) for row in sorted(held, key=lambda row: (row.due_at or row.assigned_at, row.assigned_at))]
    context = {
        "person": person,
        "task": asked[0] if asked else None,
        "more": asked[1:],
        "practices": practices_now(person.id, today_of(person.clinic_id, request.at)),
        "tasks": own_tasks(person.id, request.at),
        "visit": _next_visit(person.id, request.at),
        "asked_next": _asked_next(person.id, request.at),
        "read_when": read_when(_site_of(person.id, request.clinic_id, held), request.at),
        "ends_at": request.link.expires_at,
    }
    return render(request, "portal/day.html", context)


def _task(row: AssignmentRow, at: datetime) -> Task:
    short = len(row.paper.questions) <= 5
    return Task(
        label=row.paper.title,
        takes="less than a minute" if short else "3 minutes",
        begun=bool(row.answers),
        answer_by="" if row.due_at is None else shown(row.due_at, _zone(row.site_id)),
        late=row.due_at is not None and row.due_at < at,
        url=reverse("portal:questions", args=[row.id]),
    )


def _next_visit(person_id: UUID, at: datetime) -> dict[str, str] | None:
    """The soonest visit that still stands."""
    coming = [row for row in schedule.of_person(person_id) if row.state == "booked" and row.starts_at > at]
    if not coming:
        return None
    row = min(coming, key=lambda row: (row.starts_at, row.id))
    return {"what": VISIT_WORDS.get(row.kind, "visit"), "said": row.said}


def _asked_next(person_id: UUID, at: datetime) -> str:
    """When the next check-in opens; '' when none is planned."""
    coming = [row for row in check_ins.check_ins_of(person_id) if row.state == "planned" and row.opens_at > at]
    return shown(min(row.opens_at for row in coming), coming[0].zone) if coming else ""


def _site_of(person_id: UUID, clinic_id: UUID, held: list[AssignmentRow]) -> UUID:
    """Whose people read the answers: the site of what is open, else of the last check-in, else the clinic's first."""
    return held[0].site_id if held else site_of(person_id, clinic_id)


def _zone(site_id: UUID) -> str:
    return accounts.site(site_id, clinic_id=accounts.clinic_of_site(site_id)).zone
