"""The pages of the plan: status, cost, who may open what, the forms and their refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.doors import clock
from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.plan.actions.place_visits import place_visits
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries import waiting
from afterglow.records.chart.actions.record_allergy import record_allergy
from tests.support.cast import PASSWORD, Cast, address, build_cast, register
from tests.support.counting import audit_rows, queries_for
from tests.support.plan import a_draft, a_plan, an_order, clear, consent, monday_after, ready

pytestmark = pytest.mark.django_db
SECOND = {"second_email": address("ben"), "second_password": PASSWORD}
CREW = ("ana", "ben", "theo", "faye", "olga", "cora")


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def filled(client: Client, url: str, **changed: str) -> dict[str, str]:
    """What a browser would send back: every field of the page's last form as it stands, with these changed."""
    text = client.get(url).text.rpartition("<form")[2]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken" and not ('type="checkbox"' in tag and "checked" not in tag):
            fields[name[1]] = value[1] if value else "on" if "checked" in tag else ""
    for name, chosen in re.findall(r'<select name="([^"]*)"[^>]*>.*?<option value="([^"]*)" selected', text, re.S):
        fields[name] = chosen
    return fields | changed


def test_who_may_open_what(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    wanted = {
        reverse("plan:waiting"): [200, 200, 200, 403, 403, 200],
        reverse("plan:person", args=[cast.dan_id]): [200, 200, 200, 403, 403, 404],
        reverse("plan:new", args=[cast.dan_id]): [200, 403, 403, 403, 403, 404],
        reverse("plan:plan", args=[plan_id]): [200, 200, 200, 403, 403, 404],
        reverse("plan:visits", args=[plan_id]): [200, 200, 200, 200, 403, 404],
        reverse("plan:order", args=[plan_id, 1]): [200, 200, 403, 403, 403, 404],
    }
    for url, statuses in wanted.items():
        assert [cast.client(who).get(url).status_code for who in CREW] == statuses, url
    stranger = register(cast.faye, at, "Eve")
    assert cast.client("theo").get(reverse("plan:person", args=[stranger])).status_code == 404, "not his own patient"
    assert cast.client("ana").get(reverse("plan:order", args=[plan_id, 7])).status_code == 404
    posts = [reverse("plan:sign", args=[plan_id]), reverse("plan:end", args=[plan_id]), reverse("plan:allow", args=[plan_id])]
    for url in posts:
        assert [cast.client(who).post(url).status_code for who in ("ben", "theo", "faye", "olga", "cora")] == [403, 403, 403, 403, 404], url
    texts = [cast.client(who).get(reverse("plan:plan", args=[plan_id])).text for who in ("ben", "theo")]
    assert ["Infusions and their orders" in text for text in texts] == [True, False]


def test_each_page_about_a_person_leaves_one_row(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id, client = a_plan(cast, at), cast.client("ana")
    pages = {
        "plan.person_read": reverse("plan:person", args=[cast.dan_id]),
        "plan.draft_read": reverse("plan:new", args=[cast.dan_id]),
        "plan.page_read": reverse("plan:plan", args=[plan_id]),
        "plan.visits_read": reverse("plan:visits", args=[plan_id]),
        "plan.order_read": reverse("plan:order", args=[plan_id, 1]),
    }
    for event, url in pages.items():
        rows = audit_rows(lambda url=url: client.get(url))
        assert [(row.event, row.person_id) for row in rows] == [(event, cast.dan_id)]
    rows = audit_rows(lambda: client.get(reverse("plan:waiting")))
    assert [(row.event, row.person_id) for row in rows] == [("plan.list_read", None)]


def test_pages_cost_the_same_for_many_rows(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")
    ready(cast, at)
    plan_id = a_plan(cast, at)
    an_order(cast, at, plan_id)
    urls = [reverse("plan:waiting"), reverse("plan:person", args=[cast.dan_id]), reverse("plan:plan", args=[plan_id])]

    def one_more(number: int) -> None:
        person = register(cast.faye, at, f"Person{number}")
        clear(cast, at, person)
        consent(cast, at, person)
        if number % 2:
            a_draft(cast, at, person_id=person, key=f"draft {number}")

    one_more(0)
    one_more(1)
    before = {url: queries_for(client, url) for url in urls}
    for number in range(2, 50):
        one_more(number)
    assert {url: queries_for(client, url) for url in urls} == before
    assert client.get(urls[0]).text.count("cleared and consented, no plan yet") == 25


def test_a_plan_is_made_checked_and_signed_by_hand(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    client, url = cast.client("ana"), reverse("plan:new", args=[cast.dan_id])
    assert "Not reviewed by a clinician yet" in client.get(url).text
    told = filled(client, url)
    looked: list[str] = []
    assert audit_rows(lambda: looked.append(client.post(url, told | {"value_0": "1.2", "reason_0": "more", "check": "1"}).text)) == []
    assert "a hard stop" in looked[0] and "Nobody may lift this" in looked[0]
    refused = client.post(url, told | {"value_0": "1.2", "reason_0": "more"})
    assert refused.status_code == 422 and 'value="1.2"' in refused.text and "The plan was not made" in refused.text
    no_reason = client.post(url, told | {"value_0": "0.4"})
    assert no_reason.status_code == 422 and "Say why the dose per kg differs" in no_reason.text
    unread = client.post(url, told | {"value_3": "several", "reason_3": "x"})
    assert unread.status_code == 422 and "Write a whole number" in unread.text
    made = client.post(url, told | {"value_0": "0.7", "reason_0": "No effect at 0.5 before."})
    assert made.status_code == 302
    page = client.get(made.headers["Location"]).text
    assert "0.5 becomes <b>0.7</b>" in page and "A reason and two signatures lift it" in page
    plan_id = queries.plans_of(cast.dan_id)[0].id
    sign = reverse("plan:sign", args=[plan_id])
    assert client.post(sign, {"password": ""}).status_code == 422
    wrong = client.post(sign, {"password": "not my password"})
    assert wrong.status_code == 422 and "not your password" in wrong.text
    half = client.post(sign, {"password": PASSWORD, "second_email": address("ben")})
    assert half.status_code == 422 and "both address and password" in half.text
    alone = client.post(sign, {"password": PASSWORD})
    assert alone.status_code == 422 and "The plan was not signed" in alone.text
    assert client.post(sign, {"password": PASSWORD} | SECOND).status_code == 302
    assert "and Ben Okoye" in client.get(made.headers["Location"]).text


@pytest.mark.parametrize(("typed", "now"), [("2 to 5", [2, 5]), ("3-4", [3, 4])])
def test_a_pair_is_read_as_people_write_it(cast: Cast, at: datetime, typed: str, now: list[int]) -> None:
    ready(cast, at)
    client, url = cast.client("ana"), reverse("plan:new", args=[cast.dan_id])
    answer = client.post(url, filled(client, url) | {"value_5": typed, "reason_5": "Lives far away.", "check": "1"})
    assert f"becomes <b>{now}</b>" in answer.text


def test_a_revision_starts_from_the_plan_in_force(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    first, client = a_plan(cast, at), cast.client("ana")
    url = reverse("plan:new", args=[cast.dan_id])
    assert "Revise the plan" in client.get(url).text
    assert client.post(url, filled(client, url) | {"value_0": "0.6", "reason_0": "Half better after three."}).status_code == 302
    newest = queries.plans_of(cast.dan_id)[0]
    assert (newest.version, newest.replaces_id, newest.state) == (2, first, "draft")
    page = client.get(reverse("plan:plan", args=[newest.id]))
    assert "Drop this draft" in page.text
    assert client.post(reverse("plan:end", args=[newest.id]), {"reason": ""}).status_code == 422
    assert client.post(reverse("plan:end", args=[newest.id]), {"reason": "Thought again."}).status_code == 302
    assert queries.plan(newest.id).state == "dropped"


# req: S32
def test_an_order_is_signed_and_cancelled_by_hand(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id, client = a_plan(cast, at), cast.client("ana")
    url = reverse("plan:order", args=[plan_id, 1])
    page = client.get(url).text
    assert "35 mg" in page and "over <b>40 min</b>" in page and 'value="35' in page
    told = {"key": "form-1", "dose_mg": "35", "over_min": "40", "weight_confirmed": "", "reason": ""}
    checked = client.post(url, told | {"dose_mg": "71", "check": "1"})
    assert checked.status_code == 200 and "hard stop" in checked.text
    assert "signs one here" in cast.client("ben").get(url).text
    assert cast.client("ben").post(url, told | {"password": PASSWORD}).status_code == 403
    over = client.post(url, told | {"dose_mg": "71", "password": PASSWORD})
    assert over.status_code == 422 and 'value="71"' in over.text and "The order was not signed" in over.text
    assert client.post(url, told | {"password": PASSWORD}).status_code == 302
    order = queries.order_for(plan_id, 1, clock.now())
    assert order is not None and order.dose_ug == 35_000
    assert "Everything that was asked is met" in client.get(url).text
    cancel = reverse("plan:cancel_order", args=[order.id])
    assert client.post(cancel, {"reason": ""}).status_code == 409
    assert cast.client("cora").post(cancel, {"reason": "x"}).status_code == 404
    assert client.post(cancel, {"reason": "Changed medicine."}).status_code == 302
    assert "cancelled, Changed medicine." in client.get(url).text
    other = told | {"key": "form-2", "dose_mg": "28", "reason": "Dizzy last time.", "password": PASSWORD} | SECOND
    assert client.post(url, other).status_code == 302


def test_without_a_weight_nothing_is_proposed(cast: Cast, at: datetime) -> None:
    eve = register(cast.faye, at, "Eve")
    clear(cast, at, eve)
    consent(cast, at, eve)
    plan_id = a_plan(cast, at, person_id=eve)
    text = cast.client("ana").get(reverse("plan:order", args=[plan_id, 1])).text
    assert "There is no weight" in text and "The plan gives" not in text


def booked(client: Client, plan_id: UUID, at: datetime) -> tuple[str, dict[str, str]]:
    url = reverse("plan:visits", args=[plan_id]) + f"?first_on={monday_after(at)}"
    return reverse("plan:visits", args=[plan_id]), filled(client, url)


# req: C18
def test_visits_are_proposed_changed_and_placed_by_hand(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id, client = a_plan(cast, at), cast.client("ana")
    url, told = booked(client, plan_id, at)
    assert told["form-TOTAL_FORMS"] == "15"
    infusion = next(name for name, value in told.items() if name.endswith("-kind") and value == "infusion").removesuffix("kind")
    late = client.post(url, told | {f"{infusion}day": "", f"{infusion}starts": "10:00"})
    assert late.status_code == 422 and "leave this visit out" in late.text
    assert queries.visits(plan_id) == []
    away = (monday_after(at) - timedelta(days=3)).isoformat()
    moved = client.post(url, told | {f"{infusion}day": away})
    assert moved.status_code == 422 and "Nothing was placed" in moved.text
    assert cast.client("olga").post(url, told).status_code == 403
    assert client.post(url, told).status_code == 302
    assert len(queries.visits(plan_id)) == 15
    page = client.get(reverse("plan:plan", args=[plan_id])).text
    assert page.count('tag--teal">infusion') == 6
    assert "Every visit is placed" in client.get(url).text
    assert client.get(url + "?first_on=soon").status_code == 200


# req: C18
def test_the_front_desk_places_the_visits_and_reads_neither_plan_nor_allergies(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    record_allergy(person_id=cast.dan_id, substance="penicillin", by=cast.ben, at=at)
    plan_id, client = a_plan(cast, at), cast.client("faye")
    url, told = booked(client, plan_id, at)
    text = client.get(url).text
    assert "Dan Marsh" in text and "penicillin" not in text and "mg/kg" not in text and "etamine" not in text
    assert [row.person_id for row in waiting.to_place(cast.faye)] == [cast.dan_id]
    done = client.post(url, told)
    assert done.status_code == 302 and done["Location"] == reverse("chart:person", args=[cast.dan_id])
    assert len(queries.visits(plan_id)) == 15 and waiting.to_place(cast.faye) == []
    assert AuditRow.objects.get(event="plan.visits_placed").actor_id == cast.faye.id


def test_a_bad_first_day_is_said(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    url = reverse("plan:visits", args=[a_plan(cast, at)])
    assert "Enter a valid date" in cast.client("ana").get(url + "?first_on=soon").text


def test_a_draft_has_no_visits_yet(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    assert "not in force" in cast.client("ana").get(reverse("plan:visits", args=[a_draft(cast, at)])).text


# req: S47
def test_the_plan_offers_one_bridging_dose_and_leaves_reviews_to_their_page(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id, client = a_plan(cast, at), cast.client("ana")
    text = client.get(reverse("plan:plan", args=[plan_id])).text
    assert reverse("response:person", args=[cast.dan_id]) in text and "Allow one bridging dose" in text
    url = reverse("plan:allow", args=[plan_id])
    told: dict[str, Any] = {"up_to": "4", "reason": "The review is on Thursday.", "password": PASSWORD}
    assert client.post(url, told | {"reason": ""}).status_code == 422
    early = client.post(url, told)
    assert early.status_code == 422 and "No further dose was allowed" in early.text  # none is given yet
    beyond = client.post(url, told | {"up_to": "6", "reviewed": "yes"})
    assert beyond.status_code == 422 and "No review is signed" in beyond.text  # a word in the form is no review


def test_a_placed_course_shows_what_is_missing(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    place_visits(plan_id=plan_id, first_on=monday_after(at), key="place", by=cast.ana, at=at)
    text = cast.client("ana").get(reverse("plan:plan", args=[plan_id])).text
    assert "visits</a>" not in text and "Calendar of the course" in text


# req: S45 S48 S49
def test_a_plan_is_made_from_the_template_that_was_chosen(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    client, url = cast.client("ana"), reverse("plan:new", args=[cast.dan_id])
    page = client.get(url)
    assert '<b aria-current="true">IV racemic ketamine for depression, six infusions</b>' in page.text
    chosen = f"{url}?protocol=iv_mdd_spaced"
    assert 'href="?protocol=iv_mdd_spaced"' in page.text and "about one a week" in client.get(chosen).text
    assert client.get(f"{url}?protocol=of_nobody").status_code == 404
    checked = client.post(url, filled(client, chosen) | {"check": "1"})
    assert checked.status_code == 200 and "Exactly the protocol." in checked.text
    made = client.post(url, filled(client, chosen))
    assert made.status_code == 302
    plan = queries.plans_of(cast.dan_id)[0]
    assert (plan.protocol.id, plan.infusions) == ("iv_mdd_spaced", 4)


# req: S17
def test_only_protocols_for_what_the_person_is_cleared_for_are_offered(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id, indication="ptsd")
    client, url = cast.client("ana"), reverse("plan:new", args=[cast.dan_id])
    page = client.get(url).text
    assert "Cleared for <b>PTSD</b>. Not approved for any psychiatric disorder" in page
    assert "IV racemic ketamine for PTSD, six infusions in two weeks." in page and "the largest trial none after eight" in page
    assert "six infusions</a>" not in page
    assert client.get(f"{url}?protocol=iv_mdd_standard").status_code == 404
    assert client.post(url, filled(client, url)).status_code == 302
    assert queries.plans_of(cast.dan_id)[0].protocol.id == "iv_ptsd"
