"""The page with and without other treatment: right numbers from real rows, few queries, nothing below twenty, nothing of other clinics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground import ids
from afterglow.pathway.registry import queries
from afterglow.pathway.registry.rules.periods import period_from
from afterglow.pathway.session.models import Session
from afterglow.records.chart.models import ListReview, Medicine, Problem
from afterglow.records.schedule.models import Appointment
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.registry import SILENT, courses

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)
PAGE = "/registry/beside/"


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_day() -> None:
    queries.beside_of_day.forget()


def takes(people: Iterable[UUID], name: str, at: datetime) -> None:
    rows = [Medicine(id=ids.new_id(at), person_id=person, name=name, recorded_at=at, recorded_by="test") for person in people]
    Medicine.objects.bulk_create(rows)


def diagnosed(people: Iterable[UUID], at: datetime, *codes: str) -> None:
    rows = [
        Problem(id=ids.new_id(at), person_id=person, name="told", code=code, recorded_at=at, recorded_by="test")
        for person in people
        for code in codes
    ]
    Problem.objects.bulk_create(rows)


def asked(people: Iterable[UUID], at: datetime, list_name: str = "medicines") -> None:
    rows = [
        ListReview(id=ids.new_id(at), person_id=one, list_name=list_name, none_known=list_name == "medicines", recorded_at=at, recorded_by="test")
        for one in people
    ]
    ListReview.objects.bulk_create(rows)


def held(cast: Cast, people: Iterable[UUID]) -> None:
    """An integration visit two days after the first infusion."""
    for row in Session.objects.filter(person_id__in=people, dose_no=1):
        assert row.started_at is not None
        starts = row.started_at + timedelta(days=2)
        Appointment.objects.create(
            id=ids.new_id(starts), person_id=row.person_id, site_id=cast.site_id, kind="integration", dose_no=1, starts_at=starts,
            ends_at=starts + timedelta(minutes=50), state="done", booked_at=starts, booked_by="test",
        )  # fmt: skip


def found(cast: Cast, at: datetime) -> dict[str, queries.Split]:
    period = period_from("all")
    assert period is not None
    return {each.factor.id: each for each in queries.beside(cast.clinic_id, zone="America/Los_Angeles", period=period, at=at).splits}


def sizes(cast: Cast, at: datetime) -> dict[str, list[str]]:
    return {name: [words for _, words in each.people] for name, each in found(cast, at).items()}


# req: S67
# hazard: H36
def test_everybody_falls_into_one_group_of_each_factor(cast: Cast, at: datetime) -> None:
    first = at - LONG_AGO
    taking, free, unread = courses(cast, first, 24), courses(cast, first, 22, scores=SILENT), courses(cast, first, 21)
    courses(cast, first, 30, elsewhere=True)
    takes(taking[:20], "sertraline 50", first - timedelta(days=9))
    takes(taking[20:], "Zoloft", first - timedelta(days=9))  # a brand name
    asked(free, first - timedelta(days=9))
    takes(free, "sertraline", first + timedelta(days=3))  # begun later: none at the first infusion
    takes(unread[:1], "Glimmerol", first - timedelta(days=9))  # a name that nobody knows
    held(cast, [*taking, *free[:5]])
    assert sizes(cast, at) == {"antidepressant": ["24", "22", "21"], "psychotherapy": ["29", "38", "0"], "diagnoses": ["0", "0", "67"]}
    end = next(line for line in found(cast, at)["antidepressant"].lines if line.rows[0].point == "end_of_course")
    assert [(row.due, row.missing, row.share("response").count) for row in end.rows] == [(24, 0, 24), (22, 22, 0), (21, 0, 21)]


# req: S112
# hazard: H36
def test_people_with_several_diagnoses_have_their_own_denominator(cast: Cast, at: datetime) -> None:
    first = at - LONG_AGO
    before, after = first - timedelta(days=9), first + timedelta(days=3)
    both, one, unread = courses(cast, first, 23), courses(cast, first, 25, scores=SILENT), courses(cast, first, 20)
    diagnosed(courses(cast, first, 30, elsewhere=True), before, "F33.2", "F43.10")
    diagnosed(both, before, "F33.2", "F43.10")
    diagnosed(one, before, "F33.2", "G43.0")  # migraine is no mental diagnosis
    diagnosed(one, after, "F41.1")  # written later: not known at the first infusion
    diagnosed(unread, before, "F33.2", "")
    asked([*one, *unread], before, "problems")
    diagnoses = found(cast, at)["diagnoses"]
    assert [words for _, words in diagnoses.people] == ["23", "25", "20"]
    end = next(line for line in diagnoses.lines if line.rows[0].point == "end_of_course")
    assert [(row.due, row.missing, row.share("response").count) for row in end.rows] == [(23, 0, 23), (25, 25, 0), (20, 0, 20)]
    page = cast.client("olga").get(PAGE).content.decode()
    assert "two diagnoses or more" in page and "23 of 23 (100%, 95% interval 86 to 100%)" in page


# req: S67
def test_the_page_shows_it_with_intervals_and_is_on_the_audit_trail(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 40)
    takes(people[:20], "sertraline", at - LONG_AGO - timedelta(days=9))
    asked(people[20:], at - LONG_AGO - timedelta(days=9))
    olga = cast.client("olga")
    assert [(row.event, row.person_id) for row in audit_rows(lambda: olga.get(PAGE))] == [("registry.beside_read", None)]
    shown = olga.get(PAGE).content.decode()
    assert "20 of 20 (100%, 95% interval 84 to 100%)" in shown
    assert "do not say what any treatment did" in shown
    assert olga.get(f"{PAGE}?start=nonsense").status_code == 404
    assert cast.client("ben").get(PAGE).status_code == 403


# req: S67
# hazard: H36
def test_one_person_more_in_a_small_group_hides_every_group(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 41)
    takes(people[:20], "sertraline", at - LONG_AGO - timedelta(days=9))
    asked(people[20:40], at - LONG_AGO - timedelta(days=9))
    page = cast.client("ana").get(PAGE).content.decode()
    section = page[page.index("Antidepressant on the list") : page.index("Integration visit held")]
    assert "not shown: a group has fewer than 20 people" in section and "%," not in section and ">20<" not in section


# req: S67
def test_it_takes_the_same_few_queries_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    def counting() -> int:
        with CaptureQueriesContext(connection) as seen:
            found(cast, at)
        return len(seen)

    client = cast.client("olga")
    held(cast, courses(cast, at - LONG_AGO, 1))
    counting()
    before = counting()
    queries_for(client, PAGE)
    page = queries_for(client, PAGE)
    assert before <= 18
    people = courses(cast, at - LONG_AGO, 39)
    takes(people, "sertraline", at - LONG_AGO - timedelta(days=9))
    diagnosed(people, at - LONG_AGO - timedelta(days=9), "F33.2", "F43.10")
    held(cast, people)
    assert counting() == before
    assert queries_for(client, PAGE) == page < before, "worked out once a day"
