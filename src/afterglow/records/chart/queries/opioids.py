"""What the library makes of a medicine list: the codes of its substances, and how much opioid it holds, now and on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import library_file, library_row
from afterglow.ground.prepared import Rows, prepared
from afterglow.records.chart.models import Medicine
from afterglow.records.chart.queries import MedicineRow
from afterglow.records.chart.rules import Written, days_of_change, taken_on
from afterglow.science.interactions.names import Names, names_from, recognise
from afterglow.science.interactions.opioid_load import Factors, Line, OpioidLoad, factors_from, opioid_load


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOn:
    """The load by the list as it stood at the end of one day of the clinic."""

    on: date
    load: OpioidLoad


def factors() -> Factors:
    return _knowledge(*_files())[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One substance of a medicine list; `codes` empty: no code is confirmed for it."""

    generic: str
    codes: tuple[str, ...]


def coded(rows: Sequence[MedicineRow]) -> tuple[Coded, ...]:
    """The substances that the library recognises on a list, each once by name, with their RxNorm and ATC codes."""
    names = _knowledge(*_files())[1]
    found = {generic for row in rows for generic in recognise(row.name, names).generics}
    return tuple(Coded(generic=each, codes=names.codes_of(each)) for each in sorted(found))


def load_of(rows: Sequence[MedicineRow]) -> OpioidLoad:
    """Of a list as it stands; a medicine that was stopped is not counted."""
    return _load([_line(row) for row in rows if row.is_taken])


def opioid_history(person_id: UUID, zone: str, at: datetime) -> tuple[LoadOn, ...]:
    """One entry for each day on which the load became another, the first day first, up to `at`.  One query."""
    place = ZoneInfo(zone)
    rows = [Written(**row) for row in _everything(person_id, at)]
    found: list[LoadOn] = []
    for day in days_of_change(rows, place, at.astimezone(place).date()):
        load = _load([_line(row) for row in taken_on(rows, place, day)])
        if not found or found[-1].load != load:
            found.append(LoadOn(on=day, load=load))
    return tuple(found)


@prepared
def _everything(person_id: UUID, at: datetime) -> Rows:
    rows = Medicine.objects.filter(person_id=person_id, recorded_at__lte=at).order_by("recorded_at", "id")
    return rows.values(*Written.__dataclass_fields__)


def _line(row: Any) -> Line:
    return Line(text=row.name, oral_ug_per_day=row.oral_ug_per_day, patch_ng_per_h=row.patch_ng_per_h)


def _load(lines: Sequence[Line]) -> OpioidLoad:
    return opioid_load(lines, *_knowledge(*_files()))


def _files() -> tuple[UUID, UUID, UUID]:
    named = ("opioid_mme", "medicine_classes", "medicine_names")
    mme, classes, names = (library_file("codes", each).pk for each in named)
    return mme, classes, names


@lru_cache(maxsize=8)
def _knowledge(mme: UUID, classes: UUID, names: UUID) -> tuple[Factors, Names]:
    """A released version never changes, so that three of them together are read once."""
    record = library_row(mme)
    found = factors_from(record.content, library_row(classes).content["classes"], label=record.label)
    return found, names_from(library_row(names).content, also=sorted(found.opioids))
