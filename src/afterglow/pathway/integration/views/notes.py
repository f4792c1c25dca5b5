"""A therapist's own psychotherapy notes about one visit or one session.  Nobody else's page knows of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.face import words
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.access import Subject
from afterglow.pathway.integration.actions.write_therapy_note import keep_note_draft, write_therapy_note
from afterglow.pathway.integration.forms import TherapyNoteForm
from afterglow.pathway.integration.queries.notes import OwnNote, own_draft, own_notes
from afterglow.records.chart import queries as chart


@staff(access.NOTE_WRITE)
@require_http_methods(["GET", "POST"])
def visit_note(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    return _notes(request, access.fetch_subject(request.actor, appointment_id=appointment_id))


@staff(access.NOTE_WRITE)
@require_http_methods(["GET", "POST"])
def session_note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _notes(request, access.fetch_subject(request.actor, session_id=session_id))


@staff(access.NOTE_WRITE)
@require_POST
def visit_draft(request: HttpRequest, appointment_id: UUID) -> JsonResponse:
    return _draft(request, access.fetch_subject(request.actor, appointment_id=appointment_id))


@staff(access.NOTE_WRITE)
@require_POST
def session_draft(request: HttpRequest, session_id: UUID) -> JsonResponse:
    return _draft(request, access.fetch_subject(request.actor, session_id=session_id))


def _draft(request: HttpRequest, subject: Subject) -> JsonResponse:
    """Autosave: encrypted, for its author alone."""
    keep_note_draft(**subject.ids, text=request.POST.get("text", ""), by=request.actor, at=request.at)
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone)})


def _notes(request: HttpRequest, subject: Subject) -> HttpResponse:
    notes = own_notes(subject)
    form, refusal = TherapyNoteForm(request.POST or None, initial=_first(request, subject, notes)), None
    if request.method == "POST" and form.is_valid():
        try:
            write_therapy_note(
                appointment_id=subject.appointment_id, session_id=subject.session_id, **form.cleaned_data, by=request.actor, at=request.at
            )
        except Refusal as caught:
            if caught.status == 404:
                raise
            refusal = caught
        else:
            return redirect(request.path)
    about = {name.removesuffix("_id"): value for name, value in subject.ids.items() if value is not None}
    trail.read(events.note_read, by=request.actor, at=request.at, person_id=subject.person_id, objects=about)
    context = {"identity": chart.identity(subject.person_id), "subject": subject, "notes": notes, "form": form, "refusal": refusal}
    return render(request, "integration/note.html", context, status=422 if request.method == "POST" else 200)


def _first(request: HttpRequest, subject: Subject, notes: list[OwnNote]) -> dict[str, object]:
    """An empty note, the one being typed, or an earlier one of one's own to write anew (`?again=<id>`)."""
    again = next((note for note in notes if str(note.id) == request.GET.get("again") and not note.replaced), None)
    first: dict[str, object] = {"key": ids.new_token(), "text": own_draft(subject)}
    if again is not None:
        first |= {"text": again.text, "replaces": again.id}
    return first
