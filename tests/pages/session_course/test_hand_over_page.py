"""The hand-over page, without a script; and where the monitor's name and what stands about it are shown: the room and the board."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.utils import timezone

from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Entry, Session
from tests.support.cast import PASSWORD, address
from tests.support.counting import audit_rows, queries_for
from tests.support.live_rooms import live_room
from tests.support.session import OnTheWay

WHY = "The only one on site; the other nurse is on her way."


def url(way: OnTheWay, part: str = "monitor") -> str:
    return f"/sessions/{way.session_id}/{part}/"


def page(client: Client, address_: str) -> str:
    answer = client.get(address_)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def send(client: Client, way: OnTheWay, to: UUID | None, *, key: str = "k", **more: str):
    return client.post(url(way), {"key": key, "to": str(to), "password": PASSWORD, **more})


def monitor(way: OnTheWay) -> UUID | None:
    return Session.objects.get(id=way.session_id).monitor_id


def in_recovery(way: OnTheWay, user_id: UUID | None, number: int) -> None:
    other = live_room(way.cast, timezone.now(), number)
    Session.objects.filter(id=other.session_id).update(monitor_id=user_id, state="recovery", dosing_ended_at=timezone.now())


# req: N9
# hazard: H45
def test_the_form_names_who_is_on_site_and_leads_back_to_the_room(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    room = ben.get(url(way, "room")).content.decode()
    assert "Monitor: <b>Ben Okoye</b>" in room and f'href="{url(way)}"' in room
    said = page(ben, url(way))
    assert "Ben Okoye monitors this person now" in said and "Ana Ruiz" in said and "second signature" not in said
    answer = send(ben, way, way.cast.ana.user_id)
    assert (answer.status_code, answer.headers["Location"]) == (302, url(way, "room"))
    assert monitor(way) == way.cast.ana.user_id
    after = page(ben, url(way, "room"))
    assert "Monitor: Ana Ruiz" in after and "Monitoring handed over: Ben Okoye to Ana Ruiz." in after


def test_it_is_signed_with_the_own_password_which_never_comes_back(way: OnTheWay) -> None:
    answer = send(way.cast.client("ben"), way, way.cast.ana.user_id, password="wrong password 1")
    assert answer.status_code == 422 and b"not your password" in answer.content and b"wrong password 1" not in answer.content
    assert monitor(way) == way.cast.ben.user_id


def test_nobody_chosen_and_somebody_who_is_not_here(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    for to in ("", str(way.cast.cora.user_id), "x"):
        answer = ben.post(url(way), {"key": "k", "to": to, "password": PASSWORD})
        assert answer.status_code == 422 and b"Who takes over" in answer.content
    assert monitor(way) == way.cast.ben.user_id


# req: N9
# hazard: H45
def test_what_two_signatures_lift_is_read_first_and_then_signed_by_both(way: OnTheWay) -> None:
    in_recovery(way, way.cast.ana.user_id, 1)
    ben = way.cast.client("ben")
    assert "Ana Ruiz (monitors 1 in recovery)" in page(ben, url(way))
    answer = send(ben, way, way.cast.ana.user_id, key="one")
    asked = answer.content.decode()
    assert answer.status_code == 422 and "Nobody is free: a reason and a second signature" in asked
    saw = html.unescape(re.search(r'name="saw" value="([^"]*)"', asked)[1])  # type: ignore[index]
    assert saw == "Ana Ruiz already monitors 1 in recovery. Name somebody who is free."
    both = {"saw": saw, "reason": WHY, "second_email": address("ana")}
    wrong = send(ben, way, way.cast.ana.user_id, key="two", **both, second_password="wrong password 1")
    assert wrong.status_code == 422 and b'name="second_email"' in wrong.content and b"wrong password 1" not in wrong.content
    assert monitor(way) == way.cast.ben.user_id
    assert send(ben, way, way.cast.ana.user_id, key="three", **both, second_password=PASSWORD).status_code == 302
    assert monitor(way) == way.cast.ana.user_id
    assert WHY in Entry.objects.get(session_id=way.session_id, kind="monitor_handed_over").text


# req: N9
# hazard: H45
def test_one_too_many_in_recovery_is_said_in_the_room_and_on_the_board_with_its_shape(way: OnTheWay) -> None:
    for number in (1, 2):
        in_recovery(way, way.cast.ben.user_id, number)
    stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=timezone.now())
    said = "Ben Okoye monitors 3 in recovery; the site allows 2: hand one over."
    ben = way.cast.client("ben")
    for where in (url(way, "room"), url(way, "room/line"), url(way), "/sessions/board/", "/sessions/board/?names=1", "/sessions/board/rooms/"):
        text = ben.get(where).content.decode()
        mark = re.search(r'<span class="mark mark--notify"[^>]*data-code="monitor.recovery_share">(.*?)</span></span>', text, re.DOTALL)
        assert mark is not None, where
        assert said in mark[1] and "<svg" in mark[1] and ", notify" in mark[1], where
    board = page(ben, "/sessions/board/")
    assert board.count(said) == 3
    assert page(ben, "/sessions/board/?names=1").count("Monitor: Ben Okoye") == 3
    send(ben, way, way.cast.ana.user_id)
    assert said not in page(ben, "/sessions/board/") and "Monitor: Ana Ruiz" in page(ben, "/sessions/board/")


def test_who_may_not_hand_over_is_not_offered_it(way: OnTheWay) -> None:
    assert url(way) not in way.cast.client("theo").get(url(way, "room")).content.decode()
    assert way.cast.client("theo").get(url(way)).status_code == 403


def test_a_redraw_of_the_line_writes_no_row_and_costs_the_same_with_more_rooms(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    assert audit_rows(lambda: ben.get(url(way, "room/line"))) == []
    few, form = queries_for(ben, url(way, "room/line")), queries_for(ben, url(way))
    for number in range(10):
        live_room(way.cast, timezone.now() - timedelta(minutes=1), number)
    assert (queries_for(ben, url(way, "room/line")), queries_for(ben, url(way))) == (few, form)
