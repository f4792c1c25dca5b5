"""What a device may send, read strictly: a bad message is refused by itself, a bad body as a whole.  Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterglow.pathway.session.actions.record_readings import Message, Refused
from afterglow.science.vitals.channels import CHANNELS, UnknownChannel, WrongUnit, channel_value

MOST_BYTES = 262_144
MOST_MESSAGES = 50
LONGEST_ID = 64
LARGEST = 1_000_000.0
"""A number beyond this is no reading of any channel, not even an implausible one: it is refused, not stored."""


class BodyRefused(Exception):
    """Nothing of this request was stored.  `status`: 400 unreadable, 401 no key, 413 too large, 422 readable but not of this shape."""

    def __init__(self, status: int, code: str, sentence: str, now: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "sentence": sentence, "now": now}


class _MessageRefused(Exception):
    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Body:
    """A readable request: the messages to store, those refused already, and how far the device's clock is ahead, where it told its time."""

    messages: tuple[Message, ...]
    refused: tuple[Refused, ...]
    clock_ahead: timedelta | None


def read_body(raw: bytes, *, at: datetime) -> Body:
    """`at`: when the request came.  Raises BodyRefused."""
    if len(raw) > MOST_BYTES:
        raise too_large()
    said = _json(raw)
    if not isinstance(said, dict) or not isinstance(said.get("messages"), list):
        raise BodyRefused(
            422, "device.no_messages", 'The body holds no list called "messages".', 'Send {"messages": [{"id", "taken_at", "channels"}]}.'
        )
    if unknown := sorted(set(said) - {"messages", "sent_at"}):
        raise BodyRefused(
            422, "device.unknown_field", f"The body holds {unknown[0][:40]!r}, which has no meaning here.", "Send messages, and sent_at if you like."
        )
    if not 1 <= len(said["messages"]) <= MOST_MESSAGES:
        sentence = f"One request carries 1 to {MOST_MESSAGES} messages; this one has {len(said['messages'])}."
        raise BodyRefused(422, "device.count", sentence, "Send them in several requests.")
    return _sorted_out(said["messages"], _clock_ahead(said.get("sent_at"), at))


def too_large() -> BodyRefused:
    return BodyRefused(413, "device.too_large", f"The body is larger than {MOST_BYTES} bytes.", "Send fewer messages in one request.")


def _json(raw: bytes) -> Any:
    """JSON without the numbers that JSON does not have and without a name given twice (of which one would be lost)."""
    try:
        return json.loads(raw, parse_constant=_no_such_number, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as fault:
        said = str(fault) if isinstance(fault, _NotStrict) else "The body is not JSON."
        raise BodyRefused(400, "device.not_json", said, "Send UTF-8 JSON; leave a channel without a number out.") from None


class _NotStrict(ValueError):
    """Ours to say: it quotes nothing but the kind of fault."""


def _no_such_number(name: str) -> float:
    raise _NotStrict(f"JSON has no number {name}.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotStrict("A name stands twice in one object, so one of its values would be lost.")
    return found


def _clock_ahead(sent_at: object, at: datetime) -> timedelta | None:
    if sent_at is None:
        return None
    try:
        return _moment(sent_at) - at
    except _MessageRefused as fault:
        raise BodyRefused(422, fault.code, f"sent_at: {fault.sentence}", "Leave it out, or send the device's own time with its zone.") from None


def _sorted_out(said: list[Any], clock_ahead: timedelta | None) -> Body:
    messages: list[Message] = []
    refused: list[Refused] = []
    for number, each in enumerate(said, start=1):
        name = f"#{number}"  # a message without a usable id is named by its place
        try:
            name = _id(each)
            messages.append(_message(name, each))
        except _MessageRefused as fault:
            refused.append(Refused(name, fault.code, fault.sentence))
    return Body(tuple(messages), tuple(refused), clock_ahead)


def _id(said: object) -> str:
    if not isinstance(said, dict):
        raise _MessageRefused("device.not_a_message", "A message is an object with id, taken_at and channels.")
    name = said.get("id")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_ID or not name.isprintable():
        raise _MessageRefused("device.id", f"A message needs an id: 1 to {LONGEST_ID} printable characters, the same when it is sent again.")
    return name


def _message(name: str, said: Mapping[str, Any]) -> Message:
    if unknown := sorted(set(said) - {"id", "taken_at", "channels"}):
        raise _MessageRefused("device.unknown_field", f"The message holds {unknown[0][:40]!r}, which has no meaning here; the room is ours to say.")
    channels = said.get("channels")
    if not isinstance(channels, dict) or not channels:
        raise _MessageRefused("device.no_channels", "The message holds no channel; leave out the message when nothing was read.")
    return Message(id=name, taken_at=_moment(said.get("taken_at")), values={code: _value(code, each) for code, each in channels.items()})


def _moment(said: object) -> datetime:
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _MessageRefused("device.taken_at", "The time is not an ISO 8601 time such as 2026-12-07T09:00:00+00:00.")
    if moment.tzinfo is None:
        raise _MessageRefused("device.no_zone", "The time has no zone, so it could mean several moments.")
    if not 2000 <= moment.year < 2200:
        raise _MessageRefused("device.taken_at", "The year of this time cannot be right.")
    return moment


def _value(code: str, said: object) -> tuple[float, str]:
    """The number as sent, in the channel's own unit, and the unit's spelling.  A zero and an impossible number pass: they are stored and marked."""
    if not isinstance(said, dict) or set(said) != {"value", "unit"}:
        raise _MessageRefused("device.channel", 'A channel is {"value": number, "unit": text}.')
    value, unit = said["value"], said["unit"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > LARGEST:
        raise _MessageRefused("device.not_a_number", f"{_title(code)}: the value is not a number that a monitor gives.")
    if not isinstance(unit, str):
        raise _MessageRefused("device.unit", f"{_title(code)}: the unit is missing.")
    try:
        return channel_value(code, value, unit), unit
    except UnknownChannel:
        raise _MessageRefused("device.unknown_channel", f"There is no channel {code[:40]!r}. Known: {', '.join(CHANNELS)}.") from None
    except WrongUnit as fault:
        raise _MessageRefused("device.unit", str(fault)[:200]) from None


def _title(code: str) -> str:
    return CHANNELS[code].title if code in CHANNELS else "A channel"
