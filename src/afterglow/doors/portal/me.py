"""The patient's pages: today, and the intake one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterglow.doors.portal import day, drafts, forms, steps
from afterglow.doors.portal.holder import asked_page, intake_page, left, own_intake_page, read
from afterglow.ground.access.actor import Actor, was_at_a_link, was_by_proxy
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face import words
from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_problem import record_problem
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.chart.actions.withdraw_row import withdraw_row
from afterglow.records.chart.queries.comfort import SAID, comfort

LIST_PAGES: dict[str, tuple[type[django_forms.Form], Any]] = {
    "problems": (forms.ProblemForm, record_problem),
    "medicines": (forms.MedicineForm, record_medicine),
    "allergies": (forms.AllergyForm, record_allergy),
    "treatments": (forms.TreatmentForm, record_trial),
}
DRAFTED: dict[str, type[django_forms.Form]] = {"about": forms.AboutForm, **{slug: form for slug, (form, _) in LIST_PAGES.items()}}
OWN_DRAFTS: dict[str, type[django_forms.Form]] = {"looked_after": forms.LookedAfterForm}
"""What nobody types for another."""
REMOVED = "Removed by the person who entered it, during the intake."


@asked_page
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The intake's next step; for somebody in a course, what there is to do today."""
    if request.link.purpose == "check_in":
        return day.page(request)
    person = chart.fetch_person(request.actor, request.link.person_id)
    read(request, "today")
    walk = steps.steps_of(person, by_proxy=request.actor.proxy_id is not None)
    done = sum(step.state == "done" for step in walk)
    context = {"person": person, "steps": walk, "next": steps.next_of(walk), "done": done, "ends_at": request.link.expires_at}
    return render(request, "portal/today.html", context | {"proxy": request.link.holder if request.actor.proxy_id else ""})


