"""May this person go home?  Pure.  Every item at once; numbers fill themselves only while fresh, the rest needs a person's tap.

The two other ways out, "transferred" and "left against advice", are never refused: `still_to_record` only says what is missing in the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.pathway.session.rules.discharge_facts import TAPS, Aldrete, DischargeFacts, Handover, Pressure, TapItem
from afterglow.pathway.session.rules.staffing import somebody_stays
from afterglow.pathway.session.rules.suicide import may_go_home
from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.channels import number_text
from afterglow.science.vitals.limits import SiteLimits

MINIMUM = {
    "iv": "iv_after_end_min",
    "im": "im_sc_after_last_min",
    "sc": "im_sc_after_last_min",
    "sl": "sl_oral_after_min",
    "oral": "sl_oral_after_min",
    "nasal": "nasal_after_last_min",
    "long_infusion": "long_infusion_after_end_min",
}
STABLE_WITHIN_MMHG = 10
"""Two cuffs this close are the same pressure: J, the usual error of a cuff (ISO 81060-2 allows a deviation of 8 mmHg)."""


def may_leave(facts: DischargeFacts, limits: SiteLimits) -> Verdict:
    """May the person be discharged home now?"""
    return Verdict.of(
        time_is_up(facts, limits),
        pressure_in_range(facts, limits),
        pressure_near_own(facts, limits),
        heart_rate(facts, limits),
        saturation(facts, limits),
        alertness(facts, limits),
        recovery_score(facts, limits),
        *(tap(item, facts, limits) for item in TAPS),
        may_go_home(facts.suicide, dose_ended_at=facts.dose_ended_at, today=facts.today, at=facts.at),
        somebody_stays(facts.night_reasons, facts.night_person),
        handed_over(facts),
        marks_answered(facts),
    )


def earliest(facts: DischargeFacts, limits: SiteLimits) -> tuple[datetime | None, str]:
    """The earliest time by the clock alone, and why; None while the dose has not ended.  It counts from the end, never from the start."""
    if facts.dose_ended_at is None:
        return None, "The dose has not ended."
    minutes = max(limits.at("leave_time", MINIMUM[facts.route]), facts.plan_minimum_min or 0)
    until, why = facts.dose_ended_at + timedelta(minutes=minutes), f"{number_text(minutes)} min after the end of the dose"
    again = limits.at("leave_time", "rescue_min")
    for rescue in facts.rescues:
        if rescue.given_at + timedelta(minutes=again) > until:
            until, why = rescue.given_at + timedelta(minutes=again), f"{number_text(again)} min after {rescue.name}"
    return until, why


def time_is_up(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    until, why = earliest(facts, limits)
    if until is None:
        return Finding.unknown("time", why, mark="J")
    if facts.at < until:
        left = -(-(until - facts.at) // timedelta(minutes=1))
        return Finding.unmet("time", f"{left} min to go: {why}.", mark="J")
    return Finding.met("time", f"Over: {why}.")


def pressure_pair(facts: DischargeFacts, limits: SiteLimits) -> tuple[Pressure, ...] | None:
    """The readings that decide: the last one, the one at least so many minutes before it, and all between; None where there is no such pair."""
    last_drug = facts.last_drug_at
    if last_drug is None:
        return None
    after = sorted((each for each in facts.pressures if last_drug <= each.taken_at <= facts.at), key=lambda each: each.taken_at)
    if not after or not facts.is_fresh(after[-1].taken_at, limits.at("leave_values", "fresh_min")):
        return None
    apart = timedelta(minutes=limits.at("leave_pressure", "apart_min"))
    starts = [index for index, each in enumerate(after) if after[-1].taken_at - each.taken_at >= apart]
    return tuple(after[starts[-1] :]) if starts else None


def pressure_in_range(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """In range at every one of the deciding readings, and falling or stable between the first and the last of them."""
    item = "pressure"
    pair = pressure_pair(facts, limits)
    if pair is None:
        apart, fresh = limits.at("leave_pressure", "apart_min"), limits.at("leave_values", "fresh_min")
        sentence = f"Two pressures after the last drug are needed, {number_text(apart)} min apart, the last at most {number_text(fresh)} min old."
        return Finding.unknown(item, sentence, mark="J")
    low, high, top = (limits.at("leave_pressure", name) for name in ("sbp_at_least", "sbp_at_most", "dbp_at_most"))
    said = ", ".join(f"{number_text(each.sbp)}/{number_text(each.dbp)}" for each in pair)
    if any(not low <= each.sbp <= high or each.dbp > top for each in pair):
        sentence = f"{said}: systolic must be {number_text(low)} to {number_text(high)}, diastolic at most {number_text(top)}."
        return Finding.unmet(item, sentence, mark="J")
    if pair[-1].sbp > pair[0].sbp + STABLE_WITHIN_MMHG:
        return Finding.unmet(item, f"{said}: still rising.", mark="J")
    return Finding.met(item, f"{said}: in range, falling or stable.")


def pressure_near_own(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """Within a share of the person's own systolic pressure before the dose, or a prescriber signs that it is enough."""
    item, pair = "pressure_near_own", pressure_pair(facts, limits)
    if pair is None:
        return Finding.unknown(item, "There is no fresh pressure to compare with the person's own.", mark="J")
    share, last = limits.at("leave_pressure", "within_percent"), pair[-1].sbp
    if facts.baseline is not None and abs(last - facts.baseline.sbp) * 100 <= share * facts.baseline.sbp:
        return Finding.met(item, f"{number_text(last)} is within {number_text(share)} % of {number_text(facts.baseline.sbp)}.")
    if facts.pressure_signed_by.strip():
        return Finding.met(item, f"{number_text(last)} systolic: {facts.pressure_signed_by} signed that it is enough.")
    if facts.baseline is None:
        return Finding.unknown(item, "No pressure before the dose is known. A prescriber signs.", mark="J", who="the prescriber")
    sentence = f"{number_text(last)} is not within {number_text(share)} % of {number_text(facts.baseline.sbp)}. Wait, or a prescriber signs."
    return Finding.unmet(item, sentence, mark="J", who="the prescriber")


