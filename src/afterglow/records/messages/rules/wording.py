"""What a message may say: the words of a reviewed text, with plain facts in it and nothing about anybody's care.  Pure.

Hazard H53: a message lies on a screen that others see.  A fact is a whole number, a day or a time; never a text, so no name, score or
diagnosis can come along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from afterglow.science.verdict import Finding, Verdict

PLAIN = {"day": re.compile(r"\d{4}-\d{2}-\d{2}"), "time": re.compile(r"\d{2}:\d{2}")}
HELD_OUT = frozenset({"sender", "link"})  # put in at the moment of sending
# Word stems that would say on a lock screen what somebody is treated for, or with what (judgement, J).
GIVES_AWAY = (
    "ketamin", "psych", "therap", "treat", "infus", "dose", "dosing", "depress", "anxi", "mental", "suicid", "self-harm", "crisis", "mood",
    "trauma", "ptsd", "addict", "drug", "medic", "patient", "diagnos", "score", "phq", "gad", "afterglow", "clinic",
)  # fmt: skip
SENDER_NAME = "Office"  # where the owner has chosen none: says nothing about anybody
LONGEST_SENDER_NAME = 30
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is sent.  A text message has no subject."""

    subject: str
    text: str


def facts_fit(template: Mapping[str, Any], facts: Mapping[str, object]) -> Verdict:
    """Exactly the facts that the text asks for, each of its plain type."""
    wanted = {fact["name"]: fact for fact in template["facts"]}
    named = Finding.met("messages.facts")
    if wanted.keys() != facts.keys():
        named = Finding.unmet("messages.facts", "The facts are not those that this text asks for.", lifted_by="nobody")
    return Verdict.of(named, *(_plain(fact, facts[name]) for name, fact in wanted.items() if name in facts))


def _plain(fact: Mapping[str, Any], value: object) -> Finding:
    item = f"messages.fact.{fact['name']}"
    if fact["type"] == "integer":
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= fact["most"]
    else:
        good = isinstance(value, str) and PLAIN[fact["type"]].fullmatch(value) is not None
    return Finding.met(item) if good else Finding.unmet(item, f"This is not a plain {fact['type']}.", lifted_by="nobody")


def worded(template: Mapping[str, Any], channel: str, facts: Mapping[str, object], *, sender: str, link: str = "") -> Words:
    """The text of this channel with facts, sender and link in their places.  Raises KeyError for a place that nothing fills."""
    filled = {**facts, "sender": sender, **({"link": link} if link else {})}

    def fill(text: str) -> str:
        return _PLACE.sub(lambda place: str(filled[place[1]]), text)

    body: Mapping[str, str] = template[channel]
    return Words(subject=fill(body.get("subject", "")), text=fill(body["text"]))


def places(text: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(_PLACE.findall(text))


def gives_away(text: str) -> tuple[str, ...]:
    """The stems in a text that would tell a stranger what it is about."""
    lower = text.casefold()
    return tuple(stem for stem in GIVES_AWAY if stem in lower)


def sender_name_is_neutral(name: str) -> Verdict:
    """A short plain name that says nothing about care."""
    shape = Finding.met("messages.sender.shape")
    if not re.fullmatch(rf"[^\W_][\w .'&-]{{1,{LONGEST_SENDER_NAME - 1}}}", name):
        shape = Finding.unmet("messages.sender.shape", f"A sender name is 2 to {LONGEST_SENDER_NAME} letters, digits, spaces, dots or hyphens.")
    neutral = Finding.met("messages.sender.neutral")
    if found := gives_away(name):
        neutral = Finding.unmet("messages.sender.neutral", f"This name would tell a stranger what is done here ({', '.join(found)}).")
    return Verdict.of(shape, neutral)
