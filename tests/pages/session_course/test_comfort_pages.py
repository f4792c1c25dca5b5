"""Distress with its plan, and touch: who opens the pages, what stands on them, what they keep, what the leaving page says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.flags.models import Flag
from tests.support.counting import audit_rows, queries_for
from tests.support.session import OnTheWay


def url(way: OnTheWay, part: str) -> str:
    return f"/sessions/{way.session_id}/{part}/"


def shown(way: OnTheWay, part: str) -> str:
    return way.cast.client("ben").get(url(way, part)).content.decode()


@pytest.mark.parametrize("part", ["distress", "touch", "setting"])
def test_who_opens_it_and_what_it_leaves(way: OnTheWay, part: str) -> None:
    rows = audit_rows(lambda: shown(way, part))
    assert [(row.event, row.person_id) for row in rows] == [("session.charting_read", way.person_id)]
    assert way.cast.client("cora").get(url(way, part)).status_code == 404
    assert way.cast.client("faye").get(url(way, part)).status_code == 403


# req: S80
# req: S17
def test_the_plan_is_at_hand_and_what_was_done_is_kept(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    record_comfort(person_id=way.person_id, triggers="doors that slam", by=way.cast.ben, at=timezone.now() - timedelta(days=1))
    page = shown(way, "distress")
    assert "What to do, in order" in page and "Stay beside them." in page and "doors that slam" in page
    assert url(way, "stop") in page and url(way, "emergency") in page and "Not asked since the start." in page
    assert " checked" not in page, "nothing is chosen beforehand"
    empty = ben.post(url(way, "distress"), {"key": "a"})
    assert empty.status_code == 422 and 'id="id_rating_error"' in empty.content.decode()
    few = queries_for(ben, url(way, "distress"))
    assert ben.post(url(way, "distress"), {"key": "b", "rating": "8", "did": ["stayed"]}).status_code == 302
    assert ben.post(url(way, "distress"), {"key": "c", "rating": "2"}).status_code == 302
    assert "Highest 8 of 10, of 2 ratings. The last was 2." in shown(way, "distress")
    assert queries_for(ben, url(way, "distress")) == few
    assert "Highest 8 of 10, of 2 ratings" in shown(way, "leaving")
    room = shown(way, "room")
    assert "Distress 8 of 10." in room and url(way, "touch") in room and url(way, "distress") in room


# req: S83
# hazard: H43
def test_a_stamp_changes_what_the_room_says(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    assert "Touch: not asked" in shown(way, "room")
    refused = ben.post(url(way, "touch"), {"key": "a", "stamp": "as_agreed"})
    assert refused.status_code == 422 and "Nothing is agreed that holds now." in refused.content.decode()
    assert ben.post(url(way, "touch"), {"key": "b", "stamp": "without"}).status_code == 422
    assert not Flag.objects.filter(kind="touch_without_word").exists()
    assert ben.post(url(way, "touch"), {"key": "c", "stamp": "said_no"}).status_code == 302
    room = shown(way, "room")
    assert "Do not touch to comfort:" in shown(way, "room/side"), "another screen hears of it with the next part that is drawn"
    assert "Do not touch" in room and "Touch: Offered now, and they said no: not touched." in room


# req: S84
# req: S83
def test_the_setting_stands_in_the_room_and_is_filled_in_when_noted_anew(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    assert "Who of staff is in the room: not noted." in shown(way, "room") and " checked" not in shown(way, "setting")
    empty = ben.post(url(way, "setting"), {"key": "a"})
    assert empty.status_code == 422 and "Say who is in the room" in empty.content.decode()
    few = queries_for(ben, url(way, "room"))
    told = {"key": "b", "here": [str(way.cast.ben.user_id)], "music": "piano", "eyeshade": "on"}
    assert ben.post(url(way, "setting"), told).status_code == 302
    room = shown(way, "room")
    assert "<b>Of staff only Ben Okoye is noted in the room.</b>" in room and "Music: piano." in room and "Eyeshade on." in room
    assert queries_for(ben, url(way, "room")) == few
    again = shown(way, "setting")
    assert 'value="piano"' in again and again.count(" checked") == 2
