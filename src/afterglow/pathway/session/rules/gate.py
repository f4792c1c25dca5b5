"""May this session start?  Pure: everything the answer depends on is in `GateFacts` and the site's accepted limits.

Two classes (safety log, section 1): what nobody lifts, and what a reason and two signatures by different people lift.  A third kind is
neither: what is simply done first (a question asked, a read-back, a pump set again); no signature stands in for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from afterglow.pathway.session.rules.gate_after import about_the_days_after
from afterglow.pathway.session.rules.gate_body import about_the_body
from afterglow.pathway.session.rules.gate_facts import GateFacts
from afterglow.pathway.session.rules.gate_late import about_late_effects
from afterglow.pathway.session.rules.gate_order import about_the_order
from afterglow.pathway.session.rules.gate_person import about_the_person
from afterglow.pathway.session.rules.gate_place import about_the_place
from afterglow.pathway.session.rules.gate_scale import about_the_scale
from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.limits import SiteLimits

LEAST_REASON = 10
"""Characters of a reason: enough to refuse "ok" and "fine", no more."""
GOOD_FOR = timedelta(hours=4)
"""An override belongs to this visit: J, one clinic half-day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed an override: which person, whether licensed today, whether on this site's staff, whether a prescriber here."""

    staff_id: str
    name: str
    licensed: bool
    of_this_site: bool
    prescriber: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A reason and two signatures for one item.  `saw` is what they covered (`Finding.covers`): anything else needs new signatures."""

    item: str
    saw: str
    reason: str
    first: Signer
    second: Signer
    signed_at: datetime


def may_start(facts: GateFacts, limits: SiteLimits) -> Verdict:
    """Every item at once, each with its source and who may lift it; unknown is not met.

    `limits`: the site's accepted ones.  Where some are still open the caller hands in the proposed ones for the display and names the open
    ones in `facts.limits_open`, which blocks.  Raises LimitMissing for limits that are not whole.
    """
    return Verdict.of(
        *about_the_person(facts, limits),
        *about_the_body(facts, limits),
        *about_the_order(facts, limits),
        *about_the_place(facts),
        *about_the_scale(facts),
        *about_late_effects(facts),
        *about_the_days_after(facts),
    )


def lift(verdict: Verdict, overrides: Sequence[Override], *, at: datetime) -> Verdict:
    """The same verdict with the open items that valid overrides lift turned into met ones, saying by whom and why.

    An override of an item that nobody lifts, or that is simply to be done, changes nothing.  Where an override does not count, the item
    stays open and its sentence says why.
    """
    latest_first = sorted(overrides, key=lambda override: override.signed_at, reverse=True)
    return Verdict.of(*(_lifted(finding, [override for override in latest_first if override.item == finding.item], at) for finding in verdict))


def _lifted(finding: Finding, overrides: Sequence[Override], at: datetime) -> Finding:
    if not overrides or finding.is_met or finding.lifted_by != "two_signatures":
        return finding
    for override in overrides:
        if not why_it_does_not_count(override, finding, at=at):
            said = f"{finding.sentence} Lifted by {override.first.name} and {override.second.name}: {override.reason.strip()}"
            return replace(finding, state="met", sentence=said)
    wrong = why_it_does_not_count(overrides[0], finding, at=at)
    return replace(finding, sentence=f"{finding.sentence} The override does not count: {wrong}.")


def why_it_does_not_count(override: Override, finding: Finding, *, at: datetime) -> str:
    """In words what is wrong with this override for this finding; "" where it counts."""
    first, second = override.first, override.second
    if len(override.reason.strip()) < LEAST_REASON:
        return "it gives no reason"
    if first.staff_id == second.staff_id:
        return "both signatures are by the same person"
    if not (first.of_this_site and second.of_this_site):
        return "both must be of this site's staff"
    if not (first.licensed and second.licensed):
        return "both must be licensed"
    if not (first.prescriber or second.prescriber):
        return "one of the two must be a prescriber"
    if not timedelta(0) <= at - override.signed_at <= GOOD_FOR:
        return "it was not signed at this visit"
    if override.saw != finding.covers:
        return "the reason for the stop has changed since it was signed"
    return ""
