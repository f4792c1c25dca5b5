"""The leaving list as a page, its small forms, and the ways out; works without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Leaving, Session
from afterglow.pathway.session.rules.discharge_facts import TAPS
from tests.support.cast import PASSWORD
from tests.support.counting import audit_rows, queries_for
from tests.support.course import finish, vitals
from tests.support.session import FIVE_NO, OnTheWay


def url(way: OnTheWay, part: str = "") -> str:
    return f"/sessions/{way.session_id}/leaving/" + (f"{part}/" if part else "")


def post(client: Client, way: OnTheWay, part: str, key: str, **fields: str):
    return client.post(url(way, part), {"key": key, **fields})


@pytest.fixture
def recovering(way: OnTheWay) -> OnTheWay:
    """Stopped after ten minutes; the wall clock cannot be waited for, so the clock's own item stays open."""
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=way.at + timedelta(minutes=10))
    finish(way, way.at + timedelta(minutes=10))
    return way


def test_the_list_is_one_row_in_the_trail_and_costs_the_same_at_fifty_entries(recovering: OnTheWay) -> None:
    client = recovering.cast.client("ben")
    rows = audit_rows(lambda: client.get(url(recovering)))
    assert [(row.event, row.person_id) for row in rows] == [("session.leaving_read", recovering.person_id)]
    few = queries_for(client, url(recovering))
    for number in range(50):
        vitals(recovering, timezone.now(), key=f"v{number}")
    assert queries_for(client, url(recovering)) == few <= 40


@pytest.mark.parametrize(("who", "status"), [("ben", 200), ("ana", 200), ("theo", 200), ("faye", 403), ("olga", 403), ("cora", 404)])
def test_who_sees_the_list(recovering: OnTheWay, who: str, status: int) -> None:
    assert recovering.cast.client(who).get(url(recovering)).status_code == status


def test_before_recovery_the_page_says_so(way: OnTheWay) -> None:
    html = way.cast.client("ben").get(url(way)).content.decode()
    assert "answered in recovery" in html and "Another way out" in html


# req: S88
# hazard: H20
def test_the_page_lists_everything_that_is_open_and_takes_every_answer(recovering: OnTheWay) -> None:
    ben = recovering.cast.client("ben")
    html = ben.get(url(recovering)).content.decode()
    assert "Oriented to person, place, time and situation" in html and "Not reviewed by a clinician yet" in html
    for item in TAPS:
        assert post(ben, recovering, "tap", f"t {item}", item=item, ok="yes").status_code == 302
    scores = dict.fromkeys(("activity", "respiration", "circulation", "consciousness", "saturation"), "2")
    assert post(ben, recovering, "aldrete", "al", **scores).status_code == 302
    assert post(ben, recovering, "handover", "h", kind="adult", to_name="Mia Marsh", adult_present="yes", has_the_keys="yes").status_code == 302
    assert post(ben, recovering, "night", "n", person="Mia Marsh").status_code == 302
    assert post(ben, recovering, "suicide", "s", **FIVE_NO).status_code == 302
    answer = post(ben, recovering, "discharge", "d")
    html = answer.content.decode()
    assert answer.status_code == 422 and "still open" in html and "after the end of the dose" in html
    assert Session.objects.get(id=recovering.session_id).state == "recovery"
    assert "I saw it" not in html  # every tap is answered


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("tap", {"item": "gait"}),
        ("tap", {"item": "time", "ok": "yes"}),
        ("aldrete", {"activity": "2"}),
        ("handover", {"kind": "ride_share", "to_name": "a driver"}),
        ("handover", {"kind": "adult", "to_name": "Mia Marsh"}),
        ("night", {}),
        ("suicide", {"thoughts": "no"}),
    ],
)
def test_half_an_answer_comes_back(recovering: OnTheWay, part: str, fields: dict[str, str]) -> None:
    assert post(recovering.cast.client("ben"), recovering, part, "k", **fields).status_code == 422


def test_only_a_prescriber_signs_for_a_pressure(recovering: OnTheWay) -> None:
    vitals(recovering, timezone.now() - timedelta(minutes=12), sbp=152, dbp=80)
    vitals(recovering, timezone.now(), sbp=152, dbp=80)
    ana = recovering.cast.client("ana")
    assert "Sign that it is enough" in ana.get(url(recovering)).content.decode()
    assert "Sign that it is enough" not in recovering.cast.client("ben").get(url(recovering)).content.decode()
    assert post(recovering.cast.client("ben"), recovering, "pressure", "p", sbp="152", password=PASSWORD).status_code == 403
    wrong = post(ana, recovering, "pressure", "p", sbp="152", password="not my password 1")
    assert wrong.status_code == 422 and b"not my password 1" not in wrong.content
    assert post(ana, recovering, "pressure", "p2", sbp="152", password=PASSWORD).status_code == 302
    assert "Sign that it is enough" not in ana.get(url(recovering)).content.decode()


# hazard: H16
def test_a_yes_asks_for_an_assessment_on_the_page(recovering: OnTheWay) -> None:
    ben, ana = recovering.cast.client("ben"), recovering.cast.client("ana")
    assert post(ben, recovering, "suicide", "s", **{**FIVE_NO, "thoughts": "yes", "new_or_worse": "yes"}).status_code == 302
    assert "Assessment after such an answer" in ana.get(url(recovering)).content.decode()
    assert post(ben, recovering, "assessment", "a", allows="yes", text="x").status_code == 422
    assert post(ana, recovering, "assessment", "a", allows="yes", text="Spoke with him.").status_code == 302
    assert "Assessment after such an answer" not in ana.get(url(recovering)).content.decode()


# hazard: H54
@pytest.mark.parametrize("part", ["transfer", "against-advice"])
def test_another_way_out_asks_for_nothing(way: OnTheWay, part: str) -> None:
    ben = way.cast.client("ben")
    rows = audit_rows(lambda: ben.get(url(way, part)))
    assert len(rows) == 1
    answer = post(ben, way, part, "x")
    assert answer.status_code == 302
    html = ben.get(url(way)).content.decode()
    assert Leaving.objects.filter(session_id=way.session_id).exists() and "No driving" in html and "Write a late addendum" in html
    assert post(ben, way, part, "y").status_code == 422


def test_another_way_out_keeps_what_was_typed(way: OnTheWay) -> None:
    answer = post(way.cast.client("ben"), way, "transfer", "x", to_where="County", pump_stopped_at="soon")
    assert answer.status_code == 422 and b"County" in answer.content and not Leaving.objects.exists()


@pytest.mark.parametrize("part", ["transfer", "against-advice", "discharge", "tap"])
def test_the_ways_out_are_closed_to_others(recovering: OnTheWay, part: str) -> None:
    for who, status in (("cora", 404), ("faye", 403)):
        assert post(recovering.cast.client(who), recovering, part, "k", item="gait", ok="yes").status_code == status


@pytest.mark.parametrize(("part", "fields"), [("tap", {"item": "gait"}), ("night", {"person": ""}), ("aldrete", {"activity": "2"}), ("suicide", {})])
def test_half_an_answer_is_said_above_the_list_too(recovering: OnTheWay, part: str, fields: dict[str, str]) -> None:
    html = post(recovering.cast.client("ben"), recovering, part, "half", **fields).content.decode()
    assert "This was not recorded" in html and 'role="alert"' in html
