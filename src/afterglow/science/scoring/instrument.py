"""An instrument as the engine needs it: items, legal answers, one way of scoring, flags.  Built from a library file.

`instrument_from` also checks what a schema cannot say (bands without gap or overlap, names that exist) and raises
InstrumentInvalid: a scale with a hole in it must never score anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from afterglow.science.scoring.consistency import check_items, check_way, need, results_of
from afterglow.science.scoring.from_file import way_from
from afterglow.science.scoring.items import UNANSWERED, Answer, InstrumentInvalid, Item, Option
from afterglow.science.scoring.ways import Sum, Way

__all__ = [
    "UNANSWERED",
    "Answer",
    "CallRule",
    "ChangeRules",
    "FlagRule",
    "Instrument",
    "InstrumentInvalid",
    "Item",
    "Level",
    "Option",
    "instrument_from",
]

Level = Literal["review", "urgent", "acute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRule:
    """When a person must look.  Exactly one of the conditions `at_least` ... `results` is set."""

    id: str
    level: Level
    sentence: str
    escalate_after_min: int
    escalate_again_after_min: int
    source: str
    mark: str
    items: tuple[str, ...] = ()
    at_least: int | None = None
    rise_of: int | None = None
    answers: tuple[int | str, ...] = ()
    missing: bool = False
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRule:
    """When the prescriber must decide the same day, apart from self-harm: a named reading of the score is true.  It shows nobody crisis help."""

    id: str
    reading: str
    sentence: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRules:
    """Response, remission and change in points.  Fractions of the baseline, points of the total; None: no such rule is known."""

    response_fall: float
    partial_fall: float
    remission_below: int
    baseline_at_least: int
    mcid_points: int | None
    reliable_points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of one instrument.  `min_interval_days` None: not to be repeated.  `ships_wording` False: nobody may be asked it from here."""

    id: str
    version: int
    name: str
    items: tuple[Item, ...]
    scoring: Way
    flags: tuple[FlagRule, ...]
    change: ChangeRules | None
    ways: frozenset[str]
    link_needs_on_call: bool
    min_interval_days: int | None
    ships_wording: bool
    calls: tuple[CallRule, ...] = ()

    @property
    def scored_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.scored)

    @property
    def asks_sex(self) -> bool:
        """Does a reading of the total depend on the person's sex?"""
        return isinstance(self.scoring, Sum) and any(reading.female is not None for reading in self.scoring.readings)

    @property
    def by_choice(self) -> bool:
        """Has every question a list of answers?  Else it is worked out from measured values, and never asked as a questionnaire."""
        return all(item.options for item in self.items)

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)

    def in_order(self, values: Sequence[Answer]) -> dict[str, Answer]:
        """Answers by item from a plain sequence in the order of the items; a short sequence leaves the rest open."""
        if len(values) > len(self.items):
            raise ValueError(f"{self.id} has {len(self.items)} items, {len(values)} answers were given")
        return dict(zip((item.id for item in self.items), values, strict=False))


def instrument_from(content: Mapping[str, Any]) -> Instrument:
    """The instrument a schema-checked library file describes.  Raises InstrumentInvalid when it contradicts itself."""
    sets = {name: tuple(Option(value=each["value"], label=each["label"]) for each in options) for name, options in content["option_sets"].items()}
    unknown = {item["options"] for item in content["items"] if "options" in item} - set(sets)
    need(not unknown, f"items name option sets that do not exist: {sorted(unknown)}")
    delivery, change = content["delivery"], content["change"]
    made = Instrument(
        id=content["id"],
        version=content["version"],
        name=content["name"],
        items=tuple(_item(item, sets) for item in content["items"]),
        scoring=way_from(content["scoring"]),
        flags=tuple(_flag(flag) for flag in content["flags"]),
        change=None if change is None else ChangeRules(**{name: value for name, value in change.items() if name != "sources"}),
        ways=frozenset(delivery["ways"]),
        link_needs_on_call=delivery.get("link_needs_on_call", True),
        min_interval_days=content["min_interval_days"],
        ships_wording=content["licence"]["ship_wording"],
        calls=tuple(CallRule(**call) for call in content.get("calls", ())),
    )
    _check(made)
    return made


def _item(item: Mapping[str, Any], sets: Mapping[str, tuple[Option, ...]]) -> Item:
    return Item(
        id=item["id"],
        text=item["text"],
        options=sets[item["options"]] if "options" in item else (),
        scored=item["scored"],
        asked_when=item.get("asked_when", "always"),
        reverse=item.get("reverse", False),
        bounds=(item["bounds"][0], item["bounds"][1]) if "bounds" in item else None,
    )


def _flag(flag: Mapping[str, Any]) -> FlagRule:
    when = flag["when"]
    return FlagRule(
        id=flag["id"],
        level=flag["level"],
        sentence=flag["sentence"],
        escalate_after_min=flag["clock_min"]["escalate_after"],
        escalate_again_after_min=flag["clock_min"]["escalate_again_after"],
        source=flag["source"],
        mark=flag["mark"],
        items=tuple(flag.get("items", ())),
        at_least=when.get("at_least"),
        rise_of=when.get("rise_of"),
        answers=tuple(when.get("answer_in", ())),
        missing=when.get("missing", False),
        results=tuple(when.get("result_in", ())),
    )


def _check(made: Instrument) -> None:
    check_items(made.items)
    check_way(made.items, made.scoring)
    names, results = {item.id for item in made.items}, results_of(made.scoring)
    for flag in made.flags:
        need(set(flag.items) <= names, f"flag {flag.id} names items that do not exist")
        need(bool(flag.items) != bool(flag.results), f"flag {flag.id} must look at items or at results")
        need(_conditions(flag) == 1, f"flag {flag.id} needs exactly one condition")
        need(set(flag.results) <= results, f"flag {flag.id} waits for a result that never comes")
    known = {reading.name for reading in made.scoring.readings} if isinstance(made.scoring, Sum) else set()
    for call in made.calls:
        need(call.reading in known, f"call {call.id} waits for a reading that this score does not have")


def _conditions(flag: FlagRule) -> int:
    return sum([flag.at_least is not None, flag.rise_of is not None, bool(flag.answers), flag.missing, bool(flag.results)])
