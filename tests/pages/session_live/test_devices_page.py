"""The monitors' page: a key is shown once, a room has one monitor, and who may do it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client

from afterglow.pathway.session.models import Device
from afterglow.pathway.session.queries.devices import devices_by_key, key_digest
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.live_rooms import live_room

pytestmark = pytest.mark.django_db
URL = "/sessions/devices/"


def send(client: Client, cast: Cast, **changes: str) -> tuple[int, str]:
    usual = {"name": "Monitor 7", "room": str(cast.room_id), "profile": "bedside_seconds", "caution": ""}
    answer = client.post(URL, usual | changes)
    return answer.status_code, answer.content.decode()


def test_a_monitor_is_registered_and_its_key_shown_once(cast: Cast) -> None:
    ben = cast.client("ben")
    status, html = send(ben, cast, caution="Training device")
    assert status == 200
    shown = re.search(r"<code>(ag_[^<]+)</code>", html)
    assert shown is not None
    found = devices_by_key([key_digest(shown[1])])[key_digest(shown[1])]
    assert (found.name, found.room_id, found.caution) == ("Monitor 7", cast.room_id, "Training device")
    again = ben.get(URL).content.decode()
    assert "Monitor 7" in again
    assert shown[1] not in again
    assert "never" in again


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(cast: Cast) -> None:
    ben = cast.client("ben")
    for changes in ({"name": ""}, {"room": str(cast.talk_room_id)}, {"profile": "by_hand"}):
        status, html = send(ben, cast, **({"caution": "Kept words"} | changes))
        assert status == 422
        assert "Kept words" in html
    assert Device.objects.count() == 0
    send(ben, cast)
    status, html = send(ben, cast, name="Second")
    assert status == 422
    assert "Monitor 7 already sends to this room." in html
    assert Device.objects.count() == 1


def test_one_is_taken_out_of_use(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, state="checked_in")
    assert cast.client("cora").post(URL, {"end": str(room.device_id)}).status_code == 404
    assert cast.client("ben").post(URL, {"end": "none"}).status_code == 404
    assert Device.objects.get().ended_at is None
    assert cast.client("ben").post(URL, {"end": str(room.device_id)}).status_code == 302
    assert Device.objects.get().ended_at is not None
    assert "No monitor is registered" in cast.client("ben").get(URL).content.decode()


def test_the_list_costs_the_same_and_writes_one_row(cast: Cast, at: datetime) -> None:
    ben = cast.client("ben")
    live_room(cast, at)
    one = queries_for(ben, URL)
    for number in range(2, 12):
        live_room(cast, at, number)
    assert queries_for(ben, URL) == one
    (row,) = audit_rows(lambda: ben.get(URL))
    assert (row.event, row.new_text) == ("session.devices_read", '{"rows":11}')


# req: S35
def test_who_may_register(cast: Cast) -> None:
    assert [cast.client(who).get(URL).status_code for who in ("ben", "olga", "ana", "theo", "faye")] == [200, 200, 403, 403, 403]
    assert Client().get(URL).status_code == 302
