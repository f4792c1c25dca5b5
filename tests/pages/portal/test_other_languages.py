"""A questionnaire on the phone in the person's own language, where its words are there; else in English, and the page says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries as measures
from afterglow.records.measures.models import Response
from tests.support.cast import Cast
from tests.support.counting import queries_for
from tests.support.portal import follow, phone, text_of
from tests.support.translations import ARABIC, SPANISH, shipped

pytestmark = pytest.mark.django_db
FIRST = "Little interest or pleasure in doing things"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def reads(cast: Cast, at: datetime, code: str) -> None:
    version = chart.fetch_person(cast.ben, cast.dan_id).version
    edit_person(person_id=cast.dan_id, version=version, changes={"language": code}, by=cast.ben, at=at)


def form_of(cast: Cast) -> str:
    return f"/me/questions/{measures.open_assignments(cast.dan_id, 'link')[0].id}/"


def wording_of(page: str) -> str:
    found = re.search(r'name="wording" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def send_all(client: Client, start: str, wording: str, ninth: int = 0) -> str:
    for number in range(1, 11):
        value = ninth if number == 9 else 0
        follow(client, f"{start}{number}/", {f"q{number}": str(value), "wording": wording})
    page = text_of(client, f"{start}check/")
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    follow(client, f"{start}check/", {"key": found[1], "wording": wording_of(page)})
    return page


# req: S10
# req: N45
def test_in_their_own_language_from_start_to_thank_you(cast: Cast, at: datetime) -> None:
    wording = shipped("phq9", "es", at)
    reads(cast, at, "es-MX")
    client, start = phone(cast, at, "phq9"), form_of(cast)
    first = text_of(client, start)
    assert f"{SPANISH} phq9" in first and f"{SPANISH} instructions" in first
    assert "nobody has shown yet that the translation asks exactly the same" in first
    page = text_of(client, f"{start}1/")
    assert f"{SPANISH} q1 3" in page and FIRST not in page and 'lang="es" dir="ltr"' in page
    assert wording_of(page) == str(wording)
    checked = send_all(client, start, str(wording))
    assert f"{SPANISH} q9" in checked and f"{SPANISH} q9 0" in checked
    kept = Response.objects.get()
    assert (kept.language, kept.worded, kept.total, kept.translation_id) == ("es", "not_validated", 0, wording)


# req: S10
def test_a_language_from_right_to_left_says_so_on_every_page(cast: Cast, at: datetime) -> None:
    wording = shipped("phq9", "ar", at, validated=True)
    reads(cast, at, "ar")
    client, start = phone(cast, at, "phq9"), form_of(cast)
    page = text_of(client, start)
    assert f'lang="ar" dir="rtl">{ARABIC} phq9' in page and "nobody has shown yet" not in page
    page = text_of(client, f"{start}1/")
    assert 'lang="ar" dir="rtl"' in page and f"{ARABIC} q1 0" in page
    assert '<html lang="en' in page, "the page around the questions is English"
    send_all(client, start, str(wording))
    assert Response.objects.get().worded == "validated"


# req: S10
def test_without_a_wording_it_is_in_english_and_says_so(cast: Cast, at: datetime) -> None:
    shipped("phq9", "es", at)
    reads(cast, at, "vi")
    client, start = phone(cast, at, "phq9"), form_of(cast)
    page = text_of(client, start)
    assert "not there in Vietnamese yet, so they are in English" in page
    assert FIRST in text_of(client, f"{start}1/")
    reads(cast, at, "en")
    assert "so they are in English" not in text_of(client, start)


def test_the_person_may_choose_before_the_first_answer_and_not_after(cast: Cast, at: datetime) -> None:
    spanish, arabic = shipped("phq9", "es", at), shipped("phq9", "ar", at)
    reads(cast, at, "es")
    client, start = phone(cast, at, "phq9"), form_of(cast)
    page = text_of(client, start)
    assert f'href="?in={arabic}"' in page and 'href="?in=own"' in page and f"?in={spanish}" not in page
    page = text_of(client, f"{start}?in=own")
    assert f'{start}1/?in=own"' in page
    asked = text_of(client, f"{start}1/?in=own")
    assert FIRST in asked and wording_of(asked) == ""
    follow(client, f"{start}1/", {"q1": "0", "wording": ""})
    for address in (start, f"{start}?in={arabic}", f"{start}2/?in={arabic}"):
        page = text_of(client, address)
        assert "Read them in" not in page and ARABIC not in page
    assert client.post(f"{start}2/", {"q2": "0", "wording": str(arabic)}).status_code == 409
    assert client.post(f"{start}2/draft/", {"q2": "0", "wording": str(arabic)}).status_code == 409
    assert client.get(f"{start}?in=nonsense").status_code == 200


# hazard: H16
@pytest.mark.parametrize("code", ["es", "ar"])
def test_help_shows_in_any_language_and_a_person_is_called(cast: Cast, at: datetime, code: str) -> None:
    wording = shipped("phq9", code, at)
    reads(cast, at, code)
    client, start = phone(cast, at, "phq9"), form_of(cast)
    page = text_of(client, f"{start}9/")
    assert page.count("data-crisis>") + page.count("data-crisis ") >= 3
    told: dict[str, Any] = client.post(f"{start}9/draft/", {"q9": "1", "wording": str(wording)}).json()
    assert told["crisis"] is True
    assert [flag.kind for flag in flags.open_for(cast.dan_id, at)] == ["suicide_item_positive"]
    assert "You do not have to carry this alone" in text_of(client, f"{start}1/")


def test_one_who_reads_english_pays_no_query_for_it(cast: Cast, at: datetime) -> None:
    client, start = phone(cast, at, "phq9"), form_of(cast)
    text_of(client, f"{start}1/")
    before = queries_for(client, f"{start}1/")
    for code in ("es", "ar"):
        shipped("phq9", code, at)
    assert queries_for(client, f"{start}1/") == before
