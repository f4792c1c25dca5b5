"""The clinic's own text of a licensed scale: loaded in versions, asked under its licence, readable for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries, rules
from afterglow.records.measures.actions.answer import Answered, answer
from afterglow.records.measures.actions.assign import assign, withdraw_assignment
from afterglow.records.measures.actions.load_text import load_text
from afterglow.records.measures.actions.record_licence import end_licence, record_licence
from afterglow.records.measures.models import Assignment
from afterglow.records.measures.queries import licences
from afterglow.science.scoring.score import score
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
ANSWERS = {f"q{number}": 3 for number in range(1, 8)}


def licensed(cast: Cast, at: datetime, **more: Any) -> UUID:
    settings = {
        "instrument": "isi", "holder": "Harbour Clinic", "reference": "ISI-17", "from_on": at.date(), "until_on": at.date() + timedelta(days=30),
        "site_id": cast.site_id, "by": cast.olga, "at": at,
    } | more  # fmt: skip
    return record_licence(**settings)


def lines(name: str = "isi", said: str = "first") -> list[rules.Line]:
    made = queries.paper(name).instrument
    return [rules.Line(item=item, answer=answer, text=f"{said} {item} {answer}".strip()) for item, answer in rules.places(made)]


def load(cast: Cast, at: datetime, name: str = "isi", said: str = "first", **more: Any) -> UUID:
    return load_text(**{"instrument": name, "lines": lines(name, said), "site_id": cast.site_id, "by": cast.olga, "at": at} | more)


def give(cast: Cast, at: datetime, name: str = "isi", **more: Any) -> UUID:
    return assign(**{
        "person_id": cast.dan_id, "instrument": name, "occasion": "screening", "channel": "staff", "site_id": cast.site_id, "by": cast.ben, "at": at,
    } | more)  # fmt: skip


def fill(cast: Cast, at: datetime, assignment: UUID, **more: Any) -> Answered:
    return answer(assignment_id=assignment, answers=ANSWERS, taken_at=at, key=str(assignment), by=cast.ben, at=at, **more)


def offered(cast: Cast, at: datetime) -> set[str]:
    return {paper.instrument.id for paper in licences.papers([accounts.site(cast.site_id, clinic_id=cast.clinic_id)], at)}


# req: N38 C6 N45
def test_under_a_licence_and_with_its_text_a_scale_is_asked_in_the_clinics_words(cast: Cast, at: datetime) -> None:
    licensed(cast, at)
    assert "isi" not in offered(cast, at)
    text = load(cast, at)
    assert "isi" in offered(cast, at) and "madrs" not in offered(cast, at)
    told = fill(cast, at, give(cast, at))
    assert (told.total, told.band) == (21, "moderate")
    row = queries.response_row(told.response_id)
    first = row.asked[0]
    assert (first.question.text, first.label, row.paper.instructions, row.paper.credit) == (
        "first q1",
        "first q1 3",
        "first instructions",
        "first credit",
    )
    assert row.paper.wording == "the clinic's own text 1, on version 2"
    assert Assignment.objects.get().instrument_id == text
    (assigned,) = AuditRow.objects.filter(event="measures.instrument_assigned")
    assert "instruments/isi own text 1" in str(vars(assigned))


# req: C6 N45
def test_a_later_text_leaves_what_was_shown_before_as_it_was(cast: Cast, at: datetime) -> None:
    licensed(cast, at)
    load(cast, at)
    handed_out = give(cast, at)
    later = at + timedelta(hours=1)
    second = load(cast, later, said="second")
    assert queries.assignment_row(handed_out).paper.questions[0].text == "first q1"
    told = fill(cast, later, handed_out)
    assert queries.response_row(told.response_id).asked[0].question.text == "first q1"
    again = give(cast, at + timedelta(days=15), occasion="course")
    assert queries.assignment_row(again).paper.questions[0].text == "second q1"
    assert queries.assignment_row(again).paper.wording == "the clinic's own text 2, on version 2"
    assert LibraryRow.objects.get(id=second).version == 2
    assert [row.total for row in queries.answered(cast.dan_id, "isi")] == [21]


# req: N38
@pytest.mark.parametrize("how", ["over", "ended"])
def test_when_the_licence_ends_nothing_more_is_assigned_and_all_answers_stay_readable(cast: Cast, at: datetime, how: str) -> None:
    held = licensed(cast, at)
    load(cast, at)
    told = fill(cast, at, give(cast, at))
    later = at + timedelta(days=31)
    open_form = give(cast, at + timedelta(days=20), occasion="course")
    if how == "ended":
        end_licence(licence_id=held, reason="Given up.", by=cast.olga, at=later - timedelta(days=10))
    with pytest.raises(Refusal, match="measures.no_licence") as refused:
        give(cast, later, occasion="review")
    assert "ended on" in refused.value.sentence
    assert "isi" not in offered(cast, later)
    with pytest.raises(Refusal, match="measures.no_licence"):
        load(cast, later, said="third")
    assert queries.response_row(told.response_id).asked[0].label == "first q1 3"
    assert queries.assignment_row(open_form).paper.questions[0].text == "first q1"
    withdraw_assignment(assignment_id=open_form, reason="The licence is over.", by=cast.ben, at=later)
    licensed(cast, later, from_on=later.date(), until_on=None, reference="ISI-18")
    assert give(cast, later, occasion="review")


# req: N38
# hazard: H16
def test_the_electronic_c_ssrs_is_off_until_a_licence_and_its_text_are_recorded(cast: Cast, at: datetime) -> None:
    name = "cssrs_screener_slc"
    with pytest.raises(Refusal, match="measures.no_licence"):
        give(cast, at, name)
    held = licensed(cast, at, instrument=name)
    with pytest.raises(Refusal, match="measures.no_licence"):
        give(cast, at, name)
    load(cast, at, name)
    asked = give(cast, at, name)
    assert queries.assignment_row(asked).paper.questions[0].text == "first q1"
    with pytest.raises(Refusal, match="measures.not_by_link"):
        give(cast, at, name, channel="link", occasion="other", on_call=(cast.ana.user_id,))
    told = answer(assignment_id=asked, answers={"q1": 1, "q2": 0}, taken_at=at, key="k", by=cast.ben, at=at)
    assert told.crisis, "what was not answered is never none"
    assert flags.open_for(cast.dan_id, at)
    end_licence(licence_id=held, reason="Given up.", by=cast.olga, at=at)
    with pytest.raises(Refusal, match="measures.no_licence"):
        give(cast, at, name, occasion="review")


def test_what_is_never_asked_as_a_questionnaire_takes_neither_licence_nor_text(cast: Cast, at: datetime) -> None:
    for name in ("ebi", "aldrete_modified"):
        for deed in (lambda name=name: licensed(cast, at, instrument=name), lambda name=name: load(cast, at, name)):
            with pytest.raises(Refusal, match="measures.licence_not_needed"):
                deed()


# req: N38 C6
def test_every_scale_that_needs_a_licence_takes_a_text_and_keeps_its_scoring(cast: Cast, at: datetime) -> None:
    here = accounts.site(cast.site_id, clinic_id=cast.clinic_id)
    needing = [row.shipped for row in licences.scales(here, at) if row.needs_licence]
    assert len(needing) >= 7
    for shipped in needing:
        name = shipped.instrument.id
        licensed(cast, at, instrument=name)
        load(cast, at, name)
        row = licences.scale(name, here, at)
        assert row.own is not None and not {"measures.licence", "measures.own_text"} & {finding.item for finding in row.verdict.open}
        made, own = shipped.instrument, row.own.instrument
        assert (own.scoring, own.flags, own.change, own.ways) == (made.scoring, made.flags, made.change, made.ways)
        assert [[option.value for option in item.options] for item in own.items] == [[option.value for option in item.options] for item in made.items]
        assert all(item.text == f"first {item.id}" for item in own.items)
        lowest = {item.id: item.options[0].value for item in made.items if item.options}
        assert score(own, lowest) == score(made, lowest)


# req: N38
def test_the_same_text_again_is_the_version_that_stands(cast: Cast, at: datetime) -> None:
    licensed(cast, at)
    first = load(cast, at)
    assert load(cast, at + timedelta(minutes=1), by=cast.ana) == first
    assert AuditRow.objects.filter(event="measures.text_loaded").count() == 1
    assert LibraryRow.objects.filter(origin="local").count() == 1
    found = licences.scale("isi", accounts.site(cast.site_id, clinic_id=cast.clinic_id), at)
    assert found.own_loaded == (at, cast.olga.label)


# req: N38
def test_a_text_that_does_not_fit_changes_nothing(cast: Cast, at: datetime) -> None:
    licensed(cast, at)
    load(cast, at)
    for wrong in (lines()[:-1], [*lines(), rules.Line(item="q9", answer="", text="More")], lines("madrs"), []):
        with pytest.raises(Refusal, match="measures.text_does_not_fit") as refused:
            load(cast, at, lines=wrong)
        assert refused.value.findings
    assert LibraryRow.objects.filter(origin="local").count() == 1
    assert queries.assignment_row(give(cast, at)).paper.questions[0].text == "first q1"


def test_text_is_loaded_only_for_what_needs_it_under_a_licence_by_those_who_keep_the_register(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="measures.no_licence"):
        load(cast, at)
    with pytest.raises(Refusal, match="measures.licence_not_needed"):
        load(cast, at, "phq9")
    licensed(cast, at, from_on=at.date() + timedelta(days=3))
    assert load(cast, at), "a licence that begins soon is enough to make ready"
    with pytest.raises(Refusal, match="begins on|measures.no_licence"):
        give(cast, at)
    with pytest.raises(Forbidden):
        load(cast, at, by=cast.ben)
    with pytest.raises(NotFound):
        load(cast, at, by=cast.cora)
    other = accounts.site(cast.other_site_id, clinic_id=cast.other_clinic_id)
    assert licences.scale("isi", other, at).own is None, "another clinic has neither licence nor text"
