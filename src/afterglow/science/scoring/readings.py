"""What a sum yields beside its total: percentages, subscales, cluster rules, cut-offs by sex.  An open answer or an unknown sex makes a
reading unknown (None) wherever it could decide it either way; it never counts as no.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from afterglow.science.scoring.instrument import Cluster, Instrument, Reading, Sum

Sex = Literal["female", "male"]


def half_up(number: int, by: int) -> int:
    """number / by, rounded half up, in whole numbers."""
    return (2 * number + by) // (2 * by)


def percent(rules: Instrument, raw: int) -> int:
    """A sum as a percentage of the most that the items can sum to."""
    most = sum(max(int(option.value) for option in item.options) for item in rules.scored_items)
    return half_up(raw * 100, most)


def numbers(how: Sum, points: Mapping[str, int], raw: int, total: int) -> dict[str, object]:
    """Raw sum and percentage, subscales (None while an item of theirs is open) and other anchorings, by name."""
    found: dict[str, object] = {"raw": raw, "percent": total} if how.percent else {}
    groups: dict[str, dict[str, object]] = {}
    for part in how.parts:
        value = sum(points[item] for item in part.items) if all(item in points for item in part.items) else None
        groups.setdefault(part.group, {})[part.name] = value
    found |= groups.pop("", {})
    return found | groups | {name: total + more for name, more in how.shifted}


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
