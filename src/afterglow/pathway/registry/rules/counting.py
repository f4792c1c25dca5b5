"""Everybody who began, counted: at each point, of everyone who is due, and of those of them who finished the course.  Pure.

The denominator of a share is everyone who is due, also those without a score and those who cannot be judged; both stand beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from afterglow.pathway.registry.rules.definition import Definition
from afterglow.pathway.registry.rules.outcome import RESPONDED, Judge, Starter, Stood
from afterglow.science.outcomes.proportion import Proportion

Group = Literal["started", "finished"]
NOBODY = "not known: nobody gave a score"
GROUPS: tuple[tuple[Group, str], ...] = (("started", "everyone who started"), ("finished", "those who finished the course"))
SHARES: dict[str, str] = {
    "lower": "lower at all",
    "response": "response",
    "remission": "remission",
    "response_of_scored": "response, of those judged",
    "lasting": "lasting response",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One figure: what it counts, and of whom.  `words`: with its denominator and interval, or why it is not shown."""

    id: str
    title: str
    proportion: Proportion
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One point for one group.  `due`: everyone whose time there is over; `missing` and `not_judged` are part of it, and `apart` is part of `missing`:
    they gave a score, in a translation that is not known to be validated, and it is not pooled."""

    point: str
    title: str
    note: str
    group: Group
    group_title: str
    due: int
    missing: int
    not_judged: int
    shares: tuple[Share, ...]
    least: int
    apart: int = 0

    @property
    def shown(self) -> bool:
        """Enough people are due, and somebody of them gave a score: without one there is nothing to say, not even a nought."""
        return self.due >= self.least and self.missing < self.due

    @property
    def why_not(self) -> str:
        """Why nothing is shown, where it is not."""
        if self.shown:
            return ""
        return f"not shown: fewer than {self.least} people" if self.due < self.least else NOBODY

    def share(self, wanted: str) -> Proportion:
        """Raises StopIteration where this row does not count that."""
        return next(share.proportion for share in self.shares if share.id == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`finished`: of everyone whose course is over.  `rows`: each point twice, for everyone who started and for those who finished."""

    started: int
    in_course: int
    finished: Proportion
    rows: tuple[Row, ...]
    lasting: tuple[Row, ...]
    least: int

    @property
    def shown(self) -> bool:
        return self.started >= self.least

    @property
    def finished_words(self) -> str:
        return self.finished.in_words(self.least)

    def row(self, point: str, group: Group = "started") -> Row:
        """Raises StopIteration for a point that is not counted."""
        return next(row for row in (*self.rows, *self.lasting) if row.point == point and row.group == group)


def figures(definition: Definition, judge: Judge, starters: Sequence[Starter]) -> Figures:
    """Everything the registry says about these people at the judge's moment."""
    stood = Counter(map(judge.stood, starters))
    over = sum(people for one, people in stood.items() if one.over)
    rows = [point_row(definition, place, stood, group, title) for place in range(len(definition.points)) for group, title in GROUPS]
    return Figures(
        started=len(starters),
        in_course=len(starters) - over,
        finished=Proportion(sum(people for one, people in stood.items() if one.over and one.finished), over),
        rows=tuple(rows),
        lasting=tuple(lasting_row(definition, stood, group, title) for group, title in GROUPS),
        least=definition.least,
    )


def point_row(definition: Definition, place: int, stood: Mapping[Stood, int], group: Group, group_title: str) -> Row:
    """One point of the definition for one group of these people."""
    counted: Counter[str] = Counter()
    lower, point = 0, definition.points[place]
    for one, people in stood.items():
        if one.finished or group == "started":
            outcome, fell = one.points[place]
            counted[outcome] += people
            lower += people * fell
    return _row(point.id, point.title, point.note, group, group_title, counted, lower, definition.least)


def _row(point: str, title: str, note: str, group: Group, group_title: str, counted: Counter[str], lower: int, least: int) -> Row:
    due = counted.total() - counted["not due"]
    responded = sum(counted[outcome] for outcome in RESPONDED)
    missing = counted["missing"] + counted["apart"]
    judged = due - missing - counted["not judged"]
    numbers = {
        "lower": Proportion(lower, due),
        "response": Proportion(responded, due),
        "remission": Proportion(counted["remission"], due),
        "response_of_scored": Proportion(responded, judged),
    }
    shares = tuple(_share(key, proportion, least) for key, proportion in numbers.items())
    return Row(
        point=point, title=title, note=note, group=group, group_title=group_title, due=due, missing=missing,
        not_judged=counted["not judged"], shares=shares, least=least, apart=counted["apart"],
    )  # fmt: skip


def lasting_row(definition: Definition, stood: Mapping[Stood, int], group: Group, group_title: str) -> Row:
    """Whether a response lasted, for one group of these people."""
    title = f"Lasting: {definition.lasting_from.title.lower()}, still at {definition.lasting_to.title[0].lower()}{definition.lasting_to.title[1:]}"
    counted: Counter[str] = Counter()
    for one, people in stood.items():
        if one.finished or group == "started":
            counted[one.lasting] += people
    due = counted.total() - counted["not due"]
    share = _share("lasting", Proportion(counted["yes"], due), definition.least)
    return Row(
        point="lasting", title=title, note="", group=group, group_title=group_title, due=due,
        missing=counted["missing"] + counted["apart"], not_judged=counted["not judged"], shares=(share,), least=definition.least,
        apart=counted["apart"],
    )  # fmt: skip


def _share(name: str, proportion: Proportion, least: int) -> Share:
    return Share(id=name, title=SHARES[name], proportion=proportion, words=proportion.in_words(least))
