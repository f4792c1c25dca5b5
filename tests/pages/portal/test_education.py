"""The library's texts for patients, read by anybody, with their version, basis and sources."""

from __future__ import annotations

from html import escape

import pytest
from django.test import Client

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.queries import released
from tests.support.cast import Cast
from tests.support.counting import queries_for

pytestmark = pytest.mark.django_db


# req: S46
def test_every_text_for_patients_is_listed_and_shown_whole(cast: Cast) -> None:
    listed, files = Client().get("/read/").text, [file for file in released("education") if file.content["audience"] == "patient"]
    assert files
    for file in files:
        assert f'href="/read/{file.id}/"' in listed and escape(file.content["title"]) in listed
        page = Client().get(f"/read/{file.id}/").text
        for section in file.content["sections"]:
            assert escape(section["title"]) in page
            for paragraph in section["paragraphs"]:
                assert escape(paragraph["text"]) in page
                assert all(f'id="source-{source}"' in page for source in paragraph.get("sources", ()))
        assert f"Version {file.version}," in page and ("Not reviewed by a clinician yet." in page) == (not file.is_reviewed)


def test_nothing_about_anybody_is_asked_or_kept(cast: Cast) -> None:
    before = AuditRow.objects.count()
    for url in ("/read/", "/read/first_visit/"):
        assert Client().get(url).status_code == 200
        assert "Set-Cookie" not in Client().get(url).headers
    assert AuditRow.objects.count() == before


@pytest.mark.parametrize("name", ["nothing", "iv_ketamine_treatment", "first_visit2"])
def test_what_is_no_text_for_patients_is_not_found(cast: Cast, name: str) -> None:
    assert Client().get(f"/read/{name}/").status_code == 404


def test_a_list_costs_the_same_however_long(cast: Cast) -> None:
    assert queries_for(Client(), "/read/") <= 3
    assert queries_for(Client(), "/read/first_visit/") <= 3


def test_the_front_page_leads_there(cast: Cast) -> None:
    assert 'href="/read/"' in Client().get("/").text
