"""The audit trail on screen: who did or read what in this clinic, and about one person.

Its reader answers for access, not for care: what was written is shown only to someone who may read clinical facts too.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from afterglow.doors.desk import events
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import queries as audit
from afterglow.ground.audit import trail
from afterglow.ground.audit.queries import TrailPage
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import queries as chart


@staff("audit.trail.read")
@require_GET
def of_clinic(request: HttpRequest) -> HttpResponse:
    """The whole clinic, newest first; with a record number, on to that person's own trail."""
    asked = request.GET.get("record", "").replace("\x00", "").strip()
    refusal = None
    if asked:
        person_id = chart.person_numbered(request.clinic_id, asked)
        if person_id is not None:
            return redirect("desk:trail_of_person", person_id)
        refusal = Refusal("desk.no_such_record", "Nobody here has this record number.", "Check the number.", field="record")
    page = audit.of_clinic(request.clinic_id, older_than=_older_than(request))
    trail.read(events.trail_read, by=request.actor, at=request.at, count=len(page.rows))
    return _page(request, page, {"asked": asked, "refusal": refusal, "who": None}, status=422 if refusal else 200)


@staff("audit.trail.read")
@require_GET
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Who did or read what about one person.  The reading is itself one row."""
    found = chart.names_of(request.clinic_id, {person_id})
    if person_id not in found:
        raise NotFound("person")
    trail.read(events.trail_read, by=request.actor, at=request.at, person_id=person_id)
    return _page(request, audit.about(request.clinic_id, person_id, older_than=_older_than(request)), {"who": found[person_id]}, status=200)


def _page(request: HttpRequest, page: TrailPage, more: dict[str, object], *, status: int) -> HttpResponse:
    people = chart.names_of(request.clinic_id, {row.person_id for row in page.rows if row.person_id is not None})
    lines = [(row, people.get(row.person_id) if row.person_id else None) for row in page.rows]
    context = {
        "lines": lines,
        "older_than": page.older_than,
        "with_names": request.actor.may("chart.person.read"),
        "with_values": request.actor.may("chart.clinical.read"),
    }
    return render(request, "desk/trail.html", context | more, status=status)


def _older_than(request: HttpRequest) -> int | None:
    text = request.GET.get("older_than", "")
    return int(text) if text.isdigit() and len(text) < 19 else None
