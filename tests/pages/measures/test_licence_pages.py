"""The pages of the register of instrument licences."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.records.measures.actions.record_licence import record_licence
from afterglow.records.measures.models import Licence, LicenceEnd
from tests.support.cast import Cast
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db
ISI = "/measures/licences/isi/"


def told(at: datetime, **more: str) -> dict[str, str]:
    return {"holder": "Harbour Clinic", "reference": "ISI-17", "from_on": f"{at.date():%Y-%m-%d}", "until_on": ""} | more


# req: N38
def test_every_scale_is_listed_with_its_licence_and_why_it_is_off(cast: Cast) -> None:
    page = text_of(cast.client("olga"), "/measures/licences/")
    for words in ("Insomnia Severity Index", "Copyright C. Morin", "no licence of the clinic", "own text of MADRS is not loaded", "Patient Health"):
        assert words in page
    assert "/measures/licences/" in text_of(cast.client("ana"), "/desk/clinic/")
    assert "/measures/licences/" not in text_of(cast.client("ben"), "/desk/clinic/")


# req: N38
def test_a_licence_is_recorded_and_ended_on_its_page(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    page = text_of(client, follow(client, ISI, told(at)))
    assert "ISI-17" in page and "without an end" in page and "every site" not in page
    row = Licence.objects.get()
    ended = f"/measures/licences/{row.id}/end/"
    assert client.post(ended, {"reason": ""}).status_code == 422
    page = text_of(client, follow(client, ended, {"reason": "Given up for another scale."}))
    assert "Given up for another scale." in page
    assert LicenceEnd.objects.get().licence_id == row.id


def test_a_refused_licence_keeps_what_was_typed(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")
    for wrong in (told(at, holder=""), told(at, until_on="2020-01-01"), told(at, from_on="soon")):
        answer = client.post(ISI, wrong)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Nothing was recorded" in page and 'value="ISI-17"' in page
    assert not Licence.objects.exists()
    assert client.get("/measures/licences/no_such/").status_code == 404
    free = text_of(client, "/measures/licences/phq9/")
    assert "Its licence lets the wording be shipped." in free and "Record this licence" not in free


def test_the_register_asks_the_same_number_of_questions_however_many_licences(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    text_of(client, "/measures/licences/")
    with CaptureQueriesContext(connection) as none:
        text_of(client, "/measures/licences/")
    for number in range(6):
        for name in ("isi", "madrs", "who5"):
            record_licence(
                instrument=name, holder="Harbour", reference=f"R{number}", from_on=at.date(), until_on=at.date() + timedelta(days=number),
                site_id=cast.site_id, by=cast.olga, at=at,
            )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        text_of(client, "/measures/licences/")
    assert len(many) == len(none) <= 25
