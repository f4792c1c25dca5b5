"""When harm that comes late is looked for: by days or by doses, due when it was never measured, and never normal by silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.outcomes.late_effects import Measured, before_a_dose, late_effect, watched_from

FILE = max((file for file in load_kind(LIBRARY_ROOT, "follow_up") if file.id == "iv_course"), key=lambda file: file.version).content
WATCHED = {each.id: each for each in watched_from(FILE)}
TODAY = date(2027, 3, 1)


def ago(days: int, over: bool | None = False) -> Measured:
    return Measured(on=TODAY - timedelta(days=days), over=over)


def doses(*days_ago: int) -> list[date]:
    return [TODAY - timedelta(days=days) for days in days_ago]


# req: S115
# hazard: H42
@pytest.mark.parametrize(
    ("measured", "given", "state", "due_in"),
    [
        ([], [], "never", None),
        ([ago(90)], [], "later", 1),
        ([ago(91)], [], "due", 0),
        ([ago(30)], [29, 20, 15, 10, 5], "later", 61),
        ([ago(30)], [29, 20, 15, 10, 5, 1], "due", -1),
        ([ago(30)], [60, 50, 40, 39, 38, 37, 30], "later", 61),
        ([ago(30, over=True)], [], "over", 61),
        ([ago(30, over=True), ago(5)], [], "later", 86),
        ([ago(30, over=None)], [], "later", 61),
    ],
)
def test_the_bladder_is_due_after_three_months_or_six_doses(measured: list[Measured], given: list[int], state: str, due_in: int | None) -> None:
    found = late_effect(WATCHED["bladder"], measured, doses(*given), today=TODAY)
    assert (found.state, found.due_on) == (state, None if due_in is None else TODAY + timedelta(days=due_in))
    assert found.words


# req: S115
def test_doses_count_only_where_the_file_says_so() -> None:
    by_days = replace(WATCHED["bladder"], every_doses=None)
    assert late_effect(by_days, [ago(30)], doses(*range(29, 0, -1)), today=TODAY).state == "later"


# req: S115
def test_what_nothing_measures_says_so_with_what_is_missing() -> None:
    for name in ("liver", "cognition", "dependence"):
        found = late_effect(WATCHED[name], [], doses(1), today=TODAY)
        assert (found.state, found.due_on) == ("no_scale", None) and found.watched.missing
    assert watched_from({}) == ()


# req: S115
def test_every_line_that_is_named_is_a_reading_of_its_scale() -> None:
    scales = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "instruments")}
    for each in WATCHED.values():
        for name, reading in each.any_of.items():
            assert any(reading in vignette["gives"] for vignette in scales[name]["vignettes"])
            assert each.every_days >= scales[name]["min_interval_days"]


# req: S115
# hazard: H42
@pytest.mark.parametrize(
    ("measured", "given", "state", "says"),
    [
        ([], [20, 15, 10, 8, 5], "met", "never measured"),
        ([], [25, 20, 15, 10, 8, 5], "unknown", "never measured, with 6 doses begun"),
        ([ago(30)], [29, 25, 20, 15, 10, 5], "unknown", "last measured on 30 Jan 2027, and since then 6 doses begun"),
        ([ago(12)], [29, 25, 20, 15, 10, 5], "met", "not due yet"),
        ([ago(100)], [], "met", "due"),
        ([ago(30, over=True)], [], "unmet", "over its line on 30 Jan 2027. New urgency with a score over its line"),
        ([ago(30, over=True), ago(3)], [], "met", "not due yet"),
    ],
)
def test_a_bladder_over_its_line_or_not_looked_at_for_six_doses_holds_the_next(
    measured: list[Measured], given: list[int], state: str, says: str
) -> None:
    effect = late_effect(WATCHED["bladder"], measured, doses(*given), today=TODAY)
    finding = before_a_dose(effect)
    assert finding is not None and finding.state == state and says in finding.sentence
    assert finding.lifted_by == ("" if state == "met" else "two_signatures")
    decided = before_a_dose(effect, decided=True)
    assert decided is not None and decided.state == ("unmet" if effect.state == "over" else "met"), "a booster was signed with that in view"


# hazard: H42
def test_what_nothing_measures_asks_nothing_of_a_gate() -> None:
    assert before_a_dose(late_effect(WATCHED["liver"], [], doses(1), today=TODAY)) is None
    by_days = late_effect(replace(WATCHED["bladder"], every_doses=None), [], doses(*range(20)), today=TODAY)
    finding = before_a_dose(by_days)
    assert finding is not None and finding.is_met
