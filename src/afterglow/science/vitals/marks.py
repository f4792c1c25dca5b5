"""Marks on one reading: what lies outside the site's limits, what a zero means, what cannot be trusted.

A record, not an alarm: nothing sounds, nothing is held back, nothing is averaged away.  The meaning of a zero, of a probe that disagrees
and of an outlying cuff is that of safety log H11 and H12.  One mark never removes another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.science.vitals.channels import CHANNELS, is_nothing, is_possible, number_text
from afterglow.science.vitals.devices import BY_HAND, DeviceProfile
from afterglow.science.vitals.limits import SiteLimits

Level = Literal["none", "notify", "act"]
Urgency = Literal["high", "medium", "low"]
RANK: Mapping[Level, int] = {"act": 0, "notify": 1, "none": 2}
LOOK = "Look at the person now and call the prescriber."
NO_SIGNAL = "no_signal"
BREATHING = frozenset({"rr", "etco2", "etco2_fraction"})
"""Channels whose zero means that no breath is seen: a breathing rate of 0, a flat CO2 trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing to notice.  `sentence`: what was read and against which limit; `says`: what to do now; `channel` is "" for the whole person.

    `urgency` is kept for the order on the page (and for the alarm module): high for breathing, saturation, alertness and no signal.
    """

    code: str
    level: Level
    channel: str
    sentence: str
    says: str = ""
    urgency: Urgency = "low"

    @property
    def needs_a_look(self) -> bool:
        """True when only a person who charts what they saw may clear it."""
        return self.code == NO_SIGNAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One message as stored: `values` holds each channel that was sent, raw, in the channel's own unit; an absent channel was not read."""

    taken_at: datetime
    values: Mapping[str, float]

    def number(self, channel: str) -> float | None:
        """The channel's number when it was read, is no zero and is possible; else None."""
        value = self.values.get(channel)
        if value is None or is_nothing(channel, value) or not is_possible(channel, value):
            return None
        return value

    @property
    def silent(self) -> frozenset[str]:
        """Channels that were sent as zero."""
        return frozenset(channel for channel, value in self.values.items() if is_nothing(channel, value))


def mark_reading(
    reading: Reading,
    limits: SiteLimits,
    previous: Reading | None = None,
    baseline: Mapping[str, float] | None = None,
    profile: DeviceProfile = BY_HAND,
) -> tuple[Mark, ...]:
    """Every mark of one reading, what needs action first.

    `previous`: the person's latest earlier reading that holds a cuff pressure; `baseline`: the person's own values before the dose
    (`spo2`, `sbp`, `etco2`), a channel left out is unknown and takes no part.
    """
    before = baseline or {}
    found = [
        *_zeros(reading, profile),
        *_implausible(reading),
        *_ranges(reading, limits),
        *_saturation(reading, limits, before),
        *_breathing(reading, limits, before),
        *_sedation(reading, limits),
        *_disagreement(reading, limits),
        *_cuff(reading, limits, previous, before),
    ]
    return tuple(sorted(found, key=lambda mark: RANK[mark.level]))


def _zeros(reading: Reading, profile: DeviceProfile) -> Iterator[Mark]:
    """One silent channel beside a live one asks for the sensor; no breath, or two silent together, asks for the person."""
    silent = reading.silent
    if not silent:
        return
    names = ", ".join(channel.title.lower() for code, channel in CHANNELS.items() if code in silent)
    live = any(reading.number(channel) is not None for channel in reading.values if not CHANNELS[channel].zero_is_a_score)
    if silent & BREATHING:
        said = "The capnograph sees no breath" if profile.capnograph else "No breathing is read"
        yield Mark(
            code=NO_SIGNAL, level="act", channel="", sentence=f"{said} (silent: {names}).", says="No signal: check the person now.", urgency="high"
        )
    elif _silent_sources(reading, profile) >= 2 or not live:
        yield Mark(
            code=NO_SIGNAL, level="act", channel="", sentence=f"Silent together: {names}.", says="No signal: check the person now.", urgency="high"
        )
    else:
        for channel in sorted(silent):
            sentence = f"{CHANNELS[channel].title} gives nothing."
            yield Mark(
                code="sensor", level="notify", channel=channel, sentence=sentence, says="Check the sensor, look at the patient.", urgency="medium"
            )


def _silent_sources(reading: Reading, profile: DeviceProfile) -> int:
    """How many things are silent: channels, or whole probes where the profile says so and heart rate and breathing are both live."""
    left = set(reading.silent)
    if reading.number("hr") is None or reading.number("rr") is None:
        return len(left)
    probes = 0
    for probe in profile.shared_probes:
        if left & probe:
            left -= probe
            probes += 1
    return probes + len(left)


