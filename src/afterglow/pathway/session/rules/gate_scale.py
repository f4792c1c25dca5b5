"""The gate's question about a scale that a protocol asks before each dose: the mania scale of bipolar depression (requirement S19, safety 47)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts, ScaleBefore
from afterglow.science.verdict import Finding

SOURCE = "Afterglow safety rule 47"
ASKED = "The protocol asks for a rating scale before each dose."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One scale that would do, and for how many hours a rating of it counts."""

    instrument: str
    within_h: int


def wanted_from(content: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """What a protocol says; nothing where it asks for no scale before a dose."""
    said = content.get("before_each_dose", {"any_of": ()})
    return tuple(Wanted(instrument=each["instrument"], within_h=each["within_h"]) for each in said["any_of"])


def about_the_scale(facts: GateFacts) -> tuple[Finding, ...]:
    """Nothing where the plan's protocol asks for no scale before each dose.  What a score over its line does is `prescriber_decides`."""
    return (rated_before(facts, facts.scales_before),) if facts.scales_before else ()


def rated_before(facts: GateFacts, scales: tuple[ScaleBefore, ...]) -> Finding:
    """One of the scales, complete, inside its hours and since the last dose: an older rating says nothing about a switch after that dose.

    No scale is named: the list is read on a shared screen.
    """
    item = "scale_before"
    if any(_counts(each, facts.last_dose_at, facts.at) for each in scales):
        return Finding.met(item, "Rated in its time, since the last dose.", source=SOURCE, mark="J")
    if all(each.rated_at is None for each in scales):
        sentence = f"{ASKED} None was ever completed. {_what_now(scales)}"
        return Finding.unknown(item, sentence, source=SOURCE, mark="J", lifted_by="two_signatures", who=TWO)
    sentence = f"{ASKED} The last one is too old, or was before the last dose. {_what_now(scales)}"
    return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="two_signatures", who=TWO)


def _what_now(scales: tuple[ScaleBefore, ...]) -> str:
    if any(each.may_be_asked for each in scales):
        return "Rate it now."
    return "The clinic holds no licence for it in force, so it cannot be asked here: an owner or a prescriber records the licence and its text."


def _counts(scale: ScaleBefore, last_dose_at: datetime | None, at: datetime) -> bool:
    rated_at = scale.rated_at
    if rated_at is None or not timedelta(0) <= at - rated_at <= timedelta(hours=scale.within_h):
        return False
    return last_dose_at is None or rated_at > last_dose_at
