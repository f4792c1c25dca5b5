"""May a prescriber accept these numbers for the site?  A site moves a limit inside the library's range, never past it, and keeps its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterglow.pathway.session.rules.limit_words import number_words
from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.channels import number_text

RISING = (
    ("act_below", "notify_below"),
    ("notify_above", "act_above"),
    ("notify_above", "act_from"),
    ("notify_from_min", "act_from_min"),
    ("hold_sbp_from", "never_sbp_from"),
    ("hold_dbp_from", "never_dbp_from"),
    ("weigh_sbp_above", "hold_sbp_from"),
    ("weigh_dbp_above", "hold_dbp_from"),
    ("light_meal_h", "fatty_meal_h"),
    ("sbp_at_least", "sbp_at_most"),
)
"""Pairs of names within one limit of which the first may never be above the second: the mild step comes before the severe one."""


def may_accept(limit: Mapping[str, Any], values: Mapping[str, float]) -> Verdict:
    """`limit`: one entry of the library's list; `values`: every number of it as the prescriber accepts or changes it."""
    return Verdict.of(*(_one(limit, name, values.get(name)) for name in limit["values"]), *_unknown_names(limit, values), *_in_order(limit, values))


def _one(limit: Mapping[str, Any], name: str, value: float | None) -> Finding:
    item, bounds = f"{limit['id']}.{name}", limit["values"][name]
    unit = bounds.get("unit", limit["unit"])
    if value is None:
        return Finding.unknown(item, f"{limit['title']}: {number_words(name)}: write a number.")
    if not bounds["lowest"] <= value <= bounds["highest"]:
        allowed = f"{number_text(bounds['lowest'])} to {number_text(bounds['highest'])} {unit}"
        sentence = f"{limit['title']}: {number_words(name)} {number_text(value)} is outside {allowed}."
        return Finding.unmet(item, sentence, source=limit["source"], mark=limit["mark"], lifted_by="nobody")
    return Finding.met(item, f"{number_text(value)} {unit}.", source=limit["source"], mark=limit["mark"])


def _unknown_names(limit: Mapping[str, Any], values: Mapping[str, float]) -> tuple[Finding, ...]:
    return tuple(
        Finding.unmet(f"{limit['id']}.{name}", f"{limit['title']} has no number called {name}.", lifted_by="nobody")
        for name in values
        if name not in limit["values"]
    )


def _in_order(limit: Mapping[str, Any], values: Mapping[str, float]) -> tuple[Finding, ...]:
    return tuple(
        Finding.unmet(
            f"{limit['id']}.order", f"{limit['title']}: {number_words(milder)} may not be higher than {number_words(severer)}.", lifted_by="nobody"
        )
        for milder, severer in RISING
        if milder in values and severer in values and values[milder] > values[severer]
    )
