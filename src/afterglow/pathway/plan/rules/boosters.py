"""One more infusion after a finished course: may it be allowed, and may it be on that day?  Pure (S63; safety 38; hazard H42).

A booster carries the next number after the infusions of the course.  Each is signed on its own; no dose lies beyond what was signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from afterglow.pathway.plan.rules.orders import (
    NEVER,
    ConsentState,
    Credential,
    PlanState,
    consent_is_in_force,
    credentials_in_date,
    plan_is_in_force,
)
from afterglow.science.dosing.interval import EarlierDose, intervals, since_last
from afterglow.science.dosing.limits import IntervalRules
from afterglow.science.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterRow:
    """A booster that a prescriber allowed, and the names under it.  `number` counts boosters from 1."""

    dose_no: int
    number: int
    earliest_on: date
    reason: str
    at: datetime
    signed_by: str
    second_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterFacts:
    """What allowing one more booster rests on.  None: nobody looked, or nobody asked.

    `reviewed`: a signed review ended the course and moved the person to aftercare.  `boosters`, `boosters_given`: allowed so far, and started.
    `earliest_on` begins at `starts_at` (aware) where the site is.  `earlier`: every dose known, those from elsewhere included.
    `late_effects`: what each harm that comes late says to one more dose.
    """

    plan: PlanState | None
    consent: ConsentState | None
    credentials: Sequence[Credential] | None
    site_state: str
    today: date
    reviewed: bool | None
    boosters: int
    boosters_given: int | None
    earliest_on: date
    starts_at: datetime
    earlier: Sequence[EarlierDose] | None
    asked_elsewhere: bool | None
    late_effects: Verdict | None


def limit_for(dose_no: int, *, infusions: int, allowed: int, boosters: int) -> int:
    """Up to which number doses are allowed, seen from `dose_no`: in the course as far as the reviews let it, past it only signed boosters."""
    return allowed if dose_no <= infusions else infusions + boosters


def may_allow_booster(facts: BoosterFacts, rules: IntervalRules) -> Verdict:
    """Every open item at once: plan, consent, credentials, the review, one at a time, the day, and the protocol's intervals for a booster."""
    return Verdict.of(
        plan_is_in_force(facts.plan),
        consent_is_in_force(facts.consent),
        *credentials_in_date(facts.credentials, site_state=facts.site_state, today=facts.today),
        _course_is_over(facts),
        _one_at_a_time(facts),
        _day_is_ahead(facts),
        *intervals(at=facts.starts_at, earlier=facts.earlier, asked_elsewhere=facts.asked_elsewhere, booster=True, rules=rules),
        *_late_effects(facts.late_effects),
    )


def _late_effects(found: Verdict | None) -> Verdict:
    if found is None:
        return Verdict.of(Finding.unknown("late_effects", "Harm that comes late was not looked for.", lifted_by="nobody"))
    return found


def may_place_booster(*, on: date, starts_at: datetime, earliest_on: date, around: Sequence[EarlierDose], rules: IntervalRules) -> Verdict:
    """May the drug start at `starts_at`, on that day of the site?  `around`: doses given, and those that stand in the calendar."""
    item = "booster.day"
    early = on < earliest_on
    day = Finding.unmet(item, f"It is allowed from {earliest_on:%d %b %Y} on.", lifted_by="nobody") if early else Finding.met(item)
    return Verdict.of(day, since_last(starts_at, around, rules))


def infusions_are_kept(fixed: int | None, content: Mapping[str, Any]) -> Finding:
    """Boosters are numbered after the infusions of their course; that number stands once one is allowed."""
    item = "plan.boosters"
    if fixed is not None and content["course"]["infusions"] != fixed:
        sentence = (
            f"A booster follows the {fixed} infusions of this course, so their number stays. End the plan and make a new one for another course."
        )
        return Finding.unmet(item, sentence, source=NEVER, lifted_by="nobody")
    return Finding.met(item)


def _course_is_over(facts: BoosterFacts) -> Finding:
    item = "booster.review"
    if facts.reviewed is None:
        return Finding.unknown(item, "Nobody has looked for a review that ended the course.", lifted_by="nobody")
    if not facts.reviewed:
        return Finding.unmet(item, "No signed review has ended the course with aftercare. Review first.", source=NEVER, mark="J", lifted_by="nobody")
    return Finding.met(item, "A signed review ended the course with aftercare.")


def _one_at_a_time(facts: BoosterFacts) -> Finding:
    item = "booster.one"
    if facts.boosters_given is None:
        return Finding.unknown(item, "How many boosters were given is not known.", lifted_by="nobody")
    if facts.boosters_given < facts.boosters:
        return Finding.unmet(item, f"Booster {facts.boosters} is allowed already and not given yet. Place that one.", mark="J", lifted_by="nobody")
    return Finding.met(item, f"{facts.boosters_given} given so far.")


def _day_is_ahead(facts: BoosterFacts) -> Finding:
    item = "booster.day"
    if facts.earliest_on < facts.today:
        return Finding.unmet(item, "The first day on which it may be given has passed. Choose today or later.", lifted_by="nobody")
    return Finding.met(item, f"Not before {facts.earliest_on:%d %b %Y}.")
