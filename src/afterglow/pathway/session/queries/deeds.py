"""The deeds of one session, read back from its chain, with corrections folded in; and what a set of values in one of them says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.session.models import Entry
from afterglow.science.vitals.marks import Mark
from afterglow.science.vitals.marks import Reading as Values

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One row of the timeline as it counts now.  `payload` and `taken_at` are the corrected ones where somebody corrected it.

    `was`: what was first written, where a correction stands; `corrected_by`: the number of that correction; `withdrawn`: it did not happen.
    """

    seq: int
    kind: str
    taken_at: datetime
    recorded_at: datetime
    late: bool
    by: str
    payload: Mapping[str, Any]
    corrects: int | None = None
    corrected_by: int | None = None
    was: Mapping[str, Any] | None = None
    withdrawn: bool = False


@once_a_page
def deeds(session_id: UUID) -> tuple[Deed, ...]:
    """Every deed of a session in the order in which it was written down: one query."""
    return folded(deed for _, deed in map(_read, _entries([session_id])))


def deeds_of(session_ids: Iterable[UUID], *, kinds: Sequence[str] | None = None) -> dict[UUID, tuple[Deed, ...]]:
    """The same for many sessions at once (the board): one query."""
    ids = list(session_ids)
    return _by_session(_entries(ids) if kinds is None else _entries_of(ids, (*kinds, CORRECTED)))


def deeds_in(rows: Any) -> dict[UUID, tuple[Deed, ...]]:
    """The same of these rows, corrections among them: one query."""
    return _by_session(_columns(rows))


def _by_session(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, tuple[Deed, ...]]:
    found: dict[UUID, list[Deed]] = {}
    for session_id, deed in map(_read, rows):
        found.setdefault(session_id, []).append(deed)
    return {session_id: folded(each) for session_id, each in found.items()}


def written(rows: Any) -> list[Deed]:
    """The rows as they were written, oldest number first."""
    return [deed for _, deed in map(_read, _columns(rows))]


@prepared
def _entries(session_ids: Iterable[UUID]) -> Rows:
    return _columns(Entry.objects.filter(session_id__in=session_ids))


@prepared
def _entries_of(session_ids: Iterable[UUID], kinds: Sequence[str]) -> Rows:
    return _columns(Entry.objects.filter(session_id__in=session_ids, kind__in=kinds))


def _columns(rows: Any) -> Rows:
    columns = ("session_id", "seq", "kind", "taken_at", "recorded_at", "late", "by", "text", "corrects_seq")
    found: Rows = rows.order_by("seq").values_list(*columns)
    return found


def _read(row: tuple[Any, ...]) -> tuple[UUID, Deed]:
    session_id, seq, kind, taken_at, recorded_at, late, by, text, corrects = row
    deed = Deed(seq=seq, kind=kind, taken_at=taken_at, recorded_at=recorded_at, late=late, by=by, payload=json.loads(text), corrects=corrects)
    return session_id, deed


def folded(rows: Iterable[Deed]) -> tuple[Deed, ...]:
    """Each deed as its newest correction has it; the corrections themselves stay in the row."""
    held: dict[int, Deed] = {}
    for deed in rows:
        held[deed.seq] = deed
        first = held.get(deed.corrects) if deed.kind == CORRECTED and deed.corrects is not None else None
        if first is not None:
            held[first.seq] = replace(
                first,
                payload=deed.payload.get("payload") or first.payload,
                taken_at=deed.taken_at,
                corrected_by=deed.seq,
                was=first.payload if first.was is None else first.was,
                withdrawn=bool(deed.payload.get("withdrawn")),
            )
    return tuple(held.values())


def standing(all_deeds: Iterable[Deed], *kinds: str) -> list[Deed]:
    """The deeds of these kinds that count (not withdrawn), in order of true time."""
    return sorted((deed for deed in all_deeds if deed.kind in kinds and not deed.withdrawn), key=lambda deed: (deed.taken_at, deed.seq))


def last(all_deeds: Iterable[Deed], *kinds: str) -> Deed | None:
    """The latest of these kinds by true time."""
    found = standing(all_deeds, *kinds)
    return found[-1] if found else None


def values(payload: Mapping[str, Any], taken_at: datetime) -> Values:
    """The channels of a set of vital signs or of a device message, as science reads them.

    Both are written as `{"channels": {code: {"value": number, "unit": unit, ...}}}`; a channel without a number is absent.
    """
    channels = payload.get("channels") or {}
    return Values(taken_at=taken_at, values={code: float(each["value"]) for code, each in channels.items() if each.get("value") is not None})


def marks(payload: Mapping[str, Any]) -> tuple[Mark, ...]:
    """The marks that were stored with it."""
    return tuple(mark_from(each) for each in payload.get("marks") or ())


def mark_from(stored: Mapping[str, Any]) -> Mark:
    """One stored mark."""
    return Mark(
        code=stored["code"],
        level=stored["level"],
        channel=stored["channel"],
        sentence=stored["sentence"],
        says=stored.get("says", ""),
        urgency=stored.get("urgency", "low"),
    )


def mark_text(mark: Mark) -> dict[str, str]:
    """A mark as it is stored with the values that raised it."""
    return {
        "code": mark.code,
        "level": mark.level,
        "channel": mark.channel,
        "sentence": mark.sentence,
        "says": mark.says,
        "urgency": mark.urgency,
    }
