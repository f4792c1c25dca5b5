"""`POST /devices/v1/readings`: monitors hand in what they read.  It translates and decides nothing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from afterglow.doors.devices.messages import MOST_BYTES, BodyRefused, read_body, too_large
from afterglow.doors.devices.writer import NotStored, Sent, UnknownKey, Writer
from afterglow.ground.access.guard import device
from afterglow.pathway.session.actions.record_readings import Refused, Taken
from afterglow.pathway.session.queries.devices import key_digest

writer = Writer()


@device  # type: ignore[arg-type]  # asynchronous: Django awaits it
@csrf_exempt
async def readings(request: HttpRequest) -> JsonResponse:
    """200 with the acknowledged ids and a refusal for each other message, after the commit; a refusal of the whole body otherwise."""
    try:
        return JsonResponse(await _take(request))
    except BodyRefused as refused:
        headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else {"Allow": "POST"} if refused.status == 405 else {}
        return JsonResponse(refused.body, status=refused.status, headers=headers)


async def _take(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        raise BodyRefused(405, "device.method", "Readings are handed in with POST.", "Send a POST request.")
    digest = _key(request)
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise too_large()
    try:
        raw = request.body
    except RequestDataTooBig:
        raise too_large() from None
    body = read_body(raw, at=request.at)
    try:
        # A body whose every message is refused still goes to the writer: a stranger learns nothing before the key is known.
        taken = await writer.write(Sent(digest, body.messages, body.clock_ahead, request.at))
    except UnknownKey:
        raise _no_key() from None
    except NotStored:
        raise BodyRefused(
            503, "device.not_stored", "The readings could not be stored now.", "Keep them and send them again, with the same ids."
        ) from None
    return _answer(taken, body.refused)


def _key(request: HttpRequest) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _no_key()
    return key_digest(key.strip())


def _no_key() -> BodyRefused:
    return BodyRefused(401, "device.unknown_key", "No device in use has this key.", "Register the device, and send Authorization: Bearer <its key>.")


def _answer(taken: Taken, refused: tuple[Refused, ...]) -> dict[str, Any]:
    said = [{"id": each.id, "code": each.code, "sentence": each.sentence} for each in (*refused, *taken.refused)]
    return {"acknowledged": taken.acknowledged, "refused": said}
