"""Goals that grow out of what became clear, a practice for a week, and its days: set, changed, ticked, taken back, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.integration.actions.give_practice import end_practice
from afterglow.pathway.integration.actions.practice_done import practice_done
from afterglow.pathway.integration.actions.set_goal import change_goal
from afterglow.pathway.integration.models import Goal, Practice, PracticeDone
from afterglow.pathway.integration.queries.practice import goals, practices_now
from afterglow.records.chart.actions.register_person import register_person
from tests.support.integration import LATER, a_goal, a_practice, colleague, course_link, held, local_day
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = local_day(LATER)


def change(way: OnTheWay, goal_id: Any, text: str = "Swim on Sundays", state: Any = "open", key: str = "change") -> Any:
    return change_goal(goal_id=goal_id, text=text, state=state, key=key, by=way.cast.theo, at=LATER)


# req: S95 S96 N23
def test_insight_goal_and_practice_are_linked_across_changes(way: OnTheWay) -> None:
    visit = held(way)
    first = a_goal(way, visit_id=visit)
    practice = a_practice(way, first)
    second = change(way, first)
    row = goals(way.person_id, TODAY)[0]
    assert (row.id, row.text, row.insight, row.theme, row.visit_id, row.state) == (
        second, "Swim on Sundays", "I miss the sea.", "joy", visit, "open",
    )  # fmt: skip
    assert [each.id for each in row.practices] == [practice], "the practice that was given for its earlier words stays with the goal"
    assert (row.first_at, len(goals(way.person_id, TODAY))) == (LATER, 1)


def test_a_change_is_a_new_row_and_is_audited_with_both(way: OnTheWay) -> None:
    first = a_goal(way)
    second = change(way, first, state="reached")
    assert Goal.objects.get(id=second).replaces_id == first and Goal.objects.get(id=first).text == "Swim again"
    row = AuditRow.objects.get(event="integration.goal_changed")
    assert "Swim again" in row.old_text and "reached" in row.new_text and row.person_id == way.person_id


def test_the_same_form_twice_is_one_goal(way: OnTheWay) -> None:
    first = a_goal(way)
    assert a_goal(way) == first and change(way, first) == change(way, first)
    assert Goal.objects.count() == 2
    practice = a_practice(way, goals(way.person_id, TODAY)[0].id)
    assert a_practice(way, goals(way.person_id, TODAY)[0].id) == practice


@pytest.mark.parametrize("state", ["reached", "let_go"])
def test_a_closed_goal_stays_closed_and_gets_no_practice(way: OnTheWay, state: str) -> None:
    closed = change(way, a_goal(way), state=state)
    for deed in (lambda: change(way, closed, key="again"), lambda: a_practice(way, closed)):
        with pytest.raises(Refusal):
            deed()
    assert not Practice.objects.exists() and Goal.objects.count() == 2


def test_two_changes_of_one_goal_do_not_fork_it(way: OnTheWay) -> None:
    first = a_goal(way)
    change(way, first)
    with pytest.raises(Refusal) as refused:
        change(way, first, key="from an old page")
    assert [finding.item for finding in refused.value.findings] == ["goal.open"]
    with pytest.raises(Refusal) as refused:
        a_practice(way, first)
    assert [finding.item for finding in refused.value.findings] == ["practice.goal"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"text": " "}, "integration.goal_not_set"),
        ({"text": "x" * 301}, "integration.text_refused"),
        ({"insight": "x" * 401}, "integration.text_refused"),
        ({"theme": "x" * 61}, "integration.text_refused"),
        ({"theme": "a\x00b"}, "integration.text_refused"),
    ],
)
def test_a_goal_is_not_set_half(way: OnTheWay, other: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        a_goal(way, **other)
    assert refused.value.code == code and not Goal.objects.exists()


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"text": " "}, "integration.practice_not_given"),
        ({"times_a_week": 8}, "integration.practice_not_given"),
        ({"starts_on": TODAY - 2 * DAY}, "integration.practice_not_given"),
        ({"text": "x" * 301}, "integration.text_refused"),
        ({"text": "a\x00b"}, "integration.text_refused"),
    ],
)
def test_a_practice_is_not_given_half(way: OnTheWay, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        a_practice(way, a_goal(way), **other)
    assert refused.value.code == code and not Practice.objects.exists()


# req: S97
def test_the_person_ticks_a_day_on_their_own_link_and_takes_it_back(way: OnTheWay) -> None:
    practice, (dan, _) = a_practice(way, a_goal(way)), course_link(way.cast, LATER)
    for _ in range(2):
        practice_done(practice_id=practice, on=TODAY, by=dan, at=LATER)
    row = practices_now(way.person_id, TODAY)[0]
    assert (row.times_done, [day.on for day in row.days if day.done], row.kept) == (1, [TODAY], False)
    assert PracticeDone.objects.count() == 1, "the same tick twice is one tick"
    practice_done(practice_id=practice, on=TODAY, done=False, by=dan, at=LATER + timedelta(minutes=1))
    assert practices_now(way.person_id, TODAY)[0].times_done == 0
    practice_done(practice_id=practice, on=TODAY, by=way.cast.theo, at=LATER + timedelta(minutes=2))
    assert practices_now(way.person_id, TODAY)[0].times_done == 1
    events = list(AuditRow.objects.filter(event__startswith="integration.practice_t").order_by("id").values_list("event", "actor_kind"))
    assert events == [
        ("integration.practice_ticked", "link"),
        ("integration.practice_taken_back", "link"),
        ("integration.practice_ticked", "person"),
    ]


def test_taking_back_what_was_never_ticked_changes_nothing(way: OnTheWay) -> None:
    practice = a_practice(way, a_goal(way))
    practice_done(practice_id=practice, on=TODAY, done=False, by=way.cast.theo, at=LATER)
    assert not PracticeDone.objects.exists()


def test_as_often_as_meant(way: OnTheWay) -> None:
    practice = a_practice(way, a_goal(way))
    for ahead in range(4):
        practice_done(practice_id=practice, on=TODAY + ahead * DAY, by=way.cast.theo, at=LATER + 5 * DAY)
    row = practices_now(way.person_id, TODAY + 5 * DAY)[0]
    assert (row.times_done, row.times_shown, row.kept) == (4, 3, True)


@pytest.mark.parametrize(("ahead", "later"), [(1, 0), (7, 8), (-1, 0), (0, 15)])
def test_a_day_that_is_not_open_is_not_ticked(way: OnTheWay, ahead: int, later: int) -> None:
    practice = a_practice(way, a_goal(way))
    with pytest.raises(Refusal, match=r"integration\.day_not_open"):
        practice_done(practice_id=practice, on=TODAY + ahead * DAY, by=way.cast.theo, at=LATER + later * DAY)
    assert not PracticeDone.objects.exists()


def test_a_practice_that_was_ended_leaves_the_phone_and_keeps_its_days(way: OnTheWay) -> None:
    practice, (dan, _) = a_practice(way, a_goal(way)), course_link(way.cast, LATER)
    practice_done(practice_id=practice, on=TODAY, by=dan, at=LATER)
    with pytest.raises(Refusal, match=r"integration\.no_reason"):
        end_practice(practice_id=practice, reason=" ", by=way.cast.theo, at=LATER)
    with pytest.raises(Refusal, match=r"integration\.text_refused"):
        end_practice(practice_id=practice, reason="x" * 201, by=way.cast.theo, at=LATER)
    for again in range(2):
        end_practice(practice_id=practice, reason=f"it hurt {again}", by=way.cast.theo, at=LATER)
    assert Practice.objects.get(id=practice).end_reason == "it hurt 0", "ending it again changes nothing"
    assert practices_now(way.person_id, TODAY) == []
    row = goals(way.person_id, TODAY)[0].practices[0]
    assert row.times_done == 1 and not any(day.open for day in row.days) and not row.is_on
    with pytest.raises(Refusal, match=r"integration\.practice_ended"):
        practice_done(practice_id=practice, on=TODAY, done=False, by=dan, at=LATER)


def test_who_may(way: OnTheWay) -> None:
    goal = a_goal(way)
    practice = a_practice(way, goal)
    una = register_person(given_name="Una", family_name="Example", born_on=None, key="una", by=way.cast.faye, at=LATER)
    stranger, _ = course_link(way.cast, LATER, una)
    tess = colleague(way.cast, LATER, "Tess Moor", "therapist")
    for who, refused in ((tess, NotFound), (way.cast.cora, NotFound), (way.cast.ana, Forbidden), (way.cast.ben, Forbidden)):
        for deed in (
            lambda who=who: a_goal(way, by=who, key="g"),
            lambda who=who: a_practice(way, goal, by=who, key="p"),
            lambda who=who: change_goal(goal_id=goal, text="x", state="open", key="c", by=who, at=LATER),
            lambda who=who: end_practice(practice_id=practice, reason="no", by=who, at=LATER),
            lambda who=who: practice_done(practice_id=practice, on=TODAY, by=who, at=LATER),
        ):
            with pytest.raises(refused):
                deed()
    with pytest.raises(NotFound):
        practice_done(practice_id=practice, on=TODAY, by=stranger, at=LATER)
    dan, _ = course_link(way.cast, LATER)
    for deed in (lambda: a_goal(way, by=dan, key="g"), lambda: end_practice(practice_id=practice, reason="no", by=dan, at=LATER)):
        with pytest.raises((Forbidden, NotFound)):
            deed()
    with pytest.raises(NotFound):
        a_goal(way, visit_id=goal, key="a visit that is none")
    assert not PracticeDone.objects.exists() and Goal.objects.count() == 1
