"""May this be recorded as an answer to the leaving list?  Pure.  Half an answer is refused rather than kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterglow.pathway.session.rules.discharge_facts import TAPS
from afterglow.science.verdict import Finding, Verdict

ALDRETE = ("activity", "respiration", "circulation", "consciousness", "saturation")
HANDED_TO = ("adult", "stay", "medical_transport")
ITEMS = (*TAPS, "aldrete", "escort", "night", "pressure_near_own")
Value = Mapping[str, Any]


def may_answer(item: str, value: Value) -> Verdict:
    """Everything that is missing or impossible in this answer, at once."""
    if item in TAPS:
        return Verdict.of(_yes_or_no("ok", value))
    if item == "aldrete":
        return Verdict.of(*(_score(name, value) for name in ALDRETE))
    if item == "escort":
        return Verdict.of(*_handover(value))
    if item == "night":
        return Verdict.of(_text("person", value, "Name who stays this night."))
    if item == "pressure_near_own":
        return Verdict.of(_number("sbp", value))
    return Verdict.of(Finding.unmet(item, "This is not an item that is answered on this list."))


def _yes_or_no(key: str, value: Value) -> Finding:
    if not isinstance(value.get(key), bool):
        return Finding.unknown(key, "Say yes or no.")
    return Finding.met(key)


def _score(name: str, value: Value) -> Finding:
    score = (value.get("parts") or {}).get(name)
    if isinstance(score, bool) or score not in (0, 1, 2):
        return Finding.unknown(name, f"{name.capitalize()}: score 0, 1 or 2.")
    return Finding.met(name)


def _handover(value: Value) -> tuple[Finding, ...]:
    """A driver of a ride service takes nobody over (safety 42): the kind does not exist."""
    if value.get("kind") not in HANDED_TO:
        sentence = "Handed to whom: a named adult, or a documented stay or medical transport? A ride-service driver takes nobody over."
        return (Finding.unknown("kind", sentence),)
    named = _text("to_name", value, "Name the person who takes over.")
    if value["kind"] == "adult":
        keys = value.get("has_the_keys")
        asked = Finding.met("has_the_keys") if keys is None or isinstance(keys, bool) else Finding.unknown("has_the_keys", "Who has the keys?")
        return named, _yes_or_no("adult_present", value), asked
    return named, _yes_or_no("documented", value)


def _text(key: str, value: Value, sentence: str) -> Finding:
    return Finding.met(key) if str(value.get(key) or "").strip() else Finding.unknown(key, sentence)


def _number(key: str, value: Value) -> Finding:
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return Finding.unknown(key, "There is no pressure to sign for. Take one first.")
    return Finding.met(key)
