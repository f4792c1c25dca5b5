"""The note against a fall: on the room's page, its own page, and at leaving."""

from __future__ import annotations

from django.utils import timezone

from tests.support.counting import audit_rows
from tests.support.course import finish, waste_rest
from tests.support.session import OnTheWay


# req: S75
# hazard: H55
def test_the_note_stands_in_the_room_and_at_leaving_and_says_what_is_done(way: OnTheWay) -> None:
    ben, base = way.cast.client("ben"), f"/sessions/{way.session_id}/"
    for part in ("room/", "room/side/"):
        shown = ben.get(f"{base}{part}").content.decode()
        assert "fall risk" in shown and "nobody named" in shown and "Nobody asked about falls" in shown, part
    rows = audit_rows(lambda: ben.get(f"{base}falls/"))
    assert [(row.event, row.person_id) for row in rows] == [("session.charting_read", way.person_id)]
    assert ben.post(f"{base}falls/", {"key": "a"}).status_code == 422
    sent = {"key": "b", "done": ["rails", "told"], "walks_with": "Nia Park", "fell": "no"}
    assert ben.post(f"{base}falls/", sent).status_code == 302
    again = ben.get(f"{base}falls/").content.decode()
    assert again.count(" checked") == 2, "what stands is ticked beforehand; the answer about falls is not"
    now = timezone.now()
    finish(way, now)
    waste_rest(way, now)
    leaving = ben.get(f"{base}leaving/").content.decode()
    assert "Rails up, or the chair locked" in leaving and "Walks with the person: Nia Park" in leaving
    assert "Nobody asked about falls" not in leaving
    assert way.cast.client("cora").get(f"{base}falls/").status_code == 404
    assert way.cast.client("faye").get(f"{base}falls/").status_code == 403
