"""Change an entry of one's own journal, or remove it for good, after a page that says in plain words what then happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.doors.portal.holder import read
from afterglow.doors.portal.journal import at_the_door, journal_page, open_book
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face import words
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.change_journal import change_entry, keep_change_draft, remove_entry
from afterglow.pathway.integration.forms import JournalChangeForm
from afterglow.pathway.integration.queries import journal as queries
from afterglow.pathway.integration.queries.journal import OwnEntry


@journal_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Other words for one entry; a change that was begun comes back as it was typed."""
    book_id = open_book(request)
    if book_id is None:
        return at_the_door(request)
    if "forget" in request.POST:
        keep_change_draft(book_id=book_id, entry_id=entry_id, text="", by=request.actor, at=request.at)
        return redirect("portal:journal")
    access.fetch_entry(request.actor, book_id, entry_id)
    if request.method != "POST":
        read(request, "journal_change")
        entry = queries.entry(entry_id)
        return _change(request, entry, JournalChangeForm(initial={"edition": entry.edition, "text": entry.typed or entry.text}))
    form = JournalChangeForm(request.POST)
    if not form.is_valid():
        return _change(request, queries.entry(entry_id), form, status=422)
    try:
        change_entry(book_id=book_id, entry_id=entry_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _not_changed(request, book_id, entry_id, form, refusal)
    return redirect("portal:journal")


@journal_page
@require_POST
def change_draft(request: HttpRequest, entry_id: UUID) -> JsonResponse:
    """Autosave of a change: encrypted, for the open journal alone."""
    book_id = open_book(request)
    if book_id is None:
        raise NotFound("journal")
    keep_change_draft(book_id=book_id, entry_id=entry_id, text=request.POST.get("text", ""), by=request.actor, at=request.at)
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone)})


@journal_page
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """What will be gone, then the one button; sent twice it is removed once."""
    book_id = open_book(request)
    if book_id is None:
        return at_the_door(request)
    if request.method != "POST":
        access.fetch_entry(request.actor, book_id, entry_id)
        read(request, "journal_remove")
        return _remove(request, queries.entry(entry_id))
    try:
        remove_entry(book_id=book_id, entry_id=entry_id, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _remove(request, queries.entry(entry_id), refusal=refusal, status=422)
    return redirect("portal:journal")


def _change(request: HttpRequest, entry: OwnEntry, form: JournalChangeForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "portal/journal_change.html", {"entry": entry, "form": form} | more, status=status)


def _not_changed(request: HttpRequest, book_id: UUID, entry_id: UUID, form: JournalChangeForm, refusal: Refusal) -> HttpResponse:
    """What was typed stays, as a draft too; the next press is for the entry as it stands now, which the page shows."""
    if refusal.status == 404:
        raise refusal
    entry, text = queries.entry(entry_id), form.cleaned_data["text"]
    keep_change_draft(book_id=book_id, entry_id=entry_id, text=text, by=request.actor, at=request.at)
    return _change(request, entry, JournalChangeForm(initial={"edition": entry.edition, "text": text}), refusal=refusal, status=422)


def _remove(request: HttpRequest, entry: OwnEntry, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"entry": entry, "locked_until": consent.locked_until(request.link.person_id, request.at)}
    return render(request, "portal/journal_remove.html", context | more, status=status)


urlpatterns = [
    path("me/journal/<uuid:entry_id>/change/", change, name="journal_change"),
    path("me/journal/<uuid:entry_id>/change/draft/", change_draft, name="journal_change_draft"),
    path("me/journal/<uuid:entry_id>/remove/", remove, name="journal_remove"),
]
