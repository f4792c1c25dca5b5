"""The gate's questions about the body: pressure, breathing, weight, fasting and medicines."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts, SeatedPressure
from afterglow.pathway.session.rules.taking_over import taken_over
from afterglow.science.verdict import Finding
from afterglow.science.vitals.channels import number_text
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import Reading, mark_reading

LABEL = "Spravato label: blood pressure above 140/90 before a dose, weigh delaying; hard stop 180/110 and hold from 160/100 are judgement"
FASTING = "ASA practice guideline on preoperative fasting (Anesthesiology 2017;126:376): light meal 6 h, fatty meal 8 h, clear fluid 2 h"
NEEDED = 2


def about_the_body(facts: GateFacts, limits: SiteLimits) -> tuple[Finding, ...]:
    """All findings about the body."""
    return (
        *pressure(facts, limits),
        before_values(facts, limits),
        *taken_over("weight", facts.weight, "The weight has not been checked against the order. Weigh the person here, today."),
        fasting(facts, limits),
        held_medicines(facts),
        *taken_over("interactions", facts.interactions, "The medicines have not been run through the interaction list today."),
        unchecked_medicines(facts),
    )


def settled(pressures: tuple[SeatedPressure, ...]) -> tuple[float, float] | None:
    """The mean of the last two seated readings, (systolic, diastolic) in mmHg; None before there are two.  No reading is left out."""
    if len(pressures) < NEEDED:
        return None
    last = last_readings(pressures)
    return sum(reading.sbp for reading in last) / NEEDED, sum(reading.dbp for reading in last) / NEEDED


def last_readings(pressures: tuple[SeatedPressure, ...]) -> list[SeatedPressure]:
    """The readings that the mean is made of, in the order in which they were taken."""
    return sorted(pressures, key=lambda reading: reading.taken_at)[-NEEDED:]


def pressure(facts: GateFacts, limits: SiteLimits) -> tuple[Finding, ...]:
    """Two findings: the level of pressure, and whether it was measured again and again until it passed (hazard H15)."""
    return _pressure_level(facts, limits), _not_retried(facts.pressures, limits)


def _pressure_level(facts: GateFacts, limits: SiteLimits) -> Finding:
    mean = settled(facts.pressures)
    if mean is None:
        return Finding.unknown("pressure", "Two seated readings are needed. Take one after 5 minutes of rest.", source=LABEL, mark="J")
    last = last_readings(facts.pressures)
    fresh = timedelta(minutes=limits.at("start_pressure", "fresh_min"))
    if facts.at - last[0].taken_at > fresh:
        sentence = f"One of the last two pressures is older than {fresh // timedelta(minutes=1)} min. Take it again, seated."
        return Finding.unknown("pressure", sentence, source=LABEL, mark="J")
    sbp, dbp = last[-1].sbp, last[-1].dbp
    if sbp >= limits.at("start_pressure", "never_sbp_from") or dbp >= limits.at("start_pressure", "never_dbp_from"):
        sentence = f"{number_text(sbp)}/{number_text(dbp)} mmHg (the last reading) is at or above the pressure at which no dose is given."
        return Finding.unmet("pressure", sentence, source=LABEL, mark="J", lifted_by="nobody")
    return _judged(*mean, limits)


def _judged(sbp: float, dbp: float, limits: SiteLimits) -> Finding:
    def at(name: str) -> float:
        return limits.at("start_pressure", name)

    said = f"{number_text(sbp)}/{number_text(dbp)} mmHg (mean of the last two seated readings)"
    if sbp >= at("never_sbp_from") or dbp >= at("never_dbp_from"):
        bound = f"{number_text(at('never_sbp_from'))}/{number_text(at('never_dbp_from'))}"
        return Finding.unmet("pressure", f"{said} is at or above {bound}: no dose.", source=LABEL, mark="J", lifted_by="nobody")
    if sbp >= at("hold_sbp_from") or dbp >= at("hold_dbp_from"):
        bound = f"{number_text(at('hold_sbp_from'))}/{number_text(at('hold_dbp_from'))}"
        return Finding.unmet("pressure", f"{said} is at or above {bound}: hold.", source=LABEL, mark="J", lifted_by="two_signatures", who=TWO)
    if sbp < at("hold_sbp_below"):
        sentence = f"{said} is below {number_text(at('hold_sbp_below'))} systolic: hold."
        return Finding.unmet("pressure", sentence, source=LABEL, mark="J", lifted_by="two_signatures", who=TWO)
    if sbp > at("weigh_sbp_above") or dbp > at("weigh_dbp_above"):
        bound = f"{number_text(at('weigh_sbp_above'))}/{number_text(at('weigh_dbp_above'))}"
        return Finding.met("pressure", f"{said} is above {bound}: weigh whether to delay.", source=LABEL, mark="V")
    return Finding.met("pressure", f"{said}.", source=LABEL)


def _not_retried(pressures: tuple[SeatedPressure, ...], limits: SiteLimits) -> Finding:
    """A hold when any window of the site's length holds more readings than it allows."""
    most, window = int(limits.at("start_pressure", "most_readings")), timedelta(minutes=limits.at("start_pressure", "window_min"))
    times = sorted(reading.taken_at for reading in pressures)
    if any(later - first <= window for first, later in zip(times, times[most:], strict=False)):
        sentence = f"More than {most} pressures within {window // timedelta(minutes=1)} min: hold, and ask the prescriber. All readings are kept."
        return Finding.unmet("pressure_retries", sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met("pressure_retries")


def before_values(facts: GateFacts, limits: SiteLimits) -> Finding:
    """Heart rate, breathing and saturation before the dose: all three read, none past an act limit."""
    item = "values_before"
    values = {"hr": facts.heart_rate, "rr": facts.breathing_rate, "spo2": facts.saturation}
    reading = Reading(taken_at=facts.at, values={channel: value for channel, value in values.items() if value is not None})
    if any(reading.number(channel) is None for channel in values):
        return Finding.unknown(item, "Heart rate, breathing rate and saturation before the dose are needed, all three.", mark="J")
    acts = [mark.sentence for mark in mark_reading(reading, limits) if mark.level == "act"]
    if acts:
        return Finding.unmet(item, f"Before the dose: {' '.join(acts)}", mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met(item)


def fasting(facts: GateFacts, limits: SiteLimits) -> Finding:
    item, held = "fasting", facts.fasting
    if held is None or held.meal is None or held.clear_fluid_at is None or (held.meal != "none" and held.meal_at is None):
        return Finding.unknown(item, "Nobody asked when the last meal and the last drink were, and how fatty the meal was.", source=FASTING, mark="W")
    short = _too_short("clear fluid", held.clear_fluid_at, limits.at("fasting", "clear_fluid_h"), facts.at)
    if held.meal != "none" and held.meal_at is not None:
        short += _too_short(f"{held.meal} meal", held.meal_at, limits.at("fasting", f"{held.meal}_meal_h"), facts.at)
    if short:
        return Finding.unmet(item, f"Not fasted: {'; '.join(short)}.", source=FASTING, mark="W", lifted_by="two_signatures", who=TWO)
    return Finding.met(item, "Fasted.", source=FASTING)


def _too_short(what: str, when: datetime, hours: float, at: datetime) -> list[str]:
    """What was taken too recently, in words.  A time that has not come yet is too recent."""
    return [f"{what} less than {number_text(hours)} h ago"] if at - when < timedelta(hours=hours) else []


def held_medicines(facts: GateFacts) -> Finding:
    item, held = "held_medicines", facts.held_medicines
    if held is None:
        return Finding.unknown(item, "The medicines that the plan holds have not been gone through.")
    if unasked := [medicine.name for medicine in held if medicine.held is None]:
        return Finding.unknown(item, f"Not asked whether held: {', '.join(unasked)}.")
    if taken := [medicine.name for medicine in held if not medicine.held]:
        return Finding.unmet(item, f"To be held, but taken: {', '.join(taken)}.", mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met(item, "Held as planned." if held else "The plan holds no medicine.")


def unchecked_medicines(facts: GateFacts) -> Finding:
    """A medicine that no list knows is not a safe one: a prescriber reads it today (hazard H39)."""
    item = "unchecked_medicines"
    if not facts.unchecked_medicines:
        return Finding.met(item)
    names = ", ".join(facts.unchecked_medicines)
    if not facts.unchecked_read_by.strip():
        return Finding.unknown(item, f"Not checked, no match by name: {names}. A prescriber reads the list and says so.")
    return Finding.met(item, f"Not checked by list: {names}; read by {facts.unchecked_read_by}.")
