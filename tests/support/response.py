"""A course on its way: infusions spent by the real actions, and answers on their day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.response.actions.sign_review import sign_review
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.aftercare import a_dose
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_plan, an_order, ready

REASON = "PHQ-9 fell by half and sleep is back."


def give(cast: Cast, at: datetime, plan_id: UUID, numbers: Iterable[int]) -> None:
    """Each infusion ordered and its order spent.  Orders, not sessions: what a session does is its own test."""
    for number in numbers:
        use_order(order_id=an_order(cast, at, plan_id, number, key=f"order {plan_id} {number}"), by=cast.ben, at=at)


def asked(
    cast: Cast, at: datetime, total: int, *, instrument: str = "phq9", person_id: UUID | None = None, occasion: str = "", wording: UUID | None = None
) -> UUID:
    """A questionnaire of this total, item 9 answered no."""
    person = person_id or cast.dan_id
    when = occasion or f"day {at:%j}"
    paper = assign(person_id=person, instrument=instrument, occasion=when, channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    items = [f"q{number}" for number in range(1, 9 if instrument == "phq9" else 8)]
    given: dict[str, Any] = dict.fromkeys([*items, *(["q9"] if instrument == "phq9" else [])], 0)
    for step in range(total):
        given[items[step % len(items)]] += 1
    return answer(assignment_id=paper, answers=given, wording=wording, taken_at=at, key=f"answer {paper}", by=cast.ben, at=at).response_id


def at_review(cast: Cast, at: datetime, *, given: int = 3) -> UUID:
    """Dan's signed plan with so many infusions given, and a review due after the third."""
    ready(cast, at)
    plan_id = a_plan(cast, at)
    give(cast, at, plan_id, range(1, given + 1))
    return plan_id


def reviewed(cast: Cast, at: datetime, plan_id: UUID, decision: str, **other: Any) -> UUID:
    told: dict[str, Any] = {"reason": REASON, "without_score": True, "key": f"review {plan_id} {at:%j%H%M%S%f} {decision}"} | other
    return sign_review(plan_id=plan_id, decision=decision, signed=signature(cast.ana, at), by=cast.ana, at=at, **told)


def next_day(at: datetime) -> datetime:
    return at + timedelta(days=1)


def doses_of_weeks(cast: Cast, at: datetime, count: int) -> UUID:
    """Dan's plan, with so many doses given on as many days of the two weeks before `at`, and a score before and after them."""
    start = at - timedelta(days=14)
    ready(cast, start)
    asked(cast, start - timedelta(days=1), 20)
    plan_id = a_plan(cast, start)
    for number in range(1, count + 1):
        a_dose(cast, cast.dan_id, plan_id, number, start + timedelta(days=3 * number))
    asked(cast, at - timedelta(days=2), 11)
    return plan_id
