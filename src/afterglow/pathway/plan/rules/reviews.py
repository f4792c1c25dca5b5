"""How far the course may go before a prescriber has reviewed it (house walk: a signed review calls back; safety 39)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from afterglow.science.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowFacts:
    """The wish to allow doses `up_to`, and where the course stands.

    `allowed`: the limit so far; `given`: infusions given (None: not counted); `reviewed`: a review at this limit is signed and says
    continue (None: nobody looked); `bridging_left`: bridging doses not yet used; `reason`: why a bridging dose.
    """

    up_to: int
    allowed: int
    given: int | None
    reviews_after: Sequence[int]
    infusions: int
    reviewed: bool | None
    bridging_left: int
    reason: str


def first_review(reviews_after: Iterable[int]) -> int | None:
    """After how many infusions the response is first looked at; None: the protocol names no review."""
    return min(reviews_after, default=None)


def doses_allowed_at_first(reviews_after: Sequence[int], infusions: int, carried: int = 0) -> int:
    """A fresh plan allows doses up to its first review, or all of them when it has none.

    `carried`: infusions of earlier plans that nobody has reviewed; they count, so the first review comes so much sooner.
    """
    first = first_review(reviews_after)
    return infusions if first is None else min(infusions, max(0, first - carried))


def next_limit(reviews_after: Sequence[int], infusions: int, allowed: int) -> int:
    """The limit once the review at `allowed` says continue: the next review, or the end of the course."""
    return min([after for after in reviews_after if allowed < after <= infusions], default=infusions)


def may_allow_doses(facts: AllowFacts) -> Verdict:
    """With a signed review up to the next one; without, one bridging dose with a reason; never in advance."""
    return Verdict.of(_is_further(facts), _is_reviewed(facts), _is_due(facts))


def _is_further(facts: AllowFacts) -> Finding:
    item = "allow.range"
    if not facts.allowed < facts.up_to <= facts.infusions:
        sentence = f"Doses up to {facts.allowed} of {facts.infusions} are allowed; {facts.up_to} is not further inside the course."
        return Finding.unmet(item, f"{sentence} Revise the plan to extend it.")
    return Finding.met(item, f"Doses up to {facts.up_to} of {facts.infusions}.")


def _is_reviewed(facts: AllowFacts) -> Finding:
    item = "allow.review"
    if facts.reviewed:
        limit = next_limit(facts.reviews_after, facts.infusions, facts.allowed)
        if facts.up_to > limit:
            return Finding.unmet(item, f"This review allows doses up to {limit}, where the next review is due.")
        return Finding.met(item, "A signed review allows it.")
    if facts.up_to == facts.allowed + 1 and facts.bridging_left > 0 and facts.reason.strip():
        return Finding.met(item, f"One bridging dose without a review: {facts.reason.strip()}", mark="J")
    sentence = "No review is signed. Review and sign" + (", or allow one bridging dose with a reason." if facts.bridging_left > 0 else ".")
    if facts.reviewed is None:
        return Finding.unknown(item, sentence, mark="J")
    return Finding.unmet(item, sentence, mark="J")


def _is_due(facts: AllowFacts) -> Finding:
    item = "allow.given"
    if facts.given is None:
        return Finding.unknown(item, "How many infusions were given is not known.")
    needed = _review_at(facts)
    if facts.given < needed:
        return Finding.unmet(item, f"{facts.given} of the {needed} allowed infusions are given; review when they are.")
    return Finding.met(item, f"{facts.given} infusions are given.")


def _review_at(facts: AllowFacts) -> int:
    """How many must be given: for a bridging dose all that are allowed, for a signed review those up to its dose (a bridging dose may be open)."""
    passed = [after for after in facts.reviews_after if after <= facts.allowed]
    return max(passed, default=facts.allowed) if facts.reviewed else facts.allowed
