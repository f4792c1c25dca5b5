"""Which marks of a session still stand: those of its device messages and of what people charted, less those that somebody answered.

An answer holds for the marks that its writer saw (`upto`), as long as the mark goes on without a break and not for ever: a mark
that has gone and comes again, or that still stands after `REMIND_AFTER`, stands anew.  So does what a person charts after the answer,
a value that goes on getting worse by a clear step, another kind of "no signal", and what arrived only after the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, trace
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.trace import Message, Trace
from afterglow.pathway.session.rules.marks import Answer, Raised
from afterglow.pathway.session.rules.marks import standing as still_standing
from afterglow.science.vitals.marks import Mark
from afterglow.science.vitals.marks import Reading as Values

ACKNOWLEDGED = "acknowledged"
REMIND_AFTER = timedelta(minutes=5)
"""An answered mark that does not go away comes back: J, the time after which a late check asks for action."""
ON_ITS_WAY = timedelta(seconds=5)
"""A reading this fresh at the answer was the next one of what the page showed (J); an older one that comes later was kept back, unseen."""
CLEAR_STEP: Mapping[str, float] = {"spo2": 4, "rr": 3, "hr": 20, "pulse": 20, "sbp": 20, "dbp": 20}
"""How much further an answered value may go, in the channel's own unit, before it stands again at once (J)."""
STEP_OF_OTHERS = 10.0
FALLS = frozenset({"low", "fall"})
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A deed that may carry marks, in the shape of a device message."""

    at: datetime
    seq: int
    by_device: bool
    channels: frozenset[str]
    marks: tuple[Mark, ...]
    values: Values


@dataclass(frozen=True, slots=True)
class Answered:
    """One acknowledgement, the marks it was given for, its own number, and the number up to which its writer's page was drawn."""

    answer: Answer
    keys: frozenset[Key]
    seq: int
    upto: int


def standing_marks(session: Session, *, at: datetime, upto: int | None = None) -> tuple[Raised, ...]:
    """Everything that stands at `at`, oldest first; with `upto`, what asked for action when the page was drawn up to that number."""
    rows, held = deeds.deeds(session.id), trace.trace(session.id)
    if upto is None:
        return standing_of(rows, held, at=at)
    shown = tuple(row for row in rows if max(row.seq, row.corrected_by or 0) <= upto)
    return _acts(shown, merged(shown, [message for message in held.turns if message.seq <= upto]), at)


def standing_of(all_deeds: Iterable[Deed], held: Trace, *, at: datetime) -> tuple[Raised, ...]:
    """The same from rows that are already read."""
    all_deeds = tuple(all_deeds)
    by_hand = hand_sources(all_deeds)
    raised = _acts(all_deeds, merged(all_deeds, held.turns), at)
    known = {_key(one.mark) for one in raised}
    raised = (*raised, *(each for each in _notices(by_hand, held) if _key(each.mark) not in known))
    return tuple(sorted(raised, key=lambda each: (each.first_at, _key(each.mark))))


def _acts(all_deeds: Sequence[Deed], found: Sequence[Source | Message], at: datetime) -> tuple[Raised, ...]:
    """What asks for action, one mark after the other."""
    answered = answers(all_deeds)
    keys = sorted({_key(mark) for source in found for mark in source.marks if mark.level == "act"})
    return tuple(each for key in keys for each in _of_key(key, found, [one for one in answered if key in one.keys], at))


def hand_sources(all_deeds: Iterable[Deed]) -> list[Source]:
    """What people charted that holds values or marks, in order of true time; a corrected one with the number of its newest correction,
    so that an answer from before the correction was not given for it."""
    found = [
        Source(
            at=deed.taken_at,
            seq=deed.corrected_by or deed.seq,
            by_device=False,
            channels=frozenset(deed.payload.get("channels") or ()),
            marks=deeds.marks(deed.payload),
            values=deeds.values(deed.payload, deed.taken_at),
        )
        for deed in all_deeds
        if not deed.withdrawn and deed.kind not in (ACKNOWLEDGED, deeds.CORRECTED) and (deed.payload.get("channels") or deed.payload.get("marks"))
    ]
    return sorted(found, key=_in_time)


