"""The practice on the person's own phone: by a link for the course, ticked day by day, without a password and without a script."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.pathway.integration.actions.give_practice import end_practice
from afterglow.pathway.integration.models import PracticeDone
from tests.support.cast import register
from tests.support.counting import audit_rows, queries_for
from tests.support.integration import LATER, a_goal, a_practice, course_link, local_day
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
TODAY = local_day(LATER)


def phone(way: OnTheWay, token: str) -> Client:
    client = Client()
    assert client.get(reverse("portal:open_link", args=[token])).headers["Location"] == reverse("portal:practice")
    return client


# req: S97
def test_the_link_that_staff_made_opens_the_practice(way: OnTheWay) -> None:
    practice = a_practice(way, a_goal(way))
    made = way.cast.client("theo").post(reverse("portal:practice_link", args=[way.person_id]))
    assert made.status_code == 200 and "Works for 28 days." in made.text
    token = unescape(made.text).split("/l/")[1].split("/")[0]
    client, url = phone(way, token), reverse("portal:practice")
    text = client.get(url).text
    for words in ("Walk by the water", "For your goal: Swim again", "Done on 0 of 3 days", "Today: I did it", "still to come", "988"):
        assert words in text
    tick = reverse("portal:practice_tick", args=[practice])
    assert client.post(tick, {"on": TODAY.isoformat(), "done": "yes"}).headers["Location"] == url
    assert client.post(tick, {"on": TODAY.isoformat(), "done": "yes"}).status_code == 302
    assert PracticeDone.objects.count() == 1
    assert "Done on 1 of 3 days" in client.get(url).text
    assert client.post(tick, {"on": TODAY.isoformat(), "done": "no"}).status_code == 302
    assert "Done on 0 of 3 days" in client.get(url).text
    row = PracticeDone.objects.latest("id")
    assert row.recorded_by == "Dan Marsh (link)"


def test_a_day_to_come_is_refused_in_words_and_no_day_is_no_page(way: OnTheWay) -> None:
    practice, (_, token) = a_practice(way, a_goal(way)), course_link(way.cast, LATER)
    client, tick = phone(way, token), reverse("portal:practice_tick", args=[practice])
    ahead = client.post(tick, {"on": (TODAY + timedelta(days=1)).isoformat(), "done": "yes"})
    assert ahead.status_code == 422 and "This day has not come yet." in ahead.text
    assert client.post(tick, {"on": "x"}).status_code == 404
    end_practice(practice_id=practice, reason="too much", by=way.cast.theo, at=LATER)
    assert client.post(tick, {"on": TODAY.isoformat(), "done": "yes"}).status_code == 422
    assert "No practice is set for this week" in client.get(reverse("portal:practice")).text
    assert not PracticeDone.objects.exists()


def test_another_persons_link_finds_nothing(way: OnTheWay) -> None:
    practice = a_practice(way, a_goal(way))
    una = register(way.cast.faye, LATER, "Una")
    _, token = course_link(way.cast, LATER, una)
    client = phone(way, token)
    assert "Walk by the water" not in client.get(reverse("portal:practice")).text
    assert client.post(reverse("portal:practice_tick", args=[practice]), {"on": TODAY.isoformat(), "done": "yes"}).status_code == 404
    assert client.get(reverse("portal:today")).status_code == 404, "it opens nothing but the practice"


def test_the_page_is_audited_costs_the_same_for_many_and_can_be_left(way: OnTheWay) -> None:
    goal, (_, token) = a_goal(way), course_link(way.cast, LATER)
    a_practice(way, goal)
    client, url = phone(way, token), reverse("portal:practice")
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.person_id, row.actor_kind) for row in rows] == [("portal.page_read", way.person_id, "link")]
    before = queries_for(client, url)
    for number in range(49):
        a_practice(way, goal, key=f"p{number}")
    assert queries_for(client, url) == before
    client.post(reverse("portal:practice_leave"))
    assert not client.cookies[LINK_COOKIE].value
    assert client.get(url).status_code == 404


def test_who_may_make_the_link(way: OnTheWay) -> None:
    url = reverse("portal:practice_link", args=[way.person_id])
    assert [way.cast.client(who).post(url).status_code for who in ("theo", "ana", "ben", "faye", "cora")] == [200, 403, 403, 403, 403]
    earlier = course_link(way.cast, LATER)[1]
    assert way.cast.client("theo").post(url).status_code == 200
    assert Client().get(reverse("portal:open_link", args=[earlier])).status_code == 410, "the earlier link stops working"
