"""Pain and opioid load beside each other on the trajectory page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return clock.now().astimezone(UTC) - timedelta(days=60)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def in_pain(cast: Cast, at: datetime, number: int) -> None:
    paper = assign(person_id=cast.dan_id, instrument="nrs_pain", occasion=f"day {at:%j}", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    answer(assignment_id=paper, answers={"now": number}, taken_at=at, key=f"answer {paper}", by=cast.ben, at=at)


# req: S25
# req: S23
def test_pain_stands_beside_the_opioids_of_that_day(cast: Cast, at: datetime) -> None:
    url = reverse("response:person", args=[cast.dan_id])
    assert "Pain and opioids" not in cast.client("ana").get(url).text
    in_pain(cast, at, 7)
    first = record_medicine(person_id=cast.dan_id, name="oxycodone", oral_ug_per_day=40_000, by=cast.ben, at=at)
    in_pain(cast, at + timedelta(days=9), 4)
    record_medicine(person_id=cast.dan_id, name="oxycodone", oral_ug_per_day=20_000, replaces=first, by=cast.ben, at=at + timedelta(days=9))
    record_medicine(person_id=cast.dan_id, name="Suboxone", by=cast.ben, at=at + timedelta(days=12))
    text = cast.client("ana").get(url).text
    table = text.partition('id="pain"')[2].partition("</section>")[0]
    rows = [row for row in table.split("<tr>") if "MME a day" in row]
    assert ["7" in rows[0], "60 MME a day" in rows[0], "<td>4</td>" in rows[1], "30 MME a day" in rows[1]] == [True] * 4
    assert "At least 30 MME a day" in rows[2] and "Suboxone (buprenorphine is not converted)" in rows[2] and "not asked" in rows[2]
    assert "never for switching" in table


def test_the_page_costs_the_same_for_one_entry_and_for_many(cast: Cast, at: datetime) -> None:
    url, client = reverse("response:person", args=[cast.dan_id]), cast.client("ana")
    in_pain(cast, at, 7)
    record_medicine(person_id=cast.dan_id, name="oxycodone", oral_ug_per_day=1_000, by=cast.ben, at=at)
    one = queries_for(client, url)
    for day in range(1, 50):
        in_pain(cast, at + timedelta(days=day), day % 10)
        record_medicine(person_id=cast.dan_id, name="oxycodone", oral_ug_per_day=1_000 + day, by=cast.ben, at=at + timedelta(days=day))
    assert queries_for(client, url) == one <= 48
