"""The list of flags and the page of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import queries as chart
from afterglow.records.flags import access, events, queries
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.note_flag import note_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.flags.forms import CloseForm, NoteForm


@staff("flags.flag.read")
@require_GET
def open_list(request: HttpRequest) -> HttpResponse:
    flags = queries.open_flags(request.actor, request.at)
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(flags))
    return render(request, "flags/list.html", {"flags": flags})


@staff("flags.flag.read")
@require_GET
def page(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    flag = access.fetch_flag(request.actor, flag_id)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=flag.person_id, objects={"flag": flag.id})
    return _page(request, flag_id)


@staff("flags.flag.own")
@require_POST
def own(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    own_flag(flag_id=flag_id, by=request.actor, at=request.at)
    return redirect("flags:page", flag_id)


@staff("flags.flag.own")
@require_POST
def note(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    access.fetch_flag(request.actor, flag_id, "flags.flag.own")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, flag_id, note_form=form, status=422)
    note_flag(flag_id=flag_id, **form.cleaned_data, by=request.actor, at=request.at)
    return redirect("flags:page", flag_id)


@staff("flags.flag.close")
@require_POST
def close(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    access.fetch_flag(request.actor, flag_id, "flags.flag.close")
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, flag_id, close_form=form, status=422)
    try:
        close_flag(flag_id=flag_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, flag_id, close_form=form, refusal=refusal, status=422)
    return redirect("flags:open_list")


def _page(request: HttpRequest, flag_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    flag = queries.flag_row(flag_id, request.at)
    context = {
        "flag": flag,
        "story": queries.story(flag_id),
        "identity": chart.identity(flag.person_id),
        "is_mine": flag.owner_id == request.actor.user_id,
        "note_form": NoteForm(initial={"key": ids.new_token()}),
        "close_form": CloseForm(initial={"key": ids.new_token()}),
        "may_own": request.actor.may("flags.flag.own"),
        "is_taken": queries.is_taken(flag_id),
        "may_close": request.actor.may("flags.flag.close"),
    }
    return render(request, "flags/page.html", context | more, status=status)
