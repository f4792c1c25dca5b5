"""The answer about research on the pages: said on the walk and beside the documents, taken back on the phone or by staff."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.pathway.consent.actions.decline import decline
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.queries.research import DOCUMENT, research_state
from tests.pages.consent.test_pages import phone, text
from tests.support.cast import Cast
from tests.support.consent import dans_link, offered, signed

pytestmark = pytest.mark.django_db


# req: S116
def test_the_answer_stands_on_the_walk_and_beside_the_documents(cast: Cast, at: datetime) -> None:
    ana, pages = cast.client("ana"), [reverse(name, args=[cast.dan_id]) for name in ("desk:journey", "consent:person")]
    for page in pages:
        assert "Research: <b>not asked</b>" in text(ana.get(page))
    offer_id = offered(cast, at, DOCUMENT)
    for page in pages:
        assert "Research: <b>asked, no answer yet</b>" in text(ana.get(page))
    decline(offer_id=offer_id, by=dans_link(cast, at)[0], at=at)
    for page in pages:
        assert "Research: <b>said no</b>" in text(ana.get(page))
    signed(cast, at, offer(person_id=cast.dan_id, document=DOCUMENT, asked_for=True, by=cast.ben, at=at))
    assert "Research:" not in text(cast.client("faye").get(pages[0])), "the desk books visits and reads no answer"


# req: S116
def test_dan_takes_it_back_on_his_phone(cast: Cast, at: datetime) -> None:
    consent_id, dan = signed(cast, at, offered(cast, at, DOCUMENT)), phone(cast, at)
    page = text(dan.get(reverse("portal:consent_signed", args=[consent_id])))
    assert "Take back my consent now" in page and "From then on you are in no new list." in page
    assert dan.post(reverse("portal:consent_withdraw", args=[consent_id])).status_code == 302
    assert research_state(cast.dan_id).answer == "taken_back"
    assert "About research you took your yes back" in text(dan.get(reverse("portal:consent")))


# req: S116
def test_after_a_no_staff_ask_again_only_when_the_person_brought_it_up(cast: Cast, at: datetime) -> None:
    decline(offer_id=offered(cast, at, DOCUMENT), by=dans_link(cast, at)[0], at=at)
    ana, dan = cast.client("ana"), phone(cast, at)
    assert "About research you said no" in text(dan.get(reverse("portal:consent")))
    assert "the person brought it up again after a no" in text(ana.get(reverse("consent:person", args=[cast.dan_id])))
    ask = reverse("consent:offer", args=[cast.dan_id])
    refused = ana.post(ask, {"document": DOCUMENT})
    assert refused.status_code == 422
    assert "They are not asked again unless they bring it up." in text(refused)
    assert ana.post(ask, {"document": DOCUMENT, "asked_for": "on"}).status_code == 302
    assert "Your choice about research" in text(dan.get(reverse("portal:consent")))


def test_staff_take_it_back_on_the_persons_word(cast: Cast, at: datetime) -> None:
    consent_id, ana = signed(cast, at, offered(cast, at, DOCUMENT)), cast.client("ana")
    page = reverse("consent:person", args=[cast.dan_id])
    assert reverse("consent:withdraw", args=[consent_id]) in ana.get(page).content.decode()
    ana.post(reverse("consent:withdraw", args=[consent_id]), {"said": "Told me on the telephone."})
    assert "Research: <b>took the yes back</b>" in text(ana.get(page))


def test_the_answer_costs_the_same_after_many(cast: Cast, at: datetime) -> None:
    ana, page = cast.client("ana"), reverse("desk:journey", args=[cast.dan_id])
    ana.get(page)
    with CaptureQueriesContext(connection) as none:
        ana.get(page)
    for _ in range(20):
        signed(cast, at, offered(cast, at, DOCUMENT))
    with CaptureQueriesContext(connection) as twenty:
        ana.get(page)
    assert len(twenty) == len(none)
