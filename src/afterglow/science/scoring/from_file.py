"""A way of scoring as the `scoring` part of a schema-checked library file describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from afterglow.science.scoring.items import InstrumentInvalid
from afterglow.science.scoring.ways import (
    Band,
    Cluster,
    Combined,
    Condition,
    Domain,
    Fall,
    Grade,
    Highest,
    Part,
    Reading,
    Screen,
    Step,
    Subscales,
    Sum,
    Triage,
    Way,
)


def way_from(rules: Mapping[str, Any]) -> Way:
    """Raises InstrumentInvalid for a method that nobody knows."""
    method = rules["method"]
    if method == "sum":
        return _sum(rules)
    if method == "subscales":
        return Subscales(parts=_parts(rules), notes=tuple(rules.get("notes", ())))
    if method == "screen":
        return _screen(rules)
    order = tuple((step["item"], step["result"]) for step in rules.get("order", ()))
    if method == "highest":
        return Highest(order=order, yes=rules["yes"], no=rules["no"], none=rules["none"])
    if method == "triage":
        after = tuple(rules["only_after"].items())
        return Triage(order=order, only_after=after, yes=rules["yes"], no=rules["no"], none=rules["none"], unfinished=rules["unfinished"])
    raise InstrumentInvalid(f"no way of scoring is called {method!r}")


def _screen(rules: Mapping[str, Any]) -> Screen:
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


def _sum(rules: Mapping[str, Any]) -> Sum:
    keys = ("at_least", "at_most", "female", "male")
    return Sum(
        lowest=rules["range"][0],
        highest=rules["range"][1],
        missing_at_most=rules["missing"]["at_most"],
        bands=tuple(Band(lowest=band["from"], highest=band["to"], name=band["name"]) for band in rules["bands"]),
        cutoffs=tuple((cutoff["id"], cutoff["at_least"]) for cutoff in rules["cutoffs"]),
        facts=tuple((name, fact["item"], fact["at_least"]) for name, fact in rules["facts"].items()),
        percent=rules.get("percent", False),
        mean=rules.get("mean", False),
        domains=tuple(_domain(each) for each in rules.get("domains", ())),
        grades=tuple(_grade(each) for each in rules.get("grades", ())),
        parts=_parts(rules),
        clusters=tuple(
            Cluster(name=each["id"], item_at_least=each["item_at_least"], needs=tuple(each["needs"].items())) for each in rules.get("clusters", ())
        ),
        readings=tuple(Reading(name=each["id"], **{key: each.get(key) for key in keys}) for each in rules.get("readings", ())),
        combined=tuple(_combined(each) for each in rules.get("combined", ())),
        fall=_fall(rules.get("fall")),
        shifted=tuple(rules.get("shifted", {}).items()),
        band_name=rules.get("band_name", ""),
        total_alone=rules.get("total_alone", False),
        notes=tuple(rules.get("notes", ())),
    )


def _parts(rules: Mapping[str, Any]) -> tuple[Part, ...]:
    """A part is a list of items that are summed, or an object that says more."""
    group = rules.get("parts_group", "")
    return tuple(_part(name, {"items": part} if isinstance(part, Sequence) else part, group) for name, part in rules.get("parts", {}).items())


def _part(name: str, part: Mapping[str, Any], group: str) -> Part:
    gives, given_as = part.get("gives", "sum"), part.get("given_as", "")
    return Part(name=name, group=group, items=tuple(part["items"]), gives=gives, least=part.get("least"), given_as=given_as)


def _domain(given: Mapping[str, Any]) -> Domain:
    return Domain(items=tuple(given["items"]), one_of=tuple(tuple(choice) for choice in given.get("one_of", ())))


def _grade(given: Mapping[str, Any]) -> Grade:
    return Grade(name=given["id"], of=given["of"], away_from=given.get("away_from"), steps=tuple(_step(each) for each in given["steps"]))


def _step(given: Mapping[str, Any]) -> Step:
    only_if = given.get("only_if")
    return Step(at_least=given["at_least"], gives=given["gives"], only_if=None if only_if is None else (only_if["item"], only_if["is"]))


def _combined(given: Mapping[str, Any]) -> Combined:
    """`every` or `any`: the schema lets one of them stand."""
    every = "every" in given
    conditions = given["every" if every else "any"]
    made = tuple(Condition(of=each["of"], at_least=each.get("at_least"), at_most=each.get("at_most")) for each in conditions)
    return Combined(name=given["id"], conditions=made, every=every)


def _fall(given: Mapping[str, Any] | None) -> Fall | None:
    if given is None:
        return None
    return Fall(percent_name=given["percent_name"], met=tuple((each["id"], each.get("points"), each["percent"]) for each in given["met"]))
