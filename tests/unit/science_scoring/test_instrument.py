"""What makes an instrument valid: a scale with a hole in it must never score anybody."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import InstrumentInvalid, instrument_from

CONTENTS = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "instruments")}


def changed(name: str, *path: Any, to: Any) -> dict[str, Any]:
    content = deepcopy(dict(CONTENTS[name]))
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return content


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (changed("phq9", "items", 0, "options", to="nowhere"), "option sets that do not exist"),
        (changed("phq9", "items", 1, "id", to="q1"), "two items have one id"),
        (changed("ymrs", "calls", 0, "reading", to="hold"), "waits for a reading that this score does not have"),
        (changed("asq", "calls", to=CONTENTS["ymrs"]["calls"]), "waits for a reading that this score does not have"),
        (changed("phq9", "option_sets", "how_often", 1, "value", to=0), "offers one answer twice"),
        (changed("phq9", "scoring", "method", to="guess"), "no way of scoring"),
        (changed("phq9", "scoring", "range", to=[0, 26]), "the range is not what the items can sum to"),
        (changed("phq9", "scoring", "bands", 1, "from", to=6), "leaves a gap or overlaps"),
        (changed("phq9", "scoring", "bands", 1, "to", to=4), "leaves a gap or overlaps"),
        (changed("phq9", "scoring", "bands", 4, "to", to=26), "do not reach the end"),
        (changed("phq9", "scoring", "missing", "at_most", to=9), "every item may be missing"),
        (changed("phq9", "scoring", "facts", to={"x": {"item": "q99", "at_least": 1}}), "items that do not exist"),
        (changed("who5", "scoring", "range", to=[0, 25]), "the range is not what the items can sum to"),
        (changed("who5", "option_sets", "zero_to_five", 0, "value", to=9), "a percentage needs items that start at 0"),
        (changed("pcl5", "scoring", "parts", "B", to=["q99"]), "items that do not exist"),
        (changed("pcl5", "items", 0, "scored", to=False), "a part sums what is not scored"),
        (changed("aldrete_modified", "scoring", "parts", to={"x": ["sbp"]}), "a part sums what is not scored"),
        (changed("aldrete_modified", "scoring", "grades", 0, "of", to="resp"), "worked out from a question that is summed itself"),
        (changed("aldrete_modified", "scoring", "combined", 0, "every", 0, "of", to="nothing"), "needs bounds on numbers that there are"),
        (changed("aldrete_modified", "scoring", "combined", 0, "every", 0, to={"of": "total"}), "needs bounds on numbers that there are"),
        (changed("aldrete_modified", "items", 3, "bounds", to=[300, 300]), "bounds that leave no answer"),
        (changed("aldrete_modified", "items", 3, "options", to="limbs"), "needs options or bounds, not both"),
        (changed("qids_sr16", "scoring", "domains", 0, "items", to=["q1"]), "do not hold every scored item once"),
        (changed("qids_sr16", "scoring", "domains", 2, "one_of", 0, to=["q1", "q6"]), "a choice reaches out of its domain"),
        (changed("ebi", "scoring", "percent", to=True), "a percentage or a mean, not both"),
        (changed("ebi", "items", 0, "bounds", to=[0, 10]), "a mean needs items with the same answers"),
        (changed("ebi", "scoring", "parts", "mean", "least", to=7), "only a mean may lack some answers"),
        (changed("meq30", "scoring", "parts", "ineffability", "least", to=2), "only a mean may lack some answers"),
        (changed("meq30", "option_sets", "zero_to_five", 0, "value", to=9), "a percentage needs items that start at 0"),
        (changed("icsi_icpi", "scoring", "parts", "icsi", to=["symptom1"]), "items that no part counts"),
        (changed("cssrs_screener_slc", "scoring", "order", to=[{"item": "q1", "result": "low"}]), "a question has no level"),
        (changed("cssrs_screener_slc", "scoring", "only_after", "q3", to="q9"), "items that do not exist"),
        (changed("cssrs_screener_slc", "flags", 0, "when", to={"result_in": ["grave"]}), "a result that never comes"),
        (changed("pcl5", "scoring", "parts", "B", to=["q1", "q1"]), "a part sums what is not scored, or twice"),
        (changed("pcl5", "scoring", "clusters", 0, "needs", "C", to=3), "needs more than its parts have"),
        (changed("pcl5", "scoring", "clusters", 0, "needs", to={"Z": 1}), "needs more than its parts have"),
        (changed("pcl5", "scoring", "readings", 0, to={"id": "x"}), "exactly one bound"),
        (changed("pcl5", "scoring", "readings", 0, to={"id": "x", "at_least": 1, "at_most": 2}), "exactly one bound"),
        (changed("audit_c", "scoring", "readings", 0, to={"id": "x", "female": 3}), "exactly one bound"),
        (changed("audit_c", "scoring", "readings", 0, to={"id": "x", "male": 3, "at_least": 3}), "exactly one bound"),
        (changed("gad7", "option_sets", "how_often", 0, "value", to="declined"), "an answer that is no number"),
        (changed("phq9", "flags", 0, "items", to=["q99"]), "items that do not exist"),
        (changed("phq9", "flags", 0, "items", to=[]), "must look at items or at results"),
        (changed("phq9", "flags", 0, "when", to={}), "exactly one condition"),
        (changed("asq", "flags", 0, "when", to={"result_in": ["never said"]}), "a result that never comes"),
        (changed("asq", "scoring", "acuity_item", to="q9"), "items that do not exist"),
        (changed("suicide_since_last_contact", "scoring", "order", 0, "item", to="mood"), "items that do not exist"),
    ],
)
def test_an_instrument_that_contradicts_itself_is_refused(content: dict[str, Any], because: str) -> None:
    with pytest.raises(InstrumentInvalid, match=because):
        instrument_from(content)


def test_ways_of_asking_come_with_the_instrument() -> None:
    phq9, asq = instrument_from(CONTENTS["phq9"]), instrument_from(CONTENTS["asq"])
    assert phq9.ways == {"link", "staff_in_person"}
    assert phq9.link_needs_on_call
    assert asq.ways == {"staff_in_person"}
    assert asq.min_interval_days is None
    assert asq.change is None


def test_form_text_becomes_a_legal_answer_or_an_error() -> None:
    asq = instrument_from(CONTENTS["asq"])
    first = asq.items[0]
    assert [first.answer_from(text) for text in ("0", "1", "declined", "", None)] == [0, 1, "declined", None, None]
    with pytest.raises(ValueError, match="is not an answer to q1"):
        first.answer_from("2")


def test_a_sequence_longer_than_the_form_is_refused() -> None:
    gad7 = instrument_from(CONTENTS["gad7"])
    assert gad7.in_order([1, 2]) == {"q1": 1, "q2": 2}
    with pytest.raises(ValueError, match="has 7 items, 8 answers"):
        gad7.in_order([0] * 8)


def test_only_a_scale_whose_cutoff_differs_asks_for_the_sex() -> None:
    assert [name for name, content in sorted(CONTENTS.items()) if instrument_from(content).asks_sex] == ["audit_c"]


def test_items_are_found_by_id() -> None:
    phq9 = instrument_from(CONTENTS["phq9"])
    assert phq9.item("q9") is phq9.items[8]
    assert phq9.item("q11") is None
    assert [item.id for item in phq9.scored_items] == [f"q{number}" for number in range(1, 10)]
