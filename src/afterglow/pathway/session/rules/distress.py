"""How distressed the person is, 0 to 10 in their own judgement, and what was done for them (S80).  Pure.

The plan is `library/alerts/distress`: it orders nothing.  A rating that nobody asked for is "not asked", never a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.marks import Mark

HIGHEST: Final = 10
LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the plan: what it says, and where it comes from."""

    says: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried, in order; what may be recorded as done, by id; from which rating the prescriber is called."""

    steps: tuple[Step, ...]
    supports: Mapping[str, str]
    call_from: int


def plan_from(content: Mapping[str, Any]) -> Plan:
    """The plan of an `alerts/distress` file."""
    return Plan(
        steps=tuple(Step(says=each["says"], source=each["source"], mark=each["mark"]) for each in content["steps"]),
        supports={each["id"]: each["title"] for each in content["supports"]},
        call_from=int(content["call_from"]["rating"]),
    )


def may_chart(rating: int | None, declined: str, did: Sequence[str], plan: Plan) -> Verdict:
    """A rating, or why there is none, or what was done; never nothing, and never a number with a reason for none."""
    if any(each not in plan.supports for each in did):
        return Verdict.of(Finding.unmet("did", "This is not one of the list."))
    if rating is not None and not 0 <= rating <= HIGHEST:
        return Verdict.of(Finding.unmet("rating", f"A whole number from 0 to {HIGHEST}."))
    if rating is not None and declined.strip():
        return Verdict.of(Finding.unmet("declined", "There is a number and a reason for none: which of them is right?"))
    if rating is None and not declined.strip() and not did:
        return Verdict.of(Finding.unknown("rating", "Enter the number, say why there is none, or choose what was done."))
    return Verdict.of(Finding.met("rating"))


def marks_for(rating: int | None, plan: Plan) -> tuple[Mark, ...]:
    """A rating at or above the plan's line asks for an answer; one that nobody gave raises nothing and settles nothing."""
    if rating is None or rating < plan.call_from:
        return ()
    says = "Stay. If it does not settle, pause the dose and call the prescriber."
    return (Mark(code="distress", level="act", channel="", sentence=f"Distress {rating} of {HIGHEST}.", says=says, urgency="medium"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distress:
    """The course since the start.  `highest` None: nobody asked."""

    highest: int | None = None
    highest_at: datetime | None = None
    last: int | None = None
    last_at: datetime | None = None
    count: int = 0
    did: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """In words; what was not asked is said."""
        did = f" Done for them: {'; '.join(self.did)}." if self.did else ""
        if self.highest is None:
            return f"Not asked since the start.{did}"
        said = f"Highest {self.highest} of {HIGHEST}, of {self.count} {'rating' if self.count == 1 else 'ratings'}."
        if self.last_at == self.highest_at:
            return f"{said} Not asked again after it.{did}" if self.highest else f"{said}{did}"
        return f"{said} The last was {self.last}.{did}"


def distress(ratings: Sequence[tuple[datetime, int]], did: Sequence[str], *, started_at: datetime | None) -> Distress:
    """Of ratings in the session, whichever page they came from; those from before the start count for nothing here."""
    since = sorted((at, value) for at, value in ratings if started_at is not None and at >= started_at)
    done = tuple(dict.fromkeys(did))
    if not since:
        return Distress(did=done)
    highest_at, highest = max(since, key=lambda each: (each[1], -each[0].timestamp()))
    last_at, last = since[-1]
    return Distress(highest=highest, highest_at=highest_at, last=last, last_at=last_at, count=len(since), did=done)
