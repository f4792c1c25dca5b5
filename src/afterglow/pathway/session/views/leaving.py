"""The leaving list: every item at once, each answered by its own small form; and the ways out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.leave import ExitWords, discharge, leave_against_advice, transfer
from afterglow.pathway.session.actions.leaving_item import accept_pressure, answer_leaving_item, answer_suicide_again, assess_again
from afterglow.pathway.session.forms import leaving as forms
from afterglow.pathway.session.forms.course import EntryForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, place
from afterglow.pathway.session.queries import leaving as queries
from afterglow.pathway.session.queries.comfort import distress_of
from afterglow.pathway.session.queries.experience import experience
from afterglow.pathway.session.queries.falls import fall_note
from afterglow.pathway.session.rules.discharge_facts import TAPS
from afterglow.pathway.session.rules.states import ENDED, IN_THE_ROOM
from afterglow.pathway.session.views.chart_json import same_author
from afterglow.pathway.session.views.entry import at_its_field
from afterglow.records.chart import queries as chart
from afterglow.science.verdict import Finding

READ, CHART, LEAVE = "session.session.read", "session.session.chart", "session.session.discharge"
SMALL: dict[str, type[EntryForm]] = {
    "aldrete": forms.AldreteForm,
    "escort": forms.HandoverForm,
    "night": forms.NightForm,
    "suicide": forms.SuicideAgainForm,
    "pressure_near_own": forms.AcceptPressureForm,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the page: the finding, its words, and the form that answers it (None: a number or the clock fills it)."""

    finding: Finding
    title: str
    filled_by: str
    form: EntryForm | None


@staff(READ)
@require_GET
def leaving(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=READ)
    trail.read(events.leaving_read, by=request.actor, at=request.at, person_id=session.person_id, objects={"session": session.id})
    return _page(request, session)


def _answering(name: str, form: type[EntryForm], act: Callable[[HttpRequest, Any, dict[str, Any]], object], need: str) -> Any:
    """A view that stores one item's answer and shows the list again."""

    @staff(need)
    @require_POST
    def answer(request: HttpRequest, session_id: UUID) -> HttpResponse:
        session = access.fetch_session(request.actor, session_id, need=need)
        sent = form(request.POST, zone=place.zone_of(session), at=request.at)
        item = request.POST.get("item", name)
        try:
            same_author(request, request.POST.get("author", ""))
            if not sent.is_valid():
                return _page(request, session, bound={item: sent}, status=422)
            act(request, sent, {"session_id": session_id, "key": sent.cleaned_data["key"], "by": request.actor, "at": request.at})
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            at_its_field(sent, refusal)
            return _page(request, session, bound={item: sent}, refusal=refusal, status=422)
        return redirect("session:leaving", session_id)

    answer.__name__ = f"answer_{name}"
    return answer


def _item(item: str) -> Callable[[HttpRequest, Any, dict[str, Any]], object]:
    def act(request: HttpRequest, form: Any, common: dict[str, Any]) -> object:
        return answer_leaving_item(item=item or form.cleaned_data["item"], value=form.value(), taken_at=form.cleaned_data["taken_at"], **common)

    return act


def _suicide(request: HttpRequest, form: Any, common: dict[str, Any]) -> object:
    return answer_suicide_again(value=form.value(), taken_at=form.cleaned_data["taken_at"], **common)


def _assess(request: HttpRequest, form: Any, common: dict[str, Any]) -> object:
    return assess_again(allows=form.cleaned_data["allows"] == "yes", text=form.cleaned_data["text"], **common)


def _pressure(request: HttpRequest, form: Any, common: dict[str, Any]) -> object:
    signed = confirm_signature(by=request.actor, password=form.cleaned_data["password"], at=request.at)
    return accept_pressure(sbp=float(form.cleaned_data["sbp"]), signed=signed, **common)


tap = _answering("tap", forms.TapForm, _item(""), CHART)
aldrete = _answering("aldrete", forms.AldreteForm, _item("aldrete"), CHART)
handover = _answering("escort", forms.HandoverForm, _item("escort"), CHART)
night = _answering("night", forms.NightForm, _item("night"), CHART)
suicide = _answering("suicide", forms.SuicideAgainForm, _suicide, CHART)
assessment = _answering("assessment", forms.AssessForm, _assess, CHART)
pressure = _answering("pressure_near_own", forms.AcceptPressureForm, _pressure, "plan.order.sign")


@staff(LEAVE)
@require_POST
def go_home(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=LEAVE)
    try:
        discharge(session_id=session_id, key=request.POST.get("key", ""), by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, session, refusal=refusal, status=422)
    return redirect("session:leaving", session_id)


@staff(CHART)
@require_http_methods(["GET", "POST"])
def by_ambulance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    def act(form: forms.TransferForm, common: dict[str, Any]) -> object:
        held = form.cleaned_data
        words = ExitWords(**{name: held[name] for name in ("last_state", "pump_stopped_at", "to_where", "handed_to")})
        return transfer(words=words, **common)

    return _exit(request, session_id, "Transferred by ambulance", "transfer", forms.TransferForm, act)


