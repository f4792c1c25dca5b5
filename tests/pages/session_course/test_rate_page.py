"""Mood and dissociation: the page that asks, the leaving page that shows, and what was not asked."""

from __future__ import annotations

from django.utils import timezone

from tests.support.counting import audit_rows
from tests.support.course import finish, waste_rest
from tests.support.session import OnTheWay


def url(way: OnTheWay) -> str:
    return f"/sessions/{way.session_id}/rate-person/"


# req: S53
# req: S77
def test_only_what_is_asked_now_is_offered_and_the_leaving_page_shows_it(way: OnTheWay) -> None:
    ben, leaving = way.cast.client("ben"), f"/sessions/{way.session_id}/leaving/"
    rows = audit_rows(lambda: ben.get(url(way)))
    assert [(row.event, row.person_id) for row in rows] == [("session.charting_read", way.person_id)]
    during = ben.get(url(way)).content.decode()
    assert 'value="cadss_peak"' in during and 'value="mood_end"' not in during and 'value="mood_before"' not in during
    now = timezone.now()
    finish(way, now)
    waste_rest(way, now)
    assert "not asked" in ben.get(leaving).content.decode()
    empty = ben.post(url(way), {"key": "a", "rated": "mood_end"})
    assert empty.status_code == 422 and 'id="id_value_error"' in empty.content.decode()
    assert ben.post(url(way), {"key": "b", "rated": "mood_end", "value": "2"}).status_code == 302
    assert ben.post(url(way), {"key": "c", "rated": "cadss_end", "declined": "asked to be left alone"}).status_code == 302
    shown = ben.get(leaving).content.decode()
    assert "<dd>2 " in shown and "no number: asked to be left alone" in shown and "Not asked since the start" in shown
    assert way.cast.client("cora").get(url(way)).status_code == 404
    assert way.cast.client("faye").get(url(way)).status_code == 403


# req: S53
def test_the_trajectory_has_a_row_for_the_dose_and_says_what_was_not_asked(way: OnTheWay) -> None:
    html = way.cast.client("ben").get(f"/response/people/{way.person_id}/").content.decode()
    row = html.partition("Each dose as it was for the person")[2]
    assert "Dose 1," in row and row.count("<td>not asked</td>") == 3 and "Not asked since the start" in row
