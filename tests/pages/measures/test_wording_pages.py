"""A questionnaire asked by staff in another language: chosen before it is begun, with the file's own words beneath, and told apart wherever it is read."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import pytest

from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.measures.models import Response
from tests.support.cast import Cast
from tests.support.portal import follow, text_of
from tests.support.translations import ARABIC, SPANISH, shipped

pytestmark = pytest.mark.django_db
FIRST = "Little interest or pleasure in doing things"


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def asked(cast: Cast, instrument: str = "phq9") -> str:
    return follow(cast.client("ben"), f"/measures/of/{cast.dan_id}/ask/", {"instrument": instrument, "occasion": "screening"})


def answers(wording: UUID | str) -> dict[str, object]:
    return {"wording": str(wording), **{f"q{number}": "1" for number in range(1, 10)}}


# req: N44
@pytest.mark.parametrize(("validated", "says"), [(True, "a validated translation"), (False, "not known to be a validated translation")])
def test_staff_choose_the_language_and_read_the_files_own_words_beneath(cast: Cast, at: datetime, validated: bool, says: str) -> None:
    client, wording = cast.client("ben"), shipped("phq9", "ar", at, validated=validated)
    form = asked(cast)
    page = text_of(client, form)
    assert f"in={wording}" in page and "Arabic" in page and ARABIC not in page
    page = text_of(client, f"{form}?in={wording}")
    assert f"{ARABIC} q1" in page and FIRST in page and 'lang="ar" dir="rtl"' in page and says in page
    read = follow(client, form, answers(wording) | {"key": key_of(page)})
    page = text_of(client, read)
    for words in (f"{ARABIC} q9 1", "Several days", FIRST, says, "Arabic, translation 1, on version 1"):
        assert words in page
    assert ("are not counted together" in page) is not validated
    listed = text_of(client, f"/measures/of/{cast.dan_id}/")
    assert "in Arabic" in listed and ("translation not known to be validated" in listed) is not validated


def test_in_a_language_without_words_it_is_asked_in_english_and_says_so(cast: Cast, at: datetime) -> None:
    edit_person(person_id=cast.dan_id, version=1, changes={"language": "hmn"}, by=cast.ben, at=at)
    page = text_of(cast.client("ben"), asked(cast))
    assert "The language on the chart is Hmong. There is no wording of this scale in it" in page


def test_a_form_that_was_begun_stays_in_its_language(cast: Cast, at: datetime) -> None:
    client, wording = cast.client("ben"), shipped("phq9", "es", at)
    form = asked(cast)
    assert client.post(f"{form}draft/", answers(wording)).status_code == 200
    page = text_of(client, form)
    assert f"{SPANISH} q1" in page and "Ask it in:" not in page
    refused = client.post(form, answers("") | {"key": key_of(page)})
    assert refused.status_code == 422 and "begun in another language" in refused.text
    assert Response.objects.count() == 0


@pytest.mark.parametrize("wording", ["nonsense", str(UUID(int=5))])
def test_a_wording_that_is_not_there_is_refused(cast: Cast, at: datetime, wording: str) -> None:
    client, form = cast.client("ben"), asked(cast)
    assert client.post(form, answers(wording) | {"key": "k"}).status_code == 422
    assert client.post(f"{form}draft/", answers(wording)).status_code in (409, 422)
    assert Response.objects.count() == 0


def test_a_scale_that_a_clinician_rates_is_offered_in_no_other_language(cast: Cast, at: datetime) -> None:
    shipped("moaas", "es", at)
    assert "Ask it in:" not in text_of(cast.client("ben"), asked(cast, "moaas"))


def test_an_answer_in_the_files_own_words_says_nothing_of_languages(cast: Cast, at: datetime) -> None:
    shipped("phq9", "es", at)
    client, form = cast.client("ben"), asked(cast)
    page = text_of(client, follow(client, form, answers("") | {"key": key_of(text_of(client, form))}))
    assert "translation" not in page and "In the file's own words" not in page
