"""With and without another treatment: the list as it stood, unknown as a group of its own, and no small group to be worked out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.pathway.registry.rules.beside import BESIDE, FACTORS, Beside, Split, Written, antidepressant, on_list, split, talked
from tests.unit.registry_rules.test_outcome import DEFINITION, judge, person

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
HOUR = timedelta(hours=1)


def line(
    key: str, name: str, at: datetime = AT - HOUR, *, replaces: str | None = None, withdrawn: bool = False, stopped: date | None = None
) -> Written:
    return Written(at, key, replaces, withdrawn, name, stopped)


# req: S67
@pytest.mark.parametrize(
    ("lines", "on"),
    [
        ([], ()),
        ([line("a", "sertraline")], ("sertraline",)),
        ([line("a", "sertraline", AT + HOUR)], ()),  # written down after the first infusion
        ([line("a", "sertraline"), line("b", "sertraline", replaces="a", withdrawn=True)], ()),
        ([line("a", "sertraline"), line("b", "sertraline", AT + HOUR, replaces="a", withdrawn=True)], ("sertraline",)),
        ([line("a", "sertralin"), line("b", "sertraline", replaces="a")], ("sertraline",)),
        ([line("a", "sertraline", stopped=DAY)], ()),
        ([line("a", "sertraline", stopped=DAY + timedelta(days=1))], ("sertraline",)),
    ],
)
def test_the_list_is_read_as_it_stood_at_the_first_infusion(lines: list[Written], on: tuple[str, ...]) -> None:
    assert on_list(lines, AT, DAY) == on


# req: S67
@pytest.mark.parametrize(
    ("names", "gone_through", "group"),
    [
        (("sertraline",), False, "with"),
        (("mystery", "sertraline"), True, "with"),
        (("mystery",), True, "not known"),
        (("ibuprofen",), False, "without"),
        ((), True, "without"),
        ((), False, "not known"),
    ],
)
def test_a_list_that_nobody_went_through_or_cannot_be_read_is_not_without(names: tuple[str, ...], gone_through: bool, group: Beside) -> None:
    assert antidepressant(names, gone_through, {"sertraline": True, "ibuprofen": False, "mystery": None}.__getitem__) == group


# req: S67
@pytest.mark.parametrize(
    ("visits", "days_on", "group"),
    [
        ([], 30, "without"),
        ([], 13, "not known"),
        ([(2, "held")], 13, "with"),
        ([(2, "held")], 1, "not known"),  # it lies ahead of the moment that is asked about
        ([(14, "held")], 30, "with"),
        ([(15, "held")], 30, "without"),
        ([(-1, "held")], 30, "without"),
        ([(2, "missed")], 30, "without"),
        ([(2, "missed"), (3, "not said")], 30, "not known"),
    ],
)
def test_an_early_visit_counts_when_it_was_held_and_its_time_is_over(visits: list[tuple[int, str]], days_on: int, group: Beside) -> None:
    told = [(AT + timedelta(days=day), state) for day, state in visits]
    assert talked(told, AT, AT + timedelta(days=days_on)) == group


def made(**people: int) -> Split:
    """So many of each group, all alike: well at the end of the course."""
    one = judge(500).stood(person({-1: 20, 2: 18, 24: 4, 45: 9, 101: 9}))
    return split(DEFINITION, FACTORS[0], {group: +Counter({one: people.get(group.replace(" ", "_"), 0)}) for group in BESIDE})


# req: S67
# hazard: H36
def test_each_group_has_its_own_denominator_and_interval() -> None:
    found = made(**{"with": 30, "without": 24})
    assert found.people == (("an antidepressant on the list", "30"), ("none on the list", "24"), ("not known", "0"))
    end = next(each for each in found.lines if each.rows[0].point == "end_of_course")
    assert end.why_not == ""
    assert [(row.due, row.share("response").count) for row in end.rows] == [(30, 30), (24, 24), (0, 0)]
    assert "24 of 24 (100%, 95% interval 86 to 100%)" in [share.words for share in end.rows[1].shares]
    assert found.lines[-1].rows[0].point == "lasting"
    assert len(found.lines) == len(DEFINITION.points) + 1


# req: S67
# hazard: H36
@pytest.mark.parametrize("people", [{"with": 30, "without": 19}, {"with": 30, "without": 24, "not_known": 1}])
def test_one_small_group_hides_all_of_them(people: dict[str, int]) -> None:
    found = made(**people)
    assert {words for _, words in found.people} == {"not shown: a group has fewer than 20 people"}
    assert all(each.why_not for each in found.lines if any(row.due for row in each.rows))


# req: S67
def test_no_word_of_cause_stands_in_it() -> None:
    said = " ".join((factor.title + factor.note + " ".join(factor.groups.values())).lower() for factor in FACTORS)
    assert not any(word in said for word in ("effect", "because", "thanks to", "caus", "improv", "better"))
