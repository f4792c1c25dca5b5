"""Does a clinic's own text fit the scale's file, and can its sheet be read?"""

from __future__ import annotations

import pytest

from afterglow.ground.content import shelf
from afterglow.records.measures import rules
from afterglow.records.measures.rules import Line
from afterglow.science.scoring.instrument import Instrument, instrument_from

ISI: Instrument = next(instrument_from(file.content) for file in shelf.newest("instruments") if file.id == "isi")


def whole(**more: str) -> list[Line]:
    """A text that fits, with the words of some places (`q1`, `q1_0`) replaced."""
    found = []
    for item, answer in rules.places(ISI):
        name = f"{item}_{answer}" if answer else item
        found.append(Line(item=item, answer=answer, text=more.get(name, f"Words of {name}")))
    return found


def faults(lines: list[Line]) -> list[str]:
    return [finding.sentence for finding in rules.text_fits(ISI, lines).open]


# req: N38
def test_a_text_with_exactly_the_scales_places_fits() -> None:
    assert rules.text_fits(ISI, whole()).met
    assert rules.places(ISI)[:4] == (("instructions", ""), ("credit", ""), ("q1", ""), ("q1", "0"))
    assert len(rules.places(ISI)) == 2 + 7 * 6


# req: N38
@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([*whole(), Line(item="q8", answer="", text="More", number=9)], "Line 9: q8 is not in this scale."),
        ([*whole(), Line(item="q1", answer="5", text="More")], "The answer 5 of q1 is not in this scale."),
        ([*whole(), Line(item="q1", answer="0", text="Words of q1_0", number=60)], "Line 60: the answer 0 of q1 stands there twice."),
        (whole(q1="x" * 2001), "Q1 is longer than 2000 signs."),
        (whole(q1_0="x" * 401), "The answer 0 of q1 is longer than 400 signs."),
        (whole(q1="a\x00"), "Q1 holds a sign that cannot be stored."),
        (whole(q2=" "), "q2 has no words."),
        (whole(credit=""), "credit has no words."),
        (whole()[:-1], "the answer 4 of q7 has no words."),
        (whole(q1_3="None", q1_4=" none "), "the answer 3 of q1 and the answer 4 of q1 have the same words."),
    ],
)
def test_what_does_not_fit_is_named(lines: list[Line], says: str) -> None:
    assert faults(lines) == [says]


def test_two_answers_without_words_are_not_called_alike_and_other_questions_may_repeat_words() -> None:
    assert faults(whole(q1_0="", q1_1="")) == ["the answer 0 of q1 has no words.", "the answer 1 of q1 has no words."]
    assert faults(whole(q1_0="Never", q2_0="Never")) == []
    assert faults([Line(item="q9", answer="1", text="a", number=2), *whole()]) == ["Line 2: the answer 1 of q9 is not in this scale."]


def test_an_empty_text_tells_a_few_faults_and_how_many_more() -> None:
    told = faults([])
    assert len(told) == rules.MOST_FAULTS
    assert told[-1] == "33 more of this kind."
    assert len(faults(whole()[:-12])) == 12


# req: N38
def test_a_sheet_comes_back_as_it_was_taken() -> None:
    texts = {line.place: line.text for line in whole(q1='Say "so", or; not\nat all', q2="Müde")}
    sheet = rules.sheet_of(ISI, texts)
    assert "Falling asleep" in sheet
    for sent in (sheet.encode(), sheet.encode("utf-8-sig")):
        assert {line.place: line.text for line in rules.lines_of(sent)} == texts
    assert rules.lines_of(sheet.encode())[0].number == 2
    assert all(not line.text for line in rules.lines_of(rules.sheet_of(ISI, {}).encode()))


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_columns_are_found_by_their_names_whatever_stands_between(between: str) -> None:
    rows = [["Text", " ITEM", "answer"], ["Poor", "q1", "0"], ["", "", ""], ["Short", "q2"]]
    sheet = "\r\n".join(between.join(row) for row in rows)
    found = rules.lines_of(sheet.encode())
    assert [(line.number, line.item, line.answer, line.text) for line in found] == [(2, "q1", "0", "Poor"), (4, "q2", "", "Short")]


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (b"", "does not name the columns"),
        (b"a,b,c\n1,2,3", "does not name the columns"),
        (b"PK\x03\x04\xff\xfe", "not text in UTF-8"),
        (b'item,answer,text\nq1,,"open', "is no CSV"),
    ],
)
def test_what_is_no_sheet_is_refused(sheet: bytes, says: str) -> None:
    with pytest.raises(rules.SheetUnreadable, match=says):
        rules.lines_of(sheet)
