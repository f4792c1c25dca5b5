"""Buttons and notices around a questionnaire: in the language of its words where a catalog of messages is there, else in English."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from afterglow.doors.portal.page_language import catalog_for
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.measures import queries as measures
from tests.support.cast import Cast
from tests.support.portal import phone, text_of
from tests.support.translations import ARABIC, shipped

pytestmark = pytest.mark.django_db
SAID = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n",
    "Next": "AR-NEXT",
    "Back": "AR-BACK",
    "Question %(number)s of %(count)s": "AR %(number)s/%(count)s",
    "Need someone now?": "AR-HELP",
    "You do not have to carry this alone": "AR-NOT-ALONE",
    "Check your answers": "AR-CHECK",
}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def catalog(messages: Mapping[str, str]) -> bytes:
    """A compiled catalog (GNU MO): number of messages, two tables of length and place, the texts."""
    pairs = sorted((one.encode(), other.encode()) for one, other in messages.items())
    start = 28 + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for which in (0, 1):
        for pair in pairs:
            tables[which] += struct.pack("<II", len(pair[which]), start + len(texts))
            texts += pair[which] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start) + tables[0] + tables[1] + texts


@pytest.fixture
def arabic(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(catalog(SAID))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en-us", "English"), ("ar", "Arabic")]


def start_of(cast: Cast, at: datetime) -> str:
    shipped("phq9", "ar", at)
    edit_person(person_id=cast.dan_id, version=1, changes={"language": "ar"}, by=cast.ben, at=at)
    return f"/me/questions/{measures.open_assignments(cast.dan_id, 'link')[0].id}/"


# req: S10
def test_with_a_catalog_the_whole_page_is_in_that_language(cast: Cast, at: datetime, arabic: None) -> None:
    client = phone(cast, at, "phq9")
    start = start_of(cast, at)
    page = text_of(client, f"{start}1/")
    assert '<html lang="ar" dir="rtl"' in page
    for words in ("AR-NEXT", "AR-BACK", "AR 1/10", "AR-HELP", "AR-NOT-ALONE", f"{ARABIC} q1"):
        assert words in page
    assert "AR-CHECK" in text_of(client, f"{start}check/")
    assert '<html lang="en"' in text_of(client, f"{start}1/?in=own"), "in the file's own words the page is English"
    assert '<html lang="en"' in text_of(client, "/me/"), "and so is every other page, also the next one in this process"


# req: S10
def test_without_a_catalog_the_questions_alone_are(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    page = text_of(client, f"{start_of(cast, at)}1/")
    assert '<html lang="en"' in page and ">Next<" in page and 'lang="ar" dir="rtl"' in page


@pytest.mark.parametrize(("code", "found"), [("ar", "ar"), ("es-MX", "en"), ("en", "en"), ("zh-Hans", "en")])
def test_which_catalog_serves_whom(arabic: None, code: str, found: str) -> None:
    assert catalog_for(code) == found
