"""How much drug has gone in so far, exactly, from the times and rates of the pump (safety 15; hazard H7).

Used by the room and by the ledger, so both show the same number.  The pump's own display stays the witness: at the end its volume
is charted and reconciled with this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from afterglow.science.dosing.amounts import millilitres_text, positive
from afterglow.science.dosing.pump import SOURCE, TOLERANCE_PERCENT, Mixture, differs
from afterglow.science.verdict import Finding

MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_PER_HOUR = 3_600_000_000


class UnsortedSegments(ValueError):
    """Pump segments that overlap, run backwards, stay open before a later one, or have a negative rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stretch of pumping at one rate.  `ended_at` None: still running.  A pause is the time between two segments."""

    started_at: datetime
    ended_at: datetime | None
    rate_ul_per_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What has gone in: whole micrograms and microlitres, rounded down, and the time the pump ran.

    `ran_dry`: by rate and time more would have gone in than the syringe held; the amounts stop at what it held.
    """

    dose_ug: int
    volume_ul: int
    running: timedelta
    ran_dry: bool


def volume_given_ul(segments: Sequence[Segment], at: datetime) -> Fraction:
    """Microlitres by rate and time up to `at`, exact and not capped; segments after `at` count nothing.

    Raises UnsortedSegments.
    """
    checked(segments)
    return sum((Fraction(part.rate_ul_per_h * _microseconds(part, at), MICROSECONDS_PER_HOUR) for part in segments), Fraction(0))


def running_time(segments: Sequence[Segment], at: datetime) -> timedelta:
    """How long the pump has run up to `at`, pauses left out.  Raises UnsortedSegments."""
    checked(segments)
    return sum((_microseconds(part, at) * MICROSECOND for part in segments if part.rate_ul_per_h), timedelta())


def given_so_far(segments: Sequence[Segment], *, mixture: Mixture, at: datetime) -> Given:
    """What the person has received at `at`: never more than the syringe held.  Raises UnsortedSegments."""
    by_rate_ul = volume_given_ul(segments, at)
    volume_ul = min(by_rate_ul, Fraction(mixture.total_ul))
    return Given(
        dose_ug=int(volume_ul * mixture.ug_per_ul),
        volume_ul=int(volume_ul),
        running=running_time(segments, at),
        ran_dry=by_rate_ul > mixture.total_ul,
    )


def finishes_at(given: Given, *, mixture: Mixture, dose_ug: int, rate_ul_per_h: int, at: datetime) -> datetime | None:
    """When the rest of the dose will be in at this rate, to the second above; None when the pump stands still or the dose is in."""
    rest_ug = min(dose_ug, mixture.drug_ug) - given.dose_ug
    if rate_ul_per_h <= 0 or rest_ug <= 0:
        return None
    seconds = Fraction(rest_ug * 3600) / (mixture.ug_per_ul * rate_ul_per_h)
    return at + timedelta(seconds=-(-seconds // 1))


def running_agrees(given: Given, *, dose_ug: int, over_min: int) -> Finding:
    """While it runs: what has gone in is what the order means to have gone in after this much pumping, within 5%."""
    item = "pump.running"
    planned = timedelta(minutes=positive("the minutes", over_min))
    share = min(Fraction(given.running // MICROSECOND, planned // MICROSECOND), Fraction(1))
    meant_ug = share * dose_ug
    if given.ran_dry:
        return Finding.unmet(item, "By rate and time the pump has emptied the syringe. Look at the pump and the line.", source=SOURCE, mark="J")
    if differs(given.dose_ug, meant_ug) and abs(given.dose_ug - meant_ug) > 1:  # rounding down to 1 ug is no difference
        sentence = f"The pump is more than {TOLERANCE_PERCENT}% away from the ordered rate. Look at the pump, then chart the rate that runs."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J")
    return Finding.met(item, "The pump runs at the ordered rate.", source=SOURCE, mark="J")


def pump_volume_agrees(given: Given, *, charted_ul: int | None) -> Finding:
    """At the end: the volume the pump shows is the volume by rate and time, within 5%."""
    item = "pump.final_volume"
    if charted_ul is None or charted_ul < 0:
        return Finding.unknown(item, "The pump's final volume is not charted. Read it from the pump.", source=SOURCE, mark="J")
    said = f"The pump shows {millilitres_text(charted_ul)}; by rate and time it is {millilitres_text(given.volume_ul)}"
    if differs(charted_ul, given.volume_ul):
        return Finding.unmet(item, f"{said}. Find out which is right, and chart why.", source=SOURCE, mark="J")
    return Finding.met(item, f"{said}.", source=SOURCE, mark="J")


def checked(segments: Sequence[Segment]) -> None:
    """Raises UnsortedSegments unless the segments are in order, apart, forward and at rates of zero or more."""
    for part in segments:
        if part.rate_ul_per_h < 0:
            raise UnsortedSegments(f"A rate of {part.rate_ul_per_h} ul/h is negative.")
        if part.ended_at is not None and part.ended_at < part.started_at:
            raise UnsortedSegments("A segment ends before it starts.")
    for before, after in pairwise(segments):
        if before.ended_at is None or before.ended_at > after.started_at:
            raise UnsortedSegments("Two segments overlap, or an earlier one is still open.")


def _microseconds(part: Segment, at: datetime) -> int:
    until = at if part.ended_at is None else min(part.ended_at, at)
    return max(0, (until - part.started_at) // MICROSECOND)
