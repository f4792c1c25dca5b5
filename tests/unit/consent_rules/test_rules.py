"""Consent rules without a database: when a signature counts, when the head is clear, when capacity is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.pathway.consent import rules
from afterglow.pathway.consent.rules import CapacityFacts, SigningFacts, may_note_capacity, may_sign, name_matches, to_talk_through

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
ZONE = "America/Los_Angeles"
GOOD = SigningFacts(
    offer_state="open",
    newest=True,
    cleared=True,
    locked_until_at=None,
    wrong=(),
    to_talk_through=(),
    agreed=True,
    typed_name="Dan Marsh",
    record_name="Dan Marsh",
    same_bytes=True,
    witnessed=None,
    at=AT,
)
DOCUMENT: dict[str, Any] = {
    "id": "treatment",
    "version": 3,
    "status": "unreviewed",
    "language": "en",
    "title": "Title",
    "sections": [{"id": "one", "title": "One", "paragraphs": [{"text": "First.", "mark": "V"}, {"text": "Second.", "mark": "V"}]}],
    "comprehension": [
        {
            "id": "q",
            "question": "Which?",
            "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}],
            "right": "b",
            "explain": "B.",
            "section": "one",
        }
    ],
    "signature": {"patient_says": "I agree.", "never_while": "Never while."},
    "withdrawal": "At any time.",
}


def test_everything_in_order_may_be_signed() -> None:
    assert may_sign(GOOD).met
    assert may_sign(replace(GOOD, witnessed=True, locked_until_at=AT)).met


# req: N12
@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"offer_state": "replaced"}, "offer"),
        ({"locked_until_at": AT + timedelta(seconds=1)}, "clear_headed"),
        ({"cleared": False}, "cleared"),
        ({"newest": False}, "version"),
        ({"wrong": ("Which?",)}, "answers"),
        ({"to_talk_through": ("Which?",)}, "talk"),
        ({"same_bytes": False}, "shown_sha256"),
        ({"agreed": False}, "agreed"),
        ({"typed_name": "Dan"}, "signer_name"),
        ({"witnessed": False}, "witness"),
    ],
)
def test_each_reason_alone_stops_it_and_says_what_to_do(changes: dict[str, Any], item: str) -> None:
    verdict = may_sign(replace(GOOD, **changes))
    assert [finding.item for finding in verdict.open] == [item]
    assert verdict.open[0].sentence
    assert rules.NOW[item]


def test_what_nobody_may_lift_is_said_first() -> None:
    verdict = may_sign(replace(GOOD, offer_state="signed", locked_until_at=AT + timedelta(hours=1)))
    assert rules.first_in_the_way(verdict).item == "clear_headed"
    assert rules.first_in_the_way(may_sign(replace(GOOD, agreed=False, same_bytes=False))).item == "shown_sha256"


# req: N12
@pytest.mark.parametrize(
    ("last_drug", "clear"),
    [
        (datetime(2026, 12, 7, 18, 0, tzinfo=UTC), datetime(2026, 12, 8, 18, 0, tzinfo=UTC)),
        (datetime(2026, 12, 8, 10, 0, tzinfo=UTC), datetime(2026, 12, 9, 14, 0, tzinfo=UTC)),  # 02:00 in Los Angeles: not before 06:00
    ],
)
def test_when_the_head_is_clear_again(last_drug: datetime, clear: datetime) -> None:
    assert rules.clear_headed_from(last_drug, ZONE) == clear


# Law: never sooner than 24 hours, never before six in the morning, in any zone and across the change of clocks.
@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from([ZONE, "Europe/London", "Asia/Kolkata"]))
def test_never_sooner_than_a_day_and_a_night(minutes: int, zone: str) -> None:
    last_drug = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    clear = rules.clear_headed_from(last_drug, zone)
    assert clear - last_drug >= timedelta(hours=24)
    assert clear.astimezone(ZoneInfo(zone)).hour >= 6
    assert clear - last_drug <= timedelta(hours=31)


@pytest.mark.parametrize(
    ("typed", "record", "matches"),
    [
        ("Dan Marsh", "Dan Marsh", True),
        ("  DAN   marsh ", "Dan Marsh", True),
        ("Daniel Dan Marsh", "Dan Marsh", True),
        ("Jose Nunez-Diaz", "José Núñez-Díaz", True),
        ("Marsh", "Dan Marsh", False),
        ("Dan Marshall", "Dan Marsh", False),
        ("", "Dan Marsh", False),
        ("anything", "", False),
    ],
)
def test_the_typed_name(typed: str, record: str, matches: bool) -> None:
    assert name_matches(typed, record).is_met is matches


def test_wrong_answers_and_when_to_talk() -> None:
    questions = DOCUMENT["comprehension"]
    assert rules.wrong_answers(questions, {"q": "b"}) == ()
    assert rules.wrong_answers(questions, {"q": "a"}) == ("q",)
    assert rules.wrong_answers(questions, {}) == ("q",)
    assert to_talk_through([["a", "b"], ["b"], ["b", "a"]], 2) == ("a", "b")
    assert to_talk_through([["a", "b"], ["b"]], 3) == ()


# req: C7
def test_what_is_shown_is_word_for_word_and_its_hash_moves_with_every_letter() -> None:
    text = rules.shown(DOCUMENT, {"q": "b"})
    page = json.loads(text)
    assert page["sections"] == [{"id": "one", "title": "One", "paragraphs": ["First.", "Second."]}]
    assert page["questions"][0]["answer"] == "b"
    assert rules.sha256(text) == rules.sha256(rules.shown(dict(DOCUMENT), {"q": "b"}))
    changed = [{**DOCUMENT, "version": 4}, {**DOCUMENT, "language": "es"}, {**DOCUMENT, "withdrawal": "At any time"}]
    others = {rules.sha256(rules.shown(document, {"q": "b"})) for document in changed} | {rules.sha256(rules.shown(DOCUMENT, {"q": "a"}))}
    assert len(others | {rules.sha256(text)}) == 5


# req: S48
# req: S49
def test_the_courses_that_are_covered_are_part_of_what_is_signed() -> None:
    course = {"infusions": 8, "within_days": [21, 28], "apart_days": [2, 4]}
    words = rules.course_words(course)
    assert words == "8 visits with ketamine in 21 to 28 days, 2 to 4 days apart."
    without, covering = rules.shown(DOCUMENT, {"q": "b"}), rules.shown(DOCUMENT, {"q": "b"}, [words])
    assert "courses" not in json.loads(without)
    assert json.loads(covering)["courses"] == [words]
    assert rules.sha256(without) != rules.sha256(covering)


# req: S48
@pytest.mark.parametrize(("protocols", "met"), [([], True), (["short", "long"], True), (["short"], False)])
def test_a_document_covers_the_courses_it_names_or_all_when_it_is_bound_to_none(protocols: list[str], met: bool) -> None:
    found = rules.covers(protocols, "long", {"long", "short"})
    assert (found.is_met, found.lifted_by if not met else "nobody") == (met, "nobody")
    assert rules.covers(protocols, "long", {"short"}).is_met is (not protocols), "signed for something else"


# req: S17
def test_a_document_reads_for_what_is_treated() -> None:
    parts = {
        "sections": [
            {"id": "all", "title": "All", "paragraphs": [{"text": "Everybody."}, {"text": "Of mood.", "for": ["trd"]}]},
            {"id": "own", "title": "Own", "paragraphs": [{"text": "Of fear.", "for": ["ptsd"]}]},
        ],
        "comprehension": [{"id": "q"}, {"id": "more", "for": ["ptsd"]}],
    }
    page = rules.spoken_of(parts, "trd")
    assert [[text["text"] for text in section["paragraphs"]] for section in page["sections"]] == [["Everybody.", "Of mood."]]
    assert [question["id"] for question in page["comprehension"]] == ["q"]
    assert [section["id"] for section in rules.spoken_of(parts, "ptsd")["sections"]] == ["all", "own"]
    assert rules.speaks_of(parts) == {"trd", "ptsd"}
    assert rules.speaks_of(DOCUMENT) == frozenset()
    assert json.loads(rules.shown(DOCUMENT, {}, (), "PTSD"))["what_for"] == "PTSD"


# req: S48
@pytest.mark.parametrize(("protocols", "met"), [([], True), (["gone", "long"], True), (["gone"], False)])
def test_a_document_is_asked_only_where_one_of_its_courses_is_given(protocols: list[str], met: bool) -> None:
    assert rules.is_asked(protocols, {"long", "short"}).is_met is met


CAPABLE = CapacityFacts(has_capacity=True, asked_alone=True, checks=frozenset({"sober"}), needed={"sober": "Sober"}, note="", licensed=True)


# hazard: H29
@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({}, []),
        ({"licensed": False}, ["capacity.by"]),
        ({"checks": frozenset()}, ["checks"]),
        ({"asked_alone": False}, ["asked_alone"]),
        ({"has_capacity": False}, ["note"]),
        ({"has_capacity": False, "note": "Could not say back what the risks are.", "checks": frozenset(), "asked_alone": False}, []),
    ],
)
def test_a_statement_about_capacity(changes: dict[str, Any], items: list[str]) -> None:
    assert [finding.item for finding in may_note_capacity(replace(CAPABLE, **changes)).open] == items


@pytest.mark.parametrize(
    ("signed", "withdrawn", "version", "state"),
    [(False, False, 0, "absent"), (True, True, 2, "withdrawn"), (True, False, 1, "superseded"), (True, False, 2, "in_force")],
)
def test_what_a_signature_is_worth(signed: bool, withdrawn: bool, version: int, state: str) -> None:
    assert rules.state_of(signed=signed, withdrawn=withdrawn, signed_version=version, current_version=2) == state


# req: S116
@pytest.mark.parametrize(
    ("signed", "current", "back", "no", "is_open", "answer"),
    [
        (None, False, False, None, False, "not_asked"),
        (None, False, False, None, True, "open"),
        (None, False, False, 0, True, "no"),
        (0, True, False, None, True, "yes"),
        (0, False, False, None, True, "yes_to_earlier"),
        (0, True, True, None, False, "taken_back"),
        (0, True, False, 1, False, "no"),
        (0, True, True, 1, False, "no"),
        (0, True, False, 0, False, "no"),
        (1, True, False, 0, False, "yes"),
    ],
)
def test_the_answer_about_research_is_the_one_given_last(
    signed: int | None, current: bool, back: bool, no: int | None, is_open: bool, answer: str
) -> None:
    signed_at, said_no_at = (None if hours is None else AT + timedelta(hours=hours) for hours in (signed, no))
    found = rules.research_answer(signed_at=signed_at, is_current=current, taken_back=back, said_no_at=said_no_at, is_open=is_open)
    assert found == answer


# req: S116
def test_research_is_asked_apart_and_not_again_after_a_no() -> None:
    assert rules.may_ask_research("not_asked", asked_for=False, treatment_is_open=False).met
    for answer in ("no", "taken_back"):
        assert [finding.item for finding in rules.may_ask_research(answer, asked_for=False, treatment_is_open=False).open] == ["asked_for"]
        assert rules.may_ask_research(answer, asked_for=True, treatment_is_open=False).met
    assert [finding.item for finding in rules.may_ask_research("yes", asked_for=True, treatment_is_open=True).open] == ["research.apart"]
