"""The registry's page and table: right numbers from real rows, few queries whatever the size, nothing below twenty, nothing of other clinics."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from io import StringIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from afterglow.doors import clock
from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.ground.face.words import day_words
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.registry import queries
from afterglow.pathway.registry.rules.definition import definition_from
from afterglow.pathway.registry.rules.outcome import Starter
from afterglow.pathway.registry.rules.periods import EVERYBODY, period_from
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.session.models import Session
from afterglow.records.measures.models import Response
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.registry import SILENT, SIX, WELL, courses
from tests.support.translations import shipped

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)


def found(cast: Cast, at: datetime, start: str = "all") -> queries.Registry:
    period = period_from(start)
    assert period is not None
    return queries.registry(cast.clinic_id, zone=cast.zone, period=period, at=at)


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Keeps nothing of another test."""
    queries.of_day.forget()
    yield
    queries.of_day.forget()


def page_of(client: Client) -> str:
    """The page as the next day's first reader finds it."""
    queries.of_day.forget()
    return client.get("/registry/").content.decode()


def counted(client: Client, address: str) -> int:
    """Queries of the first reader."""
    queries.of_day.forget()
    return queries_for(client, address)


def lines(client: Client, start: str = "all") -> dict[tuple[str, str, str], dict[str, str]]:
    queries.of_day.forget()
    answer = client.get(f"/registry/table.csv?start={start}")
    assert answer.status_code == 200
    return {(row["point"], row["group"], row["figure"]): row for row in csv.DictReader(StringIO(answer.content.decode()))}


# req: N44
# hazard: H36
def test_scores_in_an_unvalidated_translation_stand_apart_with_their_number(cast: Cast, at: datetime) -> None:
    spanish = shipped("phq9", "es", at - LONG_AGO)
    courses(cast, at - LONG_AGO, 20)
    courses(cast, at - LONG_AGO, 5, translation=spanish)
    row = found(cast, at).figures.row("end_of_course")
    assert (row.due, row.missing, row.apart, row.share("response").count) == (25, 5, 5, 20)
    client = cast.client("olga")
    assert "5 of them in a translation not known to be validated" in page_of(client)
    line = lines(client)["end_of_course", "started", "response"]
    assert (line["no_score"], line["of_them_in_unvalidated_translation"]) == ("5", "5")


# req: N44
def test_scores_in_a_validated_translation_are_counted_with_the_others(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 25, translation=shipped("phq9", "es", at - LONG_AGO, validated=True), validated=True)
    row = found(cast, at).figures.row("end_of_course")
    assert (row.due, row.missing, row.apart, row.share("response").count) == (25, 0, 0, 25)
    assert "not known to be validated" not in page_of(cast.client("olga")).replace("no study is named for", "")


# req: S17 N40
def test_who_is_treated_for_something_else_is_not_pooled_and_is_said(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 20)
    courses(cast, at - LONG_AGO, 2, protocol="iv_mdd_trial")
    courses(cast, at - LONG_AGO, 3, protocol="iv_ptsd", scores=SILENT)
    one = found(cast, at)
    assert (one.figures.started, one.elsewhere) == (22, 3)
    page = page_of(cast.client("olga"))
    assert "Not counted here: fewer than 20 people who are treated for something else." in page
    courses(cast, at - LONG_AGO, 17, protocol="iv_ptsd", scores=SILENT)
    assert "Not counted here: 20 people who are treated for something else." in page_of(cast.client("olga"))


# req: S113 S110 S50 S59 N40
# hazard: H36
def test_everyone_who_started_here_is_counted_from_the_rows_themselves(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 12)
    courses(cast, at - LONG_AGO, 8, scores=SILENT, doses=SIX[:2])
    courses(cast, at - timedelta(days=5), 3, scores=SILENT, doses=(0, 3))
    courses(cast, at - LONG_AGO, 30, elsewhere=True)
    figures = found(cast, at).figures
    assert (figures.started, figures.in_course) == (23, 3)
    assert (figures.finished.count, figures.finished.out_of) == (12, 20)
    end = figures.row("end_of_course")
    assert (end.due, end.missing, end.share("response").count, end.share("remission").count) == (20, 8, 12, 12)
    assert (figures.row("end_of_course", "finished").due, figures.row("lasting").share("lasting").count) == (12, 12)
    month = figures.row("one_month")
    assert (month.due, month.missing, month.share("response").count, month.share("remission").count) == (20, 8, 12, 12)
    before = figures.row("before_second")
    assert (before.due, before.share("lower").count, before.share("response").count) == (23, 12, 0)


