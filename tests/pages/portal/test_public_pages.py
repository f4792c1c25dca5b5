"""Pages open to everyone: the front page, crisis help, the enquiry."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.accounts.models import Site
from afterglow.pathway.enquiry import queries
from afterglow.pathway.enquiry.models import Enquiry
from tests.support.cast import Cast
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db
HELP = "You do not have to carry this alone"


def asked(**more: str) -> dict[str, str]:
    return {
        "key": "k1",
        "asker": "self",
        "given_name": "Rosa",
        "may_contact": "yes",
        "contact_by": "phone",
        "phone": "+1 555 0199",
        "message": "I cannot sleep.",
        "danger_now": "no",
    } | more


def test_the_first_page_leads_to_help_and_to_the_desk() -> None:
    page = text_of(Client(), "/")
    for place in ("/enquire/", "/crisis/", "/sign-in/"):
        assert f'href="{place}"' in page


# hazard: H16
def test_crisis_help_needs_no_database() -> None:
    with CaptureQueriesContext(connection) as asked_for:
        page = text_of(Client(), "/crisis/")
    assert len(asked_for) == 0
    for number in ("tel:988", "sms:988", "tel:911"):
        assert number in page


# req: S1
# req: S3
def test_an_enquiry_from_the_public_page_reaches_the_inbox(cast: Cast, at: datetime) -> None:
    address = f"/enquire/{cast.clinic_id}/"
    page = text_of(Client(), address)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    assert follow(Client(), address, asked(key=key[1])) == "/enquire/sent/"
    assert follow(Client(), address, asked(key=key[1])) == "/enquire/sent/", "pressed twice, it arrives once"
    (row,) = queries.inbox(cast.faye, at).waiting
    assert (row.given_name, row.channel, row.urgency) == ("Rosa", "web", "routine")
    assert HELP not in text_of(Client(), "/enquire/sent/")
    assert not Client().get(address).cookies.keys() - {"afterglow_csrf"}, "nothing follows the visitor"


# req: C36
# hazard: H16
@pytest.mark.parametrize("danger", ["yes", ""])
def test_danger_and_an_unanswered_question_show_help_first(cast: Cast, at: datetime, danger: str) -> None:
    sent = follow(Client(), f"/enquire/{cast.clinic_id}/", asked(danger_now=danger))
    page = text_of(Client(), sent)
    assert page.index(HELP) < page.index("Do not wait for a call") < page.index("The clinic has your message")


def test_a_failed_form_keeps_what_was_typed(cast: Cast) -> None:
    address = f"/enquire/{cast.clinic_id}/"
    for wrong in ({"given_name": ""}, {"phone": ""}, {"email": "no address"}, {"may_contact": ""}, {"message": "a\x00b"}, {"asker": "robot"}):
        answer = Client().post(address, asked(**wrong))
        assert answer.status_code == 422, wrong
        assert 'role="alert"' in answer.content.decode()
        assert "+1 555 0199" in answer.content.decode() or "phone" in wrong
    assert Enquiry.objects.count() == 0


def test_with_several_clinics_the_person_chooses(cast: Cast) -> None:
    page = text_of(Client(), "/enquire/")
    assert "Harbour Clinic" in page
    assert "Meadow Clinic" in page
    assert "<form" not in page
    assert Client().get(f"/enquire/{uuid4()}/").status_code == 404


# hazard: H16
def test_too_many_enquiries_are_refused_with_another_way_and_the_words_stay(cast: Cast) -> None:
    Site.objects.filter(id=cast.site_id).update(phone="+1 555 0100")
    address = f"/enquire/{cast.clinic_id}/"
    for number in range(10):
        assert follow(Client(), address, asked(key=f"k{number}")) == "/enquire/sent/"
    answer = Client().post(address, asked(key="more"))
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "this one was not sent" in page
    assert "Call the clinic: +1 555 0100" in page
    assert "I cannot sleep." in page
    assert HELP not in page.split("data-crisis-help")[0]
    unanswered = Client().post(address, asked(key="more", danger_now=""))
    assert unanswered.status_code == 429
    assert HELP in unanswered.content.decode().split("data-crisis-help")[0]
    assert follow(Client(), address, asked(key="more", danger_now="yes")) == "/enquire/sent/?help=now"
    assert Enquiry.objects.filter(danger_now="yes").count() == 1
    assert Enquiry.objects.count() == 11
