"""An instrument as the engine needs it: items, legal answers, one way of scoring, flags.  Built from a library file.

`instrument_from` also checks what a schema cannot say (bands without gap or overlap, names that exist) and raises
InstrumentInvalid: a scale with a hole in it must never score anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Answer = int | str | None
Level = Literal["review", "urgent", "acute"]
UNANSWERED: tuple[Answer, ...] = (None, "not_asked")


class InstrumentInvalid(ValueError):
    """The rules of an instrument contradict themselves; the sentence says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: int | str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.  `asked_when` is "always" or "screen_positive" (only after a positive answer to another).

    `reverse`: the highest answer counts least (its points are lowest + highest option - answer).
    """

    id: str
    text: str
    options: tuple[Option, ...]
    scored: bool
    asked_when: str
    reverse: bool = False

    def answer_from(self, text: str | None) -> Answer:
        """The legal answer a form's text stands for, or None for an empty field.  Raises ValueError for anything else."""
        if text is None or text == "":
            return None
        for option in self.options:
            if str(option.value) == text:
                return option.value
        raise ValueError(f"{text!r} is not an answer to {self.id}")

    def points(self, answer: int) -> int:
        """What a legal answer counts in a sum."""
        if not self.reverse:
            return answer
        values = [int(option.value) for option in self.options]
        return min(values) + max(values) - answer

    def allows(self, answer: Answer) -> bool:
        """True for a value of the option list; True/False and 1.0 are not answers although Python calls them equal to 1."""
        return any(type(answer) is type(option.value) and answer == option.value for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    lowest: int
    highest: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A subscale: the points of some items.  `group`: the name under which a program finds it, "" beside the total."""

    name: str
    group: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """True when each part has at least so many items answered `item_at_least` or higher (as PCL-5's provisional diagnosis)."""

    name: str
    item_at_least: int
    needs: tuple[tuple[str, int], ...]  # part, how many of its items


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A named yes or no about the total.  Exactly one is set: `at_least`, `at_most`, or `female` and `male` (lowest total by sex)."""

    name: str
    at_least: int | None = None
    at_most: int | None = None
    female: int | None = None
    male: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Sum of the scored items.  Up to `missing_at_most` open items are prorated (sum x items / answered, half up).

    `percent`: the total is that sum as a percentage of the most there can be, half up; range, bands and cut-offs are in percent.
    `shifted`: names for the total plus a number (another anchoring of the same scale).  `bands` empty: none were published.
    """

    lowest: int
    highest: int
    missing_at_most: int
    bands: tuple[Band, ...]
    cutoffs: tuple[tuple[str, int], ...]  # name, lowest total that reaches it
    facts: tuple[tuple[str, str, int], ...]  # name, item, lowest answer that makes it true
    percent: bool = False
    parts: tuple[Part, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    readings: tuple[Reading, ...] = ()
    shifted: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """No sum: any positive answer among `screen_items` is positive, then `acuity_item` tells acute from not acute."""

    screen_items: tuple[str, ...]
    acuity_item: str
    positive: tuple[int | str, ...]
    negative_result: str
    non_acute_result: str
    acute_result: str
    acuity_unknown_result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Highest:
    """No sum: the gravest item answered yes is the result; every open or declined item blocks."""

    order: tuple[tuple[str, str], ...]  # item, result; gravest first
    yes: int
    no: int
    none: str


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
class ChangeRules:
    """Response, remission and change in points.  Fractions of the baseline, points of the total; None: no such rule is known."""

    response_fall: float
    partial_fall: float
    remission_below: int
    baseline_at_least: int
    mcid_points: int
    reliable_points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of one instrument.  `min_interval_days` None: not to be repeated.  `ships_wording` False: nobody may be asked it from here."""

    id: str
    version: int
    name: str
    items: tuple[Item, ...]
    scoring: Sum | Screen | Highest
    flags: tuple[FlagRule, ...]
    change: ChangeRules | None
    ways: frozenset[str]
    link_needs_on_call: bool
    min_interval_days: int | None
    ships_wording: bool

    @property
    def scored_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.scored)

    @property
    def asks_sex(self) -> bool:
        """Does a reading of the total depend on the person's sex?"""
        return isinstance(self.scoring, Sum) and any(reading.female is not None for reading in self.scoring.readings)

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
    unknown = {item["options"] for item in content["items"]} - set(sets)
    _need(not unknown, f"items name option sets that do not exist: {sorted(unknown)}")
    delivery, change = content["delivery"], content["change"]
    made = Instrument(
        id=content["id"],
        version=content["version"],
        name=content["name"],
        items=tuple(_item(item, sets) for item in content["items"]),
        scoring=_scoring(content["scoring"]),
        flags=tuple(_flag(flag) for flag in content["flags"]),
        change=None if change is None else ChangeRules(**{name: value for name, value in change.items() if name != "sources"}),
        ways=frozenset(delivery["ways"]),
        link_needs_on_call=delivery.get("link_needs_on_call", True),
        min_interval_days=content["min_interval_days"],
        ships_wording=content["licence"]["ship_wording"],
    )
    _check(made)
    return made


def _item(item: Mapping[str, Any], sets: Mapping[str, tuple[Option, ...]]) -> Item:
    return Item(
        id=item["id"],
        text=item["text"],
        options=sets[item["options"]],
        scored=item["scored"],
        asked_when=item.get("asked_when", "always"),
        reverse=item.get("reverse", False),
    )


def _scoring(rules: Mapping[str, Any]) -> Sum | Screen | Highest:
    if rules["method"] == "sum":
        return _sum(rules)
    if rules["method"] == "screen":
        results = rules["results"]
        return Screen(
            screen_items=tuple(rules["screen_items"]),
            acuity_item=rules["acuity_item"],
            positive=tuple(rules["positive"]),
            negative_result=results["negative"],
            non_acute_result=results["non_acute"],
            acute_result=results["acute"],
            acuity_unknown_result=results["acuity_unknown"],
        )
    _need(rules["method"] == "highest", f"no way of scoring is called {rules['method']!r}")
    return Highest(order=tuple((step["item"], step["result"]) for step in rules["order"]), yes=rules["yes"], no=rules["no"], none=rules["none"])


def _sum(rules: Mapping[str, Any]) -> Sum:
    parts, keys = rules.get("parts", {}), ("at_least", "at_most", "female", "male")
    return Sum(
        lowest=rules["range"][0],
        highest=rules["range"][1],
        missing_at_most=rules["missing"]["at_most"],
        bands=tuple(Band(lowest=band["from"], highest=band["to"], name=band["name"]) for band in rules["bands"]),
        cutoffs=tuple((cutoff["id"], cutoff["at_least"]) for cutoff in rules["cutoffs"]),
        facts=tuple((name, fact["item"], fact["at_least"]) for name, fact in rules["facts"].items()),
        percent=rules.get("percent", False),
        parts=tuple(Part(name=name, group=rules.get("parts_group", ""), items=tuple(items)) for name, items in parts.items()),
        clusters=tuple(
            Cluster(name=each["id"], item_at_least=each["item_at_least"], needs=tuple(each["needs"].items())) for each in rules.get("clusters", ())
        ),
        readings=tuple(Reading(name=each["id"], **{key: each.get(key) for key in keys}) for each in rules.get("readings", ())),
        shifted=tuple(rules.get("shifted", {}).items()),
        notes=tuple(rules.get("notes", ())),
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
    names = [item.id for item in made.items]
    _need(len(set(names)) == len(names), "two items have one id")
    for item in made.items:
        values = [str(option.value) for option in item.options]
        _need(len(set(values)) == len(values), f"{item.id} offers one answer twice")
    if isinstance(made.scoring, Sum):
        _check_sum(made, made.scoring)
        named, results = [item for _, item, _ in made.scoring.facts], set()
        named.extend(item for part in made.scoring.parts for item in part.items)
    elif isinstance(made.scoring, Screen):
        named = [*made.scoring.screen_items, made.scoring.acuity_item]
        results = {made.scoring.negative_result, made.scoring.non_acute_result, made.scoring.acute_result, made.scoring.acuity_unknown_result}
    else:
        named, results = [item for item, _ in made.scoring.order], {made.scoring.none, *(result for _, result in made.scoring.order)}
    for flag in made.flags:
        named.extend(flag.items)
        _need(bool(flag.items) != bool(flag.results), f"flag {flag.id} must look at items or at results")
        _need(_conditions(flag) == 1, f"flag {flag.id} needs exactly one condition")
        _need(set(flag.results) <= results, f"flag {flag.id} waits for a result that never comes")
    _need(set(named) <= set(names), f"rules name items that do not exist: {sorted(set(named) - set(names))}")


def _check_sum(made: Instrument, rules: Sum) -> None:
    scored = made.scored_items
    _need(all(isinstance(option.value, int) for item in scored for option in item.options), "a summed item has an answer that is no number")
    sums = (_extreme(scored, min), _extreme(scored, max))
    _need((rules.lowest, rules.highest) == ((0, 100) if rules.percent else sums), "the range is not what the items can sum to")
    _need(not rules.percent or sums[0] == 0, "a percentage needs items that start at 0")
    _check_parts(made, rules)
    edge = rules.lowest
    for band in rules.bands:
        _need(band.lowest == edge and band.highest >= band.lowest, f"band {band.name!r} leaves a gap or overlaps")
        edge = band.highest + 1
    _need(not rules.bands or edge == rules.highest + 1, "the bands do not reach the end of the range")
    _need(rules.missing_at_most < len(scored), "every item may be missing")


def _check_parts(made: Instrument, rules: Sum) -> None:
    sizes = {part.name: len(part.items) for part in rules.parts}
    scored = {item.id for item in made.scored_items}
    _need(
        all(set(part.items) <= scored and len(set(part.items)) == len(part.items) for part in rules.parts), "a part sums what is not scored, or twice"
    )
    for cluster in rules.clusters:
        _need(all(1 <= most <= sizes.get(part, 0) for part, most in cluster.needs), f"{cluster.name} needs more than its parts have")
    for reading in rules.readings:
        by_sex = reading.female is not None and reading.male is not None
        one_sex = (reading.female is None) != (reading.male is None)
        ways = [reading.at_least is not None, reading.at_most is not None, by_sex]
        _need(sum(ways) == 1 and not one_sex, f"{reading.name} needs exactly one bound")


def _conditions(flag: FlagRule) -> int:
    return sum([flag.at_least is not None, flag.rise_of is not None, bool(flag.answers), flag.missing, bool(flag.results)])


def _extreme(items: Iterable[Item], pick: Any) -> int:
    return sum(pick(int(option.value) for option in item.options) for item in items)


def _need(holds: bool, sentence: str) -> None:
    if not holds:
        raise InstrumentInvalid(sentence)
