"""The page and the room: what was done for a mark stands at the mark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.follow_mark import follow_mark
from tests.support.counting import queries_for
from tests.support.course import vitals
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db


def answered(way: OnTheWay, minute: int = 10) -> int:
    at = way.at + timedelta(minutes=minute)
    vitals(way, at, spo2=88, words={})
    return acknowledge(session_id=way.session_id, saw="Mask <b>off</b>.", key=f"seen {minute}", by=way.cast.ben, at=at + timedelta(seconds=20)).seq


# req: S71
def test_a_mark_is_followed_from_the_room_without_a_script(way: OnTheWay) -> None:
    ben, room, url = way.cast.client("ben"), f"/sessions/{way.session_id}/room/", f"/sessions/{way.session_id}/followed/"
    assert "No mark was answered yet" in ben.get(url).text and "Say what was done" not in ben.get(room).text
    assert "Chart it" not in ben.get(url).text, "nothing to follow, nothing to send"
    answer = answered(way)
    entry = chart_note(session_id=way.session_id, text="Oxygen <i>2 L</i>.", key="n", by=way.cast.ben, at=way.at + timedelta(minutes=11)).seq
    assert f'{url}?answer={answer}"' in ben.get(room).text and "Mask &lt;b&gt;off&lt;/b&gt;." in ben.get(room).text
    assert "checked" in ben.get(url, {"answer": str(answer)}).text
    wrong = ben.post(url, {"key": "k", "answer": str(answer)})
    assert wrong.status_code == 422 and "Say what was done, or how it ended." in wrong.text
    assert ben.post(url, {"key": "k", "answer": "999", "did": "x"}).status_code == 422
    sent = {"key": "k", "answer": str(answer), "entries": [str(entry)], "ended": "over"}
    assert ben.post(url, sent).status_code == 302
    text = ben.get(room).text
    assert "Oxygen &lt;i&gt;2 L&lt;/i&gt;." in text and "over, as before" in text and "Say what was done" not in text
    assert url not in way.cast.client("olga").get(room).text


# req: S71
def test_more_marks_cost_the_room_no_more_queries(way: OnTheWay) -> None:
    ben, room = way.cast.client("ben"), f"/sessions/{way.session_id}/room/"
    ben.get(room)
    before = queries_for(ben, room)
    for minute in (10, 16, 22):
        answer = answered(way, minute)
        follow_mark(session_id=way.session_id, answer=answer, did="Head raised.", key=f"f {minute}", by=way.cast.ben, at=timezone.now())
    assert queries_for(ben, room) == before
    assert ben.get(room).text.count("Head raised.") >= 3
