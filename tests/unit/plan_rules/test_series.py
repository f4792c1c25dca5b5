"""What earlier courses leave open, and when a new one may begin."""

from __future__ import annotations

import pytest

from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first, first_review
from afterglow.pathway.plan.rules.series import CourseFacts, SeriesFacts, earlier_doses_are_reviewed, series


@pytest.mark.parametrize(
    ("courses", "given_since", "decision"),
    [
        ([], 0, ""),
        ([CourseFacts(given=0)], 0, ""),
        ([CourseFacts(given=2)], 2, ""),
        ([CourseFacts(given=2), CourseFacts(given=1)], 3, ""),
        ([CourseFacts(given=3, reviewed=3, decision="continue")], 0, "continue"),
        ([CourseFacts(given=5, reviewed=3, decision="continue")], 2, "continue"),
        ([CourseFacts(given=2), CourseFacts(given=4, reviewed=3, decision="continue"), CourseFacts(given=1)], 2, "continue"),
        ([CourseFacts(given=3, reviewed=3, decision="stop"), CourseFacts(given=2, began_anew=True)], 2, ""),
        ([CourseFacts(given=3), CourseFacts(given=3, began_anew=True), CourseFacts(given=1)], 4, ""),
        ([CourseFacts(given=3), CourseFacts(given=3, reviewed=3, decision="refer", began_anew=True)], 0, "refer"),
    ],
)
def test_the_series(courses: list[CourseFacts], given_since: int, decision: str) -> None:
    assert series(courses) == SeriesFacts(given_since=given_since, decision=decision)


# req: S47
# req: N7
# hazard: H42
@pytest.mark.parametrize(
    ("facts", "reviews", "state", "says"),
    [
        (None, (3, 6), "unknown", "Nobody has looked"),
        (SeriesFacts(), (3, 6), "met", ""),
        (SeriesFacts(given_since=2), (3, 6), "met", "review is due after infusion 1 of this plan"),
        (SeriesFacts(given_since=2, decision="continue"), (3, 6), "met", "after infusion 1"),
        (SeriesFacts(given_since=3), (3, 6), "unmet", "3 infusions were given"),
        (SeriesFacts(given_since=5, decision="continue"), (6, 3), "unmet", "5 infusions were given"),
        (SeriesFacts(given_since=0, decision="aftercare"), (3, 6), "met", ""),
        (SeriesFacts(given_since=0, decision="stop"), (3, 6), "unmet", "ended the last course"),
        (SeriesFacts(given_since=0, decision="refer"), (3, 6), "unmet", "ended the last course"),
        (SeriesFacts(given_since=0, decision="stop"), (), "unmet", "ended the last course"),
        (SeriesFacts(given_since=9), (), "met", ""),
    ],
)
def test_a_new_course_after_earlier_doses(facts: SeriesFacts | None, reviews: tuple[int, ...], state: str, says: str) -> None:
    found = earlier_doses_are_reviewed(facts, reviews)
    assert (found.item, found.state) == ("plan.series", state)
    assert says in found.sentence and bool(says) == bool(found.sentence)
    assert found.lifted_by == {"unknown": "nobody", "unmet": "two_signatures", "met": ""}[state]


@pytest.mark.parametrize(
    ("reviews", "infusions", "carried", "allowed"),
    [
        ((3, 6), 6, 0, 3),
        ((3, 6), 6, 2, 1),
        ((3, 6), 6, 3, 0),
        ((3, 6), 6, 7, 0),
        ((3, 6), 2, 0, 2),
        ((3, 6), 2, 2, 1),
        ((), 6, 4, 6),
        ((6, 3), 6, 1, 2),
    ],
)
def test_unreviewed_doses_bring_the_first_review_forward(reviews: tuple[int, ...], infusions: int, carried: int, allowed: int) -> None:
    assert doses_allowed_at_first(reviews, infusions, carried) == allowed
    assert first_review(reviews) == (3 if reviews else None)
