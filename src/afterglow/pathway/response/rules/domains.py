"""What a total hides: each symptom apart, before the first dose and since, beside the total (S27).  Pure; no cut-off, no judgement.

A symptom is a question of the scale, or several of which the gravest counts, as the scale's own file says.  An open answer is "not known" and never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from afterglow.science.scoring.items import Answer

Moved = Literal["lower", "the same", "higher", "not known"]
LATEST: Final = 6
"""As many sets of answers as stand beside the one from before the first dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """`one_of`: questions that are asked one instead of the other, so that one answer is enough."""

    title: str
    items: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """One set of answers, by symptom.  `total` None: it could not be scored."""

    taken_at: datetime
    total: int | None
    values: Mapping[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomLine:
    """One symptom over time.  `against`: the total moved the other way."""

    title: str
    values: tuple[int | None, ...]
    moved: Moved
    against: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptoms:
    """One scale.  `has_baseline`: the first of `sets` is from before the first dose, and `moved` is held against it."""

    title: str
    has_baseline: bool
    sets: tuple[Set, ...]
    lines: tuple[SymptomLine, ...]

    @property
    def hidden(self) -> tuple[str, ...]:
        """Symptoms that are graver than before although the total fell."""
        return tuple(line.title for line in self.lines if line.against and line.moved == "higher")


def value_of(symptom: Symptom, answers: Mapping[str, Answer]) -> int | None:
    """The gravest answer; None where one that is needed is open or was declined."""
    given = {item: found for item in symptom.items if isinstance(found := answers.get(item), int)}
    either = {item for group in symptom.one_of for item in group}
    needed = [(item,) for item in symptom.items if item not in either] + list(symptom.one_of)
    return max(given.values()) if given and all(any(item in given for item in group) for group in needed) else None


def symptoms(title: str, names: Sequence[str], baseline: Set | None, since: Sequence[Set]) -> Symptoms | None:
    """The set from before the first dose and the latest since; None where there is nothing since.  `since`: oldest first."""
    if not since:
        return None
    sets = ((baseline,) if baseline else ()) + tuple(since[-LATEST:])
    total = _moved(baseline.total if baseline else None, since[-1].total)
    lines = []
    for name in names:
        values = tuple(each.values.get(name) for each in sets)
        moved = _moved(values[0] if baseline else None, values[-1])
        lines.append(SymptomLine(title=name, values=values, moved=moved, against={moved, total} == {"lower", "higher"}))
    return Symptoms(title=title, has_baseline=baseline is not None, sets=sets, lines=tuple(lines))


def _moved(before: int | None, now: int | None) -> Moved:
    if before is None or now is None:
        return "not known"
    return "lower" if now < before else "higher" if now > before else "the same"
