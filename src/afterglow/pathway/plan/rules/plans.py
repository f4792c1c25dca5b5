"""May this plan be made, and may it be signed?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from afterglow.pathway.plan.rules.boosters import infusions_are_kept
from afterglow.pathway.plan.rules.changes import Individualised
from afterglow.pathway.plan.rules.extension import Extension, extension_is_agreed
from afterglow.pathway.plan.rules.guardrails import guardrails_are_accepted
from afterglow.pathway.plan.rules.orders import NEVER, ConsentState, Credential, consent_is_in_force, credentials_in_date
from afterglow.pathway.plan.rules.series import SeriesFacts, earlier_doses_are_reviewed
from afterglow.science.verdict import Finding, Verdict

ScreeningOutcome = Literal["cleared", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What a plan rests on.  None: nobody decided or looked yet.  `today` is the site's date.

    `another_in_force`: this person has a plan in force that this one does not replace.  `kept_infusions`: a booster follows so many infusions
    of this course (None: no booster is allowed).  `series`: what earlier courses of this person leave open; empty for the next version of a course.
    `indicated`: whether the protocol is one for what screening cleared the person for.  `guardrails_open`: the titles of the protocol's guardrails
    that no prescriber of this site accepted.  `extension`: what is longer than before; None where nothing is.
    """

    screening: ScreeningOutcome | None
    another_in_force: bool
    consent: ConsentState | None = None
    credentials: Sequence[Credential] | None = None
    site_state: str = ""
    today: date = date.min
    kept_infusions: int | None = None
    series: SeriesFacts | None = None
    indicated: Finding | None = None
    guardrails_open: Sequence[str] | None = None
    extension: Extension | None = None


def may_make_plan(facts: PlanFacts, plan: Individualised) -> Verdict:
    """A draft may still want a second signature; it may not hold what nobody can sign, nor a change without its reason."""
    within = tuple(finding for finding in plan.verdict if finding.is_met or finding.lifted_by != "two_signatures")
    kept = infusions_are_kept(facts.kept_infusions, plan.content)
    return Verdict.of(person_is_cleared(facts.screening), _indicated(facts), is_the_only_plan(facts.another_in_force), kept, *within)


def may_sign_plan(facts: PlanFacts, plan: Individualised) -> Verdict:
    """Every unmet item at once: screening, consent, credentials, and each change."""
    return Verdict.of(
        person_is_cleared(facts.screening),
        _indicated(facts),
        is_the_only_plan(facts.another_in_force),
        consent_is_in_force(facts.consent),
        *credentials_in_date(facts.credentials, site_state=facts.site_state, today=facts.today),
        infusions_are_kept(facts.kept_infusions, plan.content),
        earlier_doses_are_reviewed(facts.series, reviews_after(plan.content)),
        guardrails_are_accepted(facts.guardrails_open, item="plan.guardrails"),
        extension_is_agreed(facts.extension),
        *plan.verdict,
    )


def reviews_after(content: Mapping[str, Any]) -> tuple[int, ...]:
    """The infusions after which a protocol, or a plan made from one, asks for a review."""
    return tuple(review["after"] for review in content.get("reviews", ()))


def person_is_cleared(screening: ScreeningOutcome | None) -> Finding:
    """A station pulls from the one before: only who was cleared gets a plan."""
    item = "plan.screening"
    if screening is None:
        return Finding.unknown(item, "No screening decision is on file. A prescriber decides first.", lifted_by="nobody")
    if screening != "cleared":
        return Finding.unmet(item, "Screening did not clear this person for treatment.", source=NEVER, lifted_by="nobody")
    return Finding.met(item, "Cleared for treatment.")


def _indicated(facts: PlanFacts) -> Finding:
    """Where nobody is cleared, that is said first, and what for does not matter yet."""
    if facts.indicated is not None:
        return facts.indicated
    missing = Finding.unknown("plan.indication", "Nobody has looked what this person was cleared for.", lifted_by="nobody")
    return missing if facts.screening == "cleared" else Finding.met("plan.indication")


def is_the_only_plan(another_in_force: bool) -> Finding:
    item = "plan.only_one"
    if another_in_force:
        return Finding.unmet(item, "Another plan is in force for this person. Revise that one, or end it first.", lifted_by="nobody")
    return Finding.met(item)
