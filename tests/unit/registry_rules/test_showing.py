"""Periods by their names, a hundred people as dots, and the page of expectations made of file and figures."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.pathway.registry.rules.evidence import COMPARATOR, NO_COMPARISON, OWN, Own, Study, evidence_for, expectations_from, own_figure
from afterglow.pathway.registry.rules.hundred import hundred, whole
from afterglow.pathway.registry.rules.periods import period_from, periods_of
from tests.unit.registry_rules.test_counting import counted

EVIDENCE = next(file for file in newest("evidence") if file.id == "iv_ketamine_depression")


@pytest.mark.parametrize(
    ("name", "title", "holds"),
    [
        ("", "Everyone so far", True),
        ("all", "Everyone so far", True),
        ("2026-11", "Started in November 2026", True),
        ("2026-10", "Started in October 2026", False),
        ("2026-Q4", "Started in quarter 4 of 2026", True),
        ("2026-Q3", "Started in quarter 3 of 2026", False),
    ],
)
def test_a_period_holds_its_days(name: str, title: str, holds: bool) -> None:
    period = period_from(name)
    assert period is not None
    assert (period.title, period.holds(date(2026, 11, 30))) == (title, holds)


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-00", "2026-Q5", "2026-1", "x", "2026-11-22", "２０２６-１１"])
def test_another_name_is_no_period(name: str) -> None:
    assert period_from(name) is None


def test_periods_are_those_in_which_somebody_started_the_latest_first() -> None:
    days = [date(2026, 11, 2), date(2026, 11, 2), date(2026, 9, 30), date(2025, 12, 31)]
    assert [period.id for period in periods_of(days)] == ["all", "2026-Q4", "2026-Q3", "2025-Q4", "2026-11", "2026-09", "2025-12"]
    assert [period.id for period in periods_of([])] == ["all"]


def circles(path: str) -> int:
    return path.count("M")


# req: N16
@pytest.mark.parametrize(
    ("given", "sure", "maybe", "headline"),
    [
        ((52.2, None, None), 52, 0, "52 of 100"),
        ((45, 35, 55), 35, 20, "45 of 100"),
        ((30, 24.1, 35.9), 24, 12, "30 of 100"),
        ((None, 61, 84), 61, 23, "61 to 84 of 100"),
        ((0, 0, 16.1), 0, 16, "0 of 100"),
        ((100, 83.9, 100), 84, 16, "100 of 100"),
    ],
)
def test_a_share_is_a_hundred_people(given: tuple[float | None, ...], sure: int, maybe: int, headline: str) -> None:
    drawn = hundred(*given)
    assert (drawn.sure, drawn.maybe, drawn.others, drawn.headline) == (sure, maybe, 100 - sure - maybe, headline)
    assert (circles(drawn.filled), circles(drawn.dots), circles(drawn.filled) + circles(drawn.rings)) == (sure, maybe, 100)


def test_each_drawing_says_how_sure_it_is() -> None:
    assert "How sure this is was not read" in hundred(64, None, None).sentence
    assert "likely between 35 and 55" in hundred(45, 35, 55).sentence
    assert "Between 61 and 84" in hundred(None, 61, 84).sentence
    assert [whole(share) for share in (52.4, 52.5, 53.6)] == [52, 53, 54]


@pytest.mark.parametrize("given", [(None, None, None), (None, 5, None), (None, None, 5)])
def test_nothing_is_drawn_of_nothing(given: tuple[float | None, ...]) -> None:
    with pytest.raises(ValueError, match="a share or a range"):
        hundred(*given)


def test_dots_stay_inside_their_square() -> None:
    places = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", hundred(100, None, None).filled)
    assert len(set(places)) == 100
    assert all(0 <= float(x) <= 100 and 0 <= float(y) <= 100 for x, y in places)


# req: N16
# hazard: H36
def test_own_figures_stand_beside_what_is_published_or_say_that_they_are_too_few() -> None:
    few, many = own_figure("end_of_course_response", counted(well=19)), own_figure("end_of_course_response", counted(well=20, silent=5))
    assert few.hundred is None
    assert few.sentence == "Too few to show: fewer than 20 people have got that far."
    assert many.hundred is not None and many.hundred.headline == "80 of 100"
    assert many.sentence == "20 of 25 (80%, 95% interval 61 to 91%). 5 of them gave no answer and count as not better."
    assert own_figure("finished", counted(well=20)).sentence == "20 of 20 (100%, 95% interval 84 to 100%)."
    assert own_figure("lasting_started", counted(well=20, left=20)).proportion.out_of == 40
    assert own_figure("lasting_finished", counted(well=20, left=20)).proportion.out_of == 20
    with pytest.raises(KeyError):
        own_figure("best_of_all", counted())


def test_every_own_figure_can_be_made() -> None:
    made = [own_figure(name, counted(well=20)) for name in (*OWN, "finished")]
    assert all(isinstance(each, Own) and each.hundred is not None for each in made)
    assert all(own_figure(name, counted()).hundred is None for name in (*OWN, "finished"))


# req: N16
def test_the_page_is_made_of_the_file_and_without_a_clinic_of_nothing_else() -> None:
    alone, beside = expectations_from(EVIDENCE.content, None), expectations_from(EVIDENCE.content, counted(well=20))
    assert [section.title for section in alone.sections] == [row["title"] for row in EVIDENCE.content["sections"]]
    assert not any(part.own for part in (*alone.sections, *alone.claims))
    assert sum(len(section.own) for section in beside.sections) == sum(len(row["own"]) for row in EVIDENCE.content["sections"]) > 0
    assert {figure.id for section in alone.sections for figure in section.published} == {row["id"] for row in EVIDENCE.content["figures"]}


# req: S114
# hazard: H35
def test_both_groups_of_a_trial_are_held_and_told_apart() -> None:
    shown = {figure.id: figure for section in expectations_from(EVIDENCE.content, None).sections for figure in section.published}
    pairs = [(shown[row["treated"]], shown[row["comparator"]]) for row in EVIDENCE.content["comparisons"]]
    assert all(one.study == other.study and one.when == other.when and one.what == other.what for one, other in pairs)
    assert {other.arm for _, other in pairs} == {COMPARATOR}
    assert shown["one_dose_ketamine"].arm == "treated group, set against midazolam"
    assert shown["course_response"].arm == ""


# req: S114
# hazard: H35 H36
def test_no_figure_of_a_clinic_stands_in_a_section_with_a_comparison_group() -> None:
    content = deepcopy(EVIDENCE.content)
    (section,) = [row for row in content["sections"] if row["id"] == "without"]
    section["own"] = ["end_of_course_response"]
    for figures in (None, counted(well=20)):
        with pytest.raises(ValueError, match="without: a comparison group of a trial stands apart"):
            expectations_from(content, figures)
    section["figures"] = ["one_dose_ketamine"]
    assert expectations_from(content, None)


# req: S114
# hazard: H36
def test_every_figure_of_a_clinic_carries_that_there_was_no_comparison() -> None:
    beside = expectations_from(EVIDENCE.content, counted(well=20))
    for part in (*beside.sections, *beside.claims):
        assert part.not_compared == (NO_COMPARISON if part.own else "")


@pytest.mark.parametrize(
    ("citation", "short"),
    [
        ("Han Y et al. Neuropsychiatr Dis Treat 2016;12:2859-2867", "Han 2016"),
        ("Bahji A, Zarate CA, Vazquez GH. Expert Opin Drug Saf 2022", "Bahji 2022"),
        ("Spravato (esketamine nasal spray) US prescribing information", "Spravato"),
        ("US Food and Drug Administration, alert on compounded ketamine, 10 October 2023", "US Food and Drug Administration 2023"),
        ("Anderson 2022, Health Psychol Res (review)", "Anderson 2022"),
    ],
)
def test_a_study_has_a_short_name(citation: str, short: str) -> None:
    assert Study(id="x", citation=citation, doi="", mark="V", note="").short == short


# req: N16
def test_the_file_for_an_illness_and_a_way_is_found_by_both() -> None:
    files = {file.id: file.content for file in newest("evidence")}
    assert evidence_for(files, "trd", "iv") == "iv_ketamine_depression"
    assert evidence_for(files, "ptsd", "iv") == "iv_ketamine_ptsd"
    assert evidence_for(files, "trd", "nasal") == "nasal_esketamine_trd"
    assert evidence_for(files, "ptsd", "nasal") is None


@pytest.mark.parametrize(("name", "drawn"), [("iv_ketamine_depression", True), ("iv_ketamine_ptsd", True), ("iv_ketamine_bipolar", False)])
def test_nobody_is_drawn_where_no_share_of_people_was_read(name: str, drawn: bool) -> None:
    found = expectations_from(next(file.content for file in newest("evidence") if file.id == name), None)
    assert found.drawn is drawn
