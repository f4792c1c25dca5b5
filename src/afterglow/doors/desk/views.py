"""Home, search, and one person's walk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from afterglow.doors.desk import events
from afterglow.doors.desk.addresses import address
from afterglow.doors.desk.journey import journey as walk_of
from afterglow.doors.desk.setup import setup
from afterglow.doors.desk.worklists import worklists
from afterglow.ground.access.guard import signed_in, staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.pathway.consent.queries.research import research_state
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags
from afterglow.records.schedule import queries as schedule


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this member of staff, list by list."""
    lists = worklists(request.actor, request.at)
    unowned = flags.unowned(request.actor, request.at) if request.actor.may("flags.flag.own") else []
    trail.read(events.home_read, by=request.actor, at=request.at, count=sum(row.total for row in lists))
    return render(request, "desk/home.html", {"lists": lists, "unowned": unowned, "may_register": request.actor.may("chart.person.register")})


@staff("session.limits.read")
@require_GET
def clinic_setup(request: HttpRequest) -> HttpResponse:
    """What each site still lacks before a first dose."""
    sites = [(site, setup(request.actor, site, request.at)) for site in accounts.sites_of(request.clinic_id)]
    trail.read(events.setup_read, by=request.actor, at=request.at)
    rows = [(site, items, sum(not item.done for item in items)) for site, items in sites]
    add_url = address("accounts:add_site") if request.actor.may("clinic.settings.edit") else ""
    licences_url = address("measures:licences") if request.actor.may("measures.licence.read") else ""
    return render(request, "desk/setup.html", {"sites": rows, "add_url": add_url, "licences_url": licences_url})


@staff("chart.person.search")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """People by name, record number or birth date."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    found = chart.search(request.actor, asked)
    if asked:
        trail.read(events.search_read, by=request.actor, at=request.at, objects={"query": asked[:100]}, count=len(found))
    context = {"asked": asked, "found": found, "most": chart.MOST_FOUND, "may_register": request.actor.may("chart.person.register")}
    return render(request, "desk/search.html", context)


@staff("chart.person.read")
@require_GET
def journey(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's walk: where they stand, and the one next step."""
    actor = request.actor
    person = chart_access.fetch_person(actor, person_id)
    trail.read(events.journey_read, by=actor, at=request.at, person_id=person_id)
    context = {
        "person": person,
        "identity": chart.identity(person_id) if actor.may("chart.clinical.read") else None,
        "walk": walk_of(actor, person_id, request.at),
        "appointments": schedule.of_person(person_id)[:20] if actor.may("schedule.appointment.read") else [],
        "flags": flags.open_for(person_id, request.at) if actor.may("flags.flag.read") else [],
        "book_url": address("schedule:book", person_id) if actor.may("schedule.appointment.book") else "",
        "link_url": address("portal:intake", person_id) if actor.may("measures.link.create") else "",
        "measures_url": address("measures:of_person", person_id) if actor.may("measures.answer.read") else "",
        "research": research_state(person_id) if actor.may("consent.consent.read") else None,
        "trail_url": address("desk:trail_of_person", person_id) if actor.may("audit.trail.read") else "",
    }
    return render(request, "desk/journey.html", context)
