"""The page of how courses kept to their protocol: right numbers from real rows, few queries, nothing below twenty, nothing of other clinics."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.pathway.integration.models import Visit
from afterglow.pathway.plan.models import Allowance, Order, TreatmentPlan
from afterglow.pathway.registry import queries
from afterglow.pathway.registry.rules.kept import Fidelity, Line
from afterglow.pathway.registry.rules.periods import period_from
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.session.models import Session
from afterglow.records.chart.models import BodyMeasure
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.schedule.models import Appointment
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.registry import SIX, courses

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)
SCORES = {-1: 20, 8: 15, 18: 6}


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_day() -> None:
    queries.kept_of_day.forget()


def ordered(cast: Cast, people: list[UUID], ug_per_kg: int = 500, *, explained: bool = False) -> None:
    """Every infusion of these people by a signed order, ended after forty minutes, for 70 kg."""
    for row in Session.objects.filter(person_id__in=people):
        assert row.started_at is not None
        weight = BodyMeasure.objects.create(
            id=ids.new_id(row.started_at), person_id=row.person_id, kind="weight", value=70_000, typed="70", typed_unit="kg", on_site=True,
            taken_at=row.started_at, recorded_at=row.started_at, recorded_by="test",
        )  # fmt: skip
        why = {"reason": "as before", "second_by_id": cast.ben.user_id} if explained else {}
        row.order = Order.objects.create(
            id=ids.new_id(row.started_at), plan_id=row.plan_id, dose_no=row.dose_no, drug="ketamine_racemic", route="iv", dose_ug=70 * ug_per_kg,
            over_min=40, dose_ug_per_kg=ug_per_kg, weight=weight, weight_g=70_000, dose_basis="actual weight", saw_text="[]",
            signed_at=row.started_at, signed_by_id=cast.ana.user_id, expires_at=row.started_at + timedelta(days=7), **why,
        )  # fmt: skip
        row.dosing_ended_at = row.started_at + timedelta(minutes=40)
        row.save()


def talked(cast: Cast, people: list[UUID], hours: float = 48, state: str = "done") -> list[Appointment]:
    """An integration visit so long after each infusion began."""
    rows = []
    for row in Session.objects.filter(person_id__in=people):
        assert row.started_at is not None
        starts = row.started_at + timedelta(hours=hours)
        rows.append(
            Appointment(
                id=ids.new_id(starts),
                person_id=row.person_id,
                site_id=cast.site_id,
                kind="integration",
                dose_no=row.dose_no,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=50),
                state=state,
                cause="ill" if state == "cancelled" else "",
                booked_at=starts,
                booked_by="test",
            )  # fmt: skip
        )
    return Appointment.objects.bulk_create(rows)


def anxious_too(people: list[UUID]) -> None:
    """GAD-7 whenever PHQ-9 was answered."""
    gad7 = library_file("instruments", "gad7").pk
    for row in Response.objects.filter(person_id__in=people, instrument_name="phq9").select_related("assignment"):
        asked = Assignment.objects.get(id=row.assignment_id)
        asked.id, asked.instrument_id = ids.new_id(row.taken_at), gad7
        asked.save(force_insert=True)
        row.id, row.instrument_id, row.instrument_name, row.assignment = ids.new_id(row.taken_at), gad7, "gad7", asked
        row.save(force_insert=True)


def reviewed(cast: Cast, people: list[UUID], first_at: datetime, day: float = 9) -> None:
    for plan in TreatmentPlan.objects.filter(person_id__in=people):
        ResponseReview.objects.create(
            id=ids.new_id(first_at), person_id=plan.person_id, plan=plan, after_dose=3, decision="continue", reason="better", saw_text="{}",
            signed_at=first_at + timedelta(days=day), signed_by_id=cast.ana.user_id, made_by="Ana Ruiz",
        )  # fmt: skip


def whole(cast: Cast, first_at: datetime, number: int) -> list[UUID]:
    """Courses that kept to everything."""
    people = courses(cast, first_at, number, scores=SCORES)
    ordered(cast, people)
    talked(cast, people)
    anxious_too(people)
    reviewed(cast, people, first_at)
    return people


def found(cast: Cast, at: datetime, start: str = "all") -> tuple[Fidelity, ...]:
    period = period_from(start)
    assert period is not None
    return queries.kept(cast.clinic_id, zone=cast.zone, period=period, at=at).protocols


def lines(cast: Cast, at: datetime) -> dict[str, Line]:
    (one,) = found(cast, at)
    return {line.part: line for line in one.lines}


def numbers(line: Line) -> tuple[int, int, int, int]:
    return line.kept.count, line.departed, line.not_known, line.due


# req: S36
# hazard: H36
def test_courses_are_counted_from_the_rows_themselves(cast: Cast, at: datetime) -> None:
    """Fourteen kept to all; four had a dose outside the band, two with its reason; six have nothing beside their infusions."""
    first_at = at - LONG_AGO
    good = whole(cast, first_at, 18)
    for people, explained in ((good[:2], True), (good[2:4], False)):
        Session.objects.filter(person_id__in=people).update(order=None)
        ordered(cast, people, 700, explained=explained)
    bare = courses(cast, first_at, 6, scores={}, doses=SIX[:4])
    courses(cast, first_at, 9, elsewhere=True)
    got = lines(cast, at)
    assert numbers(got["course"]) == (14, 10, 0, 24)
    assert numbers(got["dose"]) == (14, 4, 6, 24)
    assert {one.id: one.proportion.count for one in got["dose"].because} == {"dose.explained": 2, "dose.no_reason": 2, "dose.unknown": 6}
    assert numbers(got["interval"]) == (24, 0, 0, 24)
    assert numbers(got["integration"]) == (18, 0, 6, 24)
    assert numbers(got["measures"]) == (18, 6, 0, 24)
    assert numbers(got["reviews"]) == (18, 6, 0, 24)
    plan = TreatmentPlan.objects.get(person_id=bare[0])
    Allowance.objects.create(id=ids.new_id(at), plan=plan, before=3, up_to=4, bridging=True, reason="unsafe to stop", at=first_at, by="test")
    reviewed(cast, bare[1:2], first_at, day=11)
    because = {one.id: one.proportion.count for one in lines(cast, at)["reviews"].because}
    assert because == {"reviews.bridging": 1, "reviews.late": 1, "reviews.none": 4}


# req: S36
def test_what_became_of_a_visit_is_read_from_the_record_before_the_calendar(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 20, doses=(0,))
    ordered(cast, people)
    talked(cast, people[:4], state="cancelled")
    talked(cast, people[4:8], state="missed")
    talked(cast, people[8:11], hours=80)
    for visit in talked(cast, people[11:14], state="booked"):
        Visit.objects.create(
            id=ids.new_id(at), appointment=visit, person_id=visit.person_id, state="missed", recorded_at=visit.ends_at, recorded_by="test"
        )
    talked(cast, people[14:16], state="booked")
    line = lines(cast, at)["integration"]
    assert {one.id: one.proportion.count for one in line.because} == {
        "integration.none": 8, "integration.missed": 7, "integration.outside": 3, "integration.not_said.unknown": 2,
    }  # fmt: skip
    assert numbers(line) == (0, 18, 2, 20)


# req: S36
def test_a_plan_of_its_own_days_is_a_departure_with_its_reason(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 20, doses=(0, 6))
    TreatmentPlan.objects.filter(person_id=people[0]).update(
        changes_text='[{"path": "course.apart_days", "value": [5, 7], "reason": "travels far"}]',
    )
    line = lines(cast, at)["interval"]
    assert {one.id: one.proportion.count for one in line.because} == {"interval.planned": 1, "interval.longer": 19}


def test_a_period_holds_those_who_started_in_it_and_nothing_looks_ahead(cast: Cast, at: datetime) -> None:
    courses(cast, datetime.fromisoformat("2026-07-01T05:00:00+00:00"), 20)
    courses(cast, datetime.fromisoformat("2026-07-01T08:00:00+00:00"), 21)
    assert [one.started for start in ("all", "2026-06", "2026-07") for one in found(cast, at, start)] == [41, 20, 21]
    assert found(cast, datetime.fromisoformat("2026-06-30T00:00:00+00:00")) == ()


def counting(cast: Cast, at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        found(cast, at)
    return len(asked)


# req: S36
def test_it_takes_the_same_few_queries_for_one_and_for_many_once_a_day(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    whole(cast, at - LONG_AGO, 1)
    counting(cast, at)
    before, page = counting(cast, at), queries_for(client, "/registry/fidelity/")
    assert before <= 14
    people = courses(cast, at - LONG_AGO, 39)
    ordered(cast, people[:3])
    talked(cast, people[:3])
    assert counting(cast, at) == before
    assert queries_for(client, "/registry/fidelity/") == page < before


# req: S36
# hazard: H36
def test_below_twenty_the_page_holds_no_number(cast: Cast, at: datetime) -> None:
    whole(cast, at - LONG_AGO, 19)
    page = cast.client("ana").get("/registry/fidelity/").content.decode()
    assert "not shown: fewer than 20 people" in page
    section = page[page.index("(iv_mdd_standard, version 1)") : page.index("What the words mean here")]
    assert "19" not in section and "%" not in section and "<table" not in section
    courses(cast, at - LONG_AGO, 1, scores={})
    assert "not shown: fewer than 20 people" in cast.client("ana").get("/registry/fidelity/").content.decode(), "as the day began"
    queries.kept_of_day.forget()
    page = cast.client("ana").get("/registry/fidelity/").content.decode()
    assert "19 of 20 (95%, 95% interval 76 to 99%)" in page
    assert "not known: no order for this drug on record: 1 of 20" in page


def test_who_may_see_it_and_that_it_was_read(cast: Cast, at: datetime) -> None:
    assert [row.event for row in audit_rows(lambda: cast.client("ana").get("/registry/fidelity/"))] == ["registry.fidelity_read"]
    assert "Nobody started in this time" in cast.client("olga").get("/registry/fidelity/").content.decode()
    assert cast.client("olga").get("/registry/fidelity/?start=x").status_code == 404
    for who in ("ben", "theo", "faye"):
        assert cast.client(who).get("/registry/fidelity/").status_code == 403
    assert 'href="/registry/fidelity/?start=all"' in cast.client("olga").get("/registry/").content.decode()
