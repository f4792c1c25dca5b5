"""Check-ins on a page: who has to be called and under which number, what a call writes, how many answered, and the person's own phone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from afterglow.doors.jobs import check_ins as jobs
from afterglow.ground import ids
from afterglow.pathway.response.actions.close_check_ins import close_check_ins
from afterglow.pathway.response.models import CheckIn, CheckInCall
from afterglow.pathway.response.queries import check_ins
from afterglow.records.chart.models import Person
from afterglow.records.flags.models import Flag
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.staff.models import Shift
from tests.support.cast import register
from tests.support.check_ins import HOUR, dose_ended_at, opened, phone, reach
from tests.support.counting import audit_rows, queries_for
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(way: OnTheWay, monkeypatch: pytest.MonkeyPatch, settings: Any) -> datetime:
    """The day after, in the open hours of the check-in; whoever is on call can be paged by e-mail."""
    settings.MAIL = {"host": "mail.example"}
    moment = dose_ended_at(way) + 25 * HOUR
    stand_at(moment, monkeypatch)
    return moment


def stand_at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: moment)


def silent(way: OnTheWay, at: datetime) -> CheckIn:
    """Nobody answered in time, so that somebody has to call."""
    row = opened(way, at)
    close_check_ins(on_call=reach(way).on_call, by=jobs.job(way.cast.clinic_id), at=row.due_at)
    row.refresh_from_db()
    return row


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return answer.content.decode()


# req: N42 S55
def test_who_has_to_be_called_stands_first_with_the_number_on_their_page(way: OnTheWay, at: datetime) -> None:
    row, ben = silent(way, at), way.cast.client("ben")
    listed = page(ben, "/response/check-ins/")
    assert listed.index("To call") < listed.index(f"/response/check-ins/{row.id}/") < listed.index("The last seven days")
    assert "0 of 0 answered" in listed  # the first day was over before it could be sent, and the day after is not due yet
    assert "Not sent: 1" in listed
    one = page(ben, f"/response/check-ins/{row.id}/")
    assert 'href="tel:+15550100"' in one
    assert "Mia Marsh" in one
    assert "Somebody has to call" in one
    assert "Dan Marsh" in page(ben, "/desk/")


def test_empty_says_so(way: OnTheWay) -> None:
    listed = page(way.cast.client("ana"), "/response/check-ins/")
    assert "Nobody has to be called" in listed
    assert "No check-in yet" in listed


# req: N42
def test_a_call_is_written_down_on_the_page(way: OnTheWay, at: datetime) -> None:
    row, ben = silent(way, at), way.cast.client("ben")
    said = {"key": "call", "called": "2026-12-08T09:00", "outcome": "worried", "note": "He says that he cannot go on."}
    answer = ben.post(f"/response/check-ins/{row.id}/call/", said)
    assert (answer.status_code, answer["Location"]) == (302, f"/response/check-ins/{row.id}/")
    assert "reached, and there is reason to worry" in page(ben, answer["Location"])
    assert Flag.objects.get(source_kind="response.call").owner_id == way.cast.ben.user_id


@pytest.mark.parametrize("changed", [{"outcome": ""}, {"note": "ok"}, {"called": "soon"}, {"called": "2027-12-08T09:00"}])
def test_a_call_that_says_nothing_comes_back_with_what_was_typed(way: OnTheWay, at: datetime, changed: dict[str, str]) -> None:
    row, ben = silent(way, at), way.cast.client("ben")
    said = {"key": "call", "called": "2026-12-08T09:00", "outcome": "well", "note": "He sleeps better."} | changed
    answer = ben.post(f"/response/check-ins/{row.id}/call/", said)
    assert answer.status_code == 422
    assert said["note"] in answer.content.decode()
    assert not CheckInCall.objects.exists()


def test_who_asked_not_to_be_contacted_is_said_beside_the_number(way: OnTheWay, at: datetime) -> None:
    row = silent(way, at)
    Person.objects.filter(id=row.person_id).update(contact_by="none")
    assert "asked not to be contacted" in page(way.cast.client("ben"), f"/response/check-ins/{row.id}/")


def test_each_page_writes_its_row_and_a_stranger_finds_nothing(way: OnTheWay, at: datetime) -> None:
    row, ben = opened(way, at), way.cast.client("ben")
    rows = audit_rows(lambda: page(ben, f"/response/people/{row.person_id}/check-ins/"))
    assert [(each.event, each.person_id) for each in rows] == [("response.check_in_read", row.person_id)]
    page(way.cast.client("cora"), f"/response/check-ins/{row.id}/", 404)
    page(way.cast.client("faye"), "/response/check-ins/", 403)


def fifty(way: OnTheWay, row: CheckIn) -> None:
    """As many people as the list may show in a week."""
    for number in range(49):
        person_id: UUID = register(way.cast.faye, row.opens_at, f"Person{number}")
        row.id, row.person_id, row.session_id = ids.new_id(row.opens_at), person_id, None
        row.anchor, row.assignment_id, row.state = f"course:weekly:{number}", None, "expired"
        row.save(force_insert=True)


def test_fifty_rows_cost_as_many_queries_as_one(way: OnTheWay, at: datetime) -> None:
    row, ben = silent(way, at), way.cast.client("ben")
    one, home = queries_for(ben, "/response/check-ins/"), queries_for(ben, "/desk/")
    fifty(way, row)
    assert queries_for(ben, "/response/check-ins/") == one <= 16
    assert queries_for(ben, "/desk/") == home


def test_a_long_week_comes_page_by_page_and_every_call_stays(way: OnTheWay, at: datetime) -> None:
    row, ben = silent(way, at), way.cast.client("ben")
    fifty(way, row)
    of = check_ins.recent(way.cast.ben, at)[0].of
    assert of > 50
    listed = [page(ben, "/response/check-ins/"), page(ben, "/response/check-ins/?page=2")]
    calls, weeks = zip(*(each.split("The last seven days") for each in listed), strict=True)
    shown = [re.findall(r"/response/check-ins/([0-9a-f-]{36})/", week) for week in weeks]
    assert (len(shown[0]), len(set(shown[0] + shown[1]))) == (50, of)
    assert f"1 to 50 of {of}" in weeks[0] and f"51 to {of} of {of}" in weeks[1]
    waiting = {str(each.id) for each in check_ins.waiting_calls(way.cast.ben)}
    assert len(waiting) == 50  # whoever waits for a call is never cut
    for each in calls:
        assert set(re.findall(r"/response/check-ins/([0-9a-f-]{36})/", each)) == waiting


# req: S54 S105
def test_the_phone_shows_one_thing_to_do_and_answers_it_in_four_steps(way: OnTheWay, at: datetime) -> None:
    row, dan = opened(way, at), phone(way, at)
    today = page(dan, "/me/")
    start = f"/me/questions/{row.assignment_id}/"
    assert today.count('class="button') and start in today
    assert "Somebody at the clinic is on call now" in today
    assert 'href="tel:988"' in today
    page(dan, start)
    for number, (name, value) in enumerate({"low_mood": 3, "anxiety": 2, "hopelessness": 1, "thoughts": 0}.items(), start=1):
        page(dan, f"{start}{number}/")
        assert dan.post(f"{start}{number}/", {name: str(value)}).status_code == 302
    assert "Check your answers" in page(dan, f"{start}check/")
    assert dan.post(f"{start}check/", {"key": "send"})["Location"] == f"{start}sent/"
    thanks = page(dan, f"{start}sent/")
    assert "Thank you" in thanks and "Your answers are read by people, not at once." in thanks
    assert "Call 988" not in thanks
    assert Response.objects.get(assignment_id=row.assignment_id).total == 6
    assert "There is nothing to answer now" in page(dan, "/me/")


# req: S105
# hazard: H16
def test_a_yes_shows_help_at_once_and_raises_a_flag_before_it_is_sent(way: OnTheWay, at: datetime) -> None:
    row, dan = opened(way, at), phone(way, at)
    start = f"/me/questions/{row.assignment_id}/"
    assert "data-crisis" in page(dan, f"{start}4/")
    saved = dan.post(f"{start}4/draft/", {"thoughts": "1"})
    assert saved.json()["crisis"] is True
    assert Flag.objects.get(source_id=str(row.assignment_id)).owner_id == way.cast.ana.user_id
    assert "Call 988" in page(dan, f"{start}check/")


# req: S105
# hazard: H16
def test_left_open_it_is_not_a_no(way: OnTheWay, at: datetime) -> None:
    row, dan = opened(way, at), phone(way, at)
    start = f"/me/questions/{row.assignment_id}/"
    for number, name in enumerate(("low_mood", "anxiety", "hopelessness"), start=1):
        dan.post(f"{start}{number}/", {name: "2"})
    assert "1 question is open" in page(dan, f"{start}check/")
    dan.post(f"{start}check/", {"key": "send"})
    assert "Call 988" in page(dan, f"{start}sent/")
    assert Flag.objects.get(source_id=str(row.assignment_id)).kind == "suicide_item_not_answered"


# req: S105
# hazard: H16
def test_with_nobody_on_call_the_phone_shows_help_and_when_answers_are_read(way: OnTheWay, at: datetime) -> None:
    row, dan = opened(way, at), phone(way, at)
    Shift.objects.filter(duty="on_call").update(starts_at=at + 10 * HOUR)
    said = page(dan, f"/me/questions/{row.assignment_id}/")
    assert "it waits" in said and 'href="tel:988"' in said
    assert "Answers are read from" in said
    assert dan.get(f"/me/questions/{row.assignment_id}/1/").status_code == 302
    assert "Answers are read from" in page(dan, "/me/")
    Shift.objects.filter(duty="on_call").update(cancelled_at=at)
    assert "not known when answers are read" in page(dan, "/me/")


def test_what_is_over_is_not_offered_but_a_late_answer_is_taken(way: OnTheWay, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    row, dan = opened(way, at), phone(way, at)
    later = row.closes_at + HOUR
    stand_at(later, monkeypatch)
    jobs.close(later)
    assert Assignment.objects.get(id=row.assignment_id).state == "expired"
    today = page(dan, "/me/")
    assert str(row.assignment_id) not in today
    assert "We will ask you again from" in today  # the third day
    start = f"/me/questions/{row.assignment_id}/"
    for number, name in enumerate(("low_mood", "anxiety", "hopelessness", "thoughts"), start=1):
        dan.post(f"{start}{number}/", {name: "0"})
    assert dan.post(f"{start}check/", {"key": "send"}).status_code == 302
    jobs.close(later + timedelta(minutes=1))
    assert CheckIn.objects.get(id=row.id).state == "answered"


def test_a_check_in_link_opens_no_intake_and_the_next_visit_is_said(way: OnTheWay, at: datetime) -> None:
    dan = phone(way, at)
    for address in ("/me/about/", "/me/medicines/", "/me/private/", "/me/consent/"):
        assert dan.get(address).status_code == 404, address
    assert dan.post("/me/leave/").status_code == 200
