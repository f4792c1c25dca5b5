"""The one stream of a browser: what happens in every session that its tabs watch.

Server-sent events; each entry carries its session's `seq`, so that a stream can be left and taken up again anywhere.  It re-checks the sign-in
every 30 s and never prolongs it; it ends when the sign-in, the role or a session's visibility is gone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from afterglow.ground.access.actor import Actor
from afterglow.ground.access.guard import staff
from afterglow.ground.access.middleware import CLINIC_KEY
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session.hub import hub
from afterglow.pathway.session.queries import live

NEED = "session.session.read"
BEAT_S = 5.0
RECHECK_S = 30.0
MOST_ROOMS = 100


@staff(NEED)
@require_GET
def stream(request: HttpRequest) -> HttpResponseBase:
    """`?room=<session id>:<seq>` once for each session; with `&poll=1` the same as one JSON answer, for browsers without streams."""
    wanted = asked_for(request.GET.getlist("room"), request.headers.get("Last-Event-ID", ""))
    cursors = cursors_for(request.actor, wanted)
    if request.GET.get("poll"):
        lines = [*live.lines_after(cursors), *live.notices(cursors)]
        return JsonResponse({"at": request.at.isoformat(), "entries": [json.loads(line.text) for line in lines]})
    events = _events(cursors, request.session.session_key or "", request.actor, request.at)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def asked_for(rooms: Iterable[str], last_event_id: str = "") -> dict[UUID, int]:
    """Session -> the number up to which the browser has it; the last event it saw counts where it is further.  Raises Refusal `session.bad_cursor`."""
    found: dict[UUID, int] = {}
    try:
        for text in [*rooms, *([last_event_id] if last_event_id else [])]:
            name, _, seq = text.partition(":")
            number = int(seq or "0")
            if number < 0:
                raise ValueError(text)
            if (session_id := UUID(name)) in found or text != last_event_id:
                found[session_id] = max(number, found.get(session_id, 0))
    except ValueError:
        raise Refusal("session.bad_cursor", "This address of a live stream is not whole.", "Reload the page.") from None
    if len(found) > MOST_ROOMS:
        raise Refusal("session.too_many_rooms", f"One stream carries at most {MOST_ROOMS} rooms.", "Close some of the pages.")
    return found


def cursors_for(actor: Actor, wanted: Mapping[UUID, int]) -> dict[UUID, int]:
    """Where each stream starts: what the browser has, or the last few hundred entries.  Raises NotFound for a session that it may not see."""
    heads = live.heads_visible_to(actor, wanted)
    if heads.keys() != wanted.keys():
        raise NotFound("session")
    return {session_id: max(min(wanted[session_id], head), head - live.CAUGHT_UP) for session_id, head in heads.items()}


async def _events(cursors: Mapping[UUID, int], login_key: str, actor: Actor, at: datetime) -> AsyncIterator[str]:
    place = hub(live.lines_after, live.notices)
    watcher = place.watch(cursors)
    loop = asyncio.get_running_loop()
    began = checked = loop.time()
    try:
        yield f"retry: 2000\n{_beat(at)}"
        while True:
            try:
                line = await asyncio.wait_for(watcher.queue.get(), BEAT_S)
            except TimeoutError:
                yield _beat(at + timedelta(seconds=loop.time() - began))
            else:
                if line is None:
                    return
                number = "" if line.about else f"id: {line.session_id}:{line.seq}\n"
                yield f"{number}data: {line.text}\n\n"
            if loop.time() - checked >= RECHECK_S:
                if not await sync_to_async(_ask_again, thread_sensitive=False)(login_key, actor, tuple(cursors)):
                    return
                checked = loop.time()
    finally:
        place.leave(watcher)


def _beat(at: datetime) -> str:
    return f"event: beat\ndata: {json.dumps({'at': at.isoformat()})}\n\n"


def _ask_again(login_key: str, actor: Actor, session_ids: tuple[UUID, ...]) -> bool:
    """On a thread outside any request, where nobody else closes the connection or notices that it broke."""
    try:
        return still_may(login_key, actor, session_ids)
    finally:
        connection.close()


def still_may(login_key: str, actor: Actor, session_ids: tuple[UUID, ...]) -> bool:
    """Is this login still good, for the same person in the same clinic, with the right and every session in sight?  Reads, never saves."""
    login = import_module(settings.SESSION_ENGINE).SessionStore(login_key)
    user = auth.get_user(SimpleNamespace(session=login))  # type: ignore[arg-type]  # it asks for the session alone
    if not user.is_authenticated or user.pk != actor.user_id or login.get(CLINIC_KEY) != str(actor.clinic_id):
        return False
    try:
        now = accounts.actor_for(user.pk, actor.clinic_id)
    except NotFound:
        return False
    return now.may(NEED) and live.heads_visible_to(now, session_ids).keys() == set(session_ids)
