"""The tables for research without a database: what is hidden, what is written, when a set may leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.content.files import load_library
from afterglow.pathway.registry.rules import research_set as rules
from afterglow.pathway.registry.rules.research_set import (
    DoseGiven,
    MakingFacts,
    Member,
    ScoreTaken,
    age_span,
    coarsened,
    may_make,
    reasons,
    tables,
    told,
)

ON = date(2026, 12, 7)
SPANS = (18, 30, 40, 50, 60, 70)
ONE = Member(
    code="c1",
    age_span="30-39",
    treated_for="trd",
    protocol="six",
    doses=(DoseGiven(0, "racemic", 500, 40), DoseGiven(3, "racemic", None, None), DoseGiven(7, "", None, None)),
    scores=(ScoreTaken("phq9", -1, 20),),
)
GOOD = MakingFacts(people=20, least=20, approved_until_on=ON, key_id="k", earlier_key_id="", on=ON)


# req: S116
@pytest.mark.parametrize(
    ("born", "span"),
    [
        (None, ""),
        (date(1996, 12, 8), "18-29"),
        (date(1996, 12, 7), "30-39"),
        (date(1956, 12, 7), "70+"),
        (date(1920, 1, 1), "70+"),
        (date(2010, 1, 1), ""),
    ],
)
def test_age_is_a_span_and_the_oldest_stand_together(born: date | None, span: str) -> None:
    assert age_span(born, ON, SPANS) == span


# req: S116
# hazard: H36
def test_a_value_stands_when_enough_share_it_and_what_is_hidden_is_shared_by_enough_too() -> None:
    assert told(["a"] * 20 + ["b"] * 20, 20) == {"a", "b"}
    assert told(["a"] * 30 + ["b"] * 25 + ["c"], 20) == {"a"}, "one hidden person would be told by the empty place"
    assert told(["a"] * 30 + [""] * 20, 20) == {"a"}
    assert told(["a"] * 19, 20) == frozenset()
    assert told([], 20) == frozenset()


# req: S116
# hazard: H36
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pqr"), st.sampled_from(["", "18-29", "30-39", "70+"])), min_size=3, max_size=80))
def test_no_row_of_the_people_table_is_shared_by_fewer_than_the_least(people: list[tuple[str, str, str]]) -> None:
    members = [replace(ONE, code=f"{place:03}", treated_for=what, protocol=how, age_span=age) for place, (what, how, age) in enumerate(people)]
    found = coarsened(members, 3)
    assert [each.code for each in found] == sorted(each.code for each in members), "nobody is lost"
    assert min(Counter((each.treated_for, each.protocol, each.age_span) for each in found).values()) >= 3
    for before, after in zip(members, found, strict=True):
        assert after.treated_for in ("", before.treated_for) and after.protocol in ("", before.protocol) and after.age_span in ("", before.age_span)


# req: S116
# hazard: H4
def test_the_tables_carry_units_and_no_dose_without_its_drug() -> None:
    files = tables([ONE, replace(ONE, code="c2", protocol="")])
    assert set(files) == {"people.csv", "doses.csv", "scores.csv", "dictionary.csv"}
    assert files["people.csv"].decode().splitlines() == ["person,age_span,treated_for,protocol", "c1,30-39,trd,six", "c2,30-39,trd,"]
    assert files["doses.csv"].decode().splitlines() == [
        "person,dose,day,drug,dose_mg_per_kg,over_min",
        "c1,1,0,racemic,0.5,40",
        "c1,2,3,racemic,,",
        "c1,3,7,,,",
        "c2,1,0,,,",
        "c2,2,3,,,",
        "c2,3,7,,,",
    ]
    assert files["scores.csv"].decode().splitlines() == ["person,scale,day,total", "c1,phq9,-1,20", "c2,phq9,-1,20"]
    described = {row["file"]: row["rows"] for row in rules.described(files)}
    assert (described["people.csv"], described["doses.csv"]) == (2, 6)


# req: S116
def test_every_column_has_its_line_in_the_dictionary() -> None:
    lines = tables([ONE])["dictionary.csv"].decode().splitlines()[1:]
    for table, head in rules.HEADS.items():
        for column in head:
            assert sum(line.startswith(f"{table},{column},") for line in lines) == 1, (table, column)


# req: S116
def test_reasons_that_too_few_share_are_counted_together() -> None:
    assert reasons(["no"] * 25 + ["not_asked"] * 20 + ["taken_back"] * 2, 20) == ({"no": 25}, 22)
    assert reasons(["no"] * 3, 20) == ({}, 3)


# req: S116
@pytest.mark.parametrize(
    ("facts", "items"),
    [
        (GOOD, []),
        (replace(GOOD, earlier_key_id="k"), []),
        (replace(GOOD, approved_until_on=None), ["research.approval"]),
        (replace(GOOD, approved_until_on=date(2026, 12, 6)), ["research.approval"]),
        (replace(GOOD, people=19), ["research.people"]),
        (replace(GOOD, earlier_key_id="other"), ["research.key"]),
    ],
)
def test_what_stands_in_the_way_of_a_set(facts: MakingFacts, items: list[str]) -> None:
    found = may_make(facts).open
    assert [finding.item for finding in found] == items
    assert all(finding.lifted_by == "nobody" for finding in found)


# req: S116
def test_the_file_says_who_is_kept_out_and_no_scale_of_alcohol_or_drugs_goes_in() -> None:
    file = next(each for each in load_library() if each.path == "registry/research_set/1.yaml")
    rule = rules.rule_from(file.content)
    assert (rule.least, rule.spans, rule.days_before) == (20, SPANS, 90)
    assert rule.withheld == {"alcohol"}
    assert not {"audit_c", "dast10"} & set(rule.scales)