def merged(all_deeds: Iterable[Deed], messages: Iterable[Message]) -> list[Source | Message]:
    """Both in order of true time."""
    return sorted([*hand_sources(all_deeds), *messages], key=_in_time)


def _in_time(source: Source | Message) -> tuple[datetime, int]:
    return source.at, source.seq


def answers(all_deeds: Iterable[Deed]) -> list[Answered]:
    """The acknowledgements, in order."""
    return [
        Answered(
            Answer(by=deed.by, at=deed.recorded_at, saw=str(deed.payload.get("saw", ""))),
            frozenset((code, channel) for code, channel in deed.payload["marks"]),
            deed.seq,
            int(deed.payload.get("upto", deed.seq)),
        )
        for deed in deeds.standing(all_deeds, ACKNOWLEDGED)
    ]


def _of_key(key: Key, found: Sequence[Source | Message], answered: Sequence[Answered], at: datetime) -> tuple[Raised, ...]:
    """One mark through the whole session, its answered stretches left out."""
    asking = [source for source in found if _asks(source, key)]
    answered = [one for one in answered if _covers(one, key, asking)]
    readings: list[tuple[datetime, list[Mark]]] = []
    waiting = list(answered)
    quiet_until: datetime | None = None
    shown: Source | Message | None = None
    seen: Source | Message | None = None
    for source in found:
        while waiting and waiting[0].answer.at < source.at:
            one = waiting.pop(0)
            if shown is not None and (one.answer.saw.strip() or not readings or not readings[-1][1][0].needs_a_look):
                quiet_until, seen = one.answer.at + REMIND_AFTER, shown
        mark = _asks(source, key)
        if mark is not None:
            if quiet_until is None or source.at > quiet_until or _is_anew(source, seen, key):
                readings.append((source.at, [mark]))
                quiet_until = None
            shown = source
        elif key[1] in source.channels or (not key[1] and source.by_device):
            shown, quiet_until = None, None
    return still_standing(readings, [one.answer for one in answered if one.answer.at <= at])


def _asks(source: Source | Message, key: Key) -> Mark | None:
    """The mark of this key that asks for action here."""
    return next((mark for mark in source.marks if _key(mark) == key and mark.level == "act"), None)


def _covers(one: Answered, key: Key, asking: Sequence[Source | Message]) -> bool:
    """Had its writer seen everything that this mark was raised for until then?

    False where something came after the page was drawn that a person charted or that is new against what the page showed, and where a
    device sent later what it had kept back.
    """
    raised = [source for source in asking if source.at <= one.answer.at]
    seen = next((source for source in reversed(raised) if source.seq <= one.upto), None)
    unseen = [source for source in raised if source.seq > one.upto]
    return not any(_is_anew(source, seen, key) or (source.seq > one.seq and source.at < one.answer.at - ON_ITS_WAY) for source in unseen)


def _is_anew(source: Source | Message, seen: Source | Message | None, key: Key) -> bool:
    """Is this more than the mark that was seen going on?

    A person's entry always is; a device's by another kind of "no signal" or by a clear step for the worse.  Against nothing seen,
    everything is.
    """
    mark, before = _asks(source, key), None if seen is None else _asks(seen, key)
    if seen is None or mark is None or before is None or not source.by_device:
        return True
    if mark.needs_a_look:
        return mark.sentence != before.sentence
    now, then = source.values.number(mark.channel), seen.values.number(mark.channel)
    if now is None or then is None:
        return False
    return (then - now if mark.code in FALLS else now - then) >= CLEAR_STEP.get(mark.channel, STEP_OF_OTHERS)


def _notices(by_hand: Sequence[Source], held: Trace) -> list[Raised]:
    """Marks that tell and need no answer: they stand while the latest row with their channel shows them."""
    latest: dict[str, Source | Message] = dict(held.latest)
    for source in by_hand:
        latest |= {channel: source for channel in source.channels if channel not in latest or latest[channel].at <= source.at}
    if held.messages:
        latest[""] = held.messages[-1]
    standing: dict[Key, Raised] = {}
    for channel, found in latest.items():
        for mark in found.marks:
            if mark.level == "notify" and mark.channel == channel:
                standing[_key(mark)] = Raised(mark=mark, first_at=found.at, last_at=found.at)
    return list(standing.values())


def _key(mark: Mark) -> Key:
    return mark.code, mark.channel
