"""A wording in another language: what fits, what does not, whom it serves, and how its scores count."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from afterglow.ground.content import shelf
from afterglow.ground.content.files import Schemas
from afterglow.records.measures.rules import Line, translation
from afterglow.records.measures.rules.translation import Offered
from afterglow.science.scoring.instrument import instrument_from
from tests.support.translations import translation_of

SCHEMAS = Schemas(shelf.LIBRARY / "schemas")


def original(name: str) -> dict[str, Any]:
    return dict(next(file.content for file in shelf.newest("instruments") if file.id == name))


def faults(content: dict[str, Any], name: str = "phq9") -> list[str]:
    held = original(name)
    return [one.sentence for one in translation.fits(instrument_from(held), held, content).open]


def against_schema(content: dict[str, Any]) -> list[str]:
    return [error.message for error in SCHEMAS.errors("translation.json", content)]


# req: N44
@pytest.mark.parametrize("name", ["phq9", "gad7", "asq", "suicide_since_last_contact", "today"])
@pytest.mark.parametrize("code", ["es", "ar"])
def test_a_whole_translation_fits(name: str, code: str) -> None:
    content = translation_of(original(name), code)
    assert against_schema(content) == [] and faults(content, name) == []


def changed(change: Callable[[dict[str, Any]], object], code: str = "es") -> dict[str, Any]:
    content = translation_of(original("phq9"), code)
    change(content)
    return content


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda file: file["items"].pop(8), "q9 has no words."),
        (lambda file: file["items"][8]["answers"].pop(3), "the answer 3 of q9 has no words."),
        (lambda file: file["items"].append({"id": "q11", "text": "one more", "answers": []}), "Q11 is not in this scale."),
        (lambda file: file["items"].append(file["items"][0]), "Q1 stands there twice."),
        (lambda file: file["items"][0]["answers"].append({"value": 4, "label": "always"}), "The answer 4 of q1 is not in this scale."),
        (lambda file: file["items"][0]["answers"][1].update(label="texto de prueba q1 0"), "have the same words."),
        (lambda file: file["items"][0].update(recall="ayer"), "The answer recall of q1 is not in this scale."),
        (lambda file: file.pop("credit"), "credit has no words."),
        (lambda file: file.update(language="xx"), "xx is not on the list of languages."),
        (lambda file: file.update(language="en"), "English is the language of the questionnaire's own file."),
        (lambda file: file.update(direction="rtl"), "Spanish is written ltr, not rtl."),
        (lambda file: file["instrument"].update(version=7), "It words phq9 version 7, not phq9 version 1."),
        (lambda file: file["instrument"].update(id="gad7"), "It words gad7 version 1, not phq9 version 1."),
    ],
)
def test_what_does_not_fit_is_named(change: Callable[[dict[str, Any]], object], says: str) -> None:
    assert any(says in sentence for sentence in faults(changed(change)))


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.update(language="Spanish"),
        lambda file: file.update(language="en"),
        lambda file: file.pop("translated_by"),
        lambda file: file.pop("validation"),
        lambda file: file.update(validation={"validated": True, "mark": "W"}),
        lambda file: file.update(validation={"validated": True, "citation": "on judgement alone", "mark": "J"}),
        lambda file: file.update(validation={"validated": False, "mark": "J"}),
        lambda file: file["licence"].update(ship_wording=False),
        lambda file: file["items"][0].update(text=""),
        lambda file: file["items"][0]["answers"].clear(),
        lambda file: file.update(scoring={"method": "sum"}),
    ],
)
def test_the_schema_refuses_what_says_too_little_or_too_much(change: Callable[[dict[str, Any]], object]) -> None:
    assert against_schema(changed(change)) != []


def test_a_place_that_only_some_questions_have_is_asked_of_those() -> None:
    held = original("suicide_since_last_contact")
    places = translation.places(instrument_from(held), held)
    told = {(raw["id"], name) for raw in held["items"] for name in translation.BESIDE if raw.get(name)}
    assert told <= set(places) and {place for place in places if place[1] in translation.BESIDE} == told
    assert Line(item="name", answer="", text="texto de prueba phq9") in translation.lines_of_file(translation_of(original("phq9"), "es"))


# req: N44
def test_only_a_wording_with_a_study_counts_with_the_original() -> None:
    held = original("phq9")
    said = [translation.worded(one) for one in (None, translation_of(held, "es", validated=True), translation_of(held, "es"))]
    assert said == ["own", "validated", "not_validated"]
    assert [one in translation.POOLED for one in said] == [True, True, False]


def offered(code: str, *, validated: bool = False, own: bool = False, version: int = 1) -> Offered:
    return Offered(code=code, worded="validated" if validated else "not_validated", own=own, version=version)


@pytest.mark.parametrize(
    ("code", "several", "best"),
    [
        ("es-MX", [offered("es"), offered("es-MX")], 1),
        ("es-MX", [offered("es-419", validated=True), offered("es")], 1),
        ("es", [offered("es-MX", validated=True)], None),
        ("zh-Hant", [offered("zh-Hans")], None),
        ("es", [offered("es", own=True), offered("es", validated=True)], 1),
        ("es", [offered("es"), offered("es", own=True)], 1),
        ("es", [offered("es", version=2), offered("es", version=1)], 0),
        ("ar", [], None),
    ],
)
def test_whom_a_wording_serves(code: str, several: list[Offered], best: int | None) -> None:
    assert translation.best_for(code, several) == best


def test_a_shipped_translation_that_could_not_be_asked_is_a_fault() -> None:
    held = original("phq9")
    newest = {"phq9": (instrument_from(held), held)}
    good, older = translation_of(held, "es"), translation_of(held | {"version": 0}, "es")
    newer, foreign = translation_of(held | {"version": 2}, "es"), translation_of(original("gad7"), "es")
    short = translation_of(held, "es")
    short["items"].pop()
    assert list(translation.misfits([("phq9_es", good), ("phq9_es", older)], newest)) == []
    told = [
        sentence for name, content in (("phq9_es", newer), ("gad7_es", foreign)) for _, sentence in translation.misfits([(name, content)], newest)
    ]
    assert told == ["It words phq9 version 2, which is not in the library.", "It words gad7 version 1, which is not in the library."]
    assert [sentence for _, sentence in translation.misfits([("phq9_sp", good)], newest)] == ["It words phq9 in es, so its id is phq9_es."]
    assert any("q10 has no words." in sentence for _, sentence in translation.misfits([("phq9_es", short)], newest))


@pytest.mark.parametrize(
    ("said", "words"),
    [("own", ""), ("validated", "in Arabic"), ("not_validated", "in Arabic, a translation not known to be validated")],
)
def test_what_stands_beside_a_score(said: str, words: str) -> None:
    assert translation.in_words("ar", said) == words


# req: N44
@pytest.mark.parametrize("name", ["phq9", "today"])
def test_a_sheet_has_every_place_with_the_files_own_words_and_what_was_translated_before(name: str) -> None:
    held = original(name)
    scale = instrument_from(held)
    wanted = translation.places(scale, held)
    own = translation.own_words(held)
    rows = list(csv.reader(StringIO(translation.sheet_in(scale, held, {("name", ""): "texto"}))))
    written = {(row[0], row[1]): row[2:] for row in rows[1:]}
    assert list(written) == list(wanted)
    assert written["name", ""] == [held["name"], "texto"]
    first = held["items"][0]
    assert written[first["id"], ""] == [first["text"], ""] and all(own[place] for place in wanted)


# req: N44
@pytest.mark.parametrize("name", ["phq9", "today"])
def test_a_filled_sheet_gives_the_questions_of_a_file(name: str) -> None:
    held = original(name)
    content = translation_of(held, "ar")
    texts = {(line.item, line.answer): line.text for line in translation.lines_of_file(content)}
    assert translation.items_from(instrument_from(held), texts) == content["items"]
