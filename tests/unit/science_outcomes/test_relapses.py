"""How long own responses held, and the day that this proposes: never from nobody's relapse, never before today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from afterglow.science.outcomes.relapses import After, held_after, timing
from afterglow.science.scoring.instrument import ChangeRules

PHQ9 = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)
LAST = date(2027, 1, 25)


def day(number: int) -> date:
    return LAST + timedelta(days=number)


def after(totals: dict[int, int], *, on: int = 0, until: int | None = None, baseline: int | None = 20, what: str = "the course") -> After:
    scores = {day(number): total for number, total in totals.items()}
    return After(what=what, dose_on=day(on), next_dose_on=None if until is None else day(until), baseline=baseline, scores=scores)


# req: S63
@pytest.mark.parametrize(
    ("what", "ended", "held", "gone", "says"),
    [
        (after({7: 8, 28: 10, 56: 14, 84: 5}), "relapse", 28, 56, "held until at least 28 days, gone at 56 days"),
        (after({7: 14, 14: 8, 15: 11}), "relapse", 14, 15, "held until at least 14 days, gone at 15 days"),
        (after({1: 8}), "held", 1, None, "response at the last score, 1 day after it; not lost until now, so it is no relapse"),
        (after({7: 8, 30: 14}, until=29), "held", 7, None, "not lost until the next dose"),
        (after({7: 8, 30: 14}, until=30), "relapse", 7, 30, "held until at least 7 days, gone at 30 days"),
        (after({7: 14, 28: 15}), "no_response", None, None, "no response at any score after it"),
        (after({}), "no_score", None, None, "nobody answered after it"),
        (after({0: 8, -3: 7}), "no_score", None, None, "nobody answered after it"),
        (after({7: 2}, baseline=9), "not_judged", None, None, "missing or too low"),
        (after({7: 2}, baseline=None), "not_judged", None, None, "missing or too low"),
    ],
)
def test_what_became_of_a_response(what: After, ended: str, held: int | None, gone: int | None, says: str) -> None:
    found = held_after(PHQ9, what)
    assert (found.ended, found.held_days, found.gone_days) == (ended, held, gone)
    assert says in found.sentence


COURSE = after({7: 8, 28: 9, 35: 14}, until=40)
FIRST_BOOSTER = after({47: 8, 61: 9, 68: 15}, on=40, until=70, what="booster 1")


# req: S63
@pytest.mark.parametrize("only", [after({}), after({7: 8}), after({7: 15}), after({7: 8}, baseline=None)])
def test_without_an_own_relapse_nothing_is_proposed(only: After) -> None:
    found = timing(PHQ9, [only], look_before_days=7, today=day(60))
    assert (found.on, found.relapses) == (None, 0)
    assert found.sentence == "No date is proposed: no relapse of this person is on record."
    assert timing(PHQ9, [], look_before_days=7, today=day(60)).on is None


# req: S63
@pytest.mark.parametrize(
    ("now", "today", "on", "says"),
    [
        (
            after({77: 8}, on=70, what="booster 2"),
            78,
            84,
            "At the shortest a response held 21 days; 7 days are taken off, counted from booster 2. It stands on 2",
        ),
        (after({}, on=70, what="booster 2"), 71, 84, "It stands on 2 own relapses."),
        (after({77: 8}, on=70, what="booster 2"), 90, 90, "That day has passed, 19 Apr 2027: look now."),
        (
            after({77: 8, 84: 14}, on=70, what="booster 2"),
            90,
            90,
            "The response after booster 2 is gone since 19 Apr 2027: there is nothing to wait for.",
        ),
        (after({77: 18}, on=70, what="booster 2"), 78, None, "No date is proposed: no response is on record after booster 2 that could be lost."),
        (after({77: 8}, on=70, baseline=8, what="booster 2"), 78, None, "No date is proposed: no response is on record after booster 2"),
    ],
)
def test_the_shortest_own_time_sets_the_day(now: After, today: int, on: int | None, says: str) -> None:
    found = timing(PHQ9, [COURSE, FIRST_BOOSTER, now], look_before_days=7, today=day(today))
    assert found.on == (None if on is None else day(on))
    assert says in found.sentence
    assert [each.after.what for each in found.basis] == ["the course", "booster 1", "booster 2"]


def test_one_relapse_says_that_it_is_one_and_a_very_short_one_still_gives_a_day_after_the_dose() -> None:
    short = after({2: 8, 3: 15}, until=10)
    found = timing(PHQ9, [short, after({17: 8}, on=10, what="booster 1")], look_before_days=7, today=day(10))
    assert (found.on, found.relapses) == (day(11), 1)
    assert "It stands on one own relapse alone." in found.sentence
