"""Days, adherence, what a contact needs, and which score asks for a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.rules import RecordFacts, StartFacts
from afterglow.science.outcomes.course import ScoreAt, standing
from afterglow.science.scoring.instrument import ChangeRules
from tests.support.contact import facts as contact
from tests.support.contact import five

TODAY = date(2027, 3, 1)
RECORD = RecordFacts(
    aftercare_is_on=True,
    check_dropped=False,
    contact=contact(),
    note="Sleeps well and walks each day.",
    next_step="continue",
    next_on=None,
    today=TODAY,
)
START = StartFacts(decision="aftercare", another_is_on=False, last_dose_on=TODAY, has_follow_up=True)
PHQ9 = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)
FIRST_DOSE = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)


# req: S62 S65
def test_checks_are_counted_in_days_from_the_last_dose() -> None:
    content = {"aftercare": {"checks": [{"id": "month_1", "title": "One month", "day": 28}, {"id": "month_12", "title": "One year", "day": 364}]}}
    found = rules.checks_from(content, date(2027, 1, 25))
    assert [(row.id, row.due_on) for row in found] == [("month_1", date(2027, 2, 22)), ("month_12", date(2028, 1, 24))]


@pytest.mark.parametrize(
    ("stored", "due_in", "state"),
    [("due", 1, "later"), ("due", 0, "due"), ("due", -7, "due"), ("due", -8, "overdue"), ("done", -8, "done"), ("dropped", 1, "dropped")],
)
def test_a_check_is_later_due_and_then_overdue(stored: str, due_in: int, state: str) -> None:
    assert rules.check_state(stored, due_on=TODAY + timedelta(days=due_in), late_after_days=7, today=TODAY) == state


@pytest.mark.parametrize(
    ("changed", "item", "state"),
    [
        ({"decision": None}, "aftercare.review", "unknown"),
        ({"decision": "continue"}, "aftercare.review", "unmet"),
        ({"another_is_on": True}, "aftercare.once", "unmet"),
        ({"last_dose_on": None}, "aftercare.last_dose", "unknown"),
        ({"has_follow_up": False}, "aftercare.follow_up", "unknown"),
    ],
)
def test_aftercare_begins_only_when_everything_is_known(changed: dict[str, Any], item: str, state: str) -> None:
    assert rules.may_start(START).met
    assert [(finding.item, finding.state) for finding in rules.may_start(replace(START, **changed)).open] == [(item, state)]


# hazard: H16
@pytest.mark.parametrize(
    ("changed", "item", "state"),
    [
        ({"aftercare_is_on": False}, "check.open", "unmet"),
        ({"check_dropped": True}, "check.open", "unmet"),
        ({"contact": contact(five(wish_to_be_dead=None))}, "contact.suicide", "unknown"),
        ({"contact": contact(five(method="not_asked"))}, "contact.suicide", "unknown"),
        ({"contact": contact(five(), spoken=False)}, "contact.suicide", "unmet"),
        ({"contact": contact(five(why_no_scale=""), due=True)}, "contact.scale", "unknown"),
        ({"note": "ok"}, "check.note", "unmet"),
        ({"next_step": ""}, "check.next", "unmet"),
        ({"next_step": "earlier_check", "next_on": TODAY - timedelta(days=1)}, "check.next", "unmet"),
        ({"next_step": "earlier_check", "next_on": TODAY + timedelta(days=93)}, "check.next", "unmet"),
    ],
)
def test_a_contact_is_recorded_only_whole(changed: dict[str, Any], item: str, state: str) -> None:
    assert [(finding.item, finding.state) for finding in rules.may_record(replace(RECORD, **changed)).open] == [(item, state)]


def test_whole_contacts_are_recorded() -> None:
    assert rules.may_record(RECORD).met
    assert rules.may_record(
        replace(RECORD, contact=contact(five(thoughts="declined")), next_step="booster_discussion", next_on=TODAY + timedelta(days=92))
    ).met
    assert rules.may_record(replace(RECORD, contact=contact(spoken=False))).met


# req: S64
def test_adherence_is_counted_over_four_weeks_and_days_outside_them_do_not_count() -> None:
    done = [TODAY, TODAY, TODAY - timedelta(days=27), TODAY - timedelta(days=28), TODAY + timedelta(days=1)]
    found = rules.adherence(per_week=3, starts_on=date(2026, 1, 1), ended_on=None, done_on=done, today=TODAY)
    assert found is not None
    assert (found.done, found.expected, found.in_words) == (2, 12, "ticked 2 of 12 times in 28 days, nothing said of the rest")


# req: S64
def test_adherence_leaves_out_the_days_before_a_task_began_and_after_it_ended() -> None:
    young = rules.adherence(per_week=2, starts_on=TODAY, ended_on=None, done_on=[TODAY], today=TODAY)
    assert young is not None and young.in_words == "ticked 1 time in 1 day, too few days to judge"
    over = rules.adherence(per_week=7, starts_on=TODAY - timedelta(days=20), ended_on=TODAY - timedelta(days=11), done_on=[TODAY], today=TODAY)
    assert over is not None and (over.done, over.expected, over.in_words) == (0, 10, "nothing said in 10 days, meant for 10 times")
    whole = rules.adherence(per_week=7, starts_on=TODAY, ended_on=None, done_on=[TODAY], today=TODAY)
    assert whole is not None and whole.in_words == "ticked 1 of 1 time in 1 day"
    assert rules.adherence(per_week=7, starts_on=TODAY + timedelta(days=1), ended_on=None, done_on=[], today=TODAY) is None


# req: S64
def test_months_set_what_was_kept_beside_the_score_and_make_nothing_up() -> None:
    last = TODAY - timedelta(days=60)

    def day(number: int) -> date:
        return last + timedelta(days=number)

    walk = rules.Kept(7, day(1), None, frozenset(day(number) for number in (1, 2, 40)))
    group = rules.Kept(1, day(29), day(42), frozenset(day(number) for number in (30, 31, 33)))
    scores = {day(5): 9, day(27): 6, day(28): 5, day(60): 11}
    found = rules.months([walk, group], scores, [day(59)], last_dose_on=last, until=TODAY)
    assert [(one.number, one.since, one.until) for one in found] == [(1, day(1), day(28)), (2, day(29), day(56)), (3, day(57), day(60))]
    assert [(one.done, one.expected, one.score, one.boosters) for one in found] == [(2, 28, 5, 0), (3, 30, None, 0), (0, 4, 11, 1)]
    assert [one.in_words for one in found] == ["2 of 28", "3 of 30", "nothing said, 4 planned"]
    young = rules.months([rules.Kept(1, TODAY, None, frozenset({TODAY}))], {}, [], last_dose_on=TODAY - timedelta(days=1), until=TODAY)
    assert [(one.done, one.expected, one.in_words) for one in young] == [(0, 0, "nothing planned long enough to judge")]
    assert rules.months([walk], {}, [], last_dose_on=TODAY, until=TODAY) == ()


# req: S62
@pytest.mark.parametrize(
    ("baseline", "totals", "boosters", "says"),
    [
        (None, {7: 5}, 0, "not known: there is no score before"),
        (20, {}, 0, "not known: nobody answered since"),
        (20, {0: 5, -3: 5}, 0, "not known: nobody answered since"),
        (9, {7: 2}, 0, "not judged"),
        (20, {1: 10, 90: 4}, 0, "Response at every score since the last infusion, the last one 90 days after it."),
        (20, {1: 11, 30: 4}, 0, "No response at the first score after the last infusion, 1 day after it."),
        (20, {7: 4, 60: 10, 90: 11, 120: 3}, 2, "held until at least 60 days after the last infusion and was gone at 90 days. Boosters since: 2."),
    ],
)
def test_how_long_a_response_held_says_no_more_than_the_answers(baseline: int | None, totals: dict[int, int], boosters: int, says: str) -> None:
    last = date(2027, 1, 25)
    scores = {last + timedelta(days=day): total for day, total in totals.items()}
    assert says in rules.lasted(PHQ9, baseline, scores, last_dose_on=last, boosters=boosters)


# req: S64
def test_a_tick_is_taken_back_on_the_day_it_was_made() -> None:
    assert rules.may_take_back(TODAY, today=TODAY).is_met
    assert not rules.may_take_back(TODAY - timedelta(days=1), today=TODAY).is_met
    assert not rules.may_take_back(None, today=TODAY).is_met


def test_a_day_can_be_ticked_for_a_week_and_only_while_the_task_runs() -> None:
    long_ago, week_ago = TODAY - timedelta(days=99), TODAY - timedelta(days=6)
    assert rules.may_tick(TODAY, starts_on=long_ago, ended_on=None, today=TODAY).is_met
    assert rules.may_tick(week_ago, starts_on=week_ago, ended_on=week_ago, today=TODAY).is_met
    for on in (TODAY + timedelta(days=1), TODAY - timedelta(days=7)):
        assert "Only today" in rules.may_tick(on, starts_on=long_ago, ended_on=None, today=TODAY).sentence
    assert "did not run" in rules.may_tick(TODAY, starts_on=long_ago, ended_on=week_ago, today=TODAY).sentence
    assert "did not run" in rules.may_tick(week_ago, starts_on=TODAY, ended_on=None, today=TODAY).sentence


def scores(*totals: tuple[int, int]) -> list[ScoreAt]:
    """Days after the first dose, and totals; 18 before it."""
    return [ScoreAt(taken_at=FIRST_DOSE + timedelta(days=day), total=total) for day, total in ((-2, 18), *totals)]


def concern(*totals: tuple[int, int], looked_at: datetime | None = None, on_day: int = 60) -> rules.Concern | None:
    at = FIRST_DOSE + timedelta(days=on_day)
    return rules.concern(standing(PHQ9, scores(*totals), first_dose_at=FIRST_DOSE, at=at), looked_at)


# req: S60 S63
def test_a_relapse_after_a_response_asks_for_a_look_until_somebody_looked_after_it() -> None:
    found = concern((30, 5), (55, 12))
    assert found is not None and "Relapse watch: 12 now, 5 at best." in found.sentence
    assert found.since == FIRST_DOSE + timedelta(days=55)
    assert concern((30, 5), (55, 12), looked_at=FIRST_DOSE + timedelta(days=54)) is not None
    assert concern((30, 5), (55, 12), looked_at=FIRST_DOSE + timedelta(days=55)) is None


def test_an_old_score_that_was_worse_still_asks_for_a_look() -> None:
    assert concern((30, 5), (55, 12), on_day=120) is not None
    worse = concern((30, 25), on_day=120)
    assert worse is not None and "before the first dose" in worse.sentence


def test_no_change_for_the_worse_asks_for_nothing() -> None:
    assert concern((30, 5), (55, 10)) is None
    assert concern() is None
