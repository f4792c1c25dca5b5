"""A full disk: the entry is refused as a whole, nothing half is stored, and it goes in when there is room again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry
from tests.support.cast import Cast
from tests.support.live_rooms import live_room


@pytest.mark.engine("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_refuses_and_recovers(cast: Cast, at: datetime) -> None:
    room, browser = live_room(cast, at - timedelta(minutes=20)), cast.client("ben")
    entry = {"key": "k", "kind": "note", "taken_at": None, "payload": {"text": "x" * 1800}}

    def chart(key: str) -> int:
        body = json.dumps({**entry, "key": key})
        return browser.post(f"/sessions/{room.session_id}/chart/", data=body, content_type="application/json").status_code

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # no free pages inside the file: the next row needs the disk
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
        before = Entry.objects.filter(session_id=room.session_id).count()
        answers = [chart(f"full-{number}") for number in range(12)]
        cursor.execute("PRAGMA max_page_count = 1073741823")
    stored = Entry.objects.filter(session_id=room.session_id).count() - before
    assert 500 in answers
    assert stored == answers.count(200)
    failed = answers.index(500)
    assert chart(f"full-{failed}") == 200
    assert Entry.objects.filter(session_id=room.session_id).count() == before + stored + 1
    assert first_broken_link(room.session_id) is None
