"""The table: everyone who is due in the denominator, missing beside it, completers apart, and nothing at all below twenty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from afterglow.pathway.registry.rules.counting import Figures, figures
from afterglow.pathway.registry.rules.csv_rows import HEAD, csv_rows
from afterglow.pathway.registry.rules.evidence import own_figure
from tests.unit.registry_rules.test_outcome import DEFINITION, SIX, day, judge, person

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WELL = person({-1: 20, 2: 18, 24: 4, 45: 9, 101: 9})
NO_BETTER = person({-1: 20, 24: 18})
SILENT = person({-1: 20})
UNJUDGED = person({24: 3})
LEFT = person({-1: 20}, doses=SIX[:2])
LEFT_WELL = person({-1: 20, 8: 3}, doses=SIX[:2])
NEW = person({-1: 20}, doses=(495,))


def counted(**people: int) -> Figures:
    known = {"well": WELL, "no_better": NO_BETTER, "silent": SILENT, "unjudged": UNJUDGED, "left": LEFT, "left_well": LEFT_WELL, "new": NEW}
    return figures(DEFINITION, judge(500), [known[name] for name, number in people.items() for _ in range(number)])


# req: S113 N40
# hazard: H36
def test_everyone_who_is_due_is_in_the_denominator_and_the_missing_stand_beside_it() -> None:
    found = counted(well=12, no_better=6, silent=4, unjudged=3, left=5, new=7)
    assert (found.started, found.in_course) == (37, 7)
    assert (found.finished.count, found.finished.out_of) == (25, 30)
    started, finished = found.row("end_of_course"), found.row("end_of_course", "finished")
    assert (started.due, started.missing, started.not_judged) == (30, 9, 3)
    assert (finished.due, finished.missing, finished.not_judged) == (25, 4, 3)
    assert (started.share("response").count, started.share("response").out_of) == (12, 30)
    assert (started.share("remission").count, started.share("lower").count) == (12, 18)
    assert (started.share("response_of_scored").count, started.share("response_of_scored").out_of) == (12, 18)
    assert finished.share("response").out_of == 25


# req: N44
# hazard: H36
def test_a_score_in_an_unvalidated_translation_is_not_pooled_and_is_counted_beside_the_missing() -> None:
    apart = replace(SILENT, apart=(day(24), day(45), day(101)))
    found = figures(DEFINITION, judge(500), [WELL] * 12 + [SILENT] * 5 + [apart] * 8)
    row, lasting = found.row("end_of_course"), found.row("lasting")
    assert (row.due, row.missing, row.apart, row.share("response").count, row.share("response_of_scored").out_of) == (25, 13, 8, 12, 12)
    assert (lasting.due, lasting.missing, lasting.apart, lasting.share("lasting").count) == (25, 13, 8, 12)
    assert found.row("end_of_course", "finished").apart == 8
    lines = csv_rows(found, clinic="c", period="all", definitions="d", counted_at=AT)
    said = next(dict(zip(HEAD, line, strict=True)) for line in lines if line[2] == "end_of_course")
    assert (said["no_score"], said["of_them_in_unvalidated_translation"]) == (13, 8)


# hazard: H36
def test_completers_alone_look_better_than_everyone_who_started() -> None:
    found = counted(well=20, left=20)
    assert found.row("end_of_course", "finished").share("response").fraction == 1
    assert found.row("end_of_course").share("response").fraction == 0.5


def test_who_stopped_early_and_answers_still_counts() -> None:
    assert counted(left_well=20).row("end_of_course").share("remission").count == 20


# req: S113
def test_lasting_is_counted_of_all_and_of_those_who_finished() -> None:
    found = counted(well=15, no_better=5, left=10, silent=2, unjudged=3)
    row, finished = found.row("lasting"), found.row("lasting", "finished")
    assert (row.due, row.missing, row.not_judged, row.share("lasting").count) == (35, 12, 3, 15)
    assert (finished.due, finished.share("lasting").count) == (25, 15)
    assert row.title == "Lasting: end of the course, still at three months after the last infusion"


def test_before_the_second_infusion_tells_lower_from_response() -> None:
    row = counted(well=20).row("before_second")
    assert (row.share("lower").count, row.share("response").count, row.due) == (20, 0, 20)


# req: N16
# hazard: H36
@pytest.mark.parametrize(("number", "shown"), [(19, False), (20, True)])
def test_below_twenty_nothing_is_shown(number: int, shown: bool) -> None:
    found = counted(well=number)
    assert found.shown is shown
    assert found.row("end_of_course").shown is shown
    assert [share.words.startswith("not shown") for share in found.row("end_of_course").shares] == [not shown] * 4
    assert found.finished_words.startswith("not shown") is not shown


def test_an_empty_clinic_has_figures_of_nobody() -> None:
    found = figures(DEFINITION, judge(0), [])
    assert (found.started, found.finished.out_of, found.finished.fraction) == (0, 0, None)
    assert all(row.due == 0 for row in (*found.rows, *found.lasting))


# hazard: H36
def test_where_nobody_gave_a_score_there_is_no_nought_but_nothing_known() -> None:
    """Twenty silent people are not twenty who were not helped."""
    row = counted(silent=20).row("end_of_course")
    assert (row.due, row.missing, row.shown, row.why_not) == (20, 20, False, "not known: nobody gave a score")
    lines = csv_rows(counted(silent=20), clinic="Harbour", period="all", definitions="d", counted_at=AT)
    by = {(line[2], line[3], line[4]): dict(zip(HEAD, line, strict=True)) for line in lines}
    assert by["end_of_course", "started", "response"]["note"] == row.why_not
    assert by["end_of_course", "started", "response"]["count"] == ""
    own = own_figure("end_of_course_response", counted(silent=20))
    assert own.hundred is None
    assert own.sentence == "Nobody has answered at that time, so nothing is known."
    assert counted(silent=20, well=1).row("end_of_course").why_not == ""


def test_a_share_that_a_row_does_not_count_is_no_share() -> None:
    with pytest.raises(StopIteration):
        counted(well=1).row("lasting").share("remission")
    with pytest.raises(StopIteration):
        counted(well=1).row("never")


# req: N37 N40
def test_each_line_of_the_table_to_take_away_says_what_it_is_of() -> None:
    found = counted(well=21, silent=4, left=2)
    lines = csv_rows(found, clinic="Harbour", period="all", definitions="registry/outcomes version 1", counted_at=AT)
    assert {len(line) for line in lines} == {len(HEAD)}
    assert len(lines) == 1 + 4 * len(found.rows) + len(found.lasting)
    by = {(line[2], line[3], line[4]): dict(zip(HEAD, line, strict=True)) for line in lines}
    response = by["end_of_course", "started", "response"]
    assert (response["count"], response["out_of"], response["percent"], response["no_score"]) == (21, 27, "77.8", 6)
    assert (response["interval_low_percent"], response["interval_high_percent"]) == ("59.2", "89.4")
    assert (response["definitions"], response["counted_at"]) == ("registry/outcomes version 1", "2026-11-22T09:00:00+00:00")
    assert by["course", "started", "finished"]["count"] == 25


# hazard: H36
def test_a_hidden_line_holds_no_number() -> None:
    found = counted(well=10, silent=9)
    for line in csv_rows(found, clinic="=cmd", period="all", definitions="d", counted_at=AT):
        row = dict(zip(HEAD, line, strict=True))
        assert row["note"] == "not shown: fewer than 20 people"
        assert [row[name] for name in HEAD[5:12]] == [""] * 7
        assert row["clinic"] == "'=cmd"


def test_few_judged_among_many_due_show_no_share_of_those_judged() -> None:
    lines = csv_rows(counted(well=5, silent=20), clinic="Harbour", period="all", definitions="d", counted_at=AT)
    by = {(line[2], line[3], line[4]): dict(zip(HEAD, line, strict=True)) for line in lines}
    assert by["end_of_course", "started", "response"]["count"] == 5
    assert by["end_of_course", "started", "response_of_scored"]["note"].startswith("not shown")