@intake_page
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    person = chart.fetch_person(request.actor, request.link.person_id)
    if request.method != "POST":
        read(request, "about")
        known = {name: getattr(person, name) for name in forms.AboutForm.base_fields}
        return _about(request, person, _about_form(request)(initial=known | drafts.typed_so_far(person.id, "about", by=request.actor)))
    if "later" in request.POST:
        return _later(request, "about", _about_form(request))
    form = _about_form(request)(request.POST)
    if not form.is_valid():
        return _about(request, person, form, status=422)
    changes = form.changes(may_set_birth=person.born_on is None)
    try:
        edit_person(person_id=person.id, version=form.cleaned_data["version"], changes=changes, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _about_refused(request, person, refusal)
    drafts.drop(person.id, "about", by=request.actor)
    return redirect("portal:today")


def _about_form(request: HttpRequest) -> type[forms.AboutForm]:
    """How the person may be reached is their own word: whoever acts for them is not asked."""
    return forms.AboutByProxyForm if request.actor.proxy_id else forms.AboutForm


def _about(request: HttpRequest, person: chart.PersonRow, form: forms.AboutForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "portal/about.html", {"person": person, "form": form} | more, status=status)


def _about_refused(request: HttpRequest, person: chart.PersonRow, refusal: Refusal) -> HttpResponse:
    """What was typed stays; what the clinic changed meanwhile is shown beside it, and saving again keeps what was typed."""
    typed = request.POST.copy()
    theirs = []
    if "version" in refusal.facts:
        typed["version"] = str(refusal.facts["version"])
        theirs = [(forms.AboutForm.base_fields[name].label, value) for name, value in refusal.facts["theirs"].items()]
    return _about(request, person, _about_form(request)(typed), refusal=refusal, theirs=theirs, status=422)


@own_intake_page
@require_http_methods(["GET", "HEAD", "POST"])
def private(request: HttpRequest) -> HttpResponse:
    """Never filled in beforehand: whatever was answered earlier, it is asked anew."""
    person = chart.fetch_person(request.actor, request.link.person_id)
    form = forms.PrivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["could_be_pregnant"]
        edit_person(person_id=person.id, version=person.version, changes={"could_be_pregnant": said}, by=request.actor, at=request.at)
        if said == "unknown":
            drafts.keep(person_id=person.id, step="private", typed=form.cleaned_data, by=request.actor, at=request.at)
        else:
            drafts.drop(person.id, "private", by=request.actor)
        return redirect("portal:today")
    if request.method != "POST":
        read(request, "private")
    answered = person.could_be_pregnant != "unknown"
    return render(request, "portal/private.html", {"form": form, "answered": answered}, status=422 if request.method == "POST" else 200)


@own_intake_page
@require_http_methods(["GET", "HEAD", "POST"])
def looked_after(request: HttpRequest) -> HttpResponse:
    """The comfort card in the person's own hand; what stands is shown, and what they leave open stays open."""
    person_id = request.link.person_id
    card = comfort(person_id)
    if request.method != "POST":
        read(request, "looked_after")
        stands = {"version": card.id} | {name: getattr(card, name) for name in SAID} if card else {}
        return _looked_after(request, forms.LookedAfterForm(initial=stands | drafts.typed_so_far(person_id, "looked_after", by=request.actor)))
    if "later" in request.POST:
        return _later(request, "looked_after", forms.LookedAfterForm)
    form = forms.LookedAfterForm(request.POST)
    if not form.is_valid():
        return _looked_after(request, form, status=422)
    try:
        record_comfort(person_id=person_id, **form.card(), by=request.actor, at=request.at)
    except Refusal as refusal:
        newer = card if "version" in refusal.facts else None
        return _looked_after(request, form.again(refusal), refusal=refusal, newer=newer, status=422)
    drafts.drop(person_id, "looked_after", by=request.actor)
    return redirect("portal:today")


def _looked_after(request: HttpRequest, form: forms.LookedAfterForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "portal/looked_after.html", {"form": form} | more, status=status)


@intake_page
@require_http_methods(["GET", "HEAD", "POST"])
def one_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Entries one by one; then 'that is everything', or 'I have none', which is a fact with a date."""
    made = LIST_PAGES[slug][0]
    if request.method != "POST":
        read(request, slug)
        return _list(request, slug, made(initial=drafts.typed_so_far(request.link.person_id, slug, by=request.actor), use_required_attribute=False))
    if "later" in request.POST:
        return _later(request, slug, made)
    form, ends = made(request.POST, use_required_attribute=False), "done" in request.POST
    typed = any(request.POST.get(name, "").strip() for name in form.fields)
    try:
        if (typed or not ends) and not _add(request, slug, form):
            return _list(request, slug, form, status=422)
        if ends:
            empty = not steps.list_of(slug, request.link.person_id).rows
            review_list(person_id=request.link.person_id, list_name=steps.LIST_OF[slug], none_known=empty, by=request.actor, at=request.at)
            return redirect("portal:today")
    except Refusal as refusal:
        return _list(request, slug, form, refusal=refusal, status=422)
    return redirect(f"portal:{slug}")


def _add(request: HttpRequest, slug: str, form: django_forms.Form) -> bool:
    if not form.is_valid():
        return False
    LIST_PAGES[slug][1](person_id=request.link.person_id, **form.cleaned_data, by=request.actor, at=request.at)
    drafts.drop(request.link.person_id, slug, by=request.actor)
    return True


def _list(request: HttpRequest, slug: str, form: django_forms.Form, *, status: int = 200, **more: Any) -> HttpResponse:
    listed = steps.list_of(slug, request.link.person_id)
    rows = [{"row": row, "own": _own(row.recorded_by, request.actor)} for row in listed.rows]
    context = {"slug": slug, "form": form, "rows": rows, "state": listed.state}
    return render(request, f"portal/{slug}.html", context | more, status=status)


def _own(recorded_by: str, by: Actor) -> bool:
    """May the holder take this entry back?  The person whatever came in by a link; who acts for them what they wrote themselves."""
    return recorded_by == by.label if by.proxy_id else was_at_a_link(recorded_by) or was_by_proxy(recorded_by)


@intake_page
@require_POST
def remove(request: HttpRequest, slug: str, row_id: UUID) -> HttpResponse:
    """Take back an entry of one's own; what the clinic entered, the clinic changes."""
    own = [row for row in steps.list_of(slug, request.link.person_id).rows if row.id == row_id and _own(row.recorded_by, request.actor)]
    if not own:
        raise NotFound("entry")
    withdraw_row(kind=steps.LIST_OF[slug], row_id=row_id, reason=REMOVED, by=request.actor, at=request.at)
    return redirect(f"portal:{slug}")


@intake_page
@require_POST
def draft(request: HttpRequest, slug: str) -> JsonResponse:
    """Autosave of one page."""
    drafted = DRAFTED if request.actor.proxy_id else DRAFTED | OWN_DRAFTS
    if slug not in drafted:
        raise NotFound("page")
    form = _about_form(request) if slug == "about" else drafted[slug]
    drafts.keep(person_id=request.link.person_id, step=slug, typed=_typed(request.POST, form), by=request.actor, at=request.at)
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone)})


def _typed(data: Mapping[str, Any], form: type[django_forms.Form]) -> dict[str, str]:
    return {name: str(data[name]) for name in form.base_fields if data.get(name)}


def _later(request: HttpRequest, slug: str, form: type[django_forms.Form]) -> HttpResponse:
    drafts.keep(person_id=request.link.person_id, step=slug, typed=_typed(request.POST, form), by=request.actor, at=request.at)
    return redirect("portal:today")


@asked_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    return left(request)
