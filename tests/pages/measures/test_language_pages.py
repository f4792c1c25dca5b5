"""The page of a questionnaire in other languages: what is there, whose word stands behind it, and the clinic's own sheet."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afterglow.ground.content.models import LibraryRow
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.portal import text_of
from tests.support.translations import shipped

pytestmark = pytest.mark.django_db
PAGE = "/measures/licences/phq9/languages/"
TOLD = {"language": "ar", "translated_by": "A bureau in Boston", "right": "No permission is required", "study": ""}


def sheet_of(cast: Cast, language: str = "") -> list[list[str]]:
    answer = cast.client("olga").get(f"{PAGE}sheet.csv?language={language}")
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def filled(rows: list[list[str]]) -> SimpleUploadedFile:
    written = StringIO()
    csv.writer(written).writerows([rows[0], *([*row[:3], f"كلمات {row[0]} {row[1]}"] for row in rows[1:])])
    return SimpleUploadedFile("sheet.csv", written.getvalue().encode("utf-8"), content_type="text/csv")


# req: N44
def test_a_sheet_is_taken_filled_in_and_loaded(cast: Cast) -> None:
    client = cast.client("olga")
    assert "There is no translation" in text_of(client, PAGE) and PAGE in text_of(client, "/measures/licences/")
    rows = sheet_of(cast)
    assert ["q9", "3", "Nearly every day", ""] in rows and ["name", "", "Patient Health Questionnaire-9", ""] in rows
    assert client.post(PAGE, TOLD | {"file": filled(rows)}).status_code == 302
    page = text_of(client, PAGE)
    for words in ("Arabic, the clinic&#x27;s own translation 1", "not known to be validated", "shown to whoever reads Arabic", "A bureau in Boston"):
        assert words in page
    assert ["q9", "3", "Nearly every day", "كلمات q9 3"] in sheet_of(cast, "ar")
    assert client.post(PAGE, TOLD | {"file": filled(rows)}).status_code == 302
    assert LibraryRow.objects.filter(kind="translations").count() == 1


def test_what_cannot_be_loaded_says_why_and_keeps_what_was_typed(cast: Cast) -> None:
    client, rows = cast.client("olga"), sheet_of(cast)
    for file, says in (
        (filled(rows[:-3]), "has no words"),
        (SimpleUploadedFile("sheet.csv", b"nothing"), "does not name the columns"),
        (SimpleUploadedFile("sheet.csv", b"\xff\xfe\x00"), "not text in UTF-8"),
    ):
        answer = client.post(PAGE, TOLD | {"file": file})
        assert answer.status_code == 422 and says in answer.text and "A bureau in Boston" in answer.text
    assert client.post(PAGE, TOLD | {"language": "xx", "file": filled(rows)}).status_code == 422
    assert client.post(PAGE, TOLD).status_code == 422
    assert not LibraryRow.objects.filter(kind="translations").exists()


def test_one_of_another_version_is_shown_to_nobody_and_says_so(cast: Cast, at: datetime) -> None:
    shipped("phq9", "es", at, instrument={"id": "phq9", "version": 7})
    assert "Shown to nobody." in text_of(cast.client("olga"), PAGE)


def test_who_may_see_it_and_one_row_each(cast: Cast) -> None:
    assert cast.client("ben").get(PAGE).status_code == 403
    assert [row.event for row in audit_rows(lambda: text_of(cast.client("ana"), PAGE))] == ["measures.text_read"]
    assert cast.client("olga").get(f"{PAGE}sheet.csv?language=xx").status_code == 404
    assert cast.client("olga").get("/measures/licences/nothing/languages/").status_code == 404


def test_a_rated_and_a_licensed_scale_say_why_there_is_nothing_to_load(cast: Cast) -> None:
    client = cast.client("olga")
    assert "nothing to translate" in text_of(client, "/measures/licences/moaas/languages/")
    assert "may not be kept in any language" in text_of(client, "/measures/licences/isi/languages/")


def test_it_takes_the_same_queries_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    shipped("phq9", "es", at)
    text_of(client, PAGE)
    before = queries_for(client, PAGE)
    shipped("phq9", "ar", at)
    for instrument in ("gad7", "asq"):
        shipped(instrument, "es", at)
    text_of(client, PAGE)
    assert queries_for(client, PAGE) == before
