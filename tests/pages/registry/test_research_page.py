"""The page about research: counts that name nobody, the approval, the sets that were made."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.pathway.registry.models import ResearchApproval
from tests.support.cast import Cast
from tests.support.counting import audit_rows
from tests.support.registry import courses
from tests.support.research import agreed

pytestmark = pytest.mark.django_db
PAGE = "/registry/research/"
LETTER = {"key": "letter", "board": "Western board", "reference": "2026-114", "valid_until_on": "2027-06-30"}


# req: S116
def test_the_page_counts_answers_and_hides_what_few_share(cast: Cast, at: datetime) -> None:
    olga = cast.client("olga")
    assert "Nobody started so far" in olga.get(PAGE).content.decode()
    people = courses(cast, at - timedelta(days=200), 47)
    agreed(people[:24], at)
    agreed(people[24:27], at, taken_back=True)
    page = olga.get(PAGE).content.decode()
    assert '<td class="num">24</td>' in page, "who said yes"
    assert '<td class="num">23</td>' in page and "Took the yes back" not in page, "three who took it back could be told from the rest"
    agreed(courses(cast, at - timedelta(days=200), 20), at, taken_back=True)
    page = olga.get(PAGE).content.decode()
    assert "Took the yes back" in page and "Not asked" in page
    assert "Counted" not in page and "Person 1" not in page
    assert [row.event for row in audit_rows(lambda: olga.get(PAGE))] == ["registry.research_read"]


# req: S116
def test_an_owner_notes_the_approval_once(cast: Cast, at: datetime) -> None:
    olga = cast.client("olga")
    assert "No research board" in olga.get(PAGE).content.decode()
    note = reverse("registry:approval")
    for _ in range(2):
        assert olga.post(note, LETTER).status_code == 302
    assert ResearchApproval.objects.count() == 1
    assert "Western board, 2026-114" in olga.get(PAGE).content.decode()
    assert olga.post(note, {**LETTER, "key": "b", "board": " "}).status_code == 422
    assert olga.post(note, {**LETTER, "key": "c", "valid_until_on": "never"}).status_code == 422
    assert cast.client("ana").post(note, {**LETTER, "key": "d"}).status_code == 403
    assert "Note the approval" not in cast.client("ana").get(PAGE).content.decode()
    assert "Western board" not in cast.client("cora").get(PAGE).content.decode()


def test_the_page_costs_the_same_with_50_people(cast: Cast, at: datetime) -> None:
    olga = cast.client("olga")
    agreed(courses(cast, at - timedelta(days=200), 1), at)
    olga.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        olga.get(PAGE)
    agreed(courses(cast, at - timedelta(days=200), 49), at)
    with CaptureQueriesContext(connection) as fifty:
        olga.get(PAGE)
    assert len(fifty) == len(one)
