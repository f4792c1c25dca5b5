"""The clinic's own translation: loaded once with who made it, refused when it does not fit, told apart by its study, kept where it was used."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.errors import Forbidden, Refusal
from afterglow.records.measures import queries, rules
from afterglow.records.measures.actions.load_translation import Made, load_translation
from afterglow.records.measures.queries import translations
from afterglow.records.measures.rules import translation
from tests.support.cast import Cast
from tests.support.scales import own_scale

pytestmark = pytest.mark.django_db
MADE = Made(language="es-MX", translated_by="A bureau in Boston, 2026", right="No permission is required by its owner", study="")
STUDY = "Invented et al. J Tests 2020"


def lines(instrument: str = "phq9", said: str = "palabras") -> list[rules.Line]:
    paper = queries.paper(instrument)
    places = translation.places(paper.instrument, paper.record.content)
    return [rules.Line(item=item, answer=answer, text=f"{said} {item} {answer}".strip()) for item, answer in places]


def load(
    cast: Cast, at: datetime, made: Made = MADE, told: list[rules.Line] | None = None, instrument: str = "phq9", by: Actor | None = None
) -> UUID:
    return load_translation(
        instrument=instrument, made=made, lines=lines(instrument) if told is None else told, site_id=cast.site_id, by=by or cast.olga, at=at
    )  # fmt: skip


# req: N44
@pytest.mark.parametrize(("study", "worded"), [("", "not_validated"), (STUDY, "validated")])
def test_it_is_offered_to_its_readers_with_whose_word_it_is(cast: Cast, at: datetime, study: str, worded: str) -> None:
    pk = load(cast, at, replace(MADE, study=study))
    paper = translations.in_language(queries.paper("phq9"), "es-MX", cast.clinic_id)
    made = paper.translation
    assert made is not None and (paper.translation_id, paper.worded) == (pk, worded)
    assert (made.which, made.mark, made.translated_by) == ("Spanish (Mexico), the clinic's own translation 1", "J", "A bureau in Boston, 2026")
    assert made.basis == (study or "The clinic names no study of this translation.")
    assert (paper.questions[8].text, paper.questions[8].options[3].label) == ("palabras q9", "palabras q9 3")
    assert paper.instrument is queries.paper("phq9").instrument, "items, values, flags and scoring stay the file's"
    assert translations.in_language(queries.paper("phq9"), "es", cast.clinic_id).translation is None
    assert translations.in_language(queries.paper("phq9"), "es-MX", cast.other_clinic_id).translation is None, "it is this clinic's alone"


def test_the_same_one_is_loaded_once_and_another_is_the_next(cast: Cast, at: datetime) -> None:
    first = load(cast, at)
    assert load(cast, at + timedelta(hours=1)) == first
    second = load(cast, at, told=lines(said="otras"))
    assert LibraryRow.objects.get(id=second).version == 2
    assert load(cast, at, replace(MADE, study=STUDY), told=lines(said="otras")) != second, "another word about it is another one"
    assert AuditRow.objects.filter(event="measures.translation_loaded").count() == 3
    assert len(translations.offered(queries.paper("phq9"), cast.clinic_id)) == 1, "the newest of a language is shown"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told: told[:-1], "has no words"),
        (lambda told: [*told, told[3]], "stands there twice"),
        (lambda told: [*told, rules.Line(item="q99", answer="", text="more")], "is not in this scale"),
        (lambda told: [rules.Line(item=one.item, answer=one.answer, text="same") for one in told], "have the same words"),
    ],
)
def test_one_that_does_not_fit_is_refused_and_nothing_is_kept(cast: Cast, at: datetime, change: object, says: str) -> None:
    assert callable(change)
    with pytest.raises(Refusal, match="measures.text_does_not_fit") as caught:
        load(cast, at, told=change(lines()))
    assert any(says in finding.sentence for finding in caught.value.findings)
    assert not LibraryRow.objects.filter(kind="translations").exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"language": "en"}, "measures.language_unknown"),
        ({"language": "Spanish"}, "measures.language_unknown"),
        ({"translated_by": " "}, "measures.said_too_little"),
        ({"right": "ok"}, "measures.said_too_little"),
        ({"study": "x" * 401}, "measures.said_too_little"),
        ({"study": "a\x00b"}, "measures.said_too_little"),
    ],
)
def test_what_is_not_said_is_refused(cast: Cast, at: datetime, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        load(cast, at, replace(MADE, **wrong))


def test_a_scale_that_is_rated_has_no_translation(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="measures.not_translated"):
        load(cast, at, instrument="moaas")


# req: N38
def test_a_licensed_scale_is_translated_only_under_the_clinics_licence(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="measures.no_licence"):
        load(cast, at, instrument="isi")
    own_scale(cast, at, "isi")
    own = next(row for row in LibraryRow.objects.filter(origin="local", kind="instruments"))
    paper = queries.paper_of(own.id)
    told = [
        rules.Line(item=item, answer=answer, text=f"palabras {item} {answer}")
        for item, answer in translation.places(paper.instrument, paper.record.content)
    ]
    load(cast, at, instrument="isi", told=told)
    assert translations.in_language(paper, "es-MX", cast.clinic_id).questions[0].text == "palabras q1 "[:-1]


def test_only_who_keeps_the_register_loads_one(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        load(cast, at, by=cast.ben)
