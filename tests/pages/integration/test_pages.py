"""The pages of integration: the list, one person, one visit, one's own notes; what they cost, who gets in, and what is typed wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from afterglow.doors.desk.journey import journey
from afterglow.doors.desk.worklists import worklists
from afterglow.ground import ids
from afterglow.pathway.integration.actions.write_therapy_note import write_therapy_note
from afterglow.pathway.integration.models import Goal, NoteDraft, Practice, PracticeDone, PsychotherapyNote, Visit
from afterglow.pathway.session.models import Session
from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.schedule.actions.change import cancel
from afterglow.records.schedule.models import Appointment
from tests.support.cast import register
from tests.support.contact import five_form
from tests.support.counting import audit_rows, queries_for
from tests.support.integration import HAPPENED, LATER, VISIT_AT, a_goal, a_practice, held, local_day, visit_id
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
CREW = ("theo", "ana", "ben", "faye", "olga", "cora")
SECRET = "heron-under-glass"
TODAY = local_day(LATER)


def somebody_dosed(way: OnTheWay, number: int) -> UUID:
    """One more person on Theo's list whose dose ended as Dan's did; written directly, for a page with many rows."""
    who = register(way.cast.faye, LATER, f"Person{number}")
    join_care_team(person_id=who, user_id=way.cast.theo.user_id, duty="therapist", by=way.cast.faye, at=LATER)
    session, visit = Session.objects.get(id=way.session_id), Appointment.objects.get(id=visit_id(way))
    dose = Appointment.objects.get(id=session.appointment_id)
    for row in (dose, visit):
        row.id, row.person_id = ids.new_id(LATER), who
        row.save(force_insert=True)
    session.id, session.person_id, session.appointment_id = ids.new_id(LATER), who, dose.id
    session.save(force_insert=True)
    return who


def visit_form(**other: str) -> dict[str, str]:
    return (
        {"key": "form", "state": "held", "held": "2026-12-08T16:00", "happened": HAPPENED, "danger": "no", "danger_words": ""} | five_form() | other
    )


def test_who_may_open_what_and_one_audit_row(way: OnTheWay) -> None:
    person, visit = reverse("integration:person", args=[way.person_id]), reverse("integration:visit", args=[visit_id(way)])
    note, about = reverse("integration:visit_note", args=[visit_id(way)]), reverse("integration:session_note", args=[way.session_id])
    wanted = {
        reverse("integration:waiting"): [200, 200, 403, 403, 403, 200],
        person: [200, 200, 403, 403, 403, 404],
        visit: [200, 200, 403, 403, 403, 404],
        note: [200, 403, 403, 403, 403, 403],
        about: [200, 403, 403, 403, 403, 403],
    }
    for url, statuses in wanted.items():
        assert [way.cast.client(who).get(url).status_code for who in CREW] == statuses, url
        rows = audit_rows(lambda url=url: way.cast.client("theo").get(url))
        assert [row.person_id for row in rows] == [None if url == reverse("integration:waiting") else way.person_id]
    assert "Dan Marsh" not in way.cast.client("cora").get(reverse("integration:waiting")).text


# req: S94
def test_the_list_says_who_needs_somebody_and_costs_the_same_for_many(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:waiting")
    text = client.get(url).text
    assert "open, " in text and "left" in text and "Say whether it was held" in text and "1 needs somebody." in text
    before, home = queries_for(client, url), queries_for(client, reverse("desk:home"))
    for number in range(49):
        somebody_dosed(way, number)
    assert queries_for(client, url) == before
    assert queries_for(client, reverse("desk:home")) == home
    assert client.get(url).text.count("Open the visit") == 50


def test_an_empty_list_says_what_would_be_here(way: OnTheWay) -> None:
    held(way)
    assert "No window is open" in way.cast.client("theo").get(reverse("integration:waiting")).text
    cancel_and_book = way.cast.client("ana").get(reverse("integration:waiting")).text
    assert "No window is open" in cancel_and_book


def test_without_a_visit_the_list_offers_to_book_one(way: OnTheWay) -> None:
    cancel(appointment_id=visit_id(way), cause="the person asked for it", by=way.cast.theo, at=LATER)
    text = way.cast.client("theo").get(reverse("integration:waiting")).text
    assert "No visit is booked inside the window." in text and reverse("schedule:book", args=[way.person_id]) in text


def test_a_visit_is_recorded_on_its_page(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit", args=[visit_id(way)])
    page = client.get(url).text
    assert 'value="2026-12-08T16:00"' in page and "Record the visit" in page
    wrong = client.post(url, visit_form(danger=""))
    assert wrong.status_code == 422 and HAPPENED in wrong.text and not Visit.objects.exists()
    wrong = client.post(url, visit_form(danger="yes"))
    assert wrong.status_code == 422 and "Write what the team must know." in wrong.text and HAPPENED in wrong.text
    assert client.post(url, visit_form()).status_code == 302
    assert Visit.objects.get().held_at == VISIT_AT
    text = client.get(url).text
    assert HAPPENED in text and "Recorded by Theo Lind" in text and "Record the visit" not in text
    assert HAPPENED in way.cast.client("ana").get(reverse("chart:notes", args=[way.person_id])).text


def test_who_reads_visits_does_not_record_them(way: OnTheWay) -> None:
    client, url = way.cast.client("ana"), reverse("integration:visit", args=[visit_id(way)])
    assert "Record the visit" not in client.get(url).text
    assert client.post(url, visit_form()).status_code == 403
    assert not Visit.objects.exists()


def test_a_cancelled_visit_says_why(way: OnTheWay) -> None:
    cancel(appointment_id=visit_id(way), cause="the person is unwell", by=way.cast.theo, at=LATER)
    text = way.cast.client("theo").get(reverse("integration:visit", args=[visit_id(way)])).text
    assert "the person is unwell" in text and "Record the visit" not in text


# req: S93 S95 S97
def test_goals_and_practice_are_worked_with_on_one_page(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:person", args=[way.person_id])
    visit = held(way)
    assert "No goal is set yet" in client.get(url).text
    goals = reverse("integration:goal", args=[way.person_id])
    told = {"key": "g", "insight": "I miss the sea.", "theme": "joy", "text": "Swim again", "visit_id": str(visit)}
    assert client.post(goals, told | {"text": ""}).status_code == 422
    assert client.post(goals, told).status_code == 302
    goal = Goal.objects.get()
    give = reverse("integration:practice", args=[goal.id])
    week = {"key": "p", "text": "Walk by the water", "times_a_week": "3", "starts_on": TODAY.isoformat()}
    assert client.post(give, week | {"times_a_week": "9"}).status_code == 422
    late = client.post(give, week | {"starts_on": "2027-03-01"})
    assert late.status_code == 422 and "in two weeks at the latest" in late.text
    assert client.post(give, week).status_code == 302
    practice = Practice.objects.get()
    tick = reverse("integration:tick", args=[practice.id])
    assert client.post(tick, {"on": TODAY.isoformat(), "done": "yes"}).status_code == 302
    assert client.post(tick, {"on": "2027-01-01", "done": "yes"}).status_code == 422
    assert client.post(tick, {"on": "someday", "done": "yes"}).status_code == 404
    text = client.get(url).text
    for words in ("Swim again", "I miss the sea.", "joy", "Walk by the water", "Done on 1 of 3 days", "Preparation, doses and integration"):
        assert words in text
    end = reverse("integration:end_practice", args=[practice.id])
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "too much"}).status_code == 302
    change = reverse("integration:change_goal", args=[goal.id])
    assert client.post(change, {"key": "c", "text": "Swim again", "state": "maybe"}).status_code == 422
    assert client.post(change, {"key": "c", "text": "Swim again", "state": "reached"}).status_code == 302
    stale = client.post(change, {"key": "d", "text": "Swim", "state": "open"})
    assert stale.status_code == 422 and "Somebody changed this goal" in stale.text
    text = client.get(url).text
    assert "reached" in text and "Ended early: too much" in text and PracticeDone.objects.count() == 1


def test_the_page_of_one_person_costs_the_same_for_many_goals(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:person", args=[way.person_id])
    a_practice(way, a_goal(way))
    before = queries_for(client, url)
    for number in range(49):
        a_practice(way, a_goal(way, key=f"g{number}", text=f"Goal {number}"), key=f"p{number}")
    assert queries_for(client, url) == before


def test_a_reader_sees_goals_and_cannot_change_them(way: OnTheWay) -> None:
    a_practice(way, a_goal(way))
    text = way.cast.client("ana").get(reverse("integration:person", args=[way.person_id])).text
    assert "Swim again" in text and "Set a goal" not in text and "Own notes" not in text and "own phone" not in text


# hazard: H31
def test_own_notes_are_written_read_and_written_anew_by_their_author(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit_note", args=[visit_id(way)])
    told = {"key": "n", "text": f"The {SECRET} dream.", "danger": "no", "danger_words": "", "replaces": ""}
    wrong = client.post(url, {key: value for key, value in told.items() if key != "danger"})
    assert wrong.status_code == 422 and SECRET in wrong.text and not PsychotherapyNote.objects.exists()
    wrong = client.post(url, told | {"danger": "yes"})
    assert wrong.status_code == 422 and SECRET in wrong.text and "Write what the team must know." in wrong.text
    assert client.post(url, told).status_code == 302
    note = PsychotherapyNote.objects.get()
    assert SECRET in client.get(url).text
    again = client.get(url, {"again": str(note.id)}).text
    assert "Write it anew" in again and f'value="{note.id}"' in again
    assert client.post(url, told | {"key": "m", "text": "Other words.", "replaces": str(note.id)}).status_code == 302
    assert "The earlier words" in client.get(url).text
    assert client.post(url, told | {"key": "o", "replaces": str(way.session_id)}).status_code == 404


# hazard: H31
def test_no_page_of_anybody_else_shows_or_finds_a_note(way: OnTheWay) -> None:
    write_therapy_note(appointment_id=visit_id(way), text=f"The {SECRET} dream.", danger="no", key="n", by=way.cast.theo, at=LATER)
    write_therapy_note(session_id=way.session_id, text=f"The {SECRET} dream.", danger="no", key="s", by=way.cast.theo, at=LATER)
    pages = [
        reverse("integration:waiting"),
        reverse("integration:person", args=[way.person_id]),
        reverse("integration:visit", args=[visit_id(way)]),
        reverse("chart:notes", args=[way.person_id]),
        reverse("chart:person", args=[way.person_id]),
        reverse("desk:journey", args=[way.person_id]),
        reverse("desk:home"),
        reverse("desk:search") + f"?q={SECRET}",
        reverse("session:room", args=[way.session_id]),
    ]
    for who in ("ana", "theo"):
        answers = {url: way.cast.client(who).get(url) for url in pages}
        assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(pages, 200)
        shown = [url for url, answer in answers.items() if SECRET in answer.content.decode(errors="replace").replace(f'value="{SECRET}"', "")]
        assert [url for url in shown if "search" not in url] == []
    trail = way.cast.client("olga").get(reverse("desk:trail"))
    assert trail.status_code == 200 and SECRET not in trail.text


def test_what_is_typed_comes_back_to_its_author(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit_note", args=[visit_id(way)])
    kept = client.post(reverse("integration:visit_draft", args=[visit_id(way)]), {"text": f"half a {SECRET}"})
    assert kept.status_code == 200 and kept.json()["saved_at"] == LATER.isoformat()
    assert f"half a {SECRET}" in client.get(url).text
    about = client.post(reverse("integration:session_draft", args=[way.session_id]), {"text": "about the session"})
    assert about.status_code == 200 and NoteDraft.objects.count() == 2
    assert way.cast.client("ana").post(reverse("integration:visit_draft", args=[visit_id(way)]), {"text": "x"}).status_code == 403


# req: S94
def test_home_and_the_walk_name_the_window(way: OnTheWay) -> None:
    lists = {row.title: row for row in worklists(way.cast.theo, LATER)}
    item = lists["Integration"].items[0]
    assert item.url == reverse("integration:visit", args=[visit_id(way)]) and item.strong and "window open" in item.note
    assert "Integration" not in {row.title for row in worklists(way.cast.ben, LATER)}
    step = next(row for row in journey(way.cast.theo, way.person_id, LATER).steps if row.id == "integration")
    assert (step.note, step.url) == ("0 of 1 visits held", reverse("integration:person", args=[way.person_id]))
    held(way)
    assert lists["Integration"].total == 1 and {row.title: row.total for row in worklists(way.cast.theo, LATER)}["Integration"] == 0
    hidden = next(row for row in journey(way.cast.faye, way.person_id, LATER).steps if row.id == "integration")
    assert (hidden.note, hidden.url) == ("", "")


def test_a_window_long_closed_is_gone_from_home(way: OnTheWay) -> None:
    later: Any = LATER + timedelta(days=8)
    assert {row.title: row.total for row in worklists(way.cast.theo, later)}["Integration"] == 0


# req: S45
def test_the_goals_as_a_part_of_the_plan_with_where_each_stands(way: OnTheWay) -> None:
    page, theo = reverse("integration:goals_shown", args=[way.person_id]), way.cast.client("theo")
    before = queries_for(theo, page)
    assert "none is set yet" in theo.get(page).text
    goal = a_goal(way, text="Ask Lia to a walk.")
    assert "No practice was given for it yet." in theo.get(page).text
    a_practice(way, goal)
    assert [row.event for row in audit_rows(lambda: theo.get(page))] == ["integration.course_read"]
    shown = theo.get(page).text
    assert "Ask Lia to a walk." in shown and "done on 0 of" in shown and "<html" not in shown
    assert queries_for(theo, page) <= before + 1, "one more for the days of practice, however many goals"
    assert way.cast.client("cora").get(page).status_code == 404
