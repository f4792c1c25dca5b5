"""What a protocol rests on that no study gives: its parts marked as judgement or uncertain, in words, each accepted by a prescriber of the site.

Whatever part of a file carries such a mark is one, found by walking the file: a bound that is added later cannot slip past (safety 14).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from afterglow.science.verdict import Finding

UNPROVEN = ("J", "U")
NO_PARTS = ("sources", "vignettes", "change_log")
NAMED_BY = ("after", "instrument", "path", "phase")
"""What tells an entry of a list from its neighbours, so that it keeps its name when another is put before it."""

WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hard_stop": (
        "Doses that nobody may give",
        (
            "above {mg_per_kg} mg/kg",
            "above {total_mg} mg in total",
            "shorter than {under_min} min",
        ),
    ),
    "say_why": (
        "Doses that need a reason",
        (
            "below {mg_per_kg[0]} or above {mg_per_kg[1]} mg/kg",
            "above {total_mg} mg in total",
        ),
    ),
    "s_ketamine": (
        "S-ketamine",
        (
            "every bound in mg is divided by {divide_bounds_by}",
            "{note}",
        ),
    ),
    "dose": ("Rounding of the dose", ("down to whole steps of {round_down_to_mg} mg",)),
    "intervals": (
        "Time between doses, and how many",
        (
            "nobody may give two doses less than {hard_stop_under_h} h apart",
            "a reason below {say_why_under_h} h, and for more than {say_why_over_per_week} in a week",
            "a review of misuse and bladder after more than {review_over_doses} in {review_within_weeks} weeks",
            "the same for boosters more often than every {booster_every_weeks} weeks for {booster_within_weeks} weeks",
        ),
    ),
    "weight": (
        "Weight",
        (
            "measured here today, or at most {confirmed_within_days} days before and confirmed",
            "a change of more than {void_over_percent}% voids the order",
            "a reason below {say_why_kg[0]} or above {say_why_kg[1]} kg",
            "a reason for a body mass index below {say_why_bmi[0]} or above {say_why_bmi[1]}",
            "{note}",
        ),
    ),
    "before_each_dose": (
        "Rating scale before each dose",
        (
            "{any_of[0][instrument]} of the last {any_of[0][within_h]} h, completed since the last dose",
            "or {any_of[1][instrument]} of the last {any_of[1][within_h]} h, completed since the last dose",
        ),
    ),
    "monitoring": (
        "Watching {phase}: {measure}",
        (
            "every {every_min} min",
            "{times} times",
        ),
    ),
    "discharge": (
        "Leaving",
        (
            "not before {min_after_end_min} min after the end, as a rule {default_after_end_min} min",
            "{restart_after_rescue_min} min anew after a rescue medicine",
            "no driving until {no_driving_until}",
        ),
    ),
    "reviews": ("Review after infusion {after}", ("decides: {decides}",)),
    "bridging_doses": (
        "Doses past a review that waits",
        (
            "at most {at_most}, with a reason",
            "{why}",
        ),
    ),
    "order": ("How long an order holds", ("{valid_days} days, and one infusion each",)),
    "may_change": (
        "What a plan may change: {title}",
        (
            "a reason outside {say_why[0]} to {say_why[1]} {unit}",
            "nobody outside {hard_stop[0]} to {hard_stop[1]} {unit}",
            "one of: {one_of}; as a rule {usual}",
        ),
    ),
    "course": (
        "The course",
        (
            "{infusions} infusions within {within_days[0]} to {within_days[1]} days, {apart_days[0]} to {apart_days[1]} days apart",
            "{per_week} a week",
        ),
    ),
    "block_min": ("Time that is booked", ("{before} min before, {infusion} min of infusion, {recovery} min of recovery",)),
    "visits.preparation": (
        "Preparation visits",
        (
            "{count} of {minutes} min, {at_least_days_before} to {at_most_days_before} days before the first dose",
            "covers: {covers}",
        ),
    ),
    "visits.integration": ("Integration visits", ("one visit to {after_every} infusion, {from_h} to {to_h} h after it, {minutes} min",)),
    "visits.review": ("Time for a review", ("{minutes} min",)),
    "measures": ("Questionnaire: {instrument}", ("asked: {when}",)),
    "pump": ("Smallest step of the pump", ("{step_ml_per_h} mL/h",)),
}
"""Part of a protocol -> its title and what it says, in the order in which people read them; a sentence stands where the part has everything
that it names."""

NAMES = {
    "bp": "blood pressure", "hr": "heart rate", "rr": "breathing rate", "spo2": "oxygen saturation", "moaas": "MOAA/S", "iv_site": "line site",
    "phq9": "PHQ-9", "gad7": "GAD-7", "asq": "ASQ", "pcl5": "PCL-5", "ybocs": "Y-BOCS", "oci_r": "OCI-R", "audit_c": "AUDIT-C", "dast10": "DAST-10",
    "asrm": "ASRM", "ymrs": "YMRS", "suicide_since_last_contact": "suicide interview since the last contact",
}  # fmt: skip
"""What a code of a protocol is called where people read it; any other is spelt out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """One part of a protocol that rests on judgement.  `text`: the part as the file writes it; what was accepted is this text and no other."""

    id: str
    title: str
    lines: tuple[str, ...]
    source: str
    mark: str
    text: str


