"""Many forms at once: columns that say what each form alone would say, and no total where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.batch import BLOCK, NO, OPEN, REFUSALS, UNKNOWN, YES, Batch, NotByTable, score_table
from afterglow.science.scoring.instrument import instrument_from

RULES = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}


def table(name: str, *rows: list[int], kind: Any = np.int16) -> Batch:
    return score_table(RULES[name], np.array(rows, kind))


def test_totals_bands_and_refusals_stand_side_by_side() -> None:
    got = table("phq9", [0] * 9, [3] * 9, [2, 2, 2, 2, 1, 1, 0, 0, OPEN], [OPEN] * 9, [3] * 6 + [OPEN] * 3, [4] + [0] * 8)
    assert [REFUSALS[code] for code in got.refusal] == ["", "", "", "not_answered", "too_many_missing", "unknown_answer"]
    assert [None if np.isnan(total) else total for total in got.total] == [0, 27, 11, None, None, None]
    assert [got.bands[band] if band >= 0 else "" for band in got.band] == ["minimal", "severe", "moderate", "", "", ""]
    assert (got.complete.tolist(), got.prorated.tolist()) == ([True, True, False, False, False, False], [False, False, True, False, False, False])
    assert got.cutoffs["caseness"].tolist() == [NO, YES, YES, UNKNOWN, UNKNOWN, UNKNOWN]


# hazard: H16
def test_an_open_self_harm_question_is_flagged_and_never_a_no_also_in_a_refused_row() -> None:
    got = table("phq9", [0] * 8 + [OPEN], [0] * 9, [OPEN] * 8 + [2], [4] + [0] * 7 + [1])
    assert got.facts["item9_positive"].tolist() == [UNKNOWN, NO, UNKNOWN, UNKNOWN]
    assert got.flags["suicide_item_not_answered"].tolist() == [True, False, False, False]
    assert got.flags["suicide_item_positive"].tolist() == [False, False, True, True]
    assert got.flags["suicide_item_rising"].tolist() == [False] * 4


def test_columns_left_out_at_the_end_are_open() -> None:
    got = table("gad7", [2, 2, 2, 2, 2], [3, 3, 3, 3, 3])
    assert got.total.tolist() == [14, 21]
    assert table("gad7", [2, 2, 2, 2]).refusal.tolist() == [REFUSALS.index("too_many_missing")]


def test_reverse_items_gaps_between_options_and_percentages() -> None:
    assert table("dast10", [0, 0, 1] + [0] * 7, [1, 1, 0] + [1] * 7).total.tolist() == [0, 10]
    assert [REFUSALS[code] for code in table("ymrs", [0] * 11, [0, 0, 0, 0, 1] + [0] * 6).refusal] == ["", "unknown_answer"]
    got = table("who5", [1, 1, 2, 1, 2], [5, 5, 5, 5, OPEN])
    assert (got.total[0], got.numbers["raw"][0], got.numbers["percent"][0]) == (28, 7, 28)
    assert np.isnan(got.numbers["raw"][1])
    assert (got.facts["poor_wellbeing"].tolist(), got.facts["likely_depression"].tolist()) == ([YES, UNKNOWN], [YES, UNKNOWN])


def test_domains_grades_clusters_and_rules_of_several_bounds() -> None:
    qids = table("qids_sr16", [0, 1, 0, 0, 1, OPEN, 2, 1, OPEN, 1, 0, 0, 1, 1, 0, 0], [0, 1, 0, 0, 1, OPEN, OPEN, 1, 0, 1, 0, 0, 1, 1, 0, 0])
    assert (qids.total[0], qids.complete[0], REFUSALS[qids.refusal[1]]) == (7, True, "too_many_missing")
    aldrete = table(
        "aldrete_modified", [2, 2, 2, 120, 120, 98, 1], [1, 2, 1, 185, 120, 93, 0], [2, 1, 2, 143, 120, 97, 1], [2, 2, 2, 120, 120, OPEN, 1]
    )
    assert aldrete.total[:3].tolist() == [10, 5, 9]
    assert (aldrete.numbers["circulation"][:3].tolist(), aldrete.facts["passes"].tolist()) == ([2, 0, 2], [YES, NO, NO, UNKNOWN])
    pcl5 = table("pcl5", [2] * 20, [2] + [0] * 19)
    assert (pcl5.facts["provisional_DSM5"].tolist(), pcl5.numbers["B"].tolist()) == ([YES, NO], [10, 2])
    sheehan = table("sheehan_disability", [2, 2, 2], [3, 0, 0], [7, 6, 5])
    assert (sheehan.facts["remission"].tolist(), sheehan.facts["impaired"].tolist()) == ([YES, NO, NO], [NO, NO, YES])


def test_means_percentages_of_a_part_and_other_anchorings() -> None:
    ebi = table("ebi", [10, 20, 30, 40, 50, 55])
    assert (ebi.total[0], ebi.numbers["mean"][0]) == (34, 34.17)
    meq = table("meq30", [3] * 30)
    assert (meq.numbers["mystical"][0], meq.facts["complete"][0]) == (60.0, YES)
    assert table("bprs_plus", [6, 6, 6, 6]).numbers["total_1_7"].tolist() == [28]


def test_what_needs_a_sex_or_an_earlier_total_is_unknown() -> None:
    assert table("audit_c", [1, 1, 1], [4, 0, 0], [1, 0, 0]).facts["positive"].tolist() == [UNKNOWN, YES, NO]
    pain = table("nrs_pain", [5])
    assert (pain.facts["mcid_met"].tolist(), np.isnan(pain.numbers["pct_change"]).tolist()) == ([UNKNOWN], [True])


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("asq", [[0, 0, 0, 0, 0]]),
        ("bpi_sf", [[0] * 11]),
        ("gad7", [[0] * 8]),
        ("gad7", [[0.0] * 7]),
        ("gad7", [0] * 7),
        ("gad7", [[]]),
    ],
)
def test_what_is_no_sum_and_what_is_no_table_is_refused(name: str, rows: Any) -> None:
    with pytest.raises(NotByTable, match="score its forms one by one|needs a table of whole numbers"):
        score_table(RULES[name], np.array(rows))


def test_no_forms_are_no_scores() -> None:
    got = score_table(RULES["phq9"], np.zeros((0, 9), np.int8))
    assert (len(got.total), len(got.flags["suicide_item_positive"])) == (0, 0)


def test_more_rows_than_are_worked_on_together_stay_in_their_order() -> None:
    rows = np.tile(np.array([[0] * 7, [1] * 7, [3, OPEN, OPEN, OPEN, 0, 0, 0]], np.int8), (BLOCK // 3 + 2, 1))
    got = score_table(RULES["gad7"], rows)
    assert len(got.total) == len(rows) > BLOCK
    assert np.array_equal(got.total, np.tile([0, 7, np.nan], len(rows) // 3), equal_nan=True)
    assert np.array_equal(got.cutoffs["gad"], np.tile(np.array([NO, NO, UNKNOWN], np.int8), len(rows) // 3))


def test_a_flag_by_answers_and_a_number_too_large_for_its_kind() -> None:
    content = next(file.content for file in load_kind(LIBRARY_ROOT, "instruments") if file.id == "gad7")
    flag = {"id": "x", "level": "review", "items": ["q1"], "when": {"answer_in": [3]}, "sentence": "Look at it.", "mark": "J", "source": "test"}
    rules = instrument_from({**content, "flags": [{**flag, "clock_min": {"escalate_after": 15, "escalate_again_after": 30}}]})
    got = score_table(rules, np.array([[3, 0, 0, 0, 0, 0, 0], [2**40, 0, 0, 0, 0, 0, 0]]))
    assert (got.flags["x"].tolist(), [REFUSALS[code] for code in got.refusal]) == ([True, False], ["", "unknown_answer"])
