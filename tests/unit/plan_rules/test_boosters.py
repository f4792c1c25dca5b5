"""One more infusion after a finished course: what may be allowed, and on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afterglow.pathway.plan.rules.boosters import BoosterFacts, infusions_are_kept, limit_for, may_allow_booster, may_place_booster
from afterglow.pathway.plan.rules.orders import Credential, CredentialKind
from afterglow.science.dosing.interval import EarlierDose
from afterglow.science.dosing.limits import IntervalRules
from afterglow.science.verdict import Finding, Verdict

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
RULES = IntervalRules(
    hard_under=timedelta(hours=20),
    say_why_under=timedelta(hours=44),
    say_why_over_per_week=3,
    review_over=12,
    review_within=timedelta(weeks=8),
    booster_every=timedelta(weeks=2),
    booster_within=timedelta(weeks=13),
    source="judgement",
    mark="J",
)
KINDS: tuple[CredentialKind, ...] = ("prescriber_licence", "dea", "privilege")
HELD = tuple(Credential(kind=kind, state="CA", expires_on=date(2028, 1, 1)) for kind in KINDS)


def dose(days_ago: float, kind: Any = "course") -> EarlierDose:
    return EarlierDose(last_at=NOW - timedelta(days=days_ago), where="this clinic", kind=kind)


HELD_BLADDER = Finding.unmet("late_effects.bladder", "Bladder: over its line.", lifted_by="two_signatures")
COURSE = tuple(dose(days) for days in (60, 57, 53, 50, 46, 43))
FACTS = BoosterFacts(
    plan="in_force",
    consent="in_force",
    credentials=HELD,
    site_state="CA",
    today=TODAY,
    reviewed=True,
    boosters=0,
    boosters_given=0,
    earliest_on=TODAY,
    starts_at=NOW,
    earlier=COURSE,
    asked_elsewhere=True,
    late_effects=Verdict.of(),
)


# req: S63
def test_a_booster_weeks_after_a_reviewed_course_is_allowed() -> None:
    verdict = may_allow_booster(FACTS, RULES)
    assert verdict.met, verdict.sentence
    assert [finding.item for finding in verdict][-5:] == [
        "interval.other_ketamine_asked",
        "interval.last",
        "interval.week",
        "interval.cumulative",
        "interval.boosters",
    ]


# req: S63
# hazard: H42
@pytest.mark.parametrize(
    ("changed", "item", "state", "lifted_by"),
    [
        ({"plan": "ended"}, "order.plan", "unmet", "nobody"),
        ({"consent": "withdrawn"}, "order.consent", "unmet", "nobody"),
        ({"credentials": ()}, "order.dea", "unmet", "nobody"),
        ({"reviewed": None}, "booster.review", "unknown", "nobody"),
        ({"reviewed": False}, "booster.review", "unmet", "nobody"),
        ({"boosters_given": None}, "booster.one", "unknown", "nobody"),
        ({"boosters": 1}, "booster.one", "unmet", "nobody"),
        ({"earliest_on": TODAY - timedelta(days=1)}, "booster.day", "unmet", "nobody"),
        ({"earlier": None}, "interval.last", "unknown", ""),
        ({"late_effects": None}, "late_effects", "unknown", "nobody"),
        ({"late_effects": Verdict.of(HELD_BLADDER)}, "late_effects.bladder", "unmet", "two_signatures"),
        ({"asked_elsewhere": None}, "interval.other_ketamine_asked", "unknown", ""),
        ({"earlier": (*COURSE, dose(19 / 24))}, "interval.last", "unmet", "nobody"),
        ({"earlier": (*COURSE, dose(30 / 24, "elsewhere"))}, "interval.last", "unmet", "two_signatures"),
        ({"earlier": tuple(dose(3 + 3 * n) for n in range(13))}, "interval.cumulative", "unmet", "two_signatures"),
        ({"earlier": tuple(dose(10 + 10 * n, "booster") for n in range(6))}, "interval.boosters", "unmet", "two_signatures"),
    ],
)
def test_each_fact_opens_its_own_item(changed: dict[str, Any], item: str, state: str, lifted_by: str) -> None:
    open_items = [(finding.item, finding.state, finding.lifted_by) for finding in may_allow_booster(replace(FACTS, **changed), RULES).open]
    assert (item, state, lifted_by) in open_items


# hazard: H42
def test_six_boosters_in_thirteen_weeks_are_allowed_and_the_seventh_asks_for_a_review() -> None:
    five = tuple(dose(14 + 14 * n, "booster") for n in range(5))
    assert may_allow_booster(replace(FACTS, earlier=five), RULES).met
    six = (*five, dose(84, "booster"))
    assert [finding.item for finding in may_allow_booster(replace(FACTS, earlier=six), RULES).open] == ["interval.boosters"]


def test_the_limit_is_the_reviews_inside_the_course_and_the_signed_boosters_after_it() -> None:
    assert limit_for(3, infusions=6, allowed=3, boosters=2) == 3
    assert limit_for(6, infusions=6, allowed=3, boosters=2) == 3
    assert limit_for(7, infusions=6, allowed=3, boosters=2) == 8
    assert limit_for(7, infusions=6, allowed=6, boosters=0) == 6


def test_a_visit_lies_on_or_after_its_first_day_and_away_from_other_doses() -> None:
    early = may_place_booster(on=TODAY, starts_at=NOW, earliest_on=TODAY + timedelta(days=1), around=COURSE, rules=RULES)
    assert [(finding.item, finding.lifted_by) for finding in early.open] == [("booster.day", "nobody")]
    assert may_place_booster(on=TODAY, starts_at=NOW, earliest_on=TODAY, around=COURSE, rules=RULES).met
    near = may_place_booster(on=TODAY, starts_at=NOW, earliest_on=TODAY, around=[dose(-0.5)], rules=RULES)
    assert [finding.item for finding in near.open] == ["interval.last"]


def test_the_number_of_infusions_stands_once_a_booster_follows_it() -> None:
    assert infusions_are_kept(None, {}).is_met
    assert infusions_are_kept(6, {"course": {"infusions": 6}}).is_met
    kept = infusions_are_kept(6, {"course": {"infusions": 8}})
    assert (kept.state, kept.lifted_by) == ("unmet", "nobody")
