"""The same outcomes for those with and without another treatment on record beside the first infusion (S67), and for those with one and with several
diagnoses (S112).  Pure.

What is not on record is a group of its own and never counts as "without".  Where any group is too small to be shown, none is: the small one could be
worked out from the others and the whole.  The groups differ in much besides, so nothing here says what a treatment or a diagnosis did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from afterglow.pathway.registry.rules.counting import Row, lasting_row, point_row
from afterglow.pathway.registry.rules.definition import Definition
from afterglow.pathway.registry.rules.outcome import Stood

Beside = Literal["with", "without", "not known"]
BESIDE: Final[tuple[Beside, ...]] = ("with", "without", "not known")
TALKED_WITHIN: Final = timedelta(days=14)
"""After the first infusion an integration visit counts up to here (J: about as long as half of a course)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What people are told apart by: what it is called, what counts, and what each group is called."""

    id: str
    title: str
    note: str
    groups: Mapping[Beside, str]


FACTORS: Final = (
    Factor(
        id="antidepressant",
        title="Antidepressant on the list of medicines at the first infusion",
        note="As the list stood when the first infusion was begun. Not known: nobody had gone through the list, or a medicine on it is not recognised.",
        groups={"with": "an antidepressant on the list", "without": "none on the list", "not known": "not known"},
    ),
    Factor(
        id="psychotherapy",
        title="Integration visit held in the 14 days after the first infusion",
        note="Held and recorded as such. It comes after the first infusion, so whoever stopped at once could hardly have one. Not known: the 14 days are "
        "not over, or nobody said what became of a visit.",
        groups={"with": "a visit held", "without": "no visit held", "not known": "not known"},
    ),
    Factor(
        id="diagnoses",
        title="Several mental diagnoses on the list of problems at the first infusion",
        note="As the list stood when the first infusion was begun. Counted are different ICD-10-CM categories of chapter F; F32 and F33, episodes of "
        "depression, count as one. The rule is a judgement. Not known: no such code, nobody had gone through the list, or a problem on it has no "
        "code that can be read, unless two are there already.",
        groups={"with": "two diagnoses or more", "without": "one diagnosis", "not known": "not known"},
    ),
)


class Written(NamedTuple):
    """One line of a list of medicines as it was written: what it replaces, whether it takes that back, and until which day it was taken."""

    at: datetime
    key: str
    replaces: str | None
    withdrawn: bool
    name: str
    stopped_on: date | None


def on_list(lines: Sequence[Written], at: datetime, day: date) -> tuple[str, ...]:
    """The medicines taken at a moment, as the list stood then: what was written or corrected later is not seen."""
    known = [line for line in lines if line.at <= at]
    replaced = {line.replaces for line in known}
    return tuple(
        line.name for line in known if line.key not in replaced and not line.withdrawn and (line.stopped_on is None or line.stopped_on > day)
    )


def antidepressant(names: Sequence[str], gone_through: bool, kind: Callable[[str], bool | None]) -> Beside:
    """`kind`: is a medicine an antidepressant; None where the name is not recognised.  `gone_through`: somebody had asked about the list by then."""
    said = [kind(name) for name in names]
    if True in said:
        return "with"
    return "not known" if None in said or not (gone_through or names) else "without"


def talked(visits: Sequence[tuple[datetime, str]], first_at: datetime, at: datetime) -> Beside:
    """`visits`: when each integration visit was, and "held", "missed" or "not said"."""
    until = first_at + TALKED_WITHIN
    said = {state for when, state in visits if first_at < when <= until and when <= at}
    if "held" in said:
        return "with"
    return "not known" if at < until or "not said" in said else "without"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One point: a row for each group, and why none of them is shown, where that is so."""

    title: str
    rows: tuple[Row, ...]
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One factor: how many people are in each group (words), and every point."""

    factor: Factor
    people: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


def split(definition: Definition, factor: Factor, stood: Mapping[Beside, Counter[Stood]]) -> Split:
    """Every point of the definition, and whether it lasted, in each group."""
    groups = [(stood.get(group, Counter()), factor.groups[group]) for group in BESIDE]
    sizes = [people.total() for people, _ in groups]
    why_not = _too_small(sizes, definition.least)
    lines = [
        _line([point_row(definition, place, people, "started", title) for people, title in groups], definition.least)
        for place in range(len(definition.points))
    ]
    lines.append(_line([lasting_row(definition, people, "started", title) for people, title in groups], definition.least))
    return Split(
        factor=factor,
        people=tuple((title, why_not or str(size)) for (_, title), size in zip(groups, sizes, strict=True)),
        lines=tuple(lines),
    )


def _line(rows: Sequence[Row], least: int) -> Line:
    return Line(title=rows[0].title, rows=tuple(rows), why_not=_too_small([row.due for row in rows], least))


def _too_small(sizes: Sequence[int], least: int) -> str:
    """A group of nobody tells nothing about anybody; one of a few would."""
    return f"not shown: a group has fewer than {least} people" if any(0 < size < least for size in sizes) else ""