# req: S113
# hazard: H36
def test_people_are_put_together_as_a_plain_reading_of_their_rows_does(cast: Cast, at: datetime) -> None:
    """Row by row and person by person, with what was replaced, two scores of one moment and a dose number begun twice."""
    known = [*courses(cast, at - LONG_AGO, 3), *courses(cast, at - timedelta(days=9), 2, scores={-1: 19, 2: 19, 3: 7}, doses=(0, 3, 4))]
    courses(cast, at - LONG_AGO, 2, elsewhere=True)
    twice = Response.objects.filter(person_id=known[0]).order_by("taken_at")[1]
    for replaces_id, total in ((twice.id, 11), (None, 12)):
        twice.id, twice.replaces_id, twice.total = ids.new_id(at), replaces_id, total
        twice.save(force_insert=True)
    again = Session.objects.filter(person_id=known[3]).order_by("started_at")[2]
    Session.objects.filter(id=again.id).update(dose_no=2)
    definition = definition_from(library_file("registry", "outcomes").content)
    got = queries.starters(cast.clinic_id, definition, at)
    assert len(got) == 5
    assert sorted(map(repr, got)) == sorted(repr(plainly(person, at)) for person in known)


def plainly(person: UUID, at: datetime) -> Starter:
    """Somebody of one plan that was never replaced, from the rows themselves."""
    doses: dict[int, datetime] = {}
    for row in Session.objects.filter(person_id=person, started_at__lte=at).order_by("started_at", "id"):
        assert row.started_at is not None
        doses.setdefault(row.dose_no, row.started_at)
    replaced = set(Response.objects.filter(replaces__isnull=False).values_list("replaces_id", flat=True))
    scores = [row for row in Response.objects.filter(person_id=person, taken_at__lte=at).order_by("taken_at", "id") if row.id not in replaced]
    totals = tuple(row.total for row in scores if row.total is not None)
    return Starter(tuple(doses.values()), 6, True, False, tuple(row.taken_at for row in scores), totals)


def test_a_person_counts_once_by_the_first_course(cast: Cast, at: datetime) -> None:
    """A second course and a booster add nobody and move no date."""
    (person,) = courses(cast, at - LONG_AGO, 1)
    first = Session.objects.filter(person_id=person).order_by("started_at").last()
    assert first is not None
    again = TreatmentPlan.objects.get(person_id=person)
    TreatmentPlan.objects.filter(id=again.id).update(state="ended", ended_at=at)
    second = TreatmentPlan.objects.create(
        id=ids.new_id(at), person_id=person, site_id=cast.site_id, protocol_id=again.protocol_id, allowed_doses=6, state="in_force", made_at=at,
        made_by="test", signed_at=at, signed_by_id=cast.ana.user_id,
    )  # fmt: skip
    for plan, dose_no, days in ((again, 7, 60), (second, 1, 100)):
        visit = first.appointment
        visit.id, visit.dose_no = ids.new_id(at), dose_no
        visit.save(force_insert=True)
        begun = first.started_at + timedelta(days=days) if first.started_at else at
        Session.objects.create(
            id=ids.new_id(at), person_id=person, site_id=cast.site_id, plan=plan, appointment=visit, dose_no=dose_no, state="discharged",
            scheduled_at=begun, started_at=begun, ended_at=begun,
        )  # fmt: skip
    (starter,) = queries.starters(cast.clinic_id, definition_from(library_file("registry", "outcomes").content), at)
    assert [(one - starter.doses_at[0]).days for one in starter.doses_at] == list(SIX)
    assert starter.finished and not starter.open


def test_a_changed_plan_counts_as_it_stands_and_a_draft_changes_nothing(cast: Cast, at: datetime) -> None:
    (person,) = courses(cast, at - timedelta(days=12), 1, doses=SIX[:4], scores=SILENT)
    before = TreatmentPlan.objects.get(person_id=person)
    four = json.dumps([{"path": "course.infusions", "value": 4, "reason": "asked to"}])
    shorter = TreatmentPlan.objects.create(
        id=ids.new_id(at), person_id=person, site_id=cast.site_id, protocol_id=before.protocol_id, allowed_doses=4, state="draft", made_at=at,
        made_by="test", version=2, replaces=before, changes_text=four,
    )  # fmt: skip
    (waiting,) = queries.starters(cast.clinic_id, definition_from(library_file("registry", "outcomes").content), at)
    assert (waiting.planned, waiting.finished, waiting.open) == (6, False, True)
    TreatmentPlan.objects.filter(id=before.id).update(state="ended", ended_at=at)
    TreatmentPlan.objects.filter(id=shorter.id).update(state="in_force", signed_at=at, signed_by=cast.ana.user_id)
    (changed,) = queries.starters(cast.clinic_id, definition_from(library_file("registry", "outcomes").content), at)
    assert (changed.planned, changed.finished, changed.open) == (4, True, True)


# req: S113
def test_a_review_that_sends_on_to_aftercare_finishes_the_course(cast: Cast, at: datetime) -> None:
    (person,) = courses(cast, at - LONG_AGO, 1, doses=SIX[:4])
    assert found(cast, at).figures.finished.count == 0
    plan = TreatmentPlan.objects.get(person_id=person)
    ResponseReview.objects.create(
        id=ids.new_id(at), person_id=person, plan=plan, after_dose=4, decision="aftercare", reason="well again", saw_text="{}", signed_at=at,
        signed_by_id=cast.ana.user_id, made_by="Ana Ruiz",
    )  # fmt: skip
    assert found(cast, at).figures.finished.count == 1


