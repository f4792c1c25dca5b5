"""The device messages of a session, read once: rows never change, so each process keeps what it has read and asks only for what is new.

A row that is kept is known by its number and its hash; where the database no longer holds it (a restored backup), everything is read again.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import Q

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Reading
from afterglow.pathway.session.queries import deeds
from afterglow.science.vitals.marks import Mark
from afterglow.science.vitals.marks import Reading as Values

Row = tuple[int, UUID, datetime, datetime, str, str]
KEPT_SESSIONS = 64
"""More rooms than one process shows at once; the least recently seen is dropped."""


@dataclass(frozen=True, slots=True)
class Message:
    """One device message: its number, true time (a device's time ahead of ours counts as now), values, channels and the marks it got."""

    seq: int
    at: datetime
    values: Values
    channels: frozenset[str]
    marks: tuple[Mark, ...]

    @property
    def by_device(self) -> bool:
        return True

    @property
    def acts_on(self) -> frozenset[str]:
        """The channels on which it asks for action; "" is the whole person."""
        return frozenset(mark.channel for mark in self.marks if mark.level == "act")


@dataclass(frozen=True, slots=True)
class Trace:
    """All messages of one session in order of true time, and what every page asks of them, kept as they come.

    `latest`: the newest message with each channel; `cuffs`: those with a cuff pressure; `turns`: those that ask for action, and those
    after which a channel no longer does (`acting`: the channels that do now); `drawn`: what the strip has made of them so far.
    """

    messages: tuple[Message, ...] = ()
    last_seq: int = 0
    last_sha256: str = ""
    latest: Mapping[str, Message] = field(default_factory=dict)
    cuffs: tuple[Message, ...] = ()
    turns: tuple[Message, ...] = ()
    acting: frozenset[str] = frozenset()
    drawn: dict[Any, Any] = field(default_factory=dict)

    def extended(self, new: Sequence[Message], last_seq: int, last_sha256: str) -> Trace:
        """With these as well.  A device may send late: then everything is put in order again."""
        if self.messages and min(each.at for each in new) < self.messages[-1].at:
            return Trace().extended(sorted((*self.messages, *new), key=_in_time), last_seq, last_sha256)
        ordered = sorted(new, key=_in_time)
        latest, turns, acting = dict(self.latest), list(self.turns), set(self.acting)
        for message in ordered:
            latest.update(dict.fromkeys(message.channels, message))
            acts, ends = message.acts_on, acting & (message.channels | {""})
            if acts or ends:
                turns.append(message)
                acting = (acting - ends) | acts
        return Trace(
            messages=(*self.messages, *ordered),
            last_seq=last_seq,
            last_sha256=last_sha256,
            latest=latest,
            cuffs=(*self.cuffs, *(message for message in ordered if "sbp" in message.channels)),
            turns=tuple(turns),
            acting=frozenset(acting),
            drawn=self.drawn,
        )


def _in_time(message: Message) -> tuple[datetime, int]:
    return message.at, message.seq


_EMPTY = Trace()
_kept: OrderedDict[UUID, Trace] = OrderedDict()
_lock = Lock()


def trace(session_id: UUID) -> Trace:
    """One session's messages: one query, for the new ones only."""
    return traces([session_id])[session_id]


def traces(session_ids: Iterable[UUID]) -> dict[UUID, Trace]:
    """Many sessions' messages in one query; a second one only where a kept row is gone."""
    wanted = list(dict.fromkeys(session_ids))
    with _lock:
        held = {session_id: _kept.get(session_id, _EMPTY) for session_id in wanted}
    found = _extend(held)
    lost = {session_id: _EMPTY for session_id, each in found.items() if each is None}
    whole = {session_id: each for session_id, each in (found | _extend(lost)).items() if each is not None}
    with _lock:
        for session_id, each in whole.items():
            _kept[session_id] = each
            _kept.move_to_end(session_id)
        while len(_kept) > KEPT_SESSIONS:
            _kept.popitem(last=False)
    return {session_id: whole.get(session_id, _EMPTY) for session_id in wanted}


@prepared
def _from(session_ids: Sequence[UUID], numbers: Sequence[int]) -> Rows:
    """The messages of each session from its number on."""
    asked = Q()
    for session_id, number in zip(session_ids, numbers, strict=True):
        asked |= Q(session_id=session_id, seq__gte=number)
    columns = ("session_id", "seq", "device_id", "taken_at", "recorded_at", "text", "sha256")
    return Reading.objects.filter(asked).order_by("seq").values_list(*columns)


def _extend(held: dict[UUID, Trace]) -> dict[UUID, Trace | None]:
    """Each trace with its new rows; None where the last kept row is not in the database as it was."""
    if not held:
        return {}
    rows: dict[UUID, list[Row]] = {}
    for session_id, *row in _from(list(held), [each.last_seq for each in held.values()]):
        rows.setdefault(session_id, []).append(tuple(row))
    return {session_id: _joined(each, rows.get(session_id, [])) for session_id, each in held.items()}


def _joined(held: Trace, rows: list[Row]) -> Trace | None:
    if held.last_seq:
        if not rows or (rows[0][0], rows[0][5]) != (held.last_seq, held.last_sha256):
            return None
        rows = rows[1:]
    if not rows:
        return held
    if not held.messages:
        held = Trace()  # the strip's drawings belong to one session: the empty trace that all share keeps none
    return held.extended([_message(row) for row in rows], rows[-1][0], rows[-1][5])


def _message(row: Row) -> Message:
    seq, _, taken_at, recorded_at, text, _ = row
    payload = json.loads(text)
    values = deeds.values(payload, taken_at)
    return Message(seq, min(taken_at, recorded_at), values, _same(frozenset(values.values)), deeds.marks(payload))


@lru_cache(maxsize=256)
def _same(channels: frozenset[str]) -> frozenset[str]:
    """One object for equal sets: a device sends the same channels all day."""
    return channels
