"""A criterion as a value, its sentences, and the catalogue of facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from afterglow.science.criteria.catalogue import BadFact, Catalogue, catalogue_from, read_facts, stored_facts
from afterglow.science.criteria.criterion import BadCriterion, criterion_from, filled, judge
from afterglow.science.criteria.interpreter import BadCondition
from afterglow.science.criteria.trd import BANDS, Improvement

CONTENT: dict[str, Any] = {
    "id": "aneurysm",
    "version": 1,
    "title": "No aneurysm",
    "group": "heart",
    "order": 10,
    "question": "Aneurysm?",
    "level": "absolute",
    "lifted_by": "nobody",
    "who": "Nobody.",
    "met_when": {"all": [{"no": "a"}, {"no": "b"}, {"no": "a"}]},
    "says": {"met": "None.", "unmet": "Found: {a}, {b}."},
    "sources": [{"citation": "Label 4"}, {"citation": "Rule 33"}],
    "mark": "V",
    "private": False,
    "status": "unreviewed",
}


@pytest.mark.parametrize(
    ("facts", "state", "sentence", "lifted_by"),
    [
        ({"a": False, "b": False}, "met", "None.", ""),
        ({"a": True, "b": False}, "unmet", "Found: yes, no.", "nobody"),
        ({"a": True}, "unmet", "Found: yes, not known.", "nobody"),
        ({"a": False}, "unknown", "No aneurysm: not known yet (bulging vessel).", ""),
        ({}, "unknown", "No aneurysm: not known yet (a, bulging vessel).", ""),
    ],
)
def test_judged_in_words(facts: dict[str, Any], state: str, sentence: str, lifted_by: str) -> None:
    finding = judge(criterion_from(CONTENT), facts, {"b": "bulging vessel"})
    assert (finding.state, finding.sentence, finding.lifted_by) == (state, sentence, lifted_by)
    assert (finding.source, finding.mark) == ("Label 4; Rule 33", "V")


def test_its_own_sentence_for_unknown() -> None:
    criterion = criterion_from(CONTENT | {"says": {"met": "m", "unmet": "u", "unknown": "Because {why}."}})
    assert judge(criterion, {"why": "nobody asked"}, {}).sentence == "Because nobody asked."


def test_asks_for_each_fact_once() -> None:
    assert criterion_from(CONTENT).facts == ("a", "b")


@pytest.mark.parametrize(
    ("level", "lifted_by", "gives"), [("hold", "two_signatures", "two_signatures"), ("hold", "doing", ""), ("precaution", "not_needed", "")]
)
def test_each_level_is_lifted_in_its_way(level: str, lifted_by: str, gives: str) -> None:
    assert criterion_from(CONTENT | {"level": level, "lifted_by": lifted_by}).lifted_by == gives


@pytest.mark.parametrize(
    ("level", "lifted_by"), [("absolute", "two_signatures"), ("absolute", "doing"), ("hold", "nobody"), ("precaution", "two_signatures")]
)
def test_a_level_with_another_way_of_lifting_is_refused(level: str, lifted_by: str) -> None:
    with pytest.raises(BadCriterion):
        criterion_from(CONTENT | {"level": level, "lifted_by": lifted_by})


def test_a_bad_condition_is_refused_when_the_file_is_read() -> None:
    with pytest.raises(BadCondition):
        criterion_from(CONTENT | {"met_when": {"call": "f"}})


def test_filled_sentences() -> None:
    facts = {"a.b": Decimal("1.50"), "c": date(2026, 1, 2)}
    assert filled("{a.b} on {c}, {d}", facts) == "1.50 on 2026-01-02, not known"


GROUPS = [{"id": "heart", "title": "Heart"}, {"id": "mind", "title": "Mind"}]


def asked(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "group": "heart", "label": key, "ask": key, "kind": kind, "asked_of": "staff"} | more


@pytest.fixture
def catalogue() -> Catalogue:
    facts = [
        asked("x.yes", "yes_no"),
        asked("x.on", "date"),
        asked("x.mmhg", "number", unit="mmHg", lowest=40, highest=300),
        asked("x.free", "number", unit="points"),
        asked("x.class", "choice", choices={"a": "class A", "b": "class B"}),
        asked("x.says", "text", asked_of="computed"),
    ]
    return catalogue_from({"groups": GROUPS, "facts": facts})


def test_the_form_shows_what_staff_are_asked(catalogue: Catalogue) -> None:
    assert [each.key for each in catalogue.on_the_form("heart")] == ["x.yes", "x.on", "x.mmhg", "x.free", "x.class"]
    assert catalogue.on_the_form("mind") == ()
    assert catalogue.labels["x.says"] == "x.says"


def test_a_catalogue_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(BadFact, match="twice"):
        catalogue_from({"groups": GROUPS, "facts": [asked("x", "yes_no"), asked("x", "date")]})
    with pytest.raises(BadFact, match="no group"):
        catalogue_from({"groups": GROUPS, "facts": [asked("x", "yes_no", group="bones")]})


@pytest.mark.parametrize(
    ("key", "answer", "fact"),
    [
        ("x.yes", "yes", True),
        ("x.yes", "no", False),
        ("x.yes", True, True),
        ("x.on", "2026-03-04", date(2026, 3, 4)),
        ("x.on", date(2026, 3, 4), date(2026, 3, 4)),
        ("x.mmhg", "120", Decimal(120)),
        ("x.mmhg", 40, Decimal(40)),
        ("x.mmhg", 300.0, Decimal("300.0")),
        ("x.free", "-5", Decimal(-5)),
        ("x.class", "a", "a"),
        ("x.says", "words", "words"),
    ],
)
def test_answers_become_facts_and_survive_storage(catalogue: Catalogue, key: str, answer: object, fact: object) -> None:
    facts = read_facts(catalogue, {key: answer})
    assert facts == {key: fact}
    assert read_facts(catalogue, stored_facts(facts)) == facts


@pytest.mark.parametrize("answer", [None, "", "unknown"])
def test_unknown_is_left_out(catalogue: Catalogue, answer: object) -> None:
    assert read_facts(catalogue, {"x.yes": answer, "x.on": answer, "x.mmhg": answer, "x.class": answer}) == {}


def test_stored_unknown_stays_unknown() -> None:
    assert stored_facts({"a": None, "b": False, "c": 3}) == {"a": None, "b": False, "c": 3}


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("y", "yes"),
        ("x.yes", "maybe"),
        ("x.yes", 1),
        ("x.on", "4 March"),
        ("x.on", 20260304),
        ("x.on", "20260304"),
        ("x.on", "2026-02-30"),
        ("x.mmhg", "high"),
        ("x.mmhg", True),
        ("x.mmhg", "NaN"),
        ("x.mmhg", 39),
        ("x.mmhg", 301),
        ("x.class", "c"),
        ("x.class", 1),
        ("x.says", 5),
    ],
)
def test_an_answer_that_is_not_on_offer_is_refused(catalogue: Catalogue, key: str, answer: object) -> None:
    with pytest.raises(BadFact) as refused:
        read_facts(catalogue, {key: answer})
    assert refused.value.key == key
    assert refused.value.sentence


@pytest.mark.parametrize(("lowest", "highest"), [(-1, 5), (50, 49), (0, 101)])
def test_an_improvement_lies_between_0_and_100(lowest: int, highest: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        Improvement(lowest=lowest, highest=highest)


def test_bands_do_not_overlap_and_read_well() -> None:
    assert [str(band) for band in BANDS.values()] == ["0%", "1 to 24%", "25 to 49%", "50 to 100%"]
