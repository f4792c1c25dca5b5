"""No dose beyond an unsigned review, except the one signed bridging dose: by any sequence of doses, reviews, bridging, revisions and new plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.plan.rules.reviews import AllowFacts, doses_allowed_at_first, may_allow_doses
from afterglow.pathway.plan.rules.series import CourseFacts, earlier_doses_are_reviewed, series
from afterglow.pathway.response.actions.carry_out import carry_out
from afterglow.pathway.response.queries import reviews
from afterglow.pathway.response.rules.reviews import (
    GOES_ON,
    CarryFacts,
    SignFacts,
    due,
    may_carry_out,
    may_sign,
    next_limit,
    points,
)
from tests.support.cabinet import signature
from tests.support.cast import Cast, build_cast
from tests.support.plan import a_draft, a_plan, consent, ready
from tests.support.response import give, reviewed

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
REVIEWS: list[dict[str, Any]] = [
    {"after": 3, "decides": ["continue", "change", "stop", "refer"]},
    {"after": 6, "decides": ["aftercare", "extend", "stop", "refer"]},
]
AFTER = (3, 6)
MOSTLY = ("continue", "continue", "extend", "extend", "change", "aftercare", "stop", "refer")
DEEDS = st.one_of(
    st.just(("doses", "")),
    st.just(("dose", "")),
    st.just(("bridge", "")),
    st.just(("carry out", "")),
    st.tuples(st.just("review"), st.sampled_from(MOSTLY)),
    st.tuples(st.just("review"), st.sampled_from(MOSTLY)),
    st.tuples(st.just("revise"), st.sampled_from(["2", "4", "6", "8", "10", "12", "12"])),
    st.tuples(st.just("another plan"), st.sampled_from(["", "", "anew"])),
)


def lawful(given_doses: int, signed: dict[int, str], bridged: int, carried: int = 0) -> None:
    """Beside the rules, in plain words: past a review that the protocol names, only what a decision to go on or the one bridging dose allows.

    `carried`: doses under earlier plans that no signature has looked at; with them the first review comes so much sooner.
    """
    assert bridged <= 1
    for after in {AFTER[0] - carried, *AFTER}:
        if signed.get(after) not in GOES_ON:
            assert given_doses <= after + bridged, f"{given_doses} doses, review after {after}: {signed.get(after)}, {bridged} bridging"


@dataclass(slots=True)
class Since:
    """The test's own count, kept apart from the rules: doses since the last signature that looked at the person, and what it said."""

    doses: int = 0
    said: str = ""
    carried: int = 0

    def look(self, given_before: int, given_now: int, decision: str | None) -> None:
        self.doses += given_now - given_before
        if decision is not None:
            self.doses, self.said = 0, decision

    def begin(self, *, anew: bool) -> None:
        """Another plan is in force: lawful only after a word that lets treatment go on, or as a new beginning that was signed."""
        if anew:
            self.doses, self.said = 0, ""
        assert self.doses < AFTER[0] and self.said not in ("stop", "refer"), f"{self.doses} doses since {self.said!r}"
        self.carried = self.doses


@dataclass(slots=True)
class Course:
    """A course as the rules alone would run it."""

    infusions: int = 6
    allowed: int = doses_allowed_at_first(AFTER, 6)
    limit: int = doses_allowed_at_first(AFTER, 6)
    given: int = 0
    bridged: int = 0
    signed: dict[int, str] = field(default_factory=dict)
    revised: bool = False
    done: bool = False
    over: bool = False
    carried: int = 0
    anew: bool = False
    seen: int = 0

    def do(self, deed: str, word: str) -> None:
        if not self.over:
            {"dose": self.dose, "doses": self.doses, "bridge": self.bridge, "review": self.review, "revise": self.revise, "carry out": self.carry}[
                deed
            ](word)

    def dose(self, _: str) -> None:
        if self.given < min(self.allowed, self.infusions):
            self.given += 1

    def doses(self, word: str) -> None:
        for _ in range(self.infusions):
            self.dose(word)

    def bridge(self, _: str) -> None:
        if self._may(self.allowed + 1, reviewed=False):
            self.allowed, self.bridged = self.allowed + 1, self.bridged + 1

    def review(self, decision: str) -> None:
        point = due(self._points(), given=self.given, signed_after=self.signed)
        facts = SignFacts(point=point, given=self.given, decision=decision, reason="Found what was found.", state="response", without_score=False)
        if point is None or not may_sign(facts).met:
            return
        self.signed[point.after], self.revised, self.done = decision, False, False
        self.over, self.seen = decision in ("stop", "refer", "aftercare"), self.given
        if decision == "continue":
            self._go(next_limit(self._points(), point.after))

    def revise(self, infusions: str) -> None:
        self.infusions, self.revised = int(infusions), True
        self.allowed = max(doses_allowed_at_first(AFTER, self.infusions, self.carried), min(self.allowed, self.infusions))

    def carry(self, _: str) -> None:
        last = max(self.signed, default=None)
        decision = None if last is None else self.signed[last]
        if last is not None and may_carry_out(CarryFacts(decision=decision, revised=self.revised, done=self.done)).met:
            self._go(next_limit(self._points(), last))

    def _go(self, up_to: int) -> None:
        if up_to > self.allowed and self._may(up_to, reviewed=True):
            self.allowed, self.limit, self.done = up_to, up_to, True

    def _may(self, up_to: int, *, reviewed: bool) -> bool:
        return may_allow_doses(
            AllowFacts(
                up_to=up_to, allowed=self.allowed, given=self.given, infusions=self.infusions, reviewed=reviewed,
                reviews_after=sorted({doses_allowed_at_first(AFTER, self.infusions, self.carried), *AFTER}), bridging_left=1 - self.bridged, reason="Said why.",
            )
        ).met  # fmt: skip

    def _points(self) -> Any:
        return points(REVIEWS, self.infusions, also=self.limit)

    def facts(self) -> CourseFacts:
        last = self.signed[max(self.signed)] if self.signed else ""
        return CourseFacts(given=self.given, reviewed=self.seen, decision=last, began_anew=self.anew)


