"""The journal on the person's own phone: private, opened with their own word, shared entry by entry.  And help, which needs no word.

The link alone opens no journal: staff make links and may see them.  The opened journal is remembered by a signed cookie of this browser for
one link and a few hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.doors.portal.holder import JOURNAL_COOKIE, holder_page, read
from afterglow.doors.portal.reading import read_when, site_of
from afterglow.ground import ids
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face import words
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.ask_for_help import ask_for_help
from afterglow.pathway.integration.actions.open_journal import begin_journal, open_journal
from afterglow.pathway.integration.actions.write_journal import keep_journal_draft, share_entry, write_entry
from afterglow.pathway.integration.forms import HelpForm, JournalForm, NewWordForm, WordForm
from afterglow.pathway.integration.queries import journal as queries

STAYS_OPEN: Final = timedelta(hours=4)
"""On one browser, after the word (J)."""
SALT: Final = "portal.journal"

journal_page = holder_page("course", "check_in")


@journal_page
@require_http_methods(["GET", "HEAD", "POST"])
def journal(request: HttpRequest) -> HttpResponse:
    """The open journal: write, read, share; a closed one asks for its word first and keeps what was typed meanwhile."""
    book_id = open_book(request)
    if book_id is None:
        return at_the_door(request)
    if request.method != "POST":
        read(request, "journal")
        return _page(request, book_id)
    form = JournalForm(request.POST)
    if not form.is_valid():
        return _page(request, book_id, form=form, status=422)
    try:
        write_entry(book_id=book_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _refused(request, book_id, refusal, form=form)
    return redirect("portal:journal")


@journal_page
@require_POST
def open_door(request: HttpRequest) -> HttpResponse:
    """The word of a journal that there is."""
    form = WordForm(request.POST)
    if not form.is_valid():
        return _door(request, word=form, fresh=NewWordForm(), status=422)
    try:
        book_id = open_journal(word=form.cleaned_data["word"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _door(request, word=_kept(form), fresh=NewWordForm(), refusal=refusal, status=422)
    return _opened(request, book_id, form.cleaned_data["text"])


@journal_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new journal with a word of its own."""
    form = NewWordForm(request.POST)
    if not form.is_valid():
        return _door(request, word=WordForm(), fresh=form, status=422)
    told = form.cleaned_data
    try:
        book_id = begin_journal(word=told["word"], again=told["again"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _door(request, word=WordForm(), fresh=_kept(form), refusal=refusal, status=422)
    return _opened(request, book_id, told["text"])


@journal_page
@require_POST
def draft(request: HttpRequest) -> JsonResponse:
    """Autosave: encrypted, for the open journal alone."""
    book_id = open_book(request)
    if book_id is None:
        raise NotFound("journal")
    keep_journal_draft(book_id=book_id, text=request.POST.get("text", ""), by=request.actor, at=request.at)
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone)})


@journal_page
@require_POST
def share(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry shown to the care team, or taken back; sent twice it counts once."""
    book_id = open_book(request)
    if book_id is None:
        return redirect("portal:journal")  # it closed meanwhile: the word first
    try:
        share_entry(book_id=book_id, entry_id=entry_id, shared=request.POST.get("shared") == "yes", by=request.actor, at=request.at)
    except Refusal as refusal:
        return _refused(request, book_id, refusal)
    return redirect("portal:journal")


@journal_page
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """This browser asks for the word again."""
    response = redirect("portal:journal")
    response.delete_cookie(JOURNAL_COOKIE, samesite="Lax")
    return response


@journal_page
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Tell the clinic now: help first, then the one button; no word is asked for."""
    form = HelpForm(request.POST or None, initial={"key": ids.new_token()})
    if request.method == "POST" and form.is_valid():
        ask_for_help(**form.cleaned_data, by=request.actor, at=request.at)
        return render(request, "portal/told.html", {"read_when": _read_when(request)})  # sent again, the same flag
    read(request, "tell_the_clinic")
    context = {"form": form, "read_when": _read_when(request)}
    return render(request, "portal/tell.html", context, status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, book_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    person_id = request.link.person_id
    context = {
        "form": JournalForm(initial={"key": ids.new_token(), "text": queries.draft(book_id)}),
        "entries": queries.entries(book_id),
        "locked_until": consent.locked_until(person_id, request.at),
        "ends_at": request.link.expires_at,
    }
    return render(request, "portal/journal.html", context | more, status=status)


def _refused(request: HttpRequest, book_id: UUID, refusal: Refusal, **more: Any) -> HttpResponse:
    if refusal.status == 404:
        raise refusal
    return _page(request, book_id, refusal=refusal, status=422, **more)


def _door(request: HttpRequest, *, status: int, **more: Any) -> HttpResponse:
    context = {"begun": queries.has_journal(request.link.person_id), "ends_at": request.link.expires_at}
    return render(request, "portal/journal_door.html", context | more, status=status)


def at_the_door(request: HttpRequest) -> HttpResponse:
    """The word first; what was typed while the journal closed goes through the door with it."""
    read(request, "journal_door")
    text = request.POST.get("text", "")
    return _door(request, word=WordForm(initial={"text": text}), fresh=NewWordForm(initial={"text": text}), status=422 if text else 200)


def _kept(form: WordForm | NewWordForm) -> WordForm | NewWordForm:
    """The same form anew: a refused word is typed again, what was written stays."""
    return type(form)(initial={"text": form.cleaned_data["text"]})


def _read_when(request: HttpRequest) -> str:
    return read_when(site_of(request.link.person_id, request.clinic_id), request.at)


def _opened(request: HttpRequest, book_id: UUID, text: str) -> HttpResponse:
    """This browser may show this journal for a while; what was typed at the door lies in it as typed."""
    if text.strip():
        keep_journal_draft(book_id=book_id, text=text, by=request.actor, at=request.at)
    ends_at = min(request.at + STAYS_OPEN, request.link.expires_at)
    value = signing.dumps({"book": str(book_id), "link": str(request.link.id), "until": ends_at.isoformat()}, salt=SALT)
    response = redirect("portal:journal")
    age = int((ends_at - request.at).total_seconds())
    response.set_cookie(JOURNAL_COOKIE, value, max_age=age, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def open_book(request: HttpRequest) -> UUID | None:
    """The journal that this browser opened by this link, while it stays open."""
    try:
        held = signing.loads(request.COOKIES.get(JOURNAL_COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return None
    if held["link"] != str(request.link.id) or request.at >= datetime.fromisoformat(held["until"]):
        return None
    return access.fetch_book(request.actor, UUID(held["book"])).id


urlpatterns = [
    path("me/journal/", journal, name="journal"),
    path("me/journal/open/", open_door, name="journal_open"),
    path("me/journal/begin/", begin, name="journal_begin"),
    path("me/journal/draft/", draft, name="journal_draft"),
    path("me/journal/close/", close, name="journal_close"),
    path("me/journal/<uuid:entry_id>/share/", share, name="journal_share"),
    path("me/tell/", tell, name="tell"),
]
