"""The clinic's figures for those who may see them, the same as a table, a protocol rehearsed, and the public page that says what to expect."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from afterglow.ground import ids
from afterglow.ground.access.guard import public, staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import ClinicRow, SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, released
from afterglow.ground.content.review import library_review
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan.queries import rehearsals
from afterglow.pathway.plan.rules.rehearsal import About
from afterglow.pathway.registry import access, events, queries
from afterglow.pathway.registry.actions.note_approval import note_approval
from afterglow.pathway.registry.forms import ApprovalForm
from afterglow.pathway.registry.queries import Registry, research_set
from afterglow.pathway.registry.queries.papers import FIRST, paper_of_day
from afterglow.pathway.registry.queries.papers import papers as papers_known
from afterglow.pathway.registry.queries.same_day import same_day_of_day
from afterglow.pathway.registry.rules.csv_rows import HEAD, csv_rows
from afterglow.pathway.registry.rules.evidence import about_of
from afterglow.pathway.registry.rules.hundred import hundred
from afterglow.pathway.registry.rules.paper_counting import NO_COMPARISON
from afterglow.pathway.registry.rules.periods import EVERYBODY, Period, period_from

PARTS: tuple[tuple[About, str, str], ...] = (
    ("window", "Days and windows", "Every visit found its day and its window."),
    ("dose", "Doses and weights", "Every dose and weight lay inside the guardrails."),
    ("interval", "Doses too close or too many", "No dose came too close to another."),
    ("order", "Orders that no longer held", "Every order still held on its day."),
    ("review", "Reviews that nobody would own", "Every review had somebody to sign it."),
)
SET_LASTS: Final = timedelta(days=1)
"""A yes taken back is honoured within a day (safety 85)."""
REASONS: Final = {
    "no": "Said no",
    "not_asked": "Not asked",
    "open": "Asked, no answer yet",
    "taken_back": "Took the yes back",
    "yes_to_earlier": "Said yes to an earlier version of the document",
    "kept_out_by_law": "Said yes, and treated for alcohol use: kept out by law",
}
Row = TypeVar("Row", LibraryRecord, SiteRow)


@staff(access.FIGURES)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The clinic's outcomes as they stood when the day began."""
    found, zone, day = _registry(request), request.clinic.zone, _today(request)
    trail.read(events.figures_read, by=request.actor, at=request.at, count=len(found.figures.rows))
    return render(request, "registry/figures.html", {"registry": found, "figures": found.figures, "zone": zone, "as_of": day})


@staff(access.FIGURES)
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same figures, one line each, with the definitions' version and the time for which they were counted."""
    found, written = _registry(request), StringIO()
    counted_at = queries.day_begins(_today(request), request.clinic.zone)
    lines = csv.writer(written)
    lines.writerow(HEAD)
    rows = csv_rows(found.figures, clinic=request.clinic.name, period=found.period.id, definitions=found.of.label, counted_at=counted_at)
    lines.writerows(rows)
    trail.read(events.figures_taken, by=request.actor, at=request.at, count=len(rows))
    answer = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="registry-{found.period.id}-{request.at:%Y-%m-%d}.csv"'
    return answer


@staff(access.FIGURES)
@require_GET
def fidelity(request: HttpRequest) -> HttpResponse:
    """How many courses kept to the protocol version they began under, and what the others departed in, as it stood when the day began."""
    zone, day = request.clinic.zone, _today(request)
    found = queries.kept_of_day(request.clinic_id, zone, _period(request), day)
    trail.read(events.fidelity_read, by=request.actor, at=request.at, count=len(found.protocols))
    return render(request, "registry/fidelity.html", {"kept": found, "zone": zone, "as_of": day})


@staff(access.FIGURES)
@require_GET
def rehearsal(request: HttpRequest) -> HttpResponse:
    """A protocol walked by invented people through a site's weekdays: what cannot be kept here, before a real person stands there."""
    protocols, sites = released("protocols"), accounts.sites_of(request.clinic_id)
    protocol = _chosen(protocols, request.GET.get("protocol", ""), "protocol")
    site = _chosen(sites, request.GET.get("site", ""), "site")
    day = request.at.astimezone(ZoneInfo(site.zone)).date()
    prescribers = rehearsals.prescribers_of(request.clinic_id)
    found = rehearsals.rehearsed(protocol.pk, day, frozenset(site.open_weekdays), covered=prescribers > 1)
    trail.read(events.rehearsal_read, by=request.actor, at=request.at, count=len(found.lines))
    parts = [(heading, sentence, found.about(about)) for about, heading, sentence in PARTS]
    context = {"protocols": protocols, "protocol": protocol, "sites": sites, "site": site, "found": found, "parts": parts, "prescribers": prescribers}
    context["programmes"] = [(each, queries.published_of(each.id)) for each in released("programmes") if not each.content["plannable"]]
    return render(request, "registry/rehearsal.html", context)


@staff(access.FIGURES)
@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """What of the clinical library waits for a clinician: the report of `afterglow library check` for the files this clinic works with."""
    day = _today(request)
    kinds = library_review(day)
    whole = {name: sum(getattr(kind, name) for kind in kinds) for name in ("unreviewed", "overdue", "unsourced", "judged")}
    trail.read(events.library_read, by=request.actor, at=request.at, count=sum(len(kind.files) for kind in kinds))
    return render(request, "registry/library.html", {"kinds": kinds, "whole": whole, "files": sum(len(kind.files) for kind in kinds), "as_of": day})