def another(courses: list[Course], word: str) -> Course | None:
    """The next course as the rules let it begin; None when they do not."""
    before = series(course.facts() for course in courses)
    met = earlier_doses_are_reviewed(before, AFTER).is_met
    if not met and word != "anew":
        return None
    carried = before.given_since if met else 0
    first = doses_allowed_at_first(AFTER, 6, carried)
    return Course(allowed=first, limit=first, carried=carried, anew=not met)


# req: S47
# req: N7
@settings(max_examples=800, deadline=None, derandomize=True)
@given(walk=st.lists(DEEDS, min_size=6, max_size=40))
def test_the_rules_let_no_dose_past_an_unsigned_review(walk: list[tuple[str, str]]) -> None:
    courses, since = [Course()], Since()
    for deed, word in walk:
        course = courses[-1]
        if deed == "another plan":
            course.over = True
            if (begun := another(courses, word)) is not None:
                courses.append(begun)
                since.begin(anew=begun.anew)
            continue
        given_before, signed_before = course.given, len(course.signed)
        course.do(deed, word)
        since.look(given_before, course.given, word if len(course.signed) > signed_before else None)
        lawful(course.given, course.signed, course.bridged, since.carried)


def test_the_law_can_be_broken() -> None:
    with pytest.raises(AssertionError):
        lawful(4, {}, 0)
    with pytest.raises(AssertionError):
        lawful(7, {3: "continue", 6: "stop"}, 0)
    with pytest.raises(AssertionError):
        lawful(5, {}, 2)
    with pytest.raises(AssertionError):
        lawful(2, {}, 0, carried=2)
    with pytest.raises(AssertionError):
        Since(doses=3).begin(anew=False)
    with pytest.raises(AssertionError):
        Since(said="stop").begin(anew=False)
    lawful(4, {}, 1)
    lawful(2, {1: "continue"}, 0, carried=2)


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """One clinic with Dan's signed plan; every example plays in a savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = build_cast(AT)
        ready(made, AT)
        a_plan(made, AT)
        yield made
        transaction.set_rollback(True)


# req: S47
# req: N7
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(DEEDS, min_size=10, max_size=20))
def test_the_actions_keep_the_law(cast: Cast, db: None, walk: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        _play(cast, [("doses", ""), *walk])
        transaction.set_rollback(True)


def _play(cast: Cast, walk: list[tuple[str, str]]) -> None:
    at, first, since = AT, plans.plan_in_force(cast.dan_id), Since()
    assert first is not None
    for deed, word in walk:
        at += timedelta(minutes=1)
        held, given_before, signed_before = plans.plan_in_force(cast.dan_id), plans.doses_used(first.id), len(reviews.reviews_of(first.id))
        try:
            with transaction.atomic():
                if deed == "another plan":
                    _another_plan(cast, at, held.id if held else None, word)
                elif held is not None:
                    _do(cast, at, held.id, deed, word)
        except Refusal:
            pass
        signed = reviews.reviews_of(first.id)
        since.look(given_before, plans.doses_used(first.id), signed[-1].decision if len(signed) > signed_before else None)
        now = plans.plan_in_force(cast.dan_id)
        if now is not None and now.id not in plans.course_of(first.id):
            since.begin(anew=word == "anew" and now.carried == 0 and (since.doses >= AFTER[0] or since.said in ("stop", "refer")))
            first = now
        lawful(
            plans.doses_used(first.id),
            {row.after_dose: row.decision for row in reviews.reviews_of(first.id)},
            plans.bridging_used(first.id),
            since.carried,
        )


def _another_plan(cast: Cast, at: datetime, held: UUID | None, word: str) -> None:
    """The plan in force is ended without a review, the person agrees anew, and a new one is made from the protocol; `anew`: with a reason and two signatures."""
    with transaction.atomic():
        if held is not None:
            end_plan(plan_id=held, reason="Moved away for a while.", by=cast.ana, at=at)
    draft, soon = a_draft(cast, at, key=f"another {at}"), at + timedelta(seconds=1)
    consent(cast, soon, cast.dan_id)
    told = {"second": signature(cast.ben, soon), "reason": "Came back, looked at in person."} if word == "anew" else {}
    sign_plan(plan_id=draft, signed=signature(cast.ana, soon), by=cast.ana, at=soon, **told)


def _do(cast: Cast, at: datetime, plan_id: UUID, deed: str, word: str) -> None:
    if deed in ("dose", "doses"):
        given_doses, allowed = plans.doses_used(plan_id), plans.plan(plan_id).allowed_doses
        give(cast, at, plan_id, range(given_doses + 1, allowed + 1 if deed == "doses" and allowed > given_doses else given_doses + 2))
    elif deed == "bridge":
        up_to = plans.plan(plan_id).allowed_doses + 1
        allow_doses(plan_id=plan_id, up_to=up_to, reason="Ana is away.", reviewed=False, signed=signature(cast.ana, at), by=cast.ana, at=at)
    elif deed == "review":
        reviewed(cast, at, plan_id, word)
    elif deed == "revise":
        changes = [] if word == "6" else [Change(path="course.infusions", value=int(word), reason="As reviewed.")]
        draft = a_draft(cast, at, replaces=plan_id, changes=changes, key=f"revise {at}")
        sign_plan(plan_id=draft, signed=signature(cast.ana, at), second=signature(cast.ben, at), reason="As reviewed.", by=cast.ana, at=at)
    else:
        carry_out(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