def heart_rate(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """Where nobody would have to be told of it, or as far from there as the person's own before the dose, which never reaches where somebody acts."""
    item, held = "heart_rate", facts.heart_rate
    if held is None or not facts.is_fresh(held.taken_at, limits.at("leave_values", "fresh_min")):
        fresh = number_text(limits.at("leave_values", "fresh_min"))
        return Finding.unknown(item, f"A heart rate after the last drug, at most {fresh} min old, is needed.", mark="J")
    low, high = limits.at("hr", "notify_below"), limits.at("hr", "notify_above")
    if facts.baseline_heart_rate is not None:
        low = min(low, max(facts.baseline_heart_rate, limits.at("hr", "act_below")))
        high = max(high, min(facts.baseline_heart_rate, limits.at("hr", "act_above")))
    if not low <= held.value <= high:
        sentence = (
            f"{number_text(held.value)} /min: it must be {number_text(low)} to {number_text(high)}. Wait and take it again, or ask the prescriber."
        )
        return Finding.unmet(item, sentence, mark="J")
    return Finding.met(item, f"{number_text(held.value)} /min.")


def saturation(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """On air, at the site's least or the person's own."""
    item, held = "saturation", facts.saturation
    if held is None or not facts.is_fresh(held.taken_at, limits.at("leave_values", "fresh_min")):
        fresh = number_text(limits.at("leave_values", "fresh_min"))
        return Finding.unknown(item, f"A saturation after the last drug, at most {fresh} min old, is needed.", mark="J")
    if facts.on_oxygen is None:
        return Finding.unknown(item, "Nobody recorded whether the person is on oxygen.", mark="J")
    if facts.on_oxygen:
        return Finding.unmet(item, "On oxygen. The saturation counts on air only.", mark="J")
    least = limits.at("leave_values", "spo2_at_least")
    if facts.baseline_saturation is not None:
        least = min(least, facts.baseline_saturation)
    if held.value < least:
        return Finding.unmet(item, f"{number_text(held.value)} % is below {number_text(least)}.", mark="J")
    return Finding.met(item, f"{number_text(held.value)} % on air.")


def alertness(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    item, held = "alertness", facts.alertness
    if held is None or not facts.is_fresh(held.taken_at, limits.at("leave_values", "fresh_min")):
        fresh = number_text(limits.at("leave_values", "fresh_min"))
        return Finding.unknown(item, f"An alertness score (MOAA/S) after the last drug, at most {fresh} min old, is needed.", mark="J")
    if held.value < limits.at("leave_values", "moaas_at_least"):
        return Finding.unmet(item, f"MOAA/S {number_text(held.value)}: not fully awake.", mark="J")
    return Finding.met(item, f"MOAA/S {number_text(held.value)}.")


def recovery_score(facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """The total alone never passes: breathing, consciousness and saturation must each be full (nine can be reached on oxygen)."""
    item, held = "aldrete", facts.aldrete
    if held is None or not facts.is_fresh(held.at, limits.at("leave_values", "tap_fresh_min")):
        return Finding.unknown(item, "A modified Aldrete score after the last drug is needed.", mark="W")
    parts = _parts(held)
    if any(part is None or part not in (0, 1, 2) for part in parts.values()):
        return Finding.unknown(item, "The modified Aldrete score has an item without 0, 1 or 2.", mark="W")
    total = sum(part for part in parts.values() if part is not None)
    short = [name for name in ("respiration", "consciousness") if parts[name] != 2]
    if parts["saturation"] != 2 and not held.saturation_is_own:
        short.append("saturation")
    if short:
        return Finding.unmet(item, f"Modified Aldrete {total}, but {' and '.join(short)} not full.", mark="W")
    if total < limits.at("aldrete", "total_at_least"):
        return Finding.unmet(item, f"Modified Aldrete {total}.", mark="W")
    return Finding.met(item, f"Modified Aldrete {total}.")


def _parts(held: Aldrete) -> dict[str, int | None]:
    return {
        "activity": held.activity,
        "respiration": held.respiration,
        "circulation": held.circulation,
        "consciousness": held.consciousness,
        "saturation": held.saturation,
    }


def tap(item: TapItem, facts: DischargeFacts, limits: SiteLimits) -> Finding:
    """One item that a person at the bedside answers."""
    held = facts.taps.get(item)
    if held is None or not facts.is_fresh(held.at, limits.at("leave_values", "tap_fresh_min")):
        return Finding.unknown(item, f"{TAPS[item]}: nobody has said so since the last drug.", mark="J")
    if not held.ok:
        return Finding.unmet(item, f"{TAPS[item]}: no ({held.by}).", mark="J")
    return Finding.met(item, f"{TAPS[item]}: {held.by}.")


def handed_over(facts: DischargeFacts) -> Finding:
    """The person is handed to a named adult who is there and has the keys, or goes the documented other way (hazard H21)."""
    held = facts.handover
    if held is None or facts.dose_ended_at is None or not facts.dose_ended_at <= held.at <= facts.at:
        return Finding.unknown("escort", "Nobody has handed the person over since the dose.", mark="J")
    if wrong := _not_handed(held):
        return Finding.unmet("escort", wrong, mark="J")
    return Finding.met("escort", f"Handed over to {held.to_name} by {held.by}.")


def _not_handed(held: Handover) -> str:
    if not held.to_name.strip():
        return "The person who takes over has no name."
    if held.kind != "adult":
        return "" if held.documented else "The other arrangement is not documented."
    if not held.adult_present:
        return f"{held.to_name} is not here yet."
    if held.has_the_keys is None:
        return "Ask who drives and who has the keys."
    return "" if held.has_the_keys else f"{held.to_name} does not have the keys."


def marks_answered(facts: DischargeFacts) -> Finding:
    """No mark that asks for action is left without an answer."""
    waiting = [raised.mark.sentence for raised in facts.standing if raised.mark.level == "act"]
    if waiting:
        return Finding.unmet("marks", f"Not answered yet: {' '.join(waiting)}")
    return Finding.met("marks")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRecord:
    """What is written down when somebody leaves another way.  `last_state`: last values and how the person was, or why they are not known."""

    kind: Literal["transferred", "left_against_advice"]
    last_state: str = ""
    pump_stopped_at: datetime | None = None
    drug_was_running: bool = False
    to_where: str = ""
    handed_to: str = ""
    flag_owner: str = ""
    called: tuple[str, ...] = ()
    warned: bool | None = None


def still_to_record(record: ExitRecord) -> tuple[Finding, ...]:
    """What the record of this exit still lacks.  It never keeps anybody: the exit stands, the missing lines become somebody's task (hazard H54)."""
    asked = [("last_state", bool(record.last_state.strip()), "How the person was at the last look, or why nobody knows.")]
    if record.drug_was_running:
        asked.append(("pump_stopped", record.pump_stopped_at is not None, "When the pump was stopped."))
    if record.kind == "transferred":
        asked.append(("to_where", bool(record.to_where.strip()), "Where the ambulance took the person."))
        asked.append(("handed_to", bool(record.handed_to.strip()), "Who took the person over."))
    else:
        asked.append(("flag_owner", bool(record.flag_owner.strip()), "Who owns the flag and calls the person."))
        asked.append(("called", bool(record.called), "Who was called: the person, the escort, the emergency contact."))
        asked.append(("warned", record.warned is not None, "Whether the person was told about driving and about staying alone."))
    return tuple(Finding.unknown(item, sentence) for item, done, sentence in asked if not done)