def _implausible(reading: Reading) -> Iterator[Mark]:
    for channel, value in reading.values.items():
        if not is_nothing(channel, value) and not is_possible(channel, value):
            sentence = f"{CHANNELS[channel].title} {number_text(value)} {CHANNELS[channel].unit} is not a number a body gives; it is kept as sent."
            yield Mark(
                code="implausible",
                level="notify",
                channel=channel,
                sentence=sentence,
                says="Check the sensor, look at the patient.",
                urgency="medium",
            )


def _out(channel: str, value: float, side: str, level: Level, bound: float, *, urgency: Urgency) -> Mark:
    word = {"below": "is below", "above": "is above", "from": "is at or above"}[side]
    sentence = f"{CHANNELS[channel].title} {number_text(value)} {CHANNELS[channel].unit} {word} {number_text(bound)} ({level})."
    says = LOOK if level == "act" else "Look at the person; read again soon."
    return Mark(code="low" if side == "below" else "high", level=level, channel=channel, sentence=sentence, says=says, urgency=urgency)


def _ranges(reading: Reading, limits: SiteLimits) -> Iterator[Mark]:
    """The channels with a plain low and high limit; the pulse is held to the heart rate's."""
    for channel, limit in (("sbp", "sbp"), ("dbp", "dbp"), ("hr", "hr"), ("pulse", "hr"), ("spo2", "spo2"), ("rr", "rr"), ("etco2", "etco2")):
        value = reading.number(channel)
        if value is None:
            continue
        act: Urgency = "high" if channel in ("spo2", "rr") else "medium"
        bounds = limits.values.get(limit, {})
        if "act_below" in bounds and value < bounds["act_below"]:
            yield _out(channel, value, "below", "act", bounds["act_below"], urgency=act)
        elif "act_from" in bounds and value >= bounds["act_from"]:
            yield _out(channel, value, "from", "act", bounds["act_from"], urgency=act)
        elif "act_above" in bounds and value > bounds["act_above"]:
            yield _out(channel, value, "above", "act", bounds["act_above"], urgency=act)
        elif "notify_below" in bounds and value < bounds["notify_below"]:
            yield _out(channel, value, "below", "notify", bounds["notify_below"], urgency="low")
        elif "notify_above" in bounds and value > bounds["notify_above"]:
            yield _out(channel, value, "above", "notify", bounds["notify_above"], urgency="low")


def _saturation(reading: Reading, limits: SiteLimits, baseline: Mapping[str, float]) -> Iterator[Mark]:
    """A fall from the person's own saturation; a person whose own value is low has a site value of its own."""
    value, own = reading.number("spo2"), baseline.get("spo2")
    if value is None or own is None:
        return
    low = own < limits.at("spo2", "low_baseline_below")
    fall = limits.at("spo2", "act_drop_from_low_baseline" if low else "act_drop_from")
    if own - value >= fall:
        sentence = f"Oxygen saturation {number_text(value)} % is {number_text(own - value)} below this person's own {number_text(own)} (act)."
        yield Mark(code="fall", level="act", channel="spo2", sentence=sentence, says=LOOK, urgency="high")


def _breathing(reading: Reading, limits: SiteLimits, baseline: Mapping[str, float]) -> Iterator[Mark]:
    pause = reading.number("no_breath")
    if pause is not None and pause >= limits.at("rr", "no_breath_from_s"):
        sentence = f"No breath for {number_text(pause)} s (act)."
        yield Mark(code="no_breath", level="act", channel="no_breath", sentence=sentence, says="Check the person now.", urgency="high")
    gas, own = reading.number("etco2"), baseline.get("etco2")
    if gas is not None and own is not None and gas - own >= limits.at("etco2", "notify_rise_from"):
        sentence = f"End-tidal CO2 {number_text(gas)} mmHg is {number_text(gas - own)} above this person's own {number_text(own)} (notify)."
        yield Mark(code="rise", level="notify", channel="etco2", sentence=sentence, says="Look at the person; read again soon.")


def _sedation(reading: Reading, limits: SiteLimits) -> Iterator[Mark]:
    """The tiers of the MOAA/S: 5 awake, 4 drowsy (charted), 3 notify, 2 stop and call, 1 and 0 emergency."""
    score = reading.number("moaas")
    if score is None or score > limits.at("moaas", "chart_at"):
        return
    said = f"Alertness (MOAA/S) is {number_text(score)}"
    if score <= limits.at("moaas", "emergency_up_to"):
        yield Mark(
            code="emergency", level="act", channel="moaas", sentence=f"{said}: emergency.", says="Stop dosing. Emergency: call now.", urgency="high"
        )
    elif score <= limits.at("moaas", "act_at"):
        yield Mark(
            code="stop_and_call", level="act", channel="moaas", sentence=f"{said}.", says="Stop dosing. Prescriber to the bedside.", urgency="high"
        )
    elif score <= limits.at("moaas", "notify_at"):
        yield Mark(
            code="notify",
            level="notify",
            channel="moaas",
            sentence=f"{said}.",
            says="Tell the prescriber and stay with the person.",
            urgency="medium",
        )
    else:
        yield Mark(code="drowsy", level="none", channel="moaas", sentence=f"{said}: drowsy.")