def test_a_corrected_answer_counts_in_its_new_form_only(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 1)
    assert found(cast, at).figures.row("end_of_course").share("response").count == 1
    wrong = Response.objects.get(total=4, taken_at=at - LONG_AGO + timedelta(days=24))
    right = Response.objects.get(id=wrong.id)
    right.id, right.total, right.replaces = ids.new_id(at), 19, wrong
    right.save(force_insert=True)
    assert found(cast, at).figures.row("end_of_course").share("response").count == 0


def test_a_period_holds_those_who_started_in_it_on_the_clinics_calendar(cast: Cast, at: datetime) -> None:
    """2026-07-01 05:00 UTC is still June at the clinic, in California."""
    courses(cast, datetime.fromisoformat("2026-07-01T05:00:00+00:00"), 2)
    courses(cast, datetime.fromisoformat("2026-07-01T08:00:00+00:00"), 3)
    assert [period.id for period in found(cast, at).periods] == ["all", "2026-Q3", "2026-Q2", "2026-07", "2026-06"]
    assert [found(cast, at, start).figures.started for start in ("all", "2026-06", "2026-07", "2026-Q2", "2026-Q3", "2026-05")] == [5, 2, 3, 2, 3, 0]


# req: S113
def test_the_page_takes_the_same_few_queries_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    courses(cast, at - LONG_AGO, 1)
    for address in ("/registry/", "/registry/table.csv"):
        one = counted(client, address)
        assert one <= 16, address
    before = [counted(client, address) for address in ("/registry/", "/registry/table.csv")]
    courses(cast, at - LONG_AGO, 49)
    assert [counted(client, address) for address in ("/registry/", "/registry/table.csv")] == before


def test_the_figures_are_worked_out_once_a_day_and_carry_the_day(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    courses(cast, at - LONG_AGO, 20)
    first = page_of(client)
    assert "20 of 20" in first and f"as it stood when {day_words(clock.now().astimezone(ZoneInfo(cast.zone)).date())} began" in first
    courses(cast, at - LONG_AGO, 20)
    assert "20 of 20" in client.get("/registry/").content.decode()
    assert "40 of 40" in page_of(client)
    midnight = lines(client)["end_of_course", "started", "response"]["counted_at"]
    assert datetime.fromisoformat(midnight).astimezone(ZoneInfo(cast.zone)).time() == time()


# req: N40
# hazard: H36
def test_below_twenty_the_page_says_so_and_shows_no_number(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 19)
    page = page_of(cast.client("olga"))
    assert "not shown: fewer than 20 people" in page
    assert "19 of 19" not in page
    assert all(row["count"] == "" for row in lines(cast.client("olga")).values())
    courses(cast, at - LONG_AGO, 1)
    page = page_of(cast.client("olga"))
    assert "20 of 20 (100%, 95% interval 84 to 100%)" in page
    assert lines(cast.client("olga"))["end_of_course", "started", "response"]["count"] == "20"


# req: N37
def test_the_page_prints_its_definitions_with_version_and_source(cast: Cast, at: datetime) -> None:
    page = page_of(cast.client("ana"))
    assert "Nobody started in this time" in page
    assert "What the registry counts, and how, version 2" in page
    assert "Wilson EB" in page
    assert "Not reviewed by a clinician yet." in page
    for word in ("Started", "Finished", "Baseline", "Response", "Remission", "No score", "Least number shown"):
        assert f'<th scope="row">{word}</th>' in page


def test_the_table_names_its_file_and_its_period_and_reading_is_in_the_trail(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 1)
    client = cast.client("ana")
    answer = client.get("/registry/table.csv?start=2026-Q2")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="registry-2026-Q2-')
    assert {row["started_in"] for row in lines(client, "2026-Q2").values()} == {"2026-Q2"}
    assert [row.event for row in audit_rows(lambda: client.get("/registry/"))] == ["registry.figures_read"]
    assert [row.event for row in audit_rows(lambda: client.get("/registry/table.csv"))] == ["registry.figures_taken"]


@pytest.mark.parametrize("start", ["2026-13", "x", "2026-Q9"])
def test_a_period_that_is_none_is_not_there(cast: Cast, start: str) -> None:
    assert cast.client("ana").get(f"/registry/?start={start}").status_code == 404


@pytest.mark.parametrize("who", ["ben", "theo", "faye"])
def test_others_get_no_figures(cast: Cast, who: str) -> None:
    assert cast.client(who).get("/registry/").status_code == 403
    assert cast.client(who).get("/registry/table.csv").status_code == 403


def test_nothing_looks_ahead(cast: Cast, at: datetime) -> None:
    courses(cast, at - timedelta(days=30), 1)
    assert queries.registry(cast.clinic_id, zone=cast.zone, period=EVERYBODY, at=at - timedelta(days=31)).figures.started == 0
    assert found(cast, at).figures.row("end_of_course").due == 0
    assert WELL[24] == 4
