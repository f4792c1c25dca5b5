"""What somebody keeps doing, on their own phone and without a script; and what staff then see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.doors import clock
from afterglow.ground.access import links
from afterglow.pathway.aftercare.actions.own_day import own_day
from afterglow.pathway.aftercare.actions.tasks import end_task, set_task
from afterglow.pathway.aftercare.models import TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries
from tests.support.aftercare import begun
from tests.support.cast import Cast, build_cast, register
from tests.support.counting import audit_rows, queries_for
from tests.support.integration import course_link

pytestmark = pytest.mark.django_db
AGO = timedelta(days=60)
URL = "/me/tasks/"


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at - AGO)


@pytest.fixture
def held(cast: Cast, at: datetime) -> tuple[UUID, UUID]:
    """Aftercare with one task, begun three weeks after the course."""
    _, aftercare_id, then = begun(cast, at - AGO)
    return aftercare_id, set_task(aftercare_id=aftercare_id, text="Walk <b>early</b>", per_week=5, key="walk", by=cast.theo, at=then)


def phone(cast: Cast, at: datetime, person_id: UUID | None = None) -> Client:
    client = Client()
    client.get(reverse("portal:open_link", args=[course_link(cast, at, person_id)[1]]))
    return client


# req: S64
def test_a_day_is_ticked_on_the_phone_and_staff_read_it(cast: Cast, held: tuple[UUID, UUID], at: datetime) -> None:
    aftercare_id, task = held
    client, today = phone(cast, at), queries.aftercare(aftercare_id, at).today
    page = client.get(URL).text
    assert "Walk &lt;b&gt;early&lt;/b&gt;" in page and "Today: I did it" in page and "Nobody watches this page" in page and "988" in page
    assert f'href="{URL}"' in client.get(reverse("portal:practice")).text
    tick, told = reverse("portal:task_tick", args=[task]), {"on": today.isoformat(), "done": "yes", "words": "With <i>Bo</i>"}
    staff = cast.client("theo")
    before = staff.get(reverse("aftercare:person", args=[cast.dan_id])).text
    assert "Nothing said in 28 days, meant for 20 times." in before and "nothing said, " in before
    for _ in range(2):
        assert client.post(tick, told).headers["Location"] == URL
    assert TaskDay.objects.count() == 1
    page = client.get(URL).text
    assert "done today" in page and "You wrote: With &lt;i&gt;Bo&lt;/i&gt;" in page and "Take it back" in page
    shown = staff.get(reverse("aftercare:person", args=[cast.dan_id])).text
    assert "Ticked 1 of 20 times in 28 days, nothing said of the rest." in shown and "With &lt;i&gt;Bo&lt;/i&gt;" in shown
    assert f'name="shown" value="{today.isoformat()}"' in shown and "Make a link for the person" in shown
    assert "Make a link for the person" not in cast.client("ana").get(reverse("aftercare:person", args=[cast.dan_id])).text
    client.post(tick, told | {"done": "no"})
    assert "Today: I did it" in client.get(URL).text and TaskDay.objects.count() == 2
    yesterday = {"on": (today - timedelta(days=1)).isoformat(), "done": "yes"}
    assert client.post(tick, yesterday).status_code == 302 and TaskDay.objects.latest("id").done_on == today - timedelta(days=1)


def test_a_tick_of_yesterday_stands_and_what_cannot_be_ticked_is_said(cast: Cast, held: tuple[UUID, UUID], at: datetime) -> None:
    aftercare_id, task = held
    client, today = phone(cast, at), queries.aftercare(aftercare_id, at).today
    yesterday, tick = today - timedelta(days=1), reverse("portal:task_tick", args=[task])
    own_day(task_id=task, on=yesterday, done=True, by=course_link(cast, at - timedelta(days=1))[0], at=at - timedelta(days=1))
    client = phone(cast, at)
    assert f"{yesterday:%A}: done</span>" in client.get(URL).text
    late = client.post(tick, {"on": yesterday.isoformat(), "done": "no"})
    assert late.status_code == 422 and "can be taken back on the day it was made" in late.text
    long = client.post(tick, {"on": today.isoformat(), "done": "yes", "words": "y" * 201})
    assert long.status_code == 422 and "y" * 201 in long.text and "longer than 200" in long.text, "what was typed stays"
    for broken in ({"on": "x", "done": "yes"}, {"on": today.isoformat()}, {}):
        assert client.post(tick, broken).status_code == 404
    assert TaskDay.objects.count() == 1


def test_another_persons_link_finds_nothing(cast: Cast, held: tuple[UUID, UUID], at: datetime) -> None:
    aftercare_id, task = held
    today = queries.aftercare(aftercare_id, at).today
    client = phone(cast, at, register(cast.faye, at, "Una"))
    assert "Nothing is on your list" in client.get(URL).text and "Tick what you did" not in client.get(reverse("portal:practice")).text
    assert client.post(reverse("portal:task_tick", args=[task]), {"on": today.isoformat(), "done": "yes"}).status_code == 404
    assert Client().get(URL).status_code == 404
    assert not TaskDay.objects.exists()


# req: S64
def test_the_day_of_a_check_in_link_leads_there(cast: Cast, held: tuple[UUID, UUID], at: datetime) -> None:
    made = {"clinic_id": cast.clinic_id, "person_id": cast.dan_id, "holder": "Dan Marsh", "purpose": "check_in", "lasts": timedelta(days=3)}
    token, client = links.make_link(**made, by=cast.theo, at=at)[1], Client()
    client.get(reverse("portal:open_link", args=[token]))
    day = client.get(reverse("portal:today")).text
    assert "Tick what you did" in day and "5 days a week" in day and f'href="{reverse("portal:today")}"' in client.get(URL).text
    end_task(task_id=held[1], by=cast.ben, at=at)
    assert "Tick what you did" not in client.get(reverse("portal:today")).text


def test_the_page_is_audited_and_costs_the_same_for_many(cast: Cast, held: tuple[UUID, UUID], at: datetime) -> None:
    client = phone(cast, at)
    rows = audit_rows(lambda: client.get(URL))
    assert [(row.event, row.person_id, row.actor_kind) for row in rows] == [("portal.page_read", cast.dan_id, "link")]
    before = queries_for(client, URL)
    for number in range(49):
        set_task(aftercare_id=held[0], text=f"Task {number}", per_week=3, key=f"task {number}", by=cast.ben, at=at)
    assert queries_for(client, URL) == before
