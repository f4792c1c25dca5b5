"""The patient's pages: by link only, one thing at a time, nothing lost, help first, all of it without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afterglow.doors.portal.invite import invite, on_call_ids
from afterglow.ground.access import links
from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.ground.audit.models import AuditRow
from afterglow.records.chart import access as chart
from afterglow.records.chart import queries as chart_queries
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.assign import assign
from tests.support.cast import Cast, register
from tests.support.portal import answer_all, follow, phone, text_of

pytestmark = pytest.mark.django_db
HELP = "You do not have to carry this alone"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Now, and it stays now: pages take their time from the request."""
    now = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def crisis_shown(page: str) -> bool:
    """Help stands on the page, not only hidden and waiting for a script."""
    return HELP in re.sub(r"<div data-crisis-help hidden>.*?</section>", "", page, flags=re.S)


def questionnaire(cast: Cast) -> str:
    return f"/me/questions/{measures.open_assignments(cast.dan_id, 'link')[0].id}/"


# req: S13
def test_the_secret_leaves_the_address(cast: Cast, at: datetime) -> None:
    made = invite(person_id=cast.dan_id, site_id=cast.site_id, instruments=(), key="k", by=cast.ben, at=at)
    client = Client()
    answer = client.get(f"/l/{made.token}/")
    cookie = answer.cookies[LINK_COOKIE]
    assert (answer["Location"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("/me/", True, "Lax", 14 * 86400)
    assert made.token not in cookie.value
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Hello Dan" in text_of(client, "/me/")
    assert Client().get(f"/l/{made.token}/").status_code == 302, "a message app that looked first has not used it up"


def test_a_link_that_ended_says_what_to_do(cast: Cast, at: datetime) -> None:
    made = invite(person_id=cast.dan_id, site_id=cast.site_id, instruments=(), key="k", by=cast.ben, at=at - timedelta(days=15))
    for token in (made.token, "nothing"):
        page = text_of(Client(), f"/l/{token}/", 410)
        assert "988" in page
        assert "Call the clinic" in page


@pytest.mark.parametrize("address", ["/me/", "/me/about/", "/me/private/", "/me/medicines/", f"/me/questions/{UUID(int=1)}/"])
def test_without_a_link_there_is_nothing_here_not_even_for_staff(cast: Cast, at: datetime, address: str) -> None:
    for client in (Client(), cast.client("ana")):
        assert client.get(address).status_code == 404


def test_a_consent_link_does_not_open_the_intake(cast: Cast, at: datetime) -> None:
    _, token = links.make_link(
        clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Dan", purpose="consent", lasts=timedelta(days=1), by=cast.ben, at=at
    )
    _, cookie = links.open_by_token(token, at=at)
    client = Client()
    client.cookies[LINK_COOKIE] = cookie
    assert client.get("/me/").status_code == 404


def test_on_a_browser_where_staff_are_signed_in_the_holder_acts_as_themselves(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    client.cookies[LINK_COOKIE] = phone(cast, at).cookies[LINK_COOKIE].value
    follow(client, "/me/medicines/", {"name": "Sertraline", "add": "yes"})
    (row,) = chart_queries.medicines(cast.dan_id).rows
    assert row.recorded_by == "Dan Marsh (link)"


# req: C31
@pytest.mark.parametrize(
    "address", ["/me/", "/me/about/", "/me/private/", "/me/looked-after/", "/me/problems/", "/me/medicines/", "/me/allergies/", "/me/treatments/"]
)
def test_each_page_opens_offers_help_and_is_logged_once(cast: Cast, at: datetime, address: str) -> None:
    client = phone(cast, at)
    before = AuditRow.objects.count()
    page = text_of(client, address)
    assert "Need someone now?" in page
    assert "<h1>" in page
    (row,) = AuditRow.objects.order_by("id")[before:]
    assert (row.event, row.person_id, row.actor_kind) == ("portal.page_read", cast.dan_id, "link")


# req: C1
# req: C3
def test_what_was_typed_comes_back(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    version = chart.fetch_person(cast.faye, cast.dan_id).version
    typed = {"version": version, "phone": "+1 555 0199", "email": "half@", "contact_by": "phone"}
    saved = client.post("/me/draft/about/", typed, headers={"X-Autosave": "1"})
    assert saved.json()["saved_at"] == at.isoformat()
    page = text_of(client, "/me/about/")
    assert 'value="half@"' in page
    failed = client.post("/me/about/", typed)
    assert failed.status_code == 422
    assert 'value="half@"' in failed.content.decode(), "a failed save keeps what was typed"
    assert follow(client, "/me/about/", typed | {"later": "yes"}) == "/me/"
    assert 'value="half@"' in text_of(client, "/me/about/")
    assert follow(client, "/me/about/", typed | {"email": "dan@example.org"}) == "/me/"
    assert chart.fetch_person(cast.faye, cast.dan_id).phone == "+1 555 0199"
    assert "half@" not in text_of(client, "/me/about/")


def test_autosave_knows_its_pages_only(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    assert client.post("/me/draft/private/", {"could_be_pregnant": "yes"}).status_code == 404
    assert client.post("/me/draft/nothing/").status_code == 404
    assert client.post("/me/draft/about/", {"address": "a" * 25_000}).status_code == 409


# req: C26
def test_a_change_by_the_clinic_meanwhile_is_shown_and_nothing_is_overwritten_unseen(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    old = chart.fetch_person(cast.faye, cast.dan_id).version
    edit_person(person_id=cast.dan_id, version=old, changes={"address": "1 New Street"}, by=cast.faye, at=at)
    data = {"version": old, "phone": "+1 555 0100", "contact_by": "phone", "address": "2 Old Street", "email": "dan@example.org"}
    answer = client.post("/me/about/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1 New Street" in page
    assert 'value="2 Old Street"' in page
    assert chart.fetch_person(cast.faye, cast.dan_id).address == "1 New Street"
    assert follow(client, "/me/about/", data | {"version": old + 1}) == "/me/"
    assert chart.fetch_person(cast.faye, cast.dan_id).address == "2 Old Street"


def test_a_known_date_of_birth_is_not_changed_from_a_phone(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    assert 'name="born_on"' not in text_of(client, "/me/about/")
    version = chart.fetch_person(cast.faye, cast.dan_id).version
    follow(client, "/me/about/", {"version": version, "contact_by": "phone", "born_on": "1999-01-01", "phone": "1"})
    assert str(chart.fetch_person(cast.faye, cast.dan_id).born_on) == "1982-03-04"


# hazard: H19
def test_the_private_answer_is_asked_anew_and_shown_to_nobody(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    page = text_of(client, "/me/private/")
    assert " checked" not in page
    assert client.post("/me/private/", {}).status_code == 422
    follow(client, "/me/private/", {"could_be_pregnant": "yes"})
    assert chart.fetch_person(cast.ben, cast.dan_id).could_be_pregnant == "yes"
    assert " checked" not in text_of(client, "/me/private/")
    follow(client, "/me/private/", {"could_be_pregnant": "unknown"})
    assert chart.fetch_person(cast.ben, cast.dan_id).could_be_pregnant == "unknown"
    assert "we will ask you at the clinic" in text_of(client, "/me/")


def test_a_list_is_filled_and_closed(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    assert "I take no medicines" in text_of(client, "/me/medicines/")
    assert client.post("/me/medicines/", {"add": "yes"}).status_code == 422
    assert follow(client, "/me/medicines/", {"name": "Sertraline", "dose_text": "100 mg", "add": "yes"}) == "/me/medicines/"
    page = text_of(client, "/me/medicines/")
    assert "That is everything" in page
    assert "<b>Sertraline</b>, 100 mg" in page
    assert follow(client, "/me/medicines/", {"name": "Lisinopril", "done": "yes"}) == "/me/", (
        "what stands in the form is not lost by closing the list"
    )
    listed = chart_queries.medicines(cast.dan_id)
    assert ([row.name for row in listed.rows], listed.reviewed_at) == (["Sertraline", "Lisinopril"], at)


def test_none_is_a_fact(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    follow(client, "/me/problems/", {"done": "yes"})
    assert chart_queries.problems(cast.dan_id).state == "none_known"
    assert "You told us that there are none" in text_of(client, "/me/problems/")


# req: S14
def test_a_treatment_that_was_tried(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    follow(client, "/me/treatments/", {"drug": "Sertraline", "daily_dose_mg": "62.5", "weeks": "8", "improvement": "under_25", "add": "yes"})
    (row,) = chart_queries.trials(cast.dan_id).rows
    assert (row.daily_dose_ug, row.weeks, row.improvement, row.this_episode) == (62_500, 8, "under_25", "unknown")
    follow(client, "/me/treatments/", {"drug": "Bupropion", "add": "yes"})
    assert chart_queries.trials(cast.dan_id).rows[1].daily_dose_ug is None
    assert client.post("/me/treatments/", {"drug": "X", "weeks": "-1", "add": "yes"}).status_code == 422


def test_one_takes_back_only_what_one_entered(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    theirs = record_medicine(person_id=cast.dan_id, name="Lithium", by=cast.ben, at=at)
    follow(client, "/me/medicines/", {"name": "Sertraline", "add": "yes"})
    mine = next(row.id for row in chart_queries.medicines(cast.dan_id).rows if row.name == "Sertraline")
    assert client.post(f"/me/medicines/{theirs}/remove/").status_code == 404
    follow(client, f"/me/medicines/{mine}/remove/")
    assert [row.name for row in chart_queries.medicines(cast.dan_id).rows] == ["Lithium"]


def test_a_sign_that_cannot_be_stored_is_refused(cast: Cast, at: datetime) -> None:
    assert phone(cast, at).post("/me/medicines/", {"name": "a\x00b", "add": "yes"}).status_code == 422


# req: S13
# req: N45
def test_a_questionnaire_from_start_to_thank_you(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    assert "10 short questions" in text_of(client, start)
    page = text_of(client, f"{start}1/")
    assert "Little interest or pleasure in doing things" in page
    assert " checked" not in page
    check = answer_all(client, start, [1, 2, 0, 0, 0, 0, 0, 0, 0, None])
    page = text_of(client, check)
    assert "1 question is open" in page
    assert not crisis_shown(page)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    sent = follow(client, check, {"key": key[1]})
    assert follow(client, check, {"key": key[1]}) == sent
    assert "Your answers were sent" in text_of(client, sent)
    row = measures.latest(cast.dan_id, "phq9")
    assert row is not None
    assert (row.total, row.complete, row.asked_by, row.answers["q10"]) == (3, True, "self", None)
    assert client.get(f"{start}1/")["Location"] == sent


# req: C36
# hazard: H16
def test_help_is_there_with_the_next_page_and_a_person_is_told(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    page = text_of(client, f"{start}9/")
    assert not crisis_shown(page)
    assert page.count("data-crisis>") == 3, "the three answers above 'not at all' show help the moment they are chosen"
    saved = client.post(f"{start}9/draft/", {"q9": "1"}, headers={"X-Autosave": "1"})
    assert saved.json()["crisis"] is True
    assert [flag.owner_id for flag in flags.open_for(cast.dan_id, at)] == [cast.ana.user_id]
    for address in (start, f"{start}10/", f"{start}check/"):
        assert crisis_shown(text_of(client, address))


# hazard: H16
def test_an_unanswered_self_harm_question_shows_help_after_sending(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    check = answer_all(client, questionnaire(cast), [0, 0, 0, 0, 0, 0, 0, 0, None, 0])
    page = text_of(client, follow(client, check, {"key": "k"}))
    assert crisis_shown(page)
    assert "may not be seen at once. Do not wait for a call: use the numbers above now." in page
    assert page.index(HELP) < page.index("use the numbers above now")
    assert [flag.kind for flag in flags.open_for(cast.dan_id, at)] == ["suicide_item_not_answered"]


# req: N43
def test_while_nobody_is_on_call_the_questions_wait(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(days=7))
    page = text_of(client, start)
    assert "nobody at the clinic is on call" in page
    assert f"{start}1/" not in page
    client.post(f"{start}1/", {"q1": "1"})
    assert "nobody at the clinic is on call" not in text_of(client, start), "what was begun may be finished"
    assert "Question 9 of 10" in text_of(client, f"{start}9/")


# req: N43
# hazard: H16
@pytest.mark.parametrize("number", [1, 9])
def test_while_nobody_is_on_call_no_question_opens_by_its_own_address(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    client = phone(cast, at, "phq9", "gad7")
    of = {row.paper.short_name: f"/me/questions/{row.id}/" for row in measures.open_assignments(cast.dan_id, "link")}
    assert f"Question {number} of 10" in text_of(client, f"{of['PHQ-9']}{number}/")
    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(days=7))
    answer = client.get(f"{of['PHQ-9']}{number}/")
    assert (answer.status_code, answer["Location"]) == (302, of["PHQ-9"])
    assert "Question 1 of" in text_of(client, f"{of['GAD-7']}1/"), "one without a self-harm question is not held back"


# req: N43
# hazard: H16
def test_while_nobody_on_call_can_be_paged_the_questions_wait(cast: Cast, at: datetime, settings: Any) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    assert f"{start}1/" in text_of(client, start)
    settings.MAIL = None
    assert on_call_ids(cast.site_id, at), "somebody is on call, whom no page reaches"
    page = text_of(client, start)
    assert f"{start}1/" not in page
    assert "nobody at the clinic is on call who can be reached about your answer" in page
    assert "Please come back later, or call the clinic." in page
    assert "is on call now" not in page
    assert 'href="tel:988"' in page
    answer = client.get(f"{start}9/")
    assert (answer.status_code, answer["Location"]) == (302, start)
    client.post(f"{start}1/", {"q1": "1"})
    assert "Question 9 of 10" in text_of(client, f"{start}9/"), "what was begun may be finished"


# hazard: H16
def test_no_page_says_that_someone_was_told_or_will_call(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    pages = [text_of(client, start)]
    assert "Your answers are read by people, not at once." in pages[0]
    check = answer_all(client, start, [0, 0, 0, 0, 0, 0, 0, 0, 3, 0])
    pages += [text_of(client, address) for address in (start, f"{start}9/", check)]
    pages.append(text_of(client, follow(client, check, {"key": "k"})))
    pages.append(text_of(client, "/enquire/sent/?help=now"))
    assert "Your message may not be read at once." in pages[-1]
    for page in pages:
        assert re.search(r"(is|has been|was) told|told at once|will call you", page) is None
        assert 'href="tel:988"' in page


def test_questions_that_do_not_exist_and_answers_that_are_not_offered(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    assert client.get(f"{start}11/").status_code == 404
    assert client.get(f"{start}0/").status_code == 404
    assert client.post(f"{start}11/draft/", {}).status_code == 404
    assert client.post(f"{start}1/", {"q1": "7"}).status_code == 422
    assert client.post(f"{start}1/draft/", {"q1": "7"}).status_code == 422
    assert client.post(f"{start}check/", {}).status_code == 422, "without its key a form could be counted twice"
    assert client.get(f"{start}sent/")["Location"] == start


def test_someone_elses_questionnaire_and_one_for_the_room_are_not_found(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    asq = assign(person_id=cast.dan_id, instrument="asq", occasion="screening", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    assert client.get(f"/me/questions/{asq}/").status_code == 404
    other = phone(cast, at, person_id=register(cast.faye, at, "Other"), key="other")
    for address in (start, f"{start}1/", f"{start}check/", f"{start}sent/"):
        assert other.get(address).status_code == 404
    assert other.post(f"{start}1/draft/", {"q9": "3"}).status_code == 404
    assert flags.open_for(cast.dan_id, at) == []


def test_finishing_for_now_forgets_the_link_and_keeps_the_answers(cast: Cast, at: datetime) -> None:
    client = phone(cast, at, "phq9")
    start = questionnaire(cast)
    assert follow(client, f"{start}1/", {"q1": "2", "later": "yes"}) == "/me/"
    assert "1 of 10 answered" in text_of(client, "/me/")
    assert client.post("/me/leave/").status_code == 200
    assert client.get("/me/").status_code == 404
    assert measures.open_assignments(cast.dan_id)[0].answers == {"q1": 2}


@pytest.mark.parametrize("address", ["/me/medicines/", "/me/"])
def test_the_number_of_queries_does_not_grow(cast: Cast, at: datetime, address: str) -> None:
    client = phone(cast, at)
    record_medicine(person_id=cast.dan_id, name="Drug 0", by=cast.ben, at=at)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(1, 50):
        record_medicine(person_id=cast.dan_id, name=f"Drug {number}", by=cast.ben, at=at)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one) <= 40
