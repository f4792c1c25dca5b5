"""What a score says beside its total, in words: the parts of a scale apart, and the named readings of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from afterglow.records.measures.queries import ResponseRow
from afterglow.science.scoring.instrument import Instrument
from afterglow.science.scoring.ways import Part, Reading, Subscales, Sum

SAID_ELSEWHERE = frozenset(
    {"total", "band", "result", "complete", "prorated", "unanswered", "blocks", "cutoffs", "flags", "notes", "refused", "sentence", "now", "raw"}
)
"""What the page of a score shows in words of its own."""
_BOUND = re.compile(r"_(le|ge|lt|gt)\d+$")
_ANCHORS = re.compile(r"_(\d+)_(\d+)$")
_ITEM = re.compile(r"^item(\d+)_")
LABELS = {
    **{letter: f"Cluster {letter}" for letter in "BCDE"},
    "provisional_DSM5": "Provisional diagnosis by the clusters of DSM-5, which is no diagnosis",
    "above_33": "Above 33",
    "above_4": "Above 4",
    "meets_9": "9 or more",
    "cadss6": "Sum of the six items of the short form",
    "icsi": "Symptom index",
    "icpi": "Problem index",
    "oab": "Overactive bladder by the score",
    "mcid_met": "The smallest change that matters is reached",
    "pct_change": "Change from before, in per cent",
    "spo2_score": "Points for the oxygen saturation",
    "domains": "Domains in the order of the scale",
    "tier": "Sedation",
    "notify": "The responsible clinician is told",
}
"""What a name of the vectors is called where people read it; every other name reads as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One line: what it is about, and what the answers say.  `value` "not known": open answers could decide it either way."""

    label: str
    value: str


def beside(row: ResponseRow) -> tuple[Beside, ...]:
    """Parts first, as the scale's file has them, then the readings; empty for a scale that has neither, and for a refused score."""
    if row.score.get("refused"):
        return ()
    said = {name: value for name, value in row.score.items() if name not in SAID_ELSEWHERE}
    most = _most(row.paper.instrument)
    readings = _readings(row.paper.instrument)
    found = [*_parts(said, most), *((name, value) for name, value in said.items() if isinstance(value, bool) or value is None)]
    return tuple(Beside(label=LABELS.get(name) or readings.get(name, _words(name)), value=_said(value)) for name, value in found)


def calls_of(row: ResponseRow) -> tuple[str, ...]:
    """What this score asked the prescriber to decide on its day."""
    return tuple(call.sentence for call in row.paper.instrument.calls if row.score.get(call.reading) is True)


def _parts(said: Mapping[str, object], most: Mapping[str, int], *, inside: bool = False) -> Iterator[tuple[str, object]]:
    """Every part, also one that open answers leave unknown: inside a group nothing is left out."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _parts(value, most, inside=True)
        elif isinstance(value, list):
            yield name, ", ".join(_said(each) for each in value)
        elif isinstance(value, (int, float, str)) and not isinstance(value, bool):
            yield name, f"{value} of {most[name]}" if name in most else value
        elif inside:
            yield name, value


def _most(instrument: Instrument) -> dict[str, int]:
    """The most points of each part that is a plain sum."""
    how = instrument.scoring
    parts: tuple[Part, ...] = how.parts if isinstance(how, (Sum, Subscales)) else ()
    return {part.name: sum(_highest(instrument, name) for name in part.items) for part in parts if part.gives == "sum"}


def _highest(instrument: Instrument, name: str) -> int:
    item = instrument.item(name)
    return 0 if item is None else max((int(option.value) for option in item.options), default=0)


def _readings(instrument: Instrument) -> dict[str, str]:
    how = instrument.scoring
    return {reading.name: f"{_words(_BOUND.sub('', reading.name))}{_bound(reading)}" for reading in how.readings} if isinstance(how, Sum) else {}


def _bound(reading: Reading) -> str:
    if reading.at_least is not None:
        return f" ({reading.at_least} or more)"
    return f" ({reading.at_most} or less)" if reading.at_most is not None else ""


def _words(name: str) -> str:
    """So `total_1_7` is the total with each item from 1 to 7."""
    return _ITEM.sub(r"item \1 ", _ANCHORS.sub(r" with items from \1 to \2", name)).replace("_", " ").capitalize()


def _said(value: object) -> str:
    return {True: "yes", False: "no", None: "not known"}[value] if value is None or isinstance(value, bool) else str(value)
