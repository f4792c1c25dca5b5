"""A stop that nobody lifts is not lifted by typing another answer over it: two people say why it changed (hazards H1, H49)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.science.verdict import Finding

STOPS: Mapping[str, tuple[str, str]] = {
    "ketamine_allergy": ("said", "yes"),
    "intoxication": ("said", "yes"),
    "withdrawal": ("said", "yes"),
    "capacity": ("said", "not_shown"),
    "pregnancy": ("result", "positive"),
}
"""Question -> the key of its answer and the word that stops the dose, for everybody and without a signature."""


def gravity(item: str, value: Mapping[str, Any] | None) -> int:
    """How much an answer stops: 0 nothing, 1 a stop (in the suicide interview an old yes), 2 a new or worse yes, intent, a plan or an act,
    or a declined answer."""
    if value is None:
        return 0
    if item == "suicide":
        said = [value.get(key) for key in WORDS]
        grave = "yes" in (value.get("intent_or_plan"), value.get("act_or_preparation"))
        if "declined" in said or grave or ("yes" in said and value.get("new_or_worse") == "yes"):
            return 2
        return int("yes" in said)
    key, stop = STOPS.get(item, ("", ""))
    return int(bool(stop) and value.get(key) == stop)


def times_taken_back(answers: Iterable[tuple[str, Mapping[str, Any] | None]]) -> int:
    """How often a later answer of the same day stopped less than the one before it; `answers` in the order in which they were written."""
    last: dict[str, int] = {}
    times = 0
    for item, value in answers:
        now = gravity(item, value)
        times += now < last.get(item, 0)
        last[item] = now
    return times


def nothing_taken_back(facts: GateFacts) -> Finding:
    """The questions are not named: the list is read on a shared screen."""
    item, times = "nothing_taken_back", facts.answers_taken_back
    if not times:
        return Finding.met(item)
    sentence = (
        f"{times} {'answer that stops' if times == 1 else 'answers that stop'} a dose {'was' if times == 1 else 'were'} changed today. Say why."
    )
    return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)
