"""What a sum yields beside its total: percentages, subscales, cluster rules, cut-offs by sex.  An open answer or an unknown sex makes a
reading unknown (None) wherever it could decide it either way; it never counts as no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

from afterglow.science.scoring.instrument import Instrument, Item
from afterglow.science.scoring.ways import Cluster, Combined, Condition, Fall, Part, Reading, Sum

Sex = Literal["female", "male"]
PERCENT_PLACES, MEAN_PLACES = 1, 2


def half_up(number: int, by: int) -> int:
    """number / by, rounded half up, in whole numbers."""
    return (2 * number + by) // (2 * by)


def percent(rules: Instrument, raw: int) -> int:
    """A sum as a percentage of the most that the items can sum to."""
    return half_up(raw * 100, sum(item.extremes[1] for item in rules.scored_items))


def of_parts(parts: Iterable[Part], items: Mapping[str, Item], points: Mapping[str, int]) -> dict[str, Fraction | None]:
    """Each subscale as an exact number, None while it lacks an answer that it needs."""
    return {part.name: _of_part(part, items, points) for part in parts}


def _of_part(part: Part, items: Mapping[str, Item], points: Mapping[str, int]) -> Fraction | None:
    answered = [points[item] for item in part.items if item in points]
    if len(answered) < (part.least or len(part.items)):
        return None
    if part.gives == "mean":
        return Fraction(sum(answered), len(answered))
    return Fraction(100 * sum(answered), sum(items[item].extremes[1] for item in part.items)) if part.gives == "percent" else Fraction(sum(answered))


def grouped(parts: Iterable[Part], worth: Mapping[str, Fraction | None]) -> dict[str, object]:
    """Subscales as a program reads them: a sum as a whole number, a mean to two places, a percentage to one; those of a group inside it."""
    groups: dict[str, dict[str, object]] = {}
    for part in parts:
        groups.setdefault(part.group, {})[part.name] = _shown(part, worth[part.name])
    return groups.pop("", {}) | groups


def _shown(part: Part, worth: Fraction | None) -> int | float | None:
    if worth is None:
        return None
    if part.gives == "sum":
        return int(worth)
    return rounded(worth, PERCENT_PLACES if part.gives == "percent" else MEAN_PLACES)


def rounded(number: Fraction, places: int) -> float:
    """To so many places, halves away from zero."""
    scale: int = 10**places
    size = half_up(abs(number.numerator) * scale, number.denominator) / scale
    return -size if number < 0 else size


def about_clusters(how: Sum, points: Mapping[str, int]) -> dict[str, bool | None]:
    """Each cluster rule: met, not met, or not known yet."""
    items = {part.name: part.items for part in how.parts}
    return {cluster.name: _met(cluster, items, points) for cluster in how.clusters}


def _met(cluster: Cluster, items: Mapping[str, tuple[str, ...]], points: Mapping[str, int]) -> bool | None:
    surely, maybe = True, True
    for part, needed in cluster.needs:
        reached = sum(points.get(item, -1) >= cluster.item_at_least for item in items[part])
        still_open = sum(item not in points for item in items[part])
        surely, maybe = surely and reached >= needed, maybe and reached + still_open >= needed
    return surely if surely == maybe else None


def about_total(how: Sum, total: int, sex: Sex | None) -> dict[str, bool | None]:
    """Each named cut-off of the total."""
    return {reading.name: _reached(reading, total, sex) for reading in how.readings}


def _reached(reading: Reading, total: int, sex: Sex | None) -> bool | None:
    if reading.at_least is not None:
        return total >= reading.at_least
    if reading.at_most is not None:
        return total <= reading.at_most
    female = reading.female is not None and total >= reading.female
    male = reading.male is not None and total >= reading.male
    if sex is not None:
        return female if sex == "female" else male
    return female if female == male else None


def about_several(how: Sum, known: Mapping[str, Fraction | int | None]) -> dict[str, bool | None]:
    """Each rule made of several bounds.  `known`: numbers by name, None or left out while they are open."""
    return {rule.name: _combined(rule, known) for rule in how.combined}


def _combined(rule: Combined, known: Mapping[str, Fraction | int | None]) -> bool | None:
    found = [_within(condition, known.get(condition.of)) for condition in rule.conditions]
    decides = not rule.every  # one yes decides "any", one no decides "every"
    if decides in found:
        return decides
    return None if None in found else rule.every


def _within(condition: Condition, number: Fraction | int | None) -> bool | None:
    if number is None:
        return None
    if condition.at_least is not None:
        return number >= condition.at_least
    return condition.at_most is not None and number <= condition.at_most


def about_fall(how: Fall, baseline: int | None, total: int) -> tuple[dict[str, object], dict[str, bool | None]]:
    """Change from an earlier total in percent (None for a baseline of zero or none at all), and whether the fall is large enough to count."""
    away = None if not baseline else Fraction(100 * (total - baseline), baseline)
    met: dict[str, bool | None] = {}
    for name, points, least in how.met:
        by_points = points is not None and baseline is not None and baseline - total >= points
        met[name] = None if baseline is None else by_points or (away is not None and -away >= least)
    return {how.percent_name: None if away is None else rounded(away, PERCENT_PLACES)}, met
