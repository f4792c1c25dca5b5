"""Entries as JSON: 200 with the key only after they are stored; every refusal in words with its status."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.views.chart_json import KINDS
from tests.support.course import vitals
from tests.support.session import OnTheWay


def send(client: Client, way: OnTheWay, kind: str, payload: Any = None, *, key: str = "entry-1", **more: Any):
    body = {"key": key, "kind": kind, "payload": payload if payload is not None else {}, **more}
    return client.post(f"/sessions/{way.session_id}/chart/", body, content_type="application/json")


SENT = {
    "vitals": {"values": {"hr": {"value": 70, "unit": "/min"}}, "words": {"contact": "answers"}},
    "note": {"text": "Calm."},
    "event": {"kind": "nausea", "grade": 1, "done": ""},
    "medicine": {"name": "paracetamol", "amount": "500", "unit": "mg", "route": "oral", "rescue": "", "ordered_by": "Ana Ruiz"},
    "help": {"sentence": "Come"},
    "emergency": {"sign": "seizure"},
    "pause": {"reason": "restless"},
    "rate": {"rate_ul_per_h": 20_000, "reason": "nausea"},
    "stop": {},
    "finish": {"final_volume_ul": 15_000},
}


# req: R42
@pytest.mark.parametrize("kind", sorted(SENT))
def test_an_entry_is_stored_and_named_by_its_key(way: OnTheWay, kind: str) -> None:
    answer = send(way.cast.client("ben"), way, kind, SENT[kind])
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["key"] == "entry-1"
    assert Entry.objects.filter(session_id=way.session_id, seq=told["seq"]).exists()
    assert Session.objects.get(id=way.session_id).seq >= told["seq"]


def test_what_follows_another_entry(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    wrong = vitals(way, timezone.now(), words={}, sbp=190, dbp=80)
    assert send(ben, way, "acknowledged", {"upto": wrong.seq, "saw": "Feels well."}).status_code == 200
    anew = {
        "seq": wrong.seq,
        "reason": "wrong cuff",
        "replacement": {"values": {"sbp": {"value": 130, "unit": "mmHg"}, "dbp": {"value": 80, "unit": "mmHg"}}},
    }
    assert send(ben, way, "correct", anew, key="c").status_code == 200
    send(ben, way, "pause", key="p")
    assert send(ben, way, "resume", {"rate_ul_per_h": 15_000, "reason": "slower"}, key="r").status_code == 200
    assert send(ben, way, "addendum", {"text": "later"}, key="a").json()["code"] == "session.still_open"
    assert set(SENT) | {"acknowledged", "correct", "resume", "addendum"} == set(KINDS)


def test_a_retry_gets_the_first_answer_and_other_content_is_a_conflict(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    first = send(ben, way, "note", {"text": "Calm."})
    assert send(ben, way, "note", {"text": "Calm."}).json() == first.json()
    conflict = send(ben, way, "note", {"text": "Restless."})
    assert conflict.status_code == 409 and conflict.json()["code"] == "write.key_reused"
    assert Entry.objects.filter(session_id=way.session_id, kind="note").count() == 1


# hazard: H14
def test_the_true_time_is_kept_and_the_future_refused(way: OnTheWay) -> None:
    ben, then = way.cast.client("ben"), timezone.now() - timedelta(minutes=7)
    seq = send(ben, way, "note", {"text": "Calm."}, taken_at=then.isoformat()).json()["seq"]
    entry = Entry.objects.get(session_id=way.session_id, seq=seq)
    assert entry.taken_at == then and entry.late
    future = send(ben, way, "note", {"text": "x"}, key="f", taken_at=(timezone.now() + timedelta(minutes=5)).isoformat())
    assert (future.status_code, future.json()["code"], future.json()["field"]) == (422, "clock.future", "taken_at")
    assert send(ben, way, "note", {"text": "x"}, key="g", taken_at="ten o'clock").json()["code"] == "session.not_a_time"


@pytest.mark.parametrize(
    ("who", "kind", "status", "code"),
    [
        (None, "note", 401, "access.sign_in_needed"),
        ("faye", "note", 403, "access.forbidden"),
        ("theo", "pause", 403, "access.forbidden"),
        ("cora", "note", 404, "access.not_found"),
        ("cora", "stop", 404, "access.not_found"),
        ("ben", "dance", 422, "session.unknown_kind"),
    ],
)
def test_refusals_of_the_door(way: OnTheWay, who: str | None, kind: str, status: int, code: str) -> None:
    client = Client() if who is None else way.cast.client(who)
    answer = send(client, way, kind, SENT.get(kind, {}))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["sentence"]


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [
        ("vitals", {"values": {"hr": 70}}, "session.not_json"),
        ("vitals", {"values": {"hr": {"value": 0, "unit": "/min"}}}, "session.zero"),
        ("vitals", {"words": {"contact": 1}}, "session.not_json"),
        ("note", {"text": 5}, "session.not_text"),
        ("rate", {"rate_ul_per_h": "fast", "reason": "x"}, "session.not_a_number"),
        ("finish", {"final_volume_ul": 1.5}, "session.not_a_number"),
        ("correct", {"seq": 1, "replacement": "x", "reason": "y"}, "session.not_json"),
        ("note", ["text"], "session.not_json"),
        ("resume", {}, "session.not_now"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(way: OnTheWay, kind: str, payload: Any, code: str) -> None:
    before = Session.objects.get(id=way.session_id).seq
    answer = send(way.cast.client("ben"), way, kind, payload)
    assert answer.json()["code"] == code and answer.status_code == (409 if code == "session.not_now" else 422)
    assert Session.objects.get(id=way.session_id).seq == before


@pytest.mark.parametrize("body", ["", "[]", "{", "x" * 20_001])
def test_a_body_that_is_no_entry(way: OnTheWay, body: str) -> None:
    answer = way.cast.client("ben").post(f"/sessions/{way.session_id}/chart/", body, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["code"] in ("session.not_json", "session.too_long")


def test_an_entry_without_a_key_is_refused(way: OnTheWay) -> None:
    assert send(way.cast.client("ben"), way, "note", {"text": "x"}, key="").json()["code"] == "write.no_key"


# hazard: H57
def test_it_waits_for_its_author(way: OnTheWay) -> None:
    answer = send(way.cast.client("ana"), way, "note", {"text": "x"}, author=way.cast.ben.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "write.other_author")


def test_entries_need_the_browsers_own_token(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    client.handler.enforce_csrf_checks = True
    assert send(client, way, "note", {"text": "x"}).status_code == 403