def _chosen(rows: Sequence[Row], wanted: str, what: str) -> Row:
    """The one with that id, the first when none is named.  Raises NotFound."""
    found = next((row for row in rows if not wanted or str(row.id) == wanted), None)
    if found is None:
        raise NotFound(what)
    return found


@staff(access.FIGURES)
@require_GET
def beside(request: HttpRequest) -> HttpResponse:
    """The same outcomes apart for those with and without another treatment on record, as it stood when the day began."""
    zone, day = request.clinic.zone, _today(request)
    found = queries.beside_of_day(request.clinic_id, zone, _period(request), day)
    trail.read(events.beside_read, by=request.actor, at=request.at, count=len(found.splits))
    return render(request, "registry/beside.html", {"beside": found, "zone": zone, "as_of": day})


@staff(access.FIGURES)
@require_GET
def same_day(request: HttpRequest) -> HttpResponse:
    """How low mood moved on the day of the first infusion, as it stood when today began."""
    zone, day = request.clinic.zone, _today(request)
    found = same_day_of_day(request.clinic_id, zone, _period(request), day)
    trail.read(events.same_day_read, by=request.actor, at=request.at, count=len(found.rows))
    return render(request, "registry/same_day.html", {"found": found, "zone": zone, "as_of": day})


@staff(access.FIGURES)
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """This clinic's people counted by the definitions of a published paper, beside its numbers, as it stood when the day began."""
    zone, day = request.clinic.zone, _today(request)
    found = paper_of_day(request.clinic_id, request.GET.get("paper", FIRST), zone, _period(request), day)
    trail.read(events.paper_read, by=request.actor, at=request.at, count=len(found.lines))
    context = {"found": found, "papers": papers_known(), "no_comparison": NO_COMPARISON, "zone": zone, "as_of": day}
    return render(request, "registry/paper.html", context)


@staff(access.FIGURES)
@require_GET
def research(request: HttpRequest) -> HttpResponse:
    """Who said yes to lists for research, by whose approval they leave, and which were made."""
    return _research(request)


@staff(access.APPROVE)
@require_POST
def approval(request: HttpRequest) -> HttpResponse:
    """A research board's approval, noted."""
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _research(request, status=422, form=form)
    try:
        note_approval(**form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _research(request, status=422, form=form, refusal=refusal)
    return redirect("registry:research")


def _research(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    day, clinic_id = _today(request), request.clinic_id
    held = research_set.standing(clinic_id, zone=request.clinic.zone, day=day)
    made, known = research_set.made_sets(clinic_id), research_set.approval(clinic_id)
    trail.read(events.research_read, by=request.actor, at=request.at, count=len(made))
    context = {
        "of": research_set.rule()[0],
        "standing": held,
        "answers": [(REASONS[why], people) for why, people in held.by_reason.items()],
        "approval": known,
        "sets": made,
        "overdue": bool(made) and request.at - made[0].made_at > SET_LASTS,
        "as_of": day,
        "may_approve": request.actor.may(access.APPROVE),
        "form": ApprovalForm(initial={"key": ids.new_token()}),
    }
    return render(request, "registry/research.html", context | more, status=status)


def _registry(request: HttpRequest) -> Registry:
    """Raises NotFound for a period that is none."""
    return queries.of_day(request.clinic_id, request.clinic.zone, _period(request), _today(request))


def _today(request: HttpRequest) -> date:
    """On the calendar of the clinic."""
    return request.at.astimezone(ZoneInfo(request.clinic.zone)).date()


def _period(request: HttpRequest) -> Period:
    """Raises NotFound for a period that is none."""
    period = period_from(request.GET.get("start", ""))
    if period is None:
        raise NotFound("period")
    return period


@public
@require_safe
def expectations(request: HttpRequest, clinic_id: UUID | None = None) -> HttpResponse:
    """What is published, and this clinic's own figures as they stood when the day began.  With several clinics here, the reader chooses whose."""
    clinics = [accounts.clinic(one) for one in accounts.clinic_ids()]
    clinic = _whose(request, clinics, clinic_id)
    context: dict[str, object] = {"clinics": [] if clinic else sorted(clinics, key=lambda row: row.name), "key": hundred(45, 35, 55)}
    name, own = request.GET.get("about", queries.EVIDENCE), None
    if clinic is not None:
        request.clinic = clinic
        day = _today(request)
        own = queries.of_day(clinic.id, clinic.zone, EVERYBODY, day).figures if name == queries.EVIDENCE else None
        context |= {"clinic": clinic, "own": own, "as_of": day}
    record, found = queries.expectations(own, name)
    context["others"] = [(each.id, about_of(each.content)) for each in queries.published()]
    context["first"] = queries.EVIDENCE
    return render(request, "registry/expectations.html", {**context, "record": record, "found": found})


def _whose(request: HttpRequest, clinics: list[ClinicRow], clinic_id: UUID | None) -> ClinicRow | None:
    """The clinic of the address, of who is signed in or holds a link, or the only one.  Raises NotFound for an address of none."""
    if clinic_id is None:
        return request.clinic or (clinics[0] if len(clinics) == 1 else None)
    chosen = next((row for row in clinics if row.id == clinic_id), None)
    if chosen is None:
        raise NotFound("clinic")
    return chosen
