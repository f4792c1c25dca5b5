"""Answers in another language: what is kept with them, what cannot be mixed, and that a self-harm answer is read by its value in any language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries
from afterglow.records.measures.actions.answer import Answered, answer
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.actions.save_draft import save_draft
from afterglow.records.measures.models import Assignment, Response
from tests.support.cast import Cast
from tests.support.translations import ARABIC, SPANISH, shipped

pytestmark = pytest.mark.django_db
LOW = dict.fromkeys([f"q{number}" for number in range(1, 10)], 0)


def give(cast: Cast, at: datetime, instrument: str = "phq9") -> UUID:
    return assign(
        person_id=cast.dan_id, instrument=instrument, occasion="baseline", channel="staff", site_id=cast.site_id, by=cast.ben, at=at
    )  # fmt: skip


def fill(cast: Cast, at: datetime, assignment: UUID, wording: UUID | None, by: Actor | None = None, **more: Any) -> Answered:
    told = {"answers": LOW, "taken_at": at, "key": "k"} | more
    return answer(assignment_id=assignment, wording=wording, by=by or cast.ben, at=at, **told)


# req: N44
# req: N45
@pytest.mark.parametrize(("validated", "worded"), [(True, "validated"), (False, "not_validated")])
def test_an_answer_keeps_language_wording_and_whether_it_was_validated(cast: Cast, at: datetime, validated: bool, worded: str) -> None:
    spanish = shipped("phq9", "es", at, validated=validated)
    told = fill(cast, at, give(cast, at), spanish, answers=LOW | {"q1": 2})
    kept = Response.objects.get(id=told.response_id)
    assert (kept.translation_id, kept.language, kept.worded, kept.total) == (spanish, "es", worded, 2)
    first = queries.response_row(told.response_id).asked[0]
    assert (first.question.text, first.label) == (f"{SPANISH} q1", f"{SPANISH} q1 2")
    assert (first.beneath, first.own_label) == ("Little interest or pleasure in doing things", "More than half the days")
    (audited,) = AuditRow.objects.filter(event="measures.instrument_answered")
    assert f'"worded":"{worded}"' in audited.new_text.replace(" ", "")


def test_in_the_files_own_words_nothing_is_said_of_a_language(cast: Cast, at: datetime) -> None:
    kept = Response.objects.get(id=fill(cast, at, give(cast, at), None).response_id)
    assert (kept.translation_id, kept.language, kept.worded) == (None, "en", "own")
    assert queries.response_row(kept.id).asked[0].beneath == ""


# req: N45
# req: C6
def test_a_later_version_of_a_translation_leaves_what_was_shown_before(cast: Cast, at: datetime) -> None:
    first = shipped("phq9", "es", at)
    told = fill(cast, at, give(cast, at), first)
    later = shipped("phq9", "es", at, validated=True, version=2, instructions="otras palabras")
    row = queries.response_row(told.response_id)
    assert (row.paper.translation_id, row.paper.worded, row.paper.instructions) == (first, "not_validated", f"{SPANISH} instructions")
    again = give(cast, at + timedelta(days=30))
    with pytest.raises(Refusal, match="measures.no_such_wording"):
        fill(cast, at + timedelta(days=30), again, first, key="k2")
    fill(cast, at + timedelta(days=30), again, later, key="k2")


# req: N44
def test_one_form_is_in_one_language(cast: Cast, at: datetime) -> None:
    spanish, arabic = shipped("phq9", "es", at), shipped("phq9", "ar", at)
    assignment = give(cast, at)
    save_draft(assignment_id=assignment, answers={"q1": 1}, wording=spanish, by=cast.ben, at=at)
    assert Assignment.objects.get(id=assignment).translation_id == spanish
    for other in (None, arabic):
        with pytest.raises(Refusal, match="measures.other_wording"):
            save_draft(assignment_id=assignment, answers={"q2": 1}, wording=other, by=cast.ben, at=at)
        with pytest.raises(Refusal, match="measures.other_wording"):
            fill(cast, at, assignment, other)
    told = fill(cast, at, assignment, spanish)
    assert fill(cast, at, assignment, spanish) == told, "the same form sent twice is one answer"
    corrected = fill(cast, at, assignment, spanish, replaces=told.response_id, key="k2", answers=LOW | {"q2": 1})
    assert Response.objects.get(id=corrected.response_id).language == "es", "a correction stays in the words that were shown"
    with pytest.raises(Refusal, match="measures.other_wording"):
        fill(cast, at, assignment, None, replaces=corrected.response_id, key="k3")


@pytest.mark.parametrize("spoilt", ["other_scale", "short", "unknown"])
def test_a_wording_that_does_not_fit_is_never_used(cast: Cast, at: datetime, spoilt: str) -> None:
    if spoilt == "other_scale":
        wording = shipped("gad7", "es", at)
    elif spoilt == "short":
        wording = shipped("phq9", "es", at, items=[])
    else:
        wording = UUID(int=7)
    with pytest.raises(Refusal, match="measures.no_such_wording"):
        fill(cast, at, give(cast, at), wording)


# req: N43
# hazard: H16
@pytest.mark.parametrize("code", ["es", "ar"])
@pytest.mark.parametrize("way", ["draft", "sent"])
def test_a_self_harm_answer_is_read_by_its_value_in_any_language(cast: Cast, at: datetime, code: str, way: str) -> None:
    wording, assignment = shipped("phq9", code, at), give(cast, at)
    paper = queries.paper_of(Assignment.objects.get(id=assignment).instrument_id, wording)
    ninth = next(question for question in paper.questions if question.id == "q9")
    assert ninth.text == f"{ {'es': SPANISH, 'ar': ARABIC}[code] } q9" and [choice.crisis for choice in ninth.options] == [False, True, True, True]
    if way == "draft":
        assert save_draft(assignment_id=assignment, answers={"q9": 2}, wording=wording, by=cast.ben, at=at)
    else:
        assert fill(cast, at, assignment, wording, answers=LOW | {"q9": 2}).crisis
    (flag,) = flags.open_for(cast.dan_id, at)
    assert (flag.kind, flag.urgency) == ("suicide_item_high", "urgent")


# hazard: H16
def test_the_interview_in_another_language_raises_what_it_raises_in_english(cast: Cast, at: datetime) -> None:
    wording, assignment = shipped("asq", "es", at), give(cast, at, "asq")
    told = fill(cast, at, assignment, wording, answers={"q1": 0, "q2": 0, "q3": 0, "q4": 0, "q5": 0} | {"q1": 1, "q5": 1})
    assert told.crisis and told.band == "acute positive"


@pytest.mark.parametrize("wrong", [{"language": "es"}, {"worded": "validated"}, {"worded": "validated", "language": "es"}])
def test_the_database_refuses_an_answer_that_contradicts_its_wording(cast: Cast, at: datetime, wrong: dict[str, str]) -> None:
    held = Response.objects.get(id=fill(cast, at, give(cast, at), None).response_id)
    copy = {field.attname: getattr(held, field.attname) for field in Response._meta.fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(**(copy | {"id": UUID(int=3)} | wrong))
