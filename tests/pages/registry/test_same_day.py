"""The page of the same day: the ratings of the room and the evening's check-in of the first infusion, as they stand, in few queries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.pathway.registry.queries import same_day as queries
from afterglow.pathway.registry.rules.periods import EVERYBODY
from afterglow.pathway.session.models import Entry, Session
from afterglow.records.measures.models import Assignment, Response
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.registry import courses

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)
PAGE = "/registry/same-day/"


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_day() -> None:
    queries.same_day_of_day.forget()


def written(
    people: Iterable[UUID], seq: int, payload: dict[str, object], *, dose_no: int = 1, kind: str = "rated", corrects: int | None = None
) -> None:
    rows = [
        Entry(
            id=ids.new_id(one.scheduled_at), session=one, seq=seq, kind=kind, taken_at=one.scheduled_at, recorded_at=one.scheduled_at, by="test",
            corrects_seq=corrects, text=json.dumps(payload), sha256="0" * 64,
        )
        for one in Session.objects.filter(person_id__in=people, dose_no=dose_no)
    ]  # fmt: skip
    Entry.objects.bulk_create(rows)


def rated(people: Iterable[UUID], seq: int, item: str, value: int | None, *, dose_no: int = 1) -> None:
    written(people, seq, {"item": item, "value": value, "declined": "" if value is not None else "tired"}, dose_no=dose_no)


def told(cast: Cast, people: Iterable[UUID], low_mood: object, *, hours: float = 6) -> None:
    """An answered check-in so many hours after the first infusion ended."""
    today = library_file("instruments", "today").pk
    for row in Session.objects.filter(person_id__in=people, dose_no=1):
        assert row.dosing_ended_at is not None
        when = row.dosing_ended_at + timedelta(hours=hours)
        asked = Assignment.objects.create(
            id=ids.new_id(when), person_id=row.person_id, instrument_id=today, occasion=f"{hours} h", channel="staff", site_id=cast.site_id,
            assigned_at=when, assigned_by="test", state="answered",
        )  # fmt: skip
        Response.objects.create(
            id=ids.new_id(when), person_id=row.person_id, assignment=asked, instrument_id=today, instrument_name="today", taken_at=when,
            answers_text=json.dumps({"low_mood": low_mood, "anxiety": 1}), recorded_at=when, recorded_by="test", asked_by="self", total=None,
            complete=False, score_text="{}",
        )  # fmt: skip


def ended(people: Iterable[UUID]) -> None:
    for row in Session.objects.filter(person_id__in=people):
        assert row.started_at is not None
        row.dosing_ended_at = row.started_at + timedelta(minutes=40)
        row.save(update_fields=["dosing_ended_at"])


def found(cast: Cast, at: datetime) -> dict[tuple[str, str], tuple[int, int, int, list[int]]]:
    """(point, group) -> due, no rating, not judged, and how many are lower, the same and higher."""
    rows = queries.same_day(cast.clinic_id, zone="America/Los_Angeles", period=EVERYBODY, at=at).rows
    return {(row.point, row.group): (row.due, row.missing, row.not_judged, [share.proportion.count for share in row.shares]) for row in rows}


# req: S111 N40
# hazard: H36
def test_everyone_who_started_is_counted_by_the_first_infusion(cast: Cast, at: datetime) -> None:
    first = at - LONG_AGO
    better, worse, silent = courses(cast, first, 6), courses(cast, first, 3), courses(cast, first, 4)
    ended([*better, *worse, *silent])
    rated(courses(cast, first, 5, elsewhere=True), 1, "mood_before", 9)
    rated([*better, *worse], 1, "mood_before", 6)
    rated(better, 2, "mood_end", 2)
    rated(worse, 2, "mood_end", 8)
    rated(silent, 1, "mood_end", 2)  # nobody asked before
    rated(silent, 1, "mood_before", 9, dose_no=2)  # of another day
    told(cast, better, 6)
    told(cast, worse, None)  # left open
    assert found(cast, at) == {
        ("end_of_visit", "started"): (13, 0, 4, [6, 0, 3]),
        ("end_of_visit", "finished"): (13, 0, 4, [6, 0, 3]),
        ("evening", "started"): (13, 7, 0, [0, 6, 0]),
        ("evening", "finished"): (13, 7, 0, [0, 6, 0]),
    }


# req: S111
def test_the_newest_rating_counts_and_a_correction_is_folded_in(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 2)
    ended(people)
    rated(people, 1, "mood_before", 3)
    rated(people, 2, "mood_end", 5)
    written(people[:1], 3, {"payload": {"item": "mood_end", "value": 1, "declined": ""}}, kind="corrected", corrects=2)
    rated(people[1:], 3, "mood_end", None)  # asked again, and rather not said
    assert found(cast, at)["end_of_visit", "started"] == (2, 1, 0, [1, 0, 0])


# req: S111
def test_nothing_is_seen_that_was_not_yet_on_record(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 2)
    ended(people)
    rated(people, 1, "mood_before", 6)
    told(cast, people, 2)
    assert found(cast, at - LONG_AGO + timedelta(hours=12))["evening", "started"] == (0, 0, 0, [0, 0, 0])
    assert found(cast, at - LONG_AGO + timedelta(hours=25))["evening", "started"] == (2, 0, 0, [2, 0, 0])


# req: S111 N40
def test_the_page_shows_shares_with_intervals_and_nothing_below_twenty(cast: Cast, at: datetime) -> None:
    olga = cast.client("olga")
    assert "Nobody started so far" in olga.get(PAGE).content.decode()
    people = courses(cast, at - LONG_AGO, 19)
    ended(people)
    rated(people, 1, "mood_before", 6)
    rated(people, 2, "mood_end", 2)
    queries.same_day_of_day.forget()
    few = olga.get(PAGE).content.decode()
    assert "not shown: fewer than 20 people" in few and " of 19 (" not in few and ">19<" not in few
    one = courses(cast, at - LONG_AGO, 1)
    ended(one)
    rated(one, 1, "mood_before", 6)
    rated(one, 2, "mood_end", 9)
    queries.same_day_of_day.forget()
    assert [(row.event, row.person_id) for row in audit_rows(lambda: olga.get(PAGE))] == [("registry.same_day_read", None)]
    page = olga.get(PAGE).content.decode()
    assert "19 of 20 (95%, 95% interval 76 to 99%)" in page and "1 of 20 (5%," in page
    assert "20 due, 20 without a score" in page, "the evening: nobody answered"
    assert "do not say what ketamine did" in page
    assert olga.get(f"{PAGE}?start=nonsense").status_code == 404
    assert cast.client("ben").get(PAGE).status_code == 403


# req: S111
def test_it_takes_the_same_few_queries_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    def counting() -> int:
        with CaptureQueriesContext(connection) as seen:
            found(cast, at)
        return len(seen)

    client = cast.client("olga")
    ended(courses(cast, at - LONG_AGO, 1))
    counting()
    before = counting()
    queries_for(client, PAGE)
    page = queries_for(client, PAGE)
    assert before <= 10
    people = courses(cast, at - LONG_AGO, 39)
    ended(people)
    rated(people, 1, "mood_before", 6)
    told(cast, people, 2)
    assert counting() == before
    assert queries_for(client, PAGE) == page < before, "worked out once a day"
