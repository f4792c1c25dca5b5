"""When a course has to be looked at, what may be decided then, and what a signature under it needs (S47, S57, N7; safety 39).

A review is due after the doses the protocol names, and always at the end of the course.  The software never decides: it asks, and it lets no
further dose be given until somebody has answered.  Stopping is always possible; going on without a score needs to be said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from afterglow.science.verdict import Finding, Verdict

Decision = Literal["continue", "change", "stop", "refer", "aftercare", "extend"]

WORDS: Final[dict[str, str]] = {
    "continue": "go on as planned",
    "change": "go on with a changed plan",
    "stop": "stop the course",
    "refer": "stop here and refer elsewhere",
    "aftercare": "the course is complete, on to aftercare",
    "extend": "more doses, with a revised plan",
}
GOES_ON: Final = frozenset({"continue", "change", "extend"})
"""Decisions after which further doses may be given."""
NEEDS_REVISION: Final = frozenset({"change", "extend"})
"""Decisions that let nothing further be given until the plan they ask for is signed."""
ENDS: Final = frozenset({"stop", "refer"})
DUE_AFTER: Final = timedelta(days=1)
"""The day after the dose: relief by the day after the third infusion is the milestone (S57).  J"""
SHORTEST_REASON: Final = 15  # characters: "ok" reviews nothing.  J
NOT_KNOWN: Final = frozenset({"no_baseline", "no_score", "no_rule", "not_evaluable", "not_known_since"})
"""Standings on which nobody can say how somebody responds; missing is never "no change"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPoint:
    """After which dose the course is looked at, and what may be decided; `is_last`: the plan holds no further dose."""

    after: int
    decides: tuple[str, ...]
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignFacts:
    """What a signature under a review depends on.  `given` None: not counted; `state`: where the person stands on the leading scale."""

    point: ReviewPoint | None
    given: int | None
    decision: str
    reason: str
    state: str
    without_score: bool


def points(reviews: Sequence[Mapping[str, Any]], infusions: int, *, also: int | None = None) -> tuple[ReviewPoint, ...]:
    """The reviews of a course of so many infusions, in order: each one its protocol names before the end, and one at the end.

    `also`: how far the last review let the course go, where a review is due although the plan was made longer since.  Before the end "extend"
    reads "continue", because the plan holds further doses already.  At the end the protocol's last review decides.
    """
    if not reviews:
        return ()
    decides = {int(review["after"]): tuple(review["decides"]) for review in sorted(reviews, key=lambda review: int(review["after"]))}
    last = list(decides.values())[-1]
    early = sorted(after for after in {*decides, also or infusions} if after < infusions)
    return (
        *(ReviewPoint(after=after, decides=_before_the_end(decides.get(after, last)), is_last=False) for after in early),
        ReviewPoint(after=infusions, decides=last, is_last=True),
    )


def _before_the_end(decides: Sequence[str]) -> tuple[str, ...]:
    said = ["continue" if each == "extend" else each for each in decides if each != "aftercare"]
    return tuple(dict.fromkeys(said))


def next_limit(all_points: Sequence[ReviewPoint], after: int) -> int:
    """How far a review after this dose lets the course go: to the next review, at most to the end."""
    return min((point.after for point in all_points if point.after > after), default=after)


def due(all_points: Sequence[ReviewPoint], *, given: int, signed_after: Collection[int]) -> ReviewPoint | None:
    """The first review whose dose is given and that nobody signed; None when none waits."""
    return next((point for point in all_points if point.after <= given and point.after not in signed_after), None)


def upcoming(all_points: Sequence[ReviewPoint], *, given: int, signed_after: Collection[int]) -> ReviewPoint | None:
    """The review that comes next; None when the course has no further one."""
    return next((point for point in all_points if point.after > given and point.after not in signed_after), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryFacts:
    """Whether a review that asked for another plan can be carried out.  `revised`: the plan in force was signed after it; `done`: it was before."""

    decision: str | None
    revised: bool
    done: bool


def may_carry_out(facts: CarryFacts) -> Verdict:
    """Doses go on under a changed or longer plan once that plan is signed, once for each review."""
    return Verdict.of(_asks_for_a_plan(facts.decision), _plan_is_new(facts.revised), _not_yet_done(facts.done))


def _asks_for_a_plan(decision: str | None) -> Finding:
    item = "review.decision"
    if decision not in NEEDS_REVISION:
        return Finding.unmet(item, "The last signed review does not ask for a changed or longer plan.")
    return Finding.met(item, f"The last review decided: {WORDS[decision]}.")


def _plan_is_new(revised: bool) -> Finding:
    item = "review.revised"
    return (
        Finding.met(item, "The revised plan is signed.")
        if revised
        else Finding.unmet(item, "The plan was not revised since. Revise and sign it first.")
    )


def _not_yet_done(done: bool) -> Finding:
    item = "review.once"
    return (
        Finding.unmet(item, "This review let doses go on already; the next one decides again.") if done else Finding.met(item, "Not carried out yet.")
    )


def due_on(last_dose_on: date) -> date:
    """From which day a review waits: the day after its dose."""
    return last_dose_on + DUE_AFTER


def may_sign(facts: SignFacts) -> Verdict:
    """May this decision be signed?  Every open item at once; stopping never waits for a score."""
    return Verdict.of(_is_due(facts), _is_offered(facts), _has_reason(facts), _is_known(facts))


def _is_due(facts: SignFacts) -> Finding:
    item = "review.due"
    if facts.given is None:
        return Finding.unknown(item, "How many infusions were given is not known.")
    if facts.point is None:
        return Finding.unmet(item, f"{facts.given} infusions are given and no review is due. The next one is signed after its dose.")
    return Finding.met(item, f"Due after infusion {facts.point.after}; {facts.given} are given.")


def _is_offered(facts: SignFacts) -> Finding:
    item = "review.decision"
    offered = facts.point.decides if facts.point else ()
    if facts.decision not in offered:
        said = ", ".join(WORDS[each] for each in offered) or "nothing yet"
        return Finding.unmet(item, f"This review decides between: {said}. Choose one of them.")
    return Finding.met(item, f"Decided: {WORDS[facts.decision]}.")


def _has_reason(facts: SignFacts) -> Finding:
    item = "review.reason"
    if len(facts.reason.strip()) < SHORTEST_REASON:
        return Finding.unmet(item, "Write what was found and why this is right for this person, in a sentence.", mark="J")
    return Finding.met(item, "The reason is written.")


def _is_known(facts: SignFacts) -> Finding:
    """Going on is a decision about a response: without one that is known, the prescriber says that they know it."""
    item = "review.score"
    if facts.state not in NOT_KNOWN:
        return Finding.met(item, "There is a current score with a baseline.")
    if facts.decision not in GOES_ON:
        return Finding.met(item, "No current score; none is needed to end or complete a course.", mark="J")
    if facts.without_score:
        return Finding.met(item, "Decided without a current score, and said so.", mark="J")
    sentence = "How this person responds is not known from a score. Ask the questions first, or say that you decide without one."
    return Finding.unknown(item, sentence, mark="J")