def guardrails_of(content: Mapping[str, Any]) -> tuple[Guardrail, ...]:
    """Every part that is marked J or U: one without words first, so that nobody overlooks it, then in the order of WORDS."""
    known = list(WORDS)
    found = sorted(_parts(content, "", ""), key=lambda each: known.index(each[0]) if each[0] in WORDS else -1)
    return tuple(_guardrail(place, name, part) for place, name, part in found)


def guardrails_are_accepted(still_open: Sequence[str] | None, *, item: str) -> Finding:
    """Every part by a prescriber of the site, or nothing is signed that rests on them: no second signature and no reason lifts it (safety 14).

    `still_open`: the titles of those that wait; None: nobody looked.  `item`: "plan.guardrails" or "order.guardrails".
    """
    if still_open is None:
        return Finding.unknown(item, "Nobody has looked whether this site accepted the guardrails of the protocol.", lifted_by="nobody")
    if still_open:
        count = len(still_open)
        wait = "A guardrail of the protocol waits" if count == 1 else f"{count} guardrails of the protocol wait"
        sentence = f"{wait} for a prescriber of this site: {still_open[0]}{', and others' if count > 1 else ''}. Read and accept each."
        return Finding.unmet(item, sentence, mark="J", lifted_by="nobody")
    return Finding.met(item, "Each guardrail that rests on judgement is accepted by a prescriber of this site.")


def _parts(part: Any, place: str, name: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(where in the file, its own name, the part) of every mapping with such a mark, and of those within it."""
    if isinstance(part, Mapping):
        if place and any(part[key] in UNPROVEN for key in part if key.endswith("mark")):
            yield place, name, part
        for key, within in part.items():
            if place or key not in NO_PARTS:
                yield from _parts(within, _joined(place, key), _joined(name, key))
    elif isinstance(part, list):
        for number, within in enumerate(part, start=1):
            yield from _parts(within, place, _joined(name, _named(within, number)))


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _named(entry: Any, number: int) -> str:
    if not isinstance(entry, Mapping):
        return str(number)
    told = next((str(entry[key]) for key in NAMED_BY if key in entry), str(number))
    return "_".join([told, *entry["measure"]]) if "measure" in entry else told


def _guardrail(place: str, name: str, part: Mapping[str, Any]) -> Guardrail:
    title, sentences = WORDS.get(place, (place, ()))
    said = {key: _said(value) for key, value in part.items()}
    lines = [sentence.format(**said) for sentence in sentences if _has_all(sentence, part)]
    mark = next(part[key] for key in part if key.endswith("mark") and part[key] in UNPROVEN)
    text = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Guardrail(id=name, title=title.format(**said), lines=tuple(lines), source=str(part["source"]), mark=mark, text=text)


def _has_all(sentence: str, part: Mapping[str, Any]) -> bool:
    try:
        sentence.format(**part)
    except (KeyError, IndexError):
        return False
    return True


def _said(value: Any) -> Any:
    """Words joined and codes by their names; numbers, and the numbers of a pair, stay as they are."""
    if isinstance(value, str):
        return NAMES.get(value, value.replace("_", " "))
    if isinstance(value, Mapping):
        return {key: _said(within) for key, within in value.items()}
    if isinstance(value, list):
        within = [_said(each) for each in value]
        return ", ".join(within) if all(isinstance(each, str) for each in within) else within
    return value
