"""The pages on which a running session is charted: each one form, which works without a script and is sent by the room's module too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import signed_in, staff
from afterglow.ground.accounts.actions import confirm_other
from afterglow.ground.errors import NotFound
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.call_help import call_help, chart_emergency
from afterglow.pathway.session.actions.change_rate import change_rate
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import add_addendum, chart_note
from afterglow.pathway.session.actions.chart_vitals import chart_vitals
from afterglow.pathway.session.actions.correct_entry import CORRECTABLE, correct_entry
from afterglow.pathway.session.actions.finish import finish_dose
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.rate_person import rate_person
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.return_drug import account_for_rest
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.forms import course as forms
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.as_needed import standing_orders
from afterglow.pathway.session.queries.given import dose_line, infusion
from afterglow.pathway.session.queries.rescue import kit_now
from afterglow.pathway.session.queries.silent import asking
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry
from afterglow.records.adverse import queries as adverse
from afterglow.records.cabinet import queries as ledger

CHART, PUMP = "session.session.chart", "session.session.pause"
both = require_http_methods(["GET", "POST"])


@json_refusals
@staff(CHART)
@both
def vitals(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Vital signs",
        template="session/vitals.html",
        form=forms.VitalsForm,
        need=CHART,
        act=lambda form, common: chart_vitals(values=form.values(), words=form.words(), taken_at=form.cleaned_data["taken_at"], **common),
    )
    return entry(request, session_id, page)


@json_refusals
@staff(CHART)
@both
def note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return entry(request, session_id, EntryPage(title="Note", template="session/note.html", form=forms.NoteForm, need=CHART, act=_told(chart_note)))


@json_refusals
@staff(CHART)
@both
def addendum(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(title="Late addendum", template="session/note_addendum.html", form=forms.AddendumForm, need=CHART, act=_told(add_addendum))
    return entry(request, session_id, page)


@json_refusals
@staff(CHART)
@both
def event(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Adverse event",
        template="session/event.html",
        form=forms.EventForm,
        need=CHART,
        more={"kinds": [(kind, row.title) for kind, row in adverse.kinds().items()]},
        act=lambda form, common: chart_event(
            kind=form.cleaned_data["kind"],
            grade=int(form.cleaned_data["grade"]) if form.cleaned_data["grade"] else None,
            done=form.cleaned_data["done"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    return entry(request, session_id, page)


@json_refusals
@staff("chart.clinical.record")
@both
def medicine(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(title="Medicine given", template="session/medicine.html", form=forms.MedicineForm, need=CHART, act=_medicine)
    session = access.fetch_session(request.actor, session_id, need=CHART)
    return entry(request, session_id, page, kit=kit_now(session, at=request.at), as_needed=standing_orders(session, at=request.at))


@json_refusals
@staff(CHART)
@both
def rated(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Mood before and at the end, and the dissociation scale's total."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    page = EntryPage(
        title="Mood and dissociation",
        template="session/rate_person.html",
        form=forms.RatedForm,
        need=CHART,
        more={"state": session.state},
        act=lambda form, common: rate_person(
            item=form.cleaned_data["rated"],
            value=form.cleaned_data["value"],
            declined=form.cleaned_data["declined"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    return entry(request, session_id, page)


def _medicine(form: forms.MedicineForm, common: dict[str, Any]) -> Any:
    held = form.cleaned_data
    dose = Dose(name=held["name"], amount=held["amount"], unit=held["unit"], route=held["route"])
    rescue = "" if held["rescue"] == "none" else held["rescue"]
    told = {name: held[name] for name in ("ordered_by", "why", "outside", "taken_at")}
    return give_medicine(dose=dose, rescue=rescue, **told, **common)


@json_refusals
@signed_in
@both
def answer_marks(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Answer the marks",
        template="session/mark_answer.html",
        form=forms.AnswerMarksForm,
        act=lambda form, common: acknowledge(upto=form.cleaned_data["upto"], saw=form.cleaned_data["saw"], **common),
    )
    session = access.fetch_session_in_emergency(request.actor, session_id)
    raised = asking(session, at=request.at)
    return entry(request, session_id, page, initial={"upto": session.seq}, raised=raised, needs_words=any(each.mark.needs_a_look for each in raised))


@json_refusals
@signed_in
@both
def help_call(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Call for help",
        template="session/mark_help.html",
        form=forms.HelpForm,
        act=lambda form, common: call_help(sentence=form.cleaned_data["sentence"], **common),
    )
    return entry(request, session_id, page)


@json_refusals
@signed_in
@both
def emergency(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Emergency",
        template="session/event_emergency.html",
        form=forms.EmergencyForm,
        act=lambda form, common: chart_emergency(
            sign=form.cleaned_data["sign"],
            did=form.cleaned_data["did"],
            text=form.cleaned_data["text"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    return entry(request, session_id, page)


@json_refusals
@signed_in
@both
def stop(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(title="Stop the dose", template="session/pump_stop.html", form=forms.StopForm, act=_told(stop_dose))
    return entry(request, session_id, page)


@json_refusals
@staff(PUMP)
@both
def pause(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(title="Pause the pump", template="session/pump_stop.html", form=forms.PauseForm, need=PUMP, act=_told(pause_dose))
    return entry(request, session_id, page)


@json_refusals
@staff(PUMP)
@both
def resume(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Resume the pump",
        template="session/pump_rate.html",
        form=forms.ResumeForm,
        need=PUMP,
        act=lambda form, common: resume_dose(
            rate_ul_per_h=form.rate_ul_per_h(), reason=form.cleaned_data["reason"], taken_at=form.cleaned_data["taken_at"], **common
        ),
    )
    return entry(request, session_id, page, dose=_dose(request, session_id))


@json_refusals
@staff(PUMP)
@both
def rate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="Chart another rate",
        template="session/pump_rate.html",
        form=forms.RateForm,
        need=PUMP,
        act=lambda form, common: change_rate(
            rate_ul_per_h=form.rate_ul_per_h(), reason=form.cleaned_data["reason"], taken_at=form.cleaned_data["taken_at"], **common
        ),
    )
    return entry(request, session_id, page, dose=_dose(request, session_id))


@json_refusals
@staff(PUMP)
@both
def finish(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="The pump's final volume",
        template="session/pump_finish.html",
        form=forms.FinishForm,
        need=PUMP,
        act=lambda form, common: finish_dose(
            final_volume_ul=form.volume_ul(), why=form.cleaned_data["why"], taken_at=form.cleaned_data["taken_at"], **common
        ),
    )
    return entry(request, session_id, page, dose=_dose(request, session_id))


@json_refusals
@staff("cabinet.movement.waste")
@both
def rest(request: HttpRequest, session_id: UUID) -> HttpResponse:
    page = EntryPage(
        title="What is left over", template="session/pump_rest.html", form=forms.RestForm, need="cabinet.movement.waste", act=_rest(request)
    )
    return entry(request, session_id, page, drawn=ledger.draws_of(access.fetch_session(request.actor, session_id).id))


def _rest(request: HttpRequest) -> Any:
    def act(form: forms.RestForm, common: dict[str, Any]) -> Any:
        held = form.cleaned_data
        _, witness = confirm_other(
            email=held["second_email"],
            password=held["second_password"],
            by=request.actor,
            at=request.at,
        )
        return account_for_rest(how=held["how"], amount_ug=form.amount_ug(), witness=witness, reason=held["reason"], **common)

    return act


@json_refusals
@staff(CHART)
@both
def correct(request: HttpRequest, session_id: UUID, seq: int) -> HttpResponse:
    """Take an entry back, or write it anew; the form is the entry's own with a reason beside it."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    wrong = next((deed for deed in deeds.deeds(session.id) if deed.seq == seq and deed.kind in CORRECTABLE and not deed.withdrawn), None)
    if wrong is None:
        raise NotFound("entry")
    page = EntryPage(
        title=f"Correct entry {seq}",
        template="session/note_correct.html",
        form=forms.CorrectForm,
        need=CHART,
        more={"kind": wrong.kind},
        act=lambda form, common: correct_entry(
            seq=seq,
            replacement=None if form.cleaned_data["withdraw"] else form.replacement(),
            reason=form.cleaned_data["reason"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    return entry(request, session_id, page, initial=forms.CorrectForm.as_it_was(wrong.kind, wrong.payload), wrong=wrong)


def _told(action: Any) -> Any:
    """An action whose arguments are the form's own fields by name."""

    def act(form: forms.EntryForm, common: dict[str, Any]) -> Any:
        return action(**{name: value for name, value in form.cleaned_data.items() if name not in ("key", "author")}, **common)

    return act


def _dose(request: HttpRequest, session_id: UUID) -> Any:
    """What has gone in by now, for the pump's pages; whoever sees it may see the session."""
    session = access.fetch_session(request.actor, session_id)
    held = infusion(session.id)
    return None if held is None else dose_line(held, at=session.dosing_ended_at or request.at)