def _disagreement(reading: Reading, limits: SiteLimits) -> Iterator[Mark]:
    """Two rates that should be one.  It says which number to doubt and mutes none."""
    pulse, heart = reading.number("pulse"), reading.number("hr")
    if pulse is not None and heart is not None and abs(pulse - heart) >= limits.at("pulse_hr_gap", "notify_from"):
        sentence = f"Pulse and heart rate disagree by {number_text(abs(pulse - heart))}."
        yield Mark(code="disagree", level="notify", channel="pulse", sentence=sentence, says="Check probe and patient.", urgency="medium")


def _cuff(reading: Reading, limits: SiteLimits, previous: Reading | None, baseline: Mapping[str, float]) -> Iterator[Mark]:
    systolic, diastolic, mean = (reading.number(channel) for channel in ("sbp", "dbp", "map"))
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        sentence = f"The cuff gave {number_text(systolic)}/{number_text(diastolic)}: the lower pressure is not below the upper."
        yield Mark(code="implausible", level="notify", channel="dbp", sentence=sentence, says="Repeat the cuff; feel the pulse.", urgency="medium")
    if systolic is None and mean is not None:
        sentence = f"The cuff gave a mean of {number_text(mean)} mmHg and no systolic pressure."
        yield Mark(
            code="cuff_incomplete", level="notify", channel="map", sentence=sentence, says="Repeat the cuff; look at the person.", urgency="medium"
        )
    if _acts(reading, limits):
        yield _repeat(reading, limits, previous)
    own = baseline.get("sbp")
    if systolic is not None and own is not None and own > 0:
        rise = 100 * (systolic - own) / own
        if rise >= limits.at("sbp_trend", "rise_from_percent"):
            yield Mark(code="trend", level="none", channel="sbp", sentence=f"Systolic pressure is {number_text(rise)} % above this person's own.")


def _acts(reading: Reading, limits: SiteLimits) -> frozenset[tuple[str, str]]:
    """Which act limits the cuff is past, as (side, channel)."""
    cuff = {channel: value for channel, value in reading.values.items() if channel in ("sbp", "dbp")}
    found = _ranges(Reading(taken_at=reading.taken_at, values=cuff), limits)
    return frozenset((mark.code, mark.channel) for mark in found if mark.level == "act")


def _repeat(reading: Reading, limits: SiteLimits, previous: Reading | None) -> Mark:
    """An outlying cuff asks for a second one soon; it is marked at once either way, and an extreme one waits for nothing."""
    systolic, diastolic = reading.number("sbp"), reading.number("dbp")
    extreme = (
        systolic is not None and not limits.at("cuff_repeat", "never_wait_sbp_below") <= systolic < limits.at("cuff_repeat", "never_wait_sbp_from")
    ) or (diastolic is not None and diastolic >= limits.at("cuff_repeat", "never_wait_dbp_from"))
    if extreme:
        return Mark(
            code="cuff_extreme", level="act", channel="sbp", sentence="This pressure waits for no second reading.", says=LOOK, urgency="medium"
        )
    within = limits.at("cuff_repeat", "within_s")
    soon = previous is not None and reading.taken_at - previous.taken_at <= timedelta(seconds=within)
    if previous is not None and soon and _acts(previous, limits) & _acts(reading, limits):
        return Mark(code="cuff_confirmed", level="act", channel="sbp", sentence="A second cuff reading says the same.", says=LOOK, urgency="medium")
    return Mark(
        code="repeat_cuff", level="notify", channel="sbp", sentence="One outlying pressure.", says=f"Repeat the cuff within {number_text(within)} s."
    )


EMERGENCY_SIGNS: Mapping[str, str] = {
    "chest_pain": "Chest pain",
    "focal_deficit": "Face, arm, speech or vision suddenly different",
    "severe_headache": "Sudden severe headache",
    "seizure": "Seizure",
    "stridor": "Noisy or blocked breathing (stridor, laryngospasm)",
    "no_pulse": "No pulse felt",
}
"""What is an emergency whatever the numbers say (safety log H58).  No site limit changes it."""


def mark_sign(code: str) -> Mark:
    """The mark of an emergency sign that a person saw.  Raises KeyError for a sign that is not in `EMERGENCY_SIGNS`."""
    return Mark(
        code="emergency", level="act", channel="", sentence=f"{EMERGENCY_SIGNS[code]}.", says="Stop dosing. Emergency: call now.", urgency="high"
    )
