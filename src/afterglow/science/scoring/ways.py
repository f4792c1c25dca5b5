"""The ways in which answers become a score: a sum, subscales without a total, a screen, an interview, a triage.  Data, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from afterglow.science.scoring.items import Answer

Gives = Literal["sum", "mean", "percent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    lowest: int
    highest: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A subscale: the points of some items.  `group`: the name under which a program finds it, "" beside the total.

    `gives`: their sum, their mean, or the sum in percent of the most there can be.  `least`: how many must be answered, None: all.  A sum and
    a percentage need all.  `given_as`: under which name a program hands over its answers as a list, where that is not `name`.
    """

    name: str
    group: str
    items: tuple[str, ...]
    gives: Gives = "sum"
    least: int | None = None
    given_as: str = ""


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
class Condition:
    """A bound on one number of a score.  `of`: "total", an item, a part or a grade.  Exactly one bound is set."""

    of: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """A named yes or no made of several bounds: `every` of them, or any one."""

    name: str
    conditions: tuple[Condition, ...]
    every: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Several items of which the gravest counts.  `one_of`: questions that are asked one instead of the other, so that one answer is enough."""

    items: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...]

    @property
    def always(self) -> tuple[str, ...]:
        """The items that need an answer of their own."""
        return tuple(item for item in self.items if not any(item in choice for choice in self.one_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From this value on a measured value gives so many points; `only_if`: while another item has this answer."""

    at_least: int
    gives: int
    only_if: tuple[str, Answer] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """Points worked out from measured values: the first step that fits.  `away_from`: how far `of` is from another item, in percent of that."""

    name: str
    of: str
    away_from: str | None
    steps: tuple[Step, ...]  # highest first

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every item that it needs."""
        named = [self.of, self.away_from, *(step.only_if[0] for step in self.steps if step.only_if)]
        return tuple(dict.fromkeys(item for item in named if item is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A fall from an earlier total: its change in percent under `percent_name`, and named yes or no from so many points or percent on."""

    percent_name: str
    met: tuple[tuple[str, int | None, int], ...]  # name, points (None: percent alone), percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Sum of the scored items.  Up to `missing_at_most` open items are prorated (sum x items / answered, half up).

    `percent`: the total is that sum as a percentage of the most there can be, half up; range, bands and cut-offs are in percent.
    `mean`: the total is their mean, half up.  `domains`: of the items of each domain the gravest counts, and all of them are the sum.
    `grades`: points from measured values, part of the sum.  `band_name`: a second name of the band.  `total_alone`: a total from a form on paper
    may be read without its items.  `shifted`: names for the total plus a number (another anchoring of the same scale).  `bands` empty: none
    were published.
    """

    lowest: int
    highest: int
    missing_at_most: int
    bands: tuple[Band, ...]
    cutoffs: tuple[tuple[str, int], ...]  # name, lowest total that reaches it
    facts: tuple[tuple[str, str, int], ...]  # name, item, lowest answer that makes it true
    percent: bool = False
    mean: bool = False
    domains: tuple[Domain, ...] = ()
    grades: tuple[Grade, ...] = ()
    parts: tuple[Part, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    readings: tuple[Reading, ...] = ()
    combined: tuple[Combined, ...] = ()
    fall: Fall | None = None
    shifted: tuple[tuple[str, int], ...] = ()
    band_name: str = ""
    total_alone: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscales:
    """No total: each part has a number of its own."""

    parts: tuple[Part, ...]
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
class Triage:
    """No sum: the gravest level among the items answered yes.  `only_after`: an item that is asked only when another was not answered no.

    While a question is open the level is a floor and the result `unfinished`; without any yes there is no level at all.
    """

    order: tuple[tuple[str, str], ...]  # item, level; gravest first
    only_after: tuple[tuple[str, str], ...]  # item, the item whose no makes it needless
    yes: int
    no: int
    none: str
    unfinished: str


Way = Sum | Subscales | Screen | Highest | Triage
