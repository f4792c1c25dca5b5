"""May this be recorded as the answer to a check-in question?  Pure: the item's id, what was entered, and now.

A value is a flat mapping of plain JSON values with the keys listed here; times are ISO texts with a zone, dates ISO texts.  An answer that
says less than its question asks is refused rather than half kept: what nobody knows is recorded as None, "asked, not known".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from afterglow.pathway.session.rules.gate_person import IDENTIFIERS
from afterglow.pathway.session.rules.suicide import WORDS, Said
from afterglow.science.dosing.interval import MOST_TIMES
from afterglow.science.verdict import Finding, Verdict

YES_NO = ("yes", "no")
SUBSTANCES = ("alcohol", "cannabis", "stimulants", "nitrous oxide", "psychedelics", "other")
TESTS = ("negative", "positive", "declined", "not_tested")
MEALS = ("none", "light", "fatty")
WAYS_HOME = ("adult", "stay", "medical_transport", "ride_share", "none")
HELD = ("held", "taken", "not_asked")
SUICIDE_SAID = get_args(Said)
PLAUSIBLE: Mapping[str, tuple[float, float]] = {"hr": (20, 250), "rr": (1, 80), "spo2": (40, 100), "sbp": (40, 300), "dbp": (20, 200)}
"""Outside these a number is a slip of the pen, not a measurement (judgement)."""
LONGEST_FAST = timedelta(days=3)
"""A last meal or drink longer ago than this is a slip of the pen (judgement)."""
SKEW = timedelta(seconds=5)
Value = Mapping[str, Any]


def may_record(item: str, value: Value | None, *, at: datetime) -> Verdict:
    """Everything that is missing or impossible in this answer, at once.  None is always an answer: asked, not known."""
    check = CHECKS.get(item)
    if check is None:
        return Verdict.of(Finding.unmet(item, "This is not a question of the check-in."))
    if value is None:
        return Verdict.of(Finding.met(item, "Asked, not known."))
    return Verdict.of(*check(item, value, at))


def may_record_pressure(sbp: float | None, dbp: float | None, *, taken_at: datetime, at: datetime) -> Verdict:
    """A seated pressure in mmHg, as the cuff gave it; never refused for being high or low, only for being impossible."""
    both = (_number("sbp", sbp), _number("dbp", dbp))
    later = Finding.unmet("taken_at", "This reading lies in the future.") if taken_at > at + SKEW else Finding.met("taken_at")
    if sbp is not None and dbp is not None and sbp <= dbp:
        return Verdict.of(*both, Finding.unmet("dbp", "The lower number is not below the upper one. Read the cuff again."), later)
    return Verdict.of(*both, later)


def _one_of(*allowed: str, key: str = "said") -> Callable[[str, Value, datetime], tuple[Finding, ...]]:
    def check(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
        return (_choice(key, value, allowed),)

    return check


def _choice(key: str, value: Value, allowed: tuple[str, ...]) -> Finding:
    if value.get(key) not in allowed:
        return Finding.unknown(key, f"Choose one of: {', '.join(word.replace('_', ' ') for word in allowed)}.")
    return Finding.met(key)


def _number(key: str, number: Any) -> Finding:
    low, high = PLAUSIBLE[key]
    if isinstance(number, bool) or not isinstance(number, int | float):
        return Finding.unknown(key, "Enter the number that was read.")
    if not low <= number <= high:
        return Finding.unmet(key, f"{number:g} cannot be: {low:g} to {high:g} is possible. Read it again.")
    return Finding.met(key)


def _text(key: str, value: Value, sentence: str) -> Finding:
    return Finding.met(key) if str(value.get(key) or "").strip() else Finding.unknown(key, sentence)


def _past_day(key: str, value: Value, at: datetime, sentence: str) -> Finding:
    try:
        day = date.fromisoformat(str(value.get(key) or ""))
    except ValueError:
        return Finding.unknown(key, sentence)
    if day > (at + timedelta(hours=14)).astimezone(UTC).date():  # the farthest zone east is 14 h ahead
        return Finding.unmet(key, "This day has not come yet.")
    return Finding.met(key)


def _past_time(key: str, value: Value, at: datetime) -> Finding:
    try:
        moment = datetime.fromisoformat(str(value.get(key) or ""))
    except ValueError:
        return Finding.unknown(key, "Say when, with day and time.")
    if moment.tzinfo is None:
        return Finding.unknown(key, "The time has no zone.")
    if moment > at + SKEW:
        return Finding.unmet(key, "This time has not come yet.")
    if at - moment > LONGEST_FAST:
        return Finding.unmet(key, f"This is more than {LONGEST_FAST.days} days ago. Check the day.")
    return Finding.met(key)


def _identity(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    said = value.get("identifiers") or ()
    if len(set(said)) < 2 or not set(said) <= IDENTIFIERS:
        return (Finding.unknown("identifiers", "Two different identifiers are needed, said by the person and compared with the chart."),)
    return (Finding.met("identifiers"),)


def _substances(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    said = _choice("said", value, YES_NO)
    taken = value.get("taken") or ()
    if value.get("said") == "yes" and (not taken or not set(taken) <= set(SUBSTANCES)):
        return said, Finding.unknown("taken", "Say what was taken.")
    if value.get("said") == "no" and taken:
        return said, Finding.unmet("taken", "This says both nothing taken and something taken. Correct one of them.")
    return said, Finding.met("taken")


def _other_ketamine(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    said = _choice("said", value, YES_NO)
    if value.get("said") == "no" and any(value.get(key) for key in ("where", "last_on", "in_week", "in_review")):
        return said, Finding.unmet("where", "This says both none and some from elsewhere. Correct one of them.")
    if value.get("said") != "yes":
        return (said,)
    where = _text("where", value, "Say where it came from: another clinic, lozenges, Spravato, other.")
    if value.get("last_on") is None:
        return said, where, *_times(value)
    return said, where, _past_day("last_on", value, at, ""), *_times(value)


def _times(value: Value) -> tuple[Finding, ...]:
    """How often, where it was said: whole numbers that a person can have taken, and not more in a week than in eight."""
    told = {key: value[key] for key in ("in_week", "in_review") if value.get(key) is not None}
    bad = [key for key, times in told.items() if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= MOST_TIMES]
    if bad:
        return tuple(Finding.unmet(key, f"Say how often as a whole number, 0 to {MOST_TIMES}.") for key in bad)
    if len(told) == 2 and told["in_week"] > told["in_review"]:
        return (Finding.unmet("in_review", "This is fewer than in the last 7 days alone. Correct one of them."),)
    return tuple(Finding.met(key) for key in told)


def _pregnancy(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    organs = _choice("organs", value, YES_NO)
    if value.get("organs") != "yes":
        return (organs,)
    result = _choice("result", value, TESTS)
    if value.get("result") != "negative":
        return organs, result
    return organs, result, _past_day("tested_on", value, at, "Say on which day the test was made."), _choice("at_risk_since", value, YES_NO)


def _suicide(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    """Five answers, each one of the four words; "new or worse" is asked as soon as one is a yes."""
    five = tuple(_choice(key, value, SUICIDE_SAID) for key in WORDS)
    if "yes" in [value.get(key) for key in WORDS] and value.get("new_or_worse") not in (*YES_NO, None):
        return *five, _choice("new_or_worse", value, YES_NO)
    return five


def _assessment(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    return _choice("allows", value, YES_NO), _text("note", value, "Write what you found and what was agreed.")


def _escort(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    kind = _choice("kind", value, WAYS_HOME)
    named = Finding.met("adult_name")
    if value.get("kind") == "adult":
        named = _text("adult_name", value, "Write down the adult's name.")
    return kind, named


def _night(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    return (_text("name", value, "Write down who stays this night."),)


def _values_before(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    return tuple(_number(key, value.get(key)) for key in ("hr", "rr", "spo2"))


def _fasting(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    meal = _choice("meal", value, MEALS)
    when = _past_time("meal_at", value, at) if value.get("meal") in ("light", "fatty") else Finding.met("meal_at")
    return meal, when, _past_time("clear_fluid_at", value, at)


def _medicines(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    held = value.get("held")
    if not isinstance(held, Mapping):
        return (Finding.unknown("held", "Go through the list, one by one."),)
    wrong = [name for name, said in held.items() if said not in HELD]
    if wrong:
        return (Finding.unknown("held", f"Say whether it was held: {', '.join(wrong)}."),)
    return (Finding.met("held"),)


def _unchecked(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    if not value.get("names"):
        return (Finding.unknown("names", "There is no medicine to read."),)
    return (Finding.met("names"),)


def _airway(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    return (_text("user_id", value, "Choose who can manage an airway and is on site now."),)


def _looked_up(item: str, value: Value, at: datetime) -> tuple[Finding, ...]:
    return (_past_day("looked_up_on", value, at, "Say on which day it was looked up."),)


CHECKS: Mapping[str, Callable[[str, Value, datetime], tuple[Finding, ...]]] = {
    "identity": _identity,
    "allergies": _one_of(*YES_NO),
    "ketamine_allergy": _one_of(*YES_NO),
    "capacity": _one_of("shown", "not_shown"),
    "intoxication": _one_of(*YES_NO),
    "withdrawal": _one_of(*YES_NO),
    "substances": _substances,
    "other_ketamine": _other_ketamine,
    "pregnancy": _pregnancy,
    "suicide": _suicide,
    "suicide_assessment": _assessment,
    "escort": _escort,
    "night": _night,
    "values_before": _values_before,
    "fasting": _fasting,
    "medicines": _medicines,
    "unchecked_medicines": _unchecked,
    "prescription_monitoring": _looked_up,
    "iv_site": _one_of(*YES_NO),
    "airway_person": _airway,
    "both_roles": _one_of(*YES_NO),
}
"""Every item that is answered here, and what its answer must hold.  Pressure, weight, monitor and draw have deeds of their own."""

BY_A_PRESCRIBER = frozenset({"unchecked_medicines"})
"""Only a prescriber reads a medicine that no list knows (hazard H39)."""
BY_A_QUALIFIED_CLINICIAN = frozenset({"suicide_assessment"})
"""Only a licensed prescriber or therapist assesses after a new or worse answer (safety 3, 4, 18)."""
