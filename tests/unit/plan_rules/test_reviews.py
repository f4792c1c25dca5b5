"""How far a course may go before a review."""

from dataclasses import replace

import pytest

from afterglow.pathway.plan.rules.reviews import AllowFacts, doses_allowed_at_first, may_allow_doses, next_limit

AT_REVIEW = AllowFacts(up_to=6, allowed=3, given=3, reviews_after=(3, 6), infusions=6, reviewed=True, bridging_left=1, reason="")


# req: S47
def test_a_fresh_plan_allows_doses_up_to_its_first_review():
    assert doses_allowed_at_first((3, 6), 6) == 3
    assert doses_allowed_at_first((3, 6), 2) == 2
    assert doses_allowed_at_first((), 6) == 6


def test_each_review_opens_the_way_to_the_next():
    assert next_limit((3, 6), 6, 3) == 6
    assert next_limit((3, 6, 10), 10, 6) == 10
    assert next_limit((3, 6), 6, 6) == 6


# req: S47
@pytest.mark.parametrize(
    ("changes", "item", "state"),
    [
        ({"up_to": 3}, "allow.range", "unmet"),
        ({"up_to": 7}, "allow.range", "unmet"),
        ({"reviewed": False}, "allow.review", "unmet"),
        ({"reviewed": None}, "allow.review", "unknown"),
        ({"reviewed": False, "reason": "She is held by it."}, "allow.review", "unmet"),  # six is no single dose
        ({"reviewed": False, "up_to": 4, "reason": " "}, "allow.review", "unmet"),
        ({"reviewed": False, "up_to": 4, "reason": "She is held by it.", "bridging_left": 0}, "allow.review", "unmet"),
        ({"infusions": 10, "up_to": 10, "reviews_after": (3, 6, 10)}, "allow.review", "unmet"),
        ({"given": 2}, "allow.given", "unmet"),
        ({"given": None}, "allow.given", "unknown"),
    ],
)
def test_each_fact_opens_its_own_item(changes, item, state):
    assert (item, state) in [(finding.item, finding.state) for finding in may_allow_doses(replace(AT_REVIEW, **changes)).open]


def test_a_signed_review_allows_the_rest():
    assert may_allow_doses(AT_REVIEW).met


def test_one_bridging_dose_with_a_reason():
    verdict = may_allow_doses(replace(AT_REVIEW, up_to=4, reviewed=False, reason="The review is on Thursday; an abrupt stop is worse."))
    assert verdict.met
    assert "bridging" in verdict.findings[1].sentence


def test_the_bridging_dose_is_offered_only_while_it_is_left():
    assert "bridging" in may_allow_doses(replace(AT_REVIEW, reviewed=False)).sentence
    assert "bridging" not in may_allow_doses(replace(AT_REVIEW, reviewed=False, bridging_left=0)).sentence


# req: S47
def test_a_review_may_be_signed_while_a_bridging_dose_is_still_open():
    bridged = replace(AT_REVIEW, allowed=4, given=3)
    assert may_allow_doses(bridged).met
    assert not may_allow_doses(replace(bridged, given=2)).met
    assert not may_allow_doses(replace(bridged, reviewed=False, up_to=5, reason="Once more.")).met


def test_without_reviews_in_the_protocol_everything_allowed_is_given_first():
    assert not may_allow_doses(replace(AT_REVIEW, reviews_after=(), allowed=4, given=3)).met
