"""The check-in page: every question of the library's list, answered one section at a time; nothing is filled in beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.check_in import change_room
from afterglow.pathway.session.actions.name_monitor import name_monitor
from afterglow.pathway.session.actions.record_pressure import record_pressure
from afterglow.pathway.session.forms.check_in import ItemForm, PressureForm, WeightForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in_page import check_in_page
from afterglow.pathway.session.views.check_in_fields import blank_fields, forms_of, typed_fields
from afterglow.pathway.session.views.check_in_rows import sections_of
from afterglow.pathway.session.views.comfort import card
from afterglow.pathway.session.views.day import fetch_for_page
from afterglow.pathway.session.views.entry import at_its_field
from afterglow.records.chart.actions.record_weight import record_weight

ANSWER = "session.session.check_in"


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back refused: forms as typed, and the refusals, each with the item it belongs to as its field."""

    forms: Mapping[str, ItemForm] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    pressure: PressureForm | None = None
    weight: WeightForm | None = None


@staff("session.session.read")
@require_GET
def check_in_view(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = fetch_for_page(request, session_id, need="session.session.read", event=events.check_in_read)
    return _page(request, session, Typed())


@staff(ANSWER)
@require_POST
def save_answers(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Every item that has something typed in is recorded; one that is incomplete comes back as typed, the others are kept."""
    session = access.fetch_session(request.actor, session_id, need=ANSWER)
    page = check_in_page(session, by=request.actor, at=request.at)
    forms: dict[str, ItemForm] = {}
    refusals: list[Refusal] = []
    for item, form in forms_of(page, request.POST).items():
        if form.is_blank:
            continue
        try:
            _record(request, session_id, item, form)
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            forms[item] = form
            at_its_field(form, refusal)
            refusals.append(refusal)
    if refusals:
        return _page(request, session, Typed(forms, tuple(refusals)), status=422)
    return redirect(f"{reverse('session:check_in', args=[session_id])}#{request.POST.get('section', 'person')}")


def _record(request: HttpRequest, session_id: UUID, item: str, form: ItemForm) -> None:
    if not form.is_valid():
        wrong = " ".join(f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        raise Refusal("session.answer_incomplete", wrong, "Correct it and save again.", field=item)
    key = f"{request.POST.get('key', '')}:{item}"
    answer_item(
        session_id=session_id, item=item, value=form.value(), key=key[:80] if request.POST.get("key") else "", by=request.actor, at=request.at
    )


@staff(ANSWER)
@require_POST
def save_pressure(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=ANSWER)
    form = PressureForm(request.POST)
    if not form.is_valid():
        return _page(request, session, Typed(pressure=form), status=422)
    try:
        record_pressure(session_id=session_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        at_its_field(form, refusal)
        return _page(request, session, Typed(refusals=(refusal,), pressure=form), status=422)
    return redirect(f"{reverse('session:check_in', args=[session_id])}#body")


@staff(ANSWER)
@require_POST
def save_weight(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Through the chart's own deed, which asks about pounds and kilograms."""
    session = access.fetch_session(request.actor, session_id, need=ANSWER)
    form = WeightForm(request.POST)
    if not form.is_valid():
        return _page(request, session, Typed(weight=form), status=422)
    said = form.cleaned_data
    try:
        record_weight(
            person_id=session.person_id,
            value=said["value"],
            unit=said["unit"],
            on_site=True,
            taken_at=request.at,
            confirmed=said["confirmed"],
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        at_its_field(form, refusal)
        return _page(request, session, Typed(refusals=(refusal,), weight=form), status=422)
    return redirect(f"{reverse('session:check_in', args=[session_id])}#body")


@staff(ANSWER)
@require_POST
def save_place(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The named monitor and the room, each when one was chosen."""
    session = access.fetch_session(request.actor, session_id, need=ANSWER)
    try:
        if request.POST.get("room_id"):
            change_room(session_id=session_id, room_id=UUID(request.POST["room_id"]), by=request.actor, at=request.at)
        if request.POST.get("monitor_id"):
            name_monitor(session_id=session_id, user_id=UUID(request.POST["monitor_id"]), by=request.actor, at=request.at)
    except ValueError:
        refusal = Refusal("session.unknown_choice", "This choice is not on the list.", "Choose from the list.")
        return _page(request, session, Typed(refusals=(refusal,)), status=422)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, session, Typed(refusals=(refusal,)), status=422)
    return redirect(f"{reverse('session:check_in', args=[session_id])}#place")


def _page(request: HttpRequest, session: Session, typed: Typed, status: int = 200) -> HttpResponse:
    page = check_in_page(session, by=request.actor, at=request.at)
    typed_again = {item: typed_fields(form) for item, form in typed.forms.items()}
    sections = sections_of(page, blank_fields(page) | typed_again, typed.refusals)
    context = {
        "page": page,
        "session": session,
        "identity": page.identity,
        "sections": sections,
        "open_count": sum(len(section.open) for section in sections),
        "refusals": typed.refusals,
        "pressure": typed.pressure or PressureForm(initial={"key": ids.new_token()}),
        "weight": typed.weight or WeightForm(initial={"key": ids.new_token()}),
        "key": ids.new_token(),
        "draft": f"check-in:{session.id}:{page.visit.today}",  # half-typed text belongs to this session on this day, whichever section is saved first
        "may_answer": request.actor.may(ANSWER) and session.state == "checked_in",
        "may_act": request.actor.may(ANSWER),
        "may_register": request.actor.may("session.device.register"),
        **card(session),
        "may_write_card": request.actor.may("chart.clinical.record"),
        "crisis": any(refusal.field == "suicide" for refusal in typed.refusals),
    }
    return render(request, "session/check_in.html", context, status=status)
