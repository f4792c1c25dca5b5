"""Doses of earlier courses still count: ending a plan and making another is no way past a review (safety 39; hazard H42).

The series is every infusion a person was given under plans of this clinic since the last signed word on how they respond: a review, or a plan
that was signed although none was there, with its reason, as a new beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from afterglow.pathway.plan.rules.reviews import first_review
from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.verdict import Finding

ENDED: Final = frozenset({"stop", "refer"})
"""Decisions of a review after which treatment does not simply begin again."""
ITEM: Final = "plan.series"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """One earlier course.  `given`: its infusions, boosters not counted; `reviewed`: how many of them the last signed review of it had seen;
    `decision`: what that review decided, "" when none was signed; `began_anew`: its plan was signed as a new beginning."""

    given: int
    reviewed: int = 0
    decision: str = ""
    began_anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """`given_since`: infusions since the last signed word; `decision`: what the last review decided, "" when none counts any more."""

    given_since: int = 0
    decision: str = ""


def series(courses: Iterable[CourseFacts]) -> SeriesFacts:
    """What earlier courses leave open, the first one first."""
    given_since, decision = 0, ""
    for course in courses:
        if course.began_anew:
            given_since, decision = 0, ""
        if course.decision:
            given_since, decision = max(0, course.given - course.reviewed), course.decision
        else:
            given_since += course.given
    return SeriesFacts(given_since=given_since, decision=decision)


def earlier_doses_are_reviewed(facts: SeriesFacts | None, reviews_after: Iterable[int]) -> Finding:
    """May a new course begin after what was given before?  Fewer doses than lead to a review count towards it; a new beginning is said and signed."""
    if facts is None:
        return Finding.unknown(ITEM, "Nobody has looked for infusions under earlier plans.", lifted_by="nobody")
    first, given = first_review(reviews_after), facts.given_since
    if facts.decision in ENDED:
        sentence = "A signed review ended the last course. Say why treatment begins anew."
        return Finding.unmet(ITEM, sentence, mark="J", lifted_by="two_signatures", who=TWO_SIGNERS)
    if first is not None and given >= first:
        sentence = f"{given} infusions were given under earlier plans and nobody has signed a review since. Say how the person did, and why treatment begins anew."
        return Finding.unmet(ITEM, sentence, mark="J", lifted_by="two_signatures", who=TWO_SIGNERS)
    if given and first is not None:
        return Finding.met(
            ITEM, f"Infusions under earlier plans that count: {given}. The first review is due after infusion {first - given} of this plan."
        )
    return Finding.met(ITEM)
