"""The consent pages: a person's own link, the clinic's screen handed over, and what the clinic sees."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.models import CapacityNote, Consent, Offer
from tests.support.cast import PASSWORD, Cast, register
from tests.support.consent import able, checks, dans_link, offered, right_answers, signed
from tests.support.plan import clear
from tests.support.screening import cleared

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def phone(cast: Cast, at: datetime) -> Client:
    """Dan's phone, with his consent link opened."""
    client = Client()
    client.cookies[LINK_COOKIE] = dans_link(cast, at)[1]
    return client


def fields(response: Any) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="(key|shown_sha256)" value="([^"]+)"', response.content.decode()))


# req: S66
# req: C8
def test_dan_reads_answers_and_signs_on_his_phone(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id, dan = offered(cast, at), phone(cast, at)
    assert "Consent to ketamine infusions" in text(dan.get(reverse("portal:consent")))
    read = dan.get(reverse("portal:consent_read", args=[offer_id]))
    assert "The effect is often temporary. Ketamine is not a cure." in text(read)
    assert 'href="tel:988"' in text(read)
    questions = reverse("portal:consent_questions", args=[offer_id])
    sign = reverse("portal:consent_sign", args=[offer_id])
    assert dan.get(sign)["Location"] == questions, "nobody signs before the questions"
    wrong = dan.post(questions, {**fields(dan.get(questions)), **right_answers(), "cure": "cure"})
    assert wrong["Location"] == questions
    again = dan.get(questions)
    assert "For many the effect fades within days or weeks. It is not a cure." in text(again)
    assert 'value="cure" id="id_cure_0" checked' not in again.content.decode(), "a wrong answer is not chosen again for the person"
    right = dan.post(questions, {**fields(again), **right_answers()})
    assert right["Location"] == sign
    page = dan.get(sign)
    document = queries.offer(offer_id).document.content
    for words in (
        document["signature"]["patient_says"],
        *(paragraph["text"] for section in document["sections"] for paragraph in section["paragraphs"]),
        *(option["text"] for question in document["comprehension"] for option in question["options"]),
    ):
        assert words in text(page)
    done = dan.post(sign, {**fields(page), "signer_name": "Dan Marsh", "agreed": "on"})
    assert done["Location"] == reverse("portal:consent")
    consent = Consent.objects.get()
    assert consent.shown_sha256 == fields(page)["shown_sha256"]
    assert consent.signed_through == "Dan Marsh (link)"
    assert AuditRow.objects.filter(event="consent.document_read", person_id=cast.dan_id).count() == 4


def test_what_was_typed_is_kept_when_signing_is_refused(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id = offered(cast, at)
    save_answers(offer_id=offer_id, answers=right_answers(), key="a", by=dans_link(cast, at)[0], at=at)
    sign, dan = reverse("portal:consent_sign", args=[offer_id]), phone(cast, at)
    sent = fields(dan.get(sign))
    refused = dan.post(sign, {**sent, "signer_name": "Daniel", "agreed": "on"})
    assert refused.status_code == 422
    assert "The name typed is not the full name on record (Dan Marsh)." in text(refused)
    assert 'value="Daniel"' in text(refused)
    assert fields(refused) == sent
    assert dan.post(sign, {**sent, "signer_name": "Dan Marsh"}).status_code == 422
    assert "is not what would be signed now" in text(dan.post(sign, {**sent, "shown_sha256": "0" * 64, "signer_name": "Dan Marsh", "agreed": "on"}))
    lock_until(person_id=cast.dan_id, until=at + timedelta(hours=24), by=cast.ben, at=at)
    assert "You can read now, and sign later." in text(dan.get(sign))
    assert "Rest today." in text(dan.post(sign, {**sent, "signer_name": "Dan Marsh", "agreed": "on"}))
    assert Consent.objects.count() == 0


# req: C7
# req: C9
def test_the_signed_page_can_be_read_kept_and_taken_back(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent_id, dan = signed(cast, at), phone(cast, at)
    page = text(dan.get(reverse("portal:consent_signed", args=[consent_id])))
    assert Consent.objects.get().shown_sha256 in page
    assert "(your answer)" in page
    assert "Plans that this covers" in page and "8 visits with ketamine in 21 to 28 days" in page
    copy = dan.get(reverse("portal:consent_download", args=[consent_id]))
    assert copy["Content-Disposition"] == 'attachment; filename="signed-iv_ketamine_treatment-3.html"'
    assert Consent.objects.get().shown_sha256 in text(copy)
    assert "Dan Marsh 7 Dec 2026, 01:00 PST" in text(copy).replace("</b>", ""), "a copy that is kept says the day"
    assert dan.post(reverse("portal:consent_withdraw", args=[consent_id]), {"said": "No more.\x00"}).status_code == 302
    assert "Taken back" in text(dan.get(reverse("portal:consent_signed", args=[consent_id])))
    assert queries.in_force(cast.dan_id, at=at).state == "withdrawn"
    assert AuditRow.objects.filter(event="consent.signed_downloaded").count() == 1


# req: N16
def test_whoever_reads_a_consent_is_led_to_what_it_is_about(cast: Cast, at: datetime) -> None:
    dan = phone(cast, at)
    page = reverse("portal:consent")
    clear(cast, at, cast.dan_id, indication="ptsd")
    assert 'href="/expectations/?about=iv_ketamine_ptsd"' in dan.get(page).text


def test_dan_may_say_no(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id, dan = offered(cast, at), phone(cast, at)
    assert dan.post(reverse("portal:consent_decline", args=[offer_id])).status_code == 302
    assert Offer.objects.get().state == "declined"
    assert "Nothing to sign now" in text(dan.get(reverse("portal:consent")))


def test_a_link_shows_its_own_person_only(cast: Cast, at: datetime) -> None:
    other = register(cast.faye, at, "Una")
    cleared(cast, at, other)
    from afterglow.pathway.consent.actions.offer import offer

    theirs, dan = offer(person_id=other, by=cast.ben, at=at), phone(cast, at)
    for name in ("portal:consent_read", "portal:consent_questions", "portal:consent_sign"):
        assert dan.get(reverse(name, args=[theirs])).status_code == 404
    assert dan.post(reverse("portal:consent_decline", args=[theirs])).status_code == 404
    assert dan.get(reverse("portal:consent_signed", args=[uuid4()])).status_code == 404
    assert Client().get(reverse("portal:consent")).status_code == 404
    assert cast.client("ana").get(reverse("portal:consent")).status_code == 404


def test_on_a_browser_where_staff_are_signed_in_the_link_acts_as_its_holder(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent_id, client = signed(cast, at), cast.client("faye")
    client.cookies[LINK_COOKIE] = dans_link(cast, at)[1]
    assert client.get(reverse("portal:consent_signed", args=[consent_id])).status_code == 200
    assert AuditRow.objects.get(event="consent.signed_read").actor_kind == "link"


def test_at_the_clinics_screen_the_nurse_witnesses(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id, ben = offered(cast, at), cast.client("ben")
    questions, sign = reverse("consent:questions", args=[offer_id]), reverse("consent:sign", args=[offer_id])
    ben.post(questions, {**fields(ben.get(questions)), **right_answers()})
    sent = {**fields(ben.get(sign)), "signer_name": "Dan Marsh", "agreed": "on"}
    wrong = ben.post(sign, {**sent, "password": "not my password"})
    assert (wrong.status_code, Consent.objects.count()) == (422, 0)
    assert ben.post(sign, {**sent, "password": PASSWORD})["Location"] == reverse("consent:person", args=[cast.dan_id])
    assert Consent.objects.get().witness_id == cast.ben.user_id


def test_the_persons_page_offers_talks_links_and_takes_back(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    ana, page = cast.client("ana"), reverse("consent:person", args=[cast.dan_id])
    assert "Nothing is signed." in text(ana.get(page))
    assert ana.post(reverse("consent:offer", args=[cast.dan_id]), {"document": "made_up"}).status_code == 422
    assert ana.post(reverse("consent:offer", args=[cast.dan_id]), {"document": "iv_ketamine_treatment"}).status_code == 302
    offer_id = Offer.objects.get().id
    dan, _ = dans_link(cast, at)
    for number in range(2):
        save_answers(offer_id=offer_id, answers=right_answers() | {"cure": "cure"}, key=f"{number}", by=dan, at=at - timedelta(minutes=2))
    assert "talk it through" in text(ana.get(page))
    talk = reverse("consent:talk", args=[offer_id])
    assert ana.post(talk, {"key": "t", "note": ""}).status_code == 422
    assert ana.post(talk, {"key": "t", "note": "ok"}).status_code == 422
    assert ana.post(talk, {"key": "t", "note": "We went through it again."}).status_code == 302
    assert "talk it through" not in text(ana.get(page))
    link = ana.post(reverse("portal:consent_link", args=[cast.dan_id]))
    token = re.search(r"/l/([^/<]+)/", link.content.decode())
    assert token is not None
    opened = Client()
    assert opened.get(f"/l/{token[1]}/")["Location"] == reverse("portal:consent")
    assert opened.get(reverse("portal:consent")).status_code == 200
    consent_id = signed(cast, at, offer_id)
    assert ana.get(reverse("consent:signed", args=[consent_id])).status_code == 200
    assert ana.get(reverse("consent:download", args=[consent_id])).status_code == 200
    assert ana.post(reverse("consent:withdraw", args=[consent_id]), {"said": "Told me by phone."}).status_code == 302
    assert "Withdrawn" in text(ana.get(page))
    assert AuditRow.objects.filter(event="consent.page_read", actor_kind="person").count() == 4


def test_nothing_is_offered_that_is_not_cleared(cast: Cast, at: datetime) -> None:
    refused = cast.client("ana").post(reverse("consent:offer", args=[cast.dan_id]), {"document": "iv_ketamine_treatment"})
    assert refused.status_code == 422
    assert "not cleared" in text(refused)


# hazard: H29
def test_capacity_is_stated_and_signed_on_its_page(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    page, ana = reverse("consent:capacity", args=[signed(cast, at)]), cast.client("ana")
    assert "Was asked alone whether anyone is pressing" in text(ana.get(page))
    sent = {"has_capacity": "yes", "note": "Seen alone.", "password": PASSWORD}
    some = ana.post(page, {**sent, "checks": sorted(checks() - {"asked_alone"})})
    assert some.status_code == 422
    assert "Seen alone." in text(some)
    assert PASSWORD not in text(some)
    assert ana.post(page, {**sent, "checks": sorted(checks()), "password": "not my password"}).status_code == 422
    assert ana.post(page, {**sent, "checks": sorted(checks()), "has_capacity": ""}).status_code == 422
    assert CapacityNote.objects.count() == 0
    assert ana.post(page, {**sent, "checks": sorted(checks())}).status_code == 302
    assert queries.in_force(cast.dan_id, at=at).capacity_shown is True


def test_a_notice_asks_for_no_capacity(cast: Cast, at: datetime) -> None:
    notice = signed(cast, at, offered(cast, at, "privacy_notice"))
    assert cast.client("ana").get(reverse("consent:capacity", args=[notice])).status_code == 404


def test_who_waits_and_what_the_list_costs(cast: Cast, at: datetime) -> None:
    ana, page = cast.client("ana"), reverse("consent:list")
    assert "Nobody waits for consent" in text(ana.get(page))
    cleared(cast, at)
    ana.get(page)
    with CaptureQueriesContext(connection) as one:
        assert "Dan Marsh" in text(ana.get(page))
    for number in range(9):
        cleared(cast, at, register(cast.faye, at, f"P{number}"))
    with CaptureQueriesContext(connection) as ten:
        assert text(ana.get(page)).count("/consent/person/") == 10
    assert len(ten) == len(one)
    able(cast, at, signed(cast, at))
    assert "Dan Marsh" not in text(ana.get(page))
    assert "Dan Marsh" not in text(cast.client("cora").get(page))


def test_the_persons_page_costs_the_same_with_50_documents(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    ana, page = cast.client("ana"), reverse("consent:person", args=[cast.dan_id])

    def sign_notices(count: int) -> None:
        for _ in range(count):
            signed(cast, at, offered(cast, at, "privacy_notice"))

    sign_notices(1)
    ana.get(page)
    with CaptureQueriesContext(connection) as one:
        ana.get(page)
    sign_notices(49)
    with CaptureQueriesContext(connection) as fifty:
        ana.get(page)
    assert len(fifty) == len(one)


@pytest.mark.parametrize(("who", "status"), [("faye", 403), ("olga", 403), ("cora", 404)])
def test_strangers_and_those_without_the_right(cast: Cast, at: datetime, who: str, status: int) -> None:
    cleared(cast, at)
    consent_id, client = signed(cast, at), cast.client(who)
    offer_id: UUID = offered(cast, at)
    for name, key in (("person", cast.dan_id), ("signed", consent_id), ("download", consent_id), ("capacity", consent_id), ("read", offer_id)):
        assert client.get(reverse(f"consent:{name}", args=[key])).status_code == status
    for name, key in (("decline", offer_id), ("withdraw", consent_id), ("offer", cast.dan_id)):
        assert client.post(reverse(f"consent:{name}", args=[key]), {"document": "privacy_notice"}).status_code == status
    assert client.post(reverse("portal:consent_link", args=[cast.dan_id])).status_code == status


def test_finishing_for_now_closes_the_documents_on_a_shared_device(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offer_id, dan = offered(cast, at), phone(cast, at)
    leave, cookie = reverse("portal:consent_leave"), dan.cookies[LINK_COOKIE].value
    assert f'action="{leave}"' in dan.get(reverse("portal:consent")).content.decode()
    assert dan.get(leave).status_code == 405, "an address that is only opened forgets nothing"
    assert "This browser has forgotten your link" in text(dan.post(leave))
    for address in (reverse("portal:consent"), reverse("portal:consent_read", args=[offer_id])):
        assert dan.get(address).status_code == 404
    assert queries.open_offers(cast.dan_id)[0].id == offer_id, "what was offered stays"
    elsewhere = Client()
    elsewhere.cookies[LINK_COOKIE] = cookie
    assert elsewhere.get(reverse("portal:consent")).status_code == 200, "the link itself still works"
