"""A protocol made into one person's plan: what was changed, why, and whether it stays inside the two bands (S43, S45; safety 14).

Only what the protocol file lists under `may_change` can be changed; everything else is the protocol's.  The plan keeps the changes
and points at the protocol version, so the differences stay visible for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms, milligrams_text
from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.dosing.limits import DoseLimits, limits_from
from afterglow.science.verdict import Finding, Verdict

PAIRS = frozenset({"course.within_days", "course.apart_days"})
Value = int | float | str | Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A wish: the dotted path of a number in the protocol, its new value, and why."""

    path: str
    value: Value
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One shown difference between protocol and plan."""

    path: str
    title: str
    unit: str
    was: Value
    now: Value
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Individualised:
    """`content`: the protocol with the changes that are well formed; `differences`: those that differ; `verdict`: one finding each."""

    content: dict[str, Any]
    differences: tuple[Difference, ...]
    verdict: Verdict


def individualise(protocol: Mapping[str, Any], changes: Sequence[Change]) -> Individualised:
    """Apply the changes to a copy of the protocol's content; nothing of the protocol itself is touched.

    A change to the value that already stands is no difference.  The block's infusion time follows the infusion, and the last review
    the last infusion.
    """
    content = deepcopy(dict(protocol))
    listed = {entry["path"]: entry for entry in protocol["may_change"]}
    differences: list[Difference] = []
    findings: list[Finding] = []
    for change in changes:
        entry = listed.get(change.path)
        if entry is None:
            sentence = f"{change.path} cannot be changed in a plan. Use another protocol."
            findings.append(Finding.unmet(f"plan.{change.path}", sentence, lifted_by="nobody"))
            continue
        finding = _judge(change, entry, limits_from(protocol))
        findings.append(finding)
        room, key = change.path.split(".")
        was = content[room][key]
        if finding.state == "unknown" or was == _stored(change):
            continue
        content[room][key] = _stored(change)
        differences.append(
            Difference(
                path=change.path, title=entry["title"], unit=entry.get("unit", ""), was=was, now=content[room][key], reason=change.reason.strip()
            )
        )
        if not change.reason.strip():
            findings.append(Finding.unmet(f"plan.{change.path}.reason", f"Say why the {entry['title']} differs from the protocol."))
    _follow(content)
    return Individualised(content=content, differences=tuple(differences), verdict=Verdict((*findings, *course_can_be_kept(content))))


def course_can_be_kept(content: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The three numbers of a course agree: that many infusions, that far apart, can lie within that many days."""
    item, course = "plan.course", content["course"]
    fewest, most = ((course["infusions"] - 1) * gap + 1 for gap in course["apart_days"])
    low, high = course["within_days"]
    if low > high or fewest > most:
        return (Finding.unmet(item, "A range of days runs backwards. Write the smaller number first.", lifted_by="nobody"),)
    if fewest > high or most < low:
        sentence = f"{course['infusions']} infusions this far apart take {fewest} to {most} days, not {low} to {high}. Change one of the three."
        return (Finding.unmet(item, sentence, lifted_by="nobody"),)
    return (Finding.met(item, f"{course['infusions']} infusions within {low} to {high} days."),)


def _follow(content: dict[str, Any]) -> None:
    """What hangs on a changed number: the block's infusion time, and the reviews of a shorter or longer course."""
    content["block_min"]["infusion"] = content["dose"]["over_min"]
    infusions, reviews = content["course"]["infusions"], content["reviews"]
    last = deepcopy(reviews[-1])
    last["after"] = infusions
    # earlier reviews are kept where they lie before the end; a longer course keeps the old last one as a stop on the way
    along = [deepcopy(review) for review in reviews if review["after"] < infusions]
    for review in along:
        review["decides"] = list(reviews[0]["decides"])
    content["reviews"] = [*along, last]


def _judge(change: Change, entry: Mapping[str, Any], limits: DoseLimits) -> Finding:
    item = f"plan.{change.path}"
    if change.path == "dose.mg_per_kg":
        return _judge_dose(item, change.value, limits)
    if "one_of" in entry:
        return _judge_choice(item, change.value, entry)
    numbers = _whole_numbers(change.path, change.value)
    if numbers is None:
        return Finding.unknown(
            item, f"{change.value!r} is not what {entry['title']} takes. Write {'two whole numbers' if change.path in PAIRS else 'a whole number'}."
        )
    low, high = entry["hard_stop"]
    if not all(low <= number <= high for number in numbers):
        sentence = f"The {entry['title']} lies outside {low} to {high} {entry['unit']}, a hard stop."
        return Finding.unmet(item, sentence, source=entry["source"], mark=entry["mark"], lifted_by="nobody")
    low, high = entry["say_why"]
    if not all(low <= number <= high for number in numbers):
        sentence = f"Say why the {entry['title']} lies outside {low} to {high} {entry['unit']}."
        return Finding.unmet(item, sentence, source=entry["source"], mark=entry["mark"], lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(item, f"The {entry['title']} is inside its range.", source=entry["source"], mark=entry["mark"])


def _judge_choice(item: str, value: Value, entry: Mapping[str, Any]) -> Finding:
    if value not in entry["one_of"]:
        return Finding.unknown(item, f"{value!r} is not a {entry['title']}. Choose: {', '.join(entry['one_of'])}.")
    if value not in entry["usual"]:
        sentence = f"Say why the {entry['title']} is {value}."
        return Finding.unmet(item, sentence, source=entry["source"], mark=entry["mark"], lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(item, f"The {entry['title']} is {value}.", source=entry["source"], mark=entry["mark"])


def _judge_dose(item: str, value: Value, limits: DoseLimits) -> Finding:
    """The dose per kg against the guardrails' own bounds; the total is judged on each order, where the weight is known."""
    try:
        asked = micrograms(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0
    except ImpossibleAmount:
        asked = 0
    if asked <= 0:
        return Finding.unknown(item, f"{value!r} is not a dose in mg/kg. Write a number like 0.5.")
    low, high = limits.say_why_ug_per_kg
    said = f"{milligrams_text(asked)}/kg"
    if asked > limits.hard_ug_per_kg:
        sentence = f"{said} is above {milligrams_text(limits.hard_ug_per_kg)}/kg, a hard stop. Plan a smaller dose."
        return Finding.unmet(item, sentence, source=limits.source, mark=limits.mark, lifted_by="nobody")
    if not low <= asked <= high:
        sentence = f"Say why the dose is {said}, outside {milligrams_text(low)}/kg to {milligrams_text(high)}/kg."
        return Finding.unmet(item, sentence, source=limits.source, mark=limits.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(item, f"{said}.", source=limits.source, mark=limits.mark)


def _whole_numbers(path: str, value: Value) -> tuple[int, ...] | None:
    """The whole numbers of a value, one or two as the path asks; None when it is anything else."""
    numbers: Sequence[Any] = value if path in PAIRS and isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    if len(numbers) != (2 if path in PAIRS else 1) or not all(type(number) is int for number in numbers):
        return None
    return tuple(numbers)


def _stored(change: Change) -> Value:
    """The value as the protocol file would hold it: a dose as a number, a pair as a list."""
    if change.path == "dose.mg_per_kg":
        return float(str(change.value))
    return list(change.value) if isinstance(change.value, Sequence) and not isinstance(change.value, str) else change.value
