"""From answers to the terms of a sum: an item, a domain whose gravest item counts, or a grade of measured values.  An open term stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from afterglow.science.scoring.instrument import Answer, Instrument
from afterglow.science.scoring.ways import Domain, Grade, Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`points` by item and grade, `terms` what is summed (None: open), `still_open` the questions that an answer is needed for.

    `answered`: how many questions that count have an answer.
    """

    points: Mapping[str, int]
    terms: tuple[int | None, ...]
    still_open: tuple[str, ...]
    answered: int

    @property
    def worths(self) -> list[int]:
        """The terms that are not open."""
        return [term for term in self.terms if term is not None]


def tally(rules: Instrument, how: Sum, legal: Mapping[str, Answer]) -> Tally:
    """What the legal answers count."""
    points = {item.id: item.points(int(answer)) for item in rules.scored_items if (answer := legal.get(item.id)) is not None}
    graded = {grade.name: _graded(grade, legal) for grade in how.grades}
    terms = [_gravest(domain, points) for domain in how.domains] or [points.get(item.id) for item in rules.scored_items]
    needed = _needed(rules, how, legal)
    counted = {item.id for item in rules.scored_items} | {item for grade in how.grades for item in grade.inputs}
    return Tally(
        points=points | {name: worth for name, worth in graded.items() if worth is not None},
        terms=(*terms, *graded.values()),
        still_open=tuple(item.id for item in rules.items if item.id in needed and item.id not in legal),
        answered=sum(item in legal for item in counted),
    )


def _needed(rules: Instrument, how: Sum, legal: Mapping[str, Answer]) -> set[str]:
    """Of questions that are asked one instead of the other, none is needed once one has an answer."""
    inputs = {item for grade in how.grades for item in grade.inputs}
    if not how.domains:
        return {item.id for item in rules.scored_items} | inputs
    own = {item for domain in how.domains for item in domain.always}
    choices = [choice for domain in how.domains for choice in domain.one_of if not any(item in legal for item in choice)]
    return own | inputs | {item for choice in choices for item in choice}


def _gravest(domain: Domain, points: Mapping[str, int]) -> int | None:
    if any(item not in points for item in domain.always) or any(all(item not in points for item in choice) for choice in domain.one_of):
        return None
    return max(points[item] for item in domain.items if item in points)


def _graded(grade: Grade, legal: Mapping[str, Answer]) -> int | None:
    """The first step that fits; None while a value is open, or where no step fits."""
    values = {name: answer for name in grade.inputs if isinstance(answer := legal.get(name), int)}
    if len(values) < len(grade.inputs):
        return None
    value, by = values[grade.of], 1
    if grade.away_from is not None:
        by = values[grade.away_from]
        value = abs(value - by) * 100
    for step in grade.steps:
        if value >= step.at_least * by and (step.only_if is None or values[step.only_if[0]] == step.only_if[1]):
            return step.gives
    return None
