"""The pages of the register of instrument licences."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.content.models import LibraryRow
from afterglow.records.measures.actions.record_licence import record_licence
from afterglow.records.measures.models import Licence, LicenceEnd
from afterglow.records.measures.queries import licences
from tests.support.cast import Cast
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db
ISI = "/measures/licences/isi/"


def told(at: datetime, **more: str) -> dict[str, str]:
    return {"holder": "Harbour Clinic", "reference": "ISI-17", "from_on": f"{at.date():%Y-%m-%d}", "until_on": ""} | more


# req: N38
def test_every_scale_is_listed_with_its_licence_and_why_it_is_off(cast: Cast) -> None:
    page = text_of(cast.client("olga"), "/measures/licences/")
    for words in (
        "Insomnia Severity Index",
        "Copyright C. Morin",
        "Not asked as a questionnaire",
        "no licence of the clinic",
        "own text of MADRS is not loaded",
        "Patient Health",
    ):
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


def filled(client: Client, **more: str) -> dict[str, str]:
    """The field-by-field form with words in every field."""
    names = re.findall(r'name="(text-[^"]+)"', text_of(client, f"{ISI}text/"))
    assert len(names) == 44
    return {name: f"Harbour {name}" for name in names} | more


def licensed(cast: Cast, at: datetime) -> None:
    record_licence(
        instrument="isi", holder="Harbour", reference="ISI-17", from_on=date(2020, 1, 1), until_on=None, site_id=cast.site_id, by=cast.olga, at=at
    )


# req: N38 C6 N45
def test_the_text_is_loaded_field_by_field_and_drawn_when_it_is_asked(cast: Cast, at: datetime) -> None:
    client, ben = cast.client("olga"), cast.client("ben")
    assert "without one its wording may not be kept here" in text_of(client, f"{ISI}text/")
    licensed(cast, at)
    page = text_of(client, follow(client, f"{ISI}text/", filled(client)))
    assert "Text 1, loaded" in page and "Everything that was asked is met." in page
    assert "Harbour text-q1-0" in text_of(client, f"{ISI}text/")
    form = follow(ben, f"/measures/of/{cast.dan_id}/ask/", {"instrument": "isi", "occasion": "screening"})
    asked = text_of(ben, form)
    assert "Harbour text-q1" in asked and "Harbour text-q1-4" in asked and "Falling asleep" not in asked
    read = text_of(ben, follow(ben, form, {"key": "k", **{f"q{number}": "1" for number in range(1, 8)}}))
    assert "Harbour text-q1-1" in read and "own text 1, on version 2" in read and "7 points" in read


# req: N38
def test_a_refused_text_keeps_every_word_that_was_typed(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")
    licensed(cast, at)
    for wrong in ({"text-q3": ""}, {"text-q3-1": "Alike", "text-q3-2": "alike"}, {"text-q3": "x" * 2001}):
        answer = client.post(f"{ISI}text/", filled(client, **wrong))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Nothing was loaded" in page and 'value="Harbour text-q7-4"' in page
    assert not LibraryRow.objects.filter(origin="local").exists()


# req: N38
def test_the_sheet_is_taken_filled_in_and_loaded_and_a_bad_one_is_refused_with_its_lines(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    licensed(cast, at)
    rows = list(csv.reader(client.get(f"{ISI}sheet.csv").content.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["item", "answer", "meaning", "text"] and rows[3] == ["q1", "", "Falling asleep", ""]

    def send(lines: list[list[str]], name: str = "isi.csv") -> HttpResponse:
        text = "\n".join(";".join(line) for line in lines)
        return client.post(f"{ISI}text/file/", {"file": SimpleUploadedFile(name, text.encode("utf-8-sig"))})

    full = [rows[0], *([*row[:3], f"Words {row[0]} {row[1]}"] for row in rows[1:])]
    for wrong, says in (
        ([*full, ["q8", "", "", "More"]], "Line 46: q8 is not in this scale."),
        (full[:-1], "the answer 4 of q7 has no words."),
        ([["a", "b"], *full[1:]], "does not name the columns"),
        ([[*full[0]], ["x" * 200_001]], "larger than 200 kB"),
    ):
        answer = send(wrong)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert client.post(f"{ISI}text/file/").status_code == 422
    assert not LibraryRow.objects.filter(origin="local").exists()
    assert send(full).status_code == 302
    again = list(csv.reader(client.get(f"{ISI}sheet.csv").content.decode("utf-8-sig").splitlines()))
    assert again[3][3] == "Words q1"


# req: N38
def test_a_licence_that_ends_soon_says_so_and_forms_left_open_after_its_end_are_named(cast: Cast, at: datetime) -> None:
    client, ben, today = cast.client("olga"), cast.client("ben"), datetime.now(UTC).date()
    record_licence(
        instrument="isi", holder="Harbour", reference="ISI-17", from_on=date(2020, 1, 1), until_on=max(today, at.date()) + timedelta(days=20),
        site_id=cast.site_id, by=cast.olga, at=at,
    )  # fmt: skip
    follow(client, f"{ISI}text/", filled(client))
    page = text_of(client, "/measures/licences/")
    assert "May be asked until" in page and "ends soon" in page
    follow(ben, f"/measures/of/{cast.dan_id}/ask/", {"instrument": "isi", "occasion": "screening"})
    assert "still open here" not in text_of(client, ISI)
    page = text_of(client, follow(client, f"/measures/licences/{Licence.objects.get().id}/end/", {"reason": "Given up."}))
    assert "1 form of it is still open here" in page


# req: N38
@pytest.mark.parametrize(("days", "soon"), [(0, True), (60, True), (61, False), (None, False)])
def test_a_licence_ends_soon_within_sixty_days(cast: Cast, at: datetime, days: int | None, soon: bool) -> None:
    today = at.astimezone(ZoneInfo(cast.zone)).date()
    until = None if days is None else today + timedelta(days=days)
    record_licence(instrument="isi", holder="H", reference="R", from_on=today, until_on=until, site_id=cast.site_id, by=cast.olga, at=at)
    assert licences.scale("isi", accounts.site(cast.site_id, clinic_id=cast.clinic_id), at).ends_soon is soon
    assert not licences.scale("madrs", accounts.site(cast.site_id, clinic_id=cast.clinic_id), at).ends_soon


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
