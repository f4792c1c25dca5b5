"""What a schema cannot say of a way of scoring: bands without gap or overlap, names that exist, a range that the answers can reach.

A scale with a hole in it must never score anybody.  Everything here raises InstrumentInvalid with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from afterglow.science.scoring.items import InstrumentInvalid, Item
from afterglow.science.scoring.ways import Condition, Highest, Screen, Subscales, Sum, Triage, Way


def need(holds: bool, sentence: str) -> None:
    if not holds:
        raise InstrumentInvalid(sentence)


def check_items(items: Sequence[Item]) -> None:
    names = [item.id for item in items]
    need(len(set(names)) == len(names), "two items have one id")
    for item in items:
        values = [str(option.value) for option in item.options]
        need(len(set(values)) == len(values), f"{item.id} offers one answer twice")
        need(bool(values) != (item.bounds is not None), f"{item.id} needs options or bounds, not both")
        need(item.bounds is None or item.bounds[0] < item.bounds[1], f"{item.id} has bounds that leave no answer")


def named_by(way: Way) -> set[str]:
    """Every item that a way of scoring names."""
    if isinstance(way, Sum):
        found = {item for _, item, _ in way.facts} | {item for grade in way.grades for item in grade.inputs}
        found |= {item for domain in way.domains for item in (*domain.items, *(each for choice in domain.one_of for each in choice))}
        return found | {item for part in way.parts for item in part.items}
    if isinstance(way, Subscales):
        return {item for part in way.parts for item in part.items}
    if isinstance(way, Screen):
        return {*way.screen_items, way.acuity_item}
    asked = {item for item, _ in way.order}
    return asked | {item for pair in way.only_after for item in pair} if isinstance(way, Triage) else asked


def results_of(way: Way) -> set[str]:
    """Every result that a way of scoring can have; none for numbers."""
    if isinstance(way, Screen):
        return {way.negative_result, way.non_acute_result, way.acute_result, way.acuity_unknown_result}
    if isinstance(way, Highest):
        return {way.none, *(result for _, result in way.order)}
    return {way.none, way.unfinished, *(result for _, result in way.order)} if isinstance(way, Triage) else set()


def check_way(items: Sequence[Item], way: Way) -> None:
    strange = named_by(way) - {item.id for item in items}
    need(not strange, f"rules name items that do not exist: {sorted(strange)}")
    if isinstance(way, Sum):
        _check_sum(items, way)
    elif isinstance(way, Subscales):
        _check_parts(items, way)
        left = {item.id for item in items if item.scored} - named_by(way)
        need(not left, f"items that no part counts: {sorted(left)}")
    elif isinstance(way, Triage):
        need({item for item, _ in way.order} == {item.id for item in items}, "a question has no level")


def _check_sum(items: Sequence[Item], way: Sum) -> None:
    scored = [item for item in items if item.scored]
    numbers = (option.value for item in scored for option in item.options)
    need(all(isinstance(value, int) for value in numbers), "a summed item has an answer that is no number")
    _check_parts(items, way)
    ends = _ends(scored, way)
    need(not (way.percent and way.mean), "a total is a percentage or a mean, not both")
    if way.percent:
        need(ends[0] == 0, "a percentage needs items that start at 0")
        ends = (0, 100)
    elif way.mean:
        need(len({item.extremes for item in scored}) == 1, "a mean needs items with the same answers")
        ends = scored[0].extremes
    need((way.lowest, way.highest) == ends, "the range is not what the items can sum to")
    _check_rules(scored, way)
    edge = way.lowest
    for band in way.bands:
        need(band.lowest == edge and band.highest >= band.lowest, f"band {band.name!r} leaves a gap or overlaps")
        edge = band.highest + 1
    need(not way.bands or edge == way.highest + 1, "the bands do not reach the end of the range")
    need(way.missing_at_most < (len(way.domains) or len(scored)) + len(way.grades), "every item may be missing")


def _ends(scored: Iterable[Item], way: Sum) -> tuple[int, int]:
    """The least and the most that the items can sum to."""
    extremes = {item.id: item.extremes for item in scored}
    pairs = list(extremes.values())
    if way.domains:
        inside = [item for domain in way.domains for item in domain.items]
        need(sorted(inside) == sorted(extremes), "the domains do not hold every scored item once")
        need(all(set(choice) <= set(domain.items) for domain in way.domains for choice in domain.one_of), "a choice reaches out of its domain")
        pairs = [(max(extremes[item][0] for item in each.items), max(extremes[item][1] for item in each.items)) for each in way.domains]
    for grade in way.grades:
        gives = [step.gives for step in grade.steps]
        need(not set(grade.inputs) & set(extremes), f"{grade.name} is worked out from a question that is summed itself")
        pairs.append((min(gives), max(gives)))
    return sum(low for low, _ in pairs), sum(high for _, high in pairs)


def _check_parts(items: Sequence[Item], way: Sum | Subscales) -> None:
    scored = {item.id: item for item in items if item.scored}
    for part in way.parts:
        once = set(part.items) <= set(scored) and len(set(part.items)) == len(part.items)
        need(once, "a part sums what is not scored, or twice")
        need(part.least is None or (part.gives == "mean" and 1 <= part.least <= len(part.items)), f"{part.name}: only a mean may lack some answers")
        starts = {scored[item].extremes[0] for item in part.items}
        need(part.gives != "percent" or starts == {0}, f"{part.name}: a percentage needs items that start at 0")


def _check_rules(scored: Iterable[Item], way: Sum) -> None:
    sizes = {part.name: len(part.items) for part in way.parts}
    for cluster in way.clusters:
        need(all(1 <= most <= sizes.get(part, 0) for part, most in cluster.needs), f"{cluster.name} needs more than its parts have")
    for reading in way.readings:
        by_sex = reading.female is not None and reading.male is not None
        one_sex = (reading.female is None) != (reading.male is None)
        ways = [reading.at_least is not None, reading.at_most is not None, by_sex]
        need(sum(ways) == 1 and not one_sex, f"{reading.name} needs exactly one bound")
    known = {"total", *(item.id for item in scored), *(part.name for part in way.parts), *(grade.name for grade in way.grades)}
    for combined in way.combined:
        need(all(_one_bound(each) and each.of in known for each in combined.conditions), f"{combined.name} needs bounds on numbers that there are")


def _one_bound(condition: Condition) -> bool:
    return (condition.at_least is None) != (condition.at_most is None)
