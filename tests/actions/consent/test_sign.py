"""A signature is bound to the bytes that were shown, by someone who understood them, with a clear head."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from afterglow.ground import appendonly
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content import queries as content
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.lock_until import lock_after_drug, lock_until
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.actions.sign import sign
from afterglow.pathway.consent.actions.talk_through import talk_through
from afterglow.pathway.consent.models import AnswerTry, Consent, ConsentLock, Offer
from tests.support.cast import Cast, register
from tests.support.consent import TREATMENT, a_document, dans_link, offered, right_answers, signed
from tests.support.screening import cleared, signature

pytestmark = pytest.mark.django_db


def signing(offer_id: UUID, by: Actor, at: datetime, **changes: Any) -> UUID:
    answers = changes.get("answers", right_answers())
    values: dict[str, Any] = {
        "offer_id": offer_id,
        "signer_name": "Dan Marsh",
        "answers": answers,
        "shown_sha256": queries.shown(queries.offer(offer_id), answers).sha256,
        "key": "sign",
        "by": by,
        "at": at,
    }
    return sign(**(values | changes))


def new_version(at: datetime) -> None:
    """The same document released again with the next number."""
    a_document(at, content.library_file("consents", TREATMENT).version + 1)


# req: C7
# req: C8
def test_the_signature_is_bound_to_exactly_what_was_shown(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent = Consent.objects.get(id=signed(cast, at))
    assert consent.shown_sha256 == hashlib.sha256(consent.shown_text.encode()).hexdigest()
    page = queries.as_signed(consent.id).page
    document = queries.reads_for(content.library_file("consents", TREATMENT), "trd").content
    assert (page["what_for"], page["title"]) == ("treatment-resistant depression", document["title"])
    assert (page["language"], page["version"], page["statement"]) == ("en", document["version"], document["signature"]["patient_says"])
    assert {each["id"]: each["answer"] for each in page["questions"]} == right_answers()
    assert [text for section in page["sections"] for text in section["paragraphs"]] == [
        paragraph["text"] for section in document["sections"] for paragraph in section["paragraphs"]
    ]
    state = queries.in_force(cast.dan_id, at=at)
    assert (state.state, state.version, state.capacity_shown, state.consent_id) == ("in_force", document["version"], None, consent.id)
    assert queries.in_force(cast.dan_id, at=at - timedelta(seconds=1)).state == "absent"
    assert AuditRow.objects.filter(event="consent.consent_signed", person_id=cast.dan_id).count() == 1


# req: C8
@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"signer_name": "Dan"}, "signer_name"),
        ({"signer_name": ""}, "signer_name"),
        ({"agreed": False}, "agreed"),
        ({"shown_sha256": "0" * 64}, "shown_sha256"),
        ({"answers": {}}, "answers"),
        ({"answers": {"cure": "cure"}}, "answers"),
    ],
)
def test_what_is_not_complete_is_not_signed(cast: Cast, at: datetime, changes: dict[str, Any], item: str) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    with pytest.raises(Refusal) as refused:
        signing(offered(cast, at), dan, at, **changes)
    assert item in {finding.item for finding in refused.value.findings}
    assert Consent.objects.count() == 0
    assert Offer.objects.get().state == "open"


def test_a_retry_signs_once(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    offer_id = offered(cast, at)
    assert signing(offer_id, dan, at) == signing(offer_id, dan, at)
    assert Consent.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        signing(offer_id, dan, at, key="once more")
    assert refused.value.findings[0].item == "offer"


# req: N12
# hazard: H28
def test_nobody_signs_from_the_drug_until_the_next_day(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    offer_id = offered(cast, at)
    until = lock_after_drug(person_id=cast.dan_id, last_drug_at=at, zone=cast.zone, by=cast.ben, at=at)
    assert until >= at + timedelta(hours=24)
    lock_until(person_id=cast.dan_id, until=at + timedelta(minutes=1), by=cast.ben, at=at)
    assert queries.locked_until(cast.dan_id, at) == until, "a shorter lock shortens nothing"
    for moment in (at + timedelta(minutes=2), until - timedelta(seconds=1)):
        with pytest.raises(Refusal) as refused:
            signing(offer_id, dan, moment)
        assert refused.value.findings[0].item == "clear_headed"
        assert "until the next day" in refused.value.sentence
    signing(offer_id, dan, until)
    assert ConsentLock.objects.count() == 2


# hazard: H29
def test_wrong_answers_are_counted_and_talked_through(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    offer_id, wrong = offered(cast, at), right_answers() | {"cure": "cure"}
    assert save_answers(offer_id=offer_id, answers=wrong, key="1", by=dan, at=at) == ("cure",)
    assert save_answers(offer_id=offer_id, answers=wrong, key="1", by=dan, at=at) == ("cure",), "a retry is no second try"
    assert queries.offer(offer_id).to_talk_through == ()
    assert save_answers(offer_id=offer_id, answers=wrong, key="2", by=dan, at=at) == ("cure",)
    assert save_answers(offer_id=offer_id, answers=right_answers(), key="3", by=dan, at=at) == ()
    assert (queries.offer(offer_id).tries, AnswerTry.objects.count()) == (3, 3)
    with pytest.raises(Refusal) as refused:
        signing(offer_id, dan, at)
    assert [finding.item for finding in refused.value.findings] == ["talk"]
    with pytest.raises(Refusal, match=r"consent.talk_by_staff"):
        talk_through(offer_id=offer_id, note="I understand it now.", key="t", by=dan, at=at)
    with pytest.raises(Refusal, match=r"consent.empty_talk"):
        talk_through(offer_id=offer_id, note="ok", key="t", by=cast.ben, at=at)
    with pytest.raises(Forbidden):
        talk_through(offer_id=offer_id, note="It helps some, for a while.", key="t", by=cast.theo, at=at)
    talk_through(offer_id=offer_id, note="It helps some, for a while.", key="t", by=cast.ben, at=at + timedelta(minutes=1))
    signing(offer_id, dan, at + timedelta(minutes=2))


def test_answers_that_are_not_on_the_page_are_refused(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    offer_id = offered(cast, at)
    for answers in ({"cure": "perhaps"}, {"made_up": "cure"}):
        with pytest.raises(Refusal, match=r"consent.unknown_answer"):
            save_answers(offer_id=offer_id, answers=answers, key="1", by=dan, at=at)
    signing(offer_id, dan, at)
    with pytest.raises(Refusal, match=r"consent.not_open"):
        save_answers(offer_id=offer_id, answers={}, key="2", by=dan, at=at)


def test_at_the_clinics_screen_a_witness_signs_too(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id = offered(cast, at)
    with pytest.raises(Refusal) as refused:
        signing(offer_id, cast.ben, at)
    assert [finding.item for finding in refused.value.findings] == ["witness"]
    with pytest.raises(Refusal, match=r"accounts.not_confirmed"):
        signing(offer_id, cast.ben, at, witness=signature(cast.ana, at))
    signing(offer_id, cast.ben, at, witness=signature(cast.ben, at))
    row = queries.signed_documents(cast.dan_id)[0]
    assert (row.witness, row.signed_through) == ("Ben Okoye", "Ben Okoye")


@pytest.mark.parametrize("who", ["theo", "faye", "olga", "cora"])
def test_strangers_and_those_without_the_right(cast: Cast, at: datetime, who: str) -> None:
    cleared(cast, at)
    by = getattr(cast, who)
    with pytest.raises((Forbidden, NotFound)):
        offer(person_id=cast.dan_id, by=by, at=at)
    offer_id = offered(cast, at)
    with pytest.raises((Forbidden, NotFound)):
        signing(offer_id, by, at, witness=signature(by, at))


def test_a_link_opens_its_own_persons_documents_only(cast: Cast, at: datetime) -> None:
    other = register(cast.faye, at, "Una")
    cleared(cast, at, other)
    dan, _ = dans_link(cast, at)
    with pytest.raises(NotFound):
        signing(offer(person_id=other, by=cast.ben, at=at), dan, at)


# req: C9
def test_a_new_version_replaces_an_open_offer_and_supersedes_a_signature(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    consent_id = signed(cast, at)
    first = queries.as_signed(consent_id)
    again = offered(cast, at)
    new_version(at)
    state = queries.in_force(cast.dan_id, at=at)
    assert (state.state, state.version, state.current_version) == ("superseded", 3, 4)
    with pytest.raises(Refusal) as refused:
        signing(again, dan, at)
    assert [finding.item for finding in refused.value.findings] == ["version"]
    newest = offered(cast, at)
    assert newest != again
    assert Offer.objects.get(id=again).state == "replaced"
    signing(newest, dan, at + timedelta(minutes=1), key="two")
    assert queries.in_force(cast.dan_id, at=at + timedelta(minutes=1)).state == "in_force"
    assert queries.as_signed(consent_id) == first, "what was signed stays as it was shown"


# req: S48
# req: S49
def test_what_is_signed_names_the_courses_that_it_covers(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    page = queries.as_signed(signed(cast, at)).page
    assert page["courses"] == [
        "8 visits with ketamine in 21 to 28 days, 2 to 4 days apart.",
        "5 visits with ketamine in 10 to 21 days, 2 to 5 days apart.",
        "4 visits with ketamine in 14 to 42 days, 6 to 10 days apart.",
        "6 visits with ketamine in 12 to 21 days, 2 to 4 days apart.",
        "4 visits with ketamine in 9 to 16 days, 2 to 4 days apart.",
    ]
    held = queries.in_force(cast.dan_id, at=at)
    assert held.covers("iv_mdd_extended").is_met
    assert not held.covers("another_drug").is_met
    assert not held.covers("iv_ptsd").is_met, "it was signed for depression"


# req: S17
def test_who_is_cleared_for_something_else_reads_and_signs_about_that(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    open_still = offered(cast, at)
    cleared(cast, at + timedelta(minutes=1), indication="ptsd")
    dan, _ = dans_link(cast, at)
    with pytest.raises(Refusal) as refused:
        signing(open_still, dan, at + timedelta(minutes=2))
    assert [finding.item for finding in refused.value.findings] == ["cleared"]
    about = offered(cast, at + timedelta(minutes=3))
    assert about != open_still
    assert Offer.objects.get(id=open_still).state == "replaced"
    page = queries.as_signed(signing(about, dan, at + timedelta(minutes=4), answers=right_answers(indication="ptsd"), key="ptsd")).page
    said = " ".join(text for section in page["sections"] for text in section["paragraphs"])
    assert page["what_for"] == "PTSD"
    assert "no effect on PTSD" in said
    assert "depression" not in said
    assert page["courses"] == ["6 visits with ketamine in 11 to 16 days, 2 to 4 days apart."]
    held = queries.in_force(cast.dan_id, at=at + timedelta(minutes=5))
    assert (held.state, held.indication, held.covers("iv_ptsd").is_met) == ("in_force", "ptsd", True)
    assert not held.covers("iv_mdd_standard").is_met


# req: S48
def test_a_document_for_a_course_that_nobody_gives_is_not_asked_of_anyone(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    a_document(at, 1, id="another_treatment", applies_to={"protocols": ["another_drug"], "required": True})
    assert "another_treatment" in {document.id for document in queries.documents()}
    assert {document.id for document in queries.asked()} == {TREATMENT, "privacy_notice", "research"}
    with pytest.raises(Refusal, match=r"consent.not_applicable"):
        offered(cast, at, "another_treatment")
    assert not Offer.objects.filter(person_id=cast.dan_id).exists()


def test_only_what_is_cleared_is_offered(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match=r"consent.not_cleared"):
        offered(cast, at)
    assert offered(cast, at, "privacy_notice") == offered(cast, at, "privacy_notice")
    signed(cast, at, offered(cast, at, "privacy_notice"))
    assert queries.in_force(cast.dan_id, "privacy_notice", at=at).state == "in_force"


# req: C7
def test_a_stored_page_that_was_changed_is_not_shown(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent_id = signed(cast, at)
    appendonly.remove(connection)
    Consent.objects.filter(id=consent_id).update(shown_text="{}")
    with pytest.raises(Refusal, match=r"consent.bytes_changed"):
        queries.as_signed(consent_id)
