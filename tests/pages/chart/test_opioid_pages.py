"""The opioids of a medicine list on its page: typed with a unit, counted, and whatever is not counted named."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from afterglow.records.chart import queries
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.cast import Cast, register
from tests.support.counting import queries_for

pytestmark = pytest.mark.django_db


def url_of(cast: Cast) -> str:
    return reverse("chart:list", args=[cast.dan_id, "medicines"])


# req: S25
def test_an_amount_is_typed_with_its_unit_and_counted(cast: Cast) -> None:
    client, url = cast.client("ben"), url_of(cast)
    assert client.post(url, {"name": "oxycodone", "amount": "22.5", "amount_unit": "mg_per_day"}).status_code == 302
    assert client.post(url, {"name": "fentanyl", "amount": "37.5", "amount_unit": "ug_per_h"}).status_code == 302
    assert client.post(url, {"name": "codeine", "dose_text": "30 mg"}).status_code == 302
    text = client.get(url).text
    assert "At least 123.8 MME a day" in text and "Not counted: codeine (no daily amount with its unit on record)." in text
    assert "22.5 mg a day by mouth" in text and "patch, 37.5 mcg an hour" in text
    assert "never for switching" in text and "Unreviewed: codes/opioid_mme version 1" in text
    row = queries.medicines(cast.dan_id).rows[0]
    form = client.get(reverse("chart:row", args=[cast.dan_id, "medicines", row.id])).text
    assert 'value="22.5"' in form and 'value="mg_per_day" selected' in form


# hazard: H2
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"amount": "20"}, "Choose the unit: it is never guessed."),
        ({"amount_unit": "mg_per_day"}, "Enter the amount, or say that it is not recorded."),
        ({"amount": "1000.5", "amount_unit": "ug_per_h"}, "This daily amount is not possible."),
        ({"amount": "two", "amount_unit": "mg_per_day"}, "Enter a number."),
        ({"amount": "900000", "amount_unit": "mg_per_day"}, "This daily amount is not possible."),
    ],
)
def test_an_amount_that_is_not_clear_is_refused_and_kept_in_the_form(cast: Cast, told: dict[str, str], said: str) -> None:
    answer = cast.client("ben").post(url_of(cast), {"name": "oxycodone"} | told)
    assert answer.status_code == 422 and said in answer.text
    assert told.get("amount", "oxycodone") in answer.text
    assert "oxycodone" not in [row.name for row in queries.medicines(cast.dan_id).rows]


def test_without_an_answer_about_medicines_nothing_is_said_to_be_none(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    text = cast.client("ben").get(reverse("chart:list", args=[una, "medicines"])).text
    assert "nobody asked about medicines yet" in text and "No opioid" not in text


def test_the_list_costs_the_same_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    record_medicine(person_id=cast.dan_id, name="oxycodone", by=cast.ben, at=at)
    one = queries_for(client, url_of(cast))
    for number in range(1, 50):
        record_medicine(person_id=cast.dan_id, name="oxycodone", oral_ug_per_day=number * 1000, by=cast.ben, at=at)
    assert queries_for(client, url_of(cast)) == one


# req: S29
def test_a_medicine_is_recognised_by_its_code_and_shows_the_codes_that_are_known(cast: Cast, at: datetime) -> None:
    for name in ("RxNorm 7804", "Tramal N02AX02", "hydrocodone"):
        record_medicine(person_id=cast.dan_id, name=name, by=cast.ben, at=at)
    text = cast.client("ben").get(url_of(cast)).text
    for said in ("oxycodone: RxNorm 7804, ATC N02AA05", "tramadol: RxNorm 10689, ATC N02AX02", "hydrocodone: no code known"):
        assert said in text
    assert "RxNorm 7804 (no daily amount with its unit on record)" in text, "an opioid by its code is an opioid"
