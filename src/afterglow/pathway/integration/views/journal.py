"""What a person shares of their journal, for who treats them.  Each reading is on the trail, entry by entry."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.queries.journal import shared_entries
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart


@staff(access.VISIT_READ)
@require_GET
def shared(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The entries that are shared now; nothing here says whether there are others."""
    chart_access.fetch_person(request.actor, person_id, need=access.VISIT_READ)
    entries = shared_entries(person_id)
    read = {"entries": ", ".join(f"{entry.id} (edition {entry.edition})" for entry in entries)} if entries else None
    trail.read(events.shared_journal_read, by=request.actor, at=request.at, person_id=person_id, objects=read)
    return render(request, "integration/journal.html", {"identity": chart.identity(person_id), "entries": entries})