@staff(CHART)
@require_http_methods(["GET", "POST"])
def against_advice(request: HttpRequest, session_id: UUID) -> HttpResponse:
    def act(form: forms.AgainstAdviceForm, common: dict[str, Any]) -> object:
        held = form.cleaned_data
        told = {name: held[name] for name in ("last_state", "pump_stopped_at", "flag_owner")}
        words = ExitWords(**told, called=tuple(held["called"]), warned=forms.yes(held["warned"]))
        return leave_against_advice(words=words, **common)

    staff_rows = [(str(row.user_id), row.name) for row in accounts.staff_of(request.clinic_id) if not row.has("owner")]
    return _exit(request, session_id, "Left against advice", "against_advice", forms.AgainstAdviceForm, act, staff=staff_rows)


def _exit(
    request: HttpRequest,
    session_id: UUID,
    title: str,
    name: str,
    form_class: type[forms.ExitForm],
    act: Callable[[Any, dict[str, Any]], object],
    **more: Any,
) -> HttpResponse:
    """The page of another way out: never refused for what is missing."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    zone, refusal = place.zone_of(session), None
    if request.method == "POST":
        form = form_class(request.POST, zone=zone, at=request.at, **more)
        if form.is_valid():
            try:
                act(form, {"session_id": session_id, "key": form.cleaned_data["key"], "by": request.actor, "at": request.at})
            except Refusal as caught:
                if caught.status != 409:
                    raise
                refusal = caught
            else:
                return redirect("session:leaving", session_id)
    else:
        trail.read(events.leaving_read, by=request.actor, at=request.at, person_id=session.person_id, objects={"session": session.id})
        form = form_class(initial={"key": ids.new_token(), "author": request.actor.id}, zone=zone, at=request.at, **more)
    shown = {
        "session": session,
        "title": title,
        "form": form,
        "refusal": refusal,
        "identity": chart.identity(session.person_id),
        "address": name,
        "possible": session.state in IN_THE_ROOM,
    }
    return render(request, "session/leave_otherwise.html", shown, status=422 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, session: Session, *, bound: dict[str, EntryForm] | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The whole list; a form that was sent keeps what was typed."""
    gone = queries.left(session.id) if session.state in ENDED else None
    zone = place.zone_of(session)
    request.clinic = replace(request.clinic, zone=zone.key)  # times on this page are those of the session's site
    context: dict[str, Any] = {
        "session": session,
        "identity": chart.identity(session.person_id),
        "refusal": refusal,
        "wrong": next(iter((bound or {}).values()), None),
        "gone": gone,
        "key": ids.new_token(),
        "possible": session.state in IN_THE_ROOM,
        "lived": experience(session.id, session.person_id, started_at=session.started_at, dose_ended_at=session.dosing_ended_at),
        "distress": distress_of(deeds.deeds(session.id), started_at=session.started_at),
        "may_rate": session.state not in ENDED,
        "falls": fall_note(session, at=request.at) if session.checked_in_at else None,
        "may_chart": session.state in IN_THE_ROOM and request.actor.may(CHART),
    }
    if session.state == "recovery":
        held = queries.leaving_list(session, at=request.at)
        fresh = _Forms(request, zone, bound or {}, held)
        context |= {
            "held": held,
            "items": [_line(held, finding, fresh) for finding in held.verdict],
            "assessment": fresh.of("assessment", forms.AssessForm) if _wants_assessment(held) else None,
        }
    return render(request, "session/leave.html", context, status=status)


class _Forms:
    """The small forms of one page, each with its own key."""

    def __init__(self, request: HttpRequest, zone: ZoneInfo, bound: dict[str, EntryForm], held: queries.LeavingList) -> None:
        self.request, self.bound, self.held, self.zone = request, bound, held, zone

    def of(self, item: str, form: type[EntryForm]) -> EntryForm:
        if item in self.bound:
            return self.bound[item]
        initial: dict[str, Any] = {"key": ids.new_token(), "author": self.request.actor.id, "item": item}
        if item == "pressure_near_own" and self.held.facts.pressures:
            initial["sbp"] = self.held.facts.pressures[-1].sbp
        return form(initial=initial, zone=self.zone, at=self.request.at, auto_id=f"id_{item}_%s")


def _line(held: queries.LeavingList, finding: Finding, fresh: _Forms) -> Item:
    form = forms.TapForm if finding.item in TAPS else SMALL.get(finding.item)
    if finding.item == "pressure_near_own" and (not held.facts.pressures or not fresh.request.actor.may("plan.order.sign")):
        form = None
    return Item(
        finding=finding,
        title=held.title(finding.item),
        filled_by=held.filled_by(finding.item),
        form=None if finding.is_met or form is None else fresh.of(finding.item, form),
    )


def _wants_assessment(held: queries.LeavingList) -> bool:
    """Is there an answer after the dose that somebody qualified has to look at?"""
    asked = held.facts.suicide
    return asked is not None and any(finding.item == "suicide" and not finding.is_met for finding in held.verdict)
