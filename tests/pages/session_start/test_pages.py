"""Day, check-in, gate, draw, limits, equipment: status, one audit row, constant queries, empty, bad input, and the walk without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.ground import ids
from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.models import CheckInAnswer, EquipmentCheck, LimitAcceptance, Override, Session
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.records.cabinet.models import Movement
from afterglow.records.schedule.actions.add_room import add_room
from tests.support import session as steps
from tests.support.cast import PASSWORD, Cast, address
from tests.support.session import EQUIPMENT, FIVE_NO, OnTheWay


def url(name: str, *args: Any) -> str:
    return reverse(f"session:{name}", args=args)


def rows(event: str) -> int:
    return AuditRow.objects.filter(event=event).count()


PAGES = ("check_in", "gate", "draw")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_about_one_person_writes_one_audit_row(way: OnTheWay, name: str) -> None:
    before = AuditRow.objects.count()
    answer = way.cast.client("ben").get(url(name, way.session_id))
    assert answer.status_code == 200
    assert AuditRow.objects.count() == before + 1
    row = AuditRow.objects.order_by("id").last()
    assert row is not None and row.person_id == way.person_id and row.event == f"session.{name}_read"


@pytest.mark.parametrize("name", PAGES)
def test_strangers_get_404_and_the_desk_403(way: OnTheWay, name: str) -> None:
    assert way.cast.client("cora").get(url(name, way.session_id)).status_code == 404
    assert way.cast.client("faye").get(url(name, way.session_id)).status_code == 403
    assert Client().get(url(name, way.session_id)).status_code == 302


def test_the_day_is_empty_until_somebody_is_due(cast: Cast, at: datetime) -> None:
    page = cast.client("ben").get(url("day"))
    assert page.status_code == 200 and b"No dosing visit today" in page.content
    assert cast.client("ben").get(f"{url('day')}?site={cast.other_site_id}").status_code == 404
    assert cast.client("ben").get(f"{url('day')}?site=x").status_code == 404
    assert cast.client("faye").get(url("day")).status_code == 403


# req: C13
def test_the_day_costs_the_same_for_one_and_for_many(way: OnTheWay, cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    client.get(url("day"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url("day")).status_code == 200
        return len(seen)

    once = cost()
    for number in range(49):
        room = add_room(site_id=cast.site_id, name=f"R{number}", kind="dosing", by=cast.olga, at=at)
        who = steps.somebody(cast, at, f"Person{number}")
        steps.booked(cast, who, way.plan_id, at, room_id=room, dose_no=2 + number)
    assert cost() == once
    assert client.get(url("day")).content.count(b"Check in<span") == 49


def test_check_in_from_the_day(cast: Cast, at: datetime) -> None:
    steps.screened(cast, cast.dan_id, at)
    steps.consented(cast, cast.dan_id, "Dan Marsh", at)
    visit = steps.booked(cast, cast.dan_id, steps.planned(cast, cast.dan_id, at), at)
    client = cast.client("ben")
    answer = client.post(url("open", visit))
    session = Session.objects.get()
    assert answer.status_code == 302 and answer["Location"] == url("check_in", session.id)
    assert session.state == "checked_in"
    assert client.post(url("open", visit)).status_code == 302
    Session.objects.update(state="not_started", ended_at=at)
    assert client.post(url("open", visit)).status_code == 422


# req: C10, C8
def test_nothing_is_filled_in_and_a_blank_section_records_nothing(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    page = client.get(url("check_in", way.session_id)).content.decode()
    assert not re.search(r"<input[^>]* checked", page) and not re.search(r"<option[^>]* selected", page)
    assert client.post(url("save_answers", way.session_id), {"section": "person", "key": ids.new_token()}).status_code == 302
    assert not CheckInAnswer.objects.exists()


def test_a_section_saves_what_is_whole_and_gives_back_what_is_not(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    sent = {
        "section": "person",
        "key": ids.new_token(),
        "identity-identifiers": ["full name", "birth date"],
        "intoxication-said": "no",
        "escort-kind": "adult",
        "escort-adult_name": "",
        **{f"suicide-{item}": said for item, said in FIVE_NO.items()},
    }
    answer = client.post(url("save_answers", way.session_id), sent)
    assert answer.status_code == 422 and b"Write down the adult" in answer.content
    assert re.search(rb'name="escort-kind"[^>]*value="adult"[^>]*checked', answer.content)
    assert set(CheckInAnswer.objects.values_list("item", flat=True)) == {"identity", "intoxication", "suicide"}
    page = client.get(url("check_in", way.session_id)).content.decode()
    assert "birth date, full name" in page or "full name, birth date" in page


# hazard: H19
def test_private_answers_are_not_shown_again(way: OnTheWay, at: datetime) -> None:
    answer_item(session_id=way.session_id, item="pregnancy", value={"organs": "yes", "result": "positive"}, key="p", by=way.cast.ben, at=at)
    for name in ("check_in", "gate"):
        page = way.cast.client("ben").get(url(name, way.session_id)).content.decode()
        assert "The prescriber speaks with the person alone first." in page
        assert "today: positive" not in page.lower() and "pregnant" not in page.lower()


def test_pressure_and_weight_by_form(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    pressure, weight = url("save_pressure", way.session_id), url("save_weight", way.session_id)
    assert client.post(pressure, {"sbp": "124", "dbp": "78", "key": "one"}).status_code == 302
    assert client.post(pressure, {"sbp": "78", "dbp": "124", "key": "two"}).status_code == 422
    assert client.post(pressure, {"sbp": "", "dbp": "78", "key": "three"}).status_code == 422
    assert CheckInAnswer.objects.filter(item="pressure").count() == 1
    assert client.post(weight, {"value": "70.5", "unit": "", "key": "w"}).status_code == 422
    doubtful = client.post(weight, {"value": "155", "unit": "kg", "key": "w"})
    assert doubtful.status_code == 422
    assert client.post(weight, {"value": "70.5", "unit": "kg", "key": "w"}).status_code == 302


def test_room_and_monitor_by_form(way: OnTheWay, cast: Cast) -> None:
    client, place = cast.client("ben"), url("save_place", way.session_id)
    assert client.post(place, {"monitor_id": str(cast.ben.user_id), "room_id": str(cast.room_2_id)}).status_code == 302
    session = Session.objects.get()
    assert (session.monitor_id, session.room_id) == (cast.ben.user_id, cast.room_2_id)
    assert client.post(place, {"room_id": str(cast.talk_room_id)}).status_code == 422
    assert client.post(place, {"monitor_id": "x"}).status_code == 422


# req: N1
def test_the_gate_shows_every_open_item_with_who_may_lift_it(way: OnTheWay) -> None:
    page = way.cast.client("ben").get(url("gate", way.session_id)).content.decode()
    assert "Nobody may lift this." in page and "Two patient identifiers" in page
    assert page.count("finding--unknown") + page.count("finding--unmet") >= 20


# req: S68
def test_start_by_form_takes_the_password(ready: OnTheWay) -> None:
    client = ready.cast.client("ben")
    page = client.get(url("gate", ready.session_id)).content.decode()
    key = re.search(r'name="key" value="([^"]+)" id="id_key"', page)
    assert key is not None and "I start 35 mg over 40 min at 30 mL/h for Dan Marsh, record 0412." in page
    wrong = client.post(url("start", ready.session_id), {"password": "not mine at all", "key": key[1]})
    assert wrong.status_code == 422 and b"This is not your password" in wrong.content
    assert client.post(url("start", ready.session_id), {"password": "", "key": key[1]}).status_code == 422
    done = client.post(url("start", ready.session_id), {"password": PASSWORD, "key": key[1]})
    assert done.status_code == 302 and done["Location"] == reverse("session:room", args=[ready.session_id])
    assert Session.objects.get().state == "dosing"
    again = client.post(url("start", ready.session_id), {"password": PASSWORD, "key": "another"})
    assert again.status_code == 422 and b"Ben Okoye started this dose at 09:00, 0 min ago." in again.content


# req: N1
def test_an_override_by_two_people_at_one_screen(ready: OnTheWay, at: datetime) -> None:
    answer_item(session_id=ready.session_id, item="escort", value={"kind": "none"}, key="e", by=ready.cast.ben, at=at)
    client = ready.cast.client("ana")
    sent = {"item": "escort", "saw": "Nobody takes the person home.", "reason": "Her sister is on the way.", "password": PASSWORD, "key": "o"}
    refused = client.post(url("override", ready.session_id), {**sent, "reason": "ok"})
    assert refused.status_code == 422 and b">ok</textarea>" in refused.content
    assert client.post(url("override", ready.session_id), {**sent, "reason": ""}).status_code == 422
    assert client.post(url("override", ready.session_id), sent).status_code == 302
    override = Override.objects.get()
    second = url("second", override.id)
    assert client.post(second, {"second_email": "", "second_password": ""}).status_code == 422
    same = client.post(second, {"second_email": address("ana"), "second_password": PASSWORD})
    assert same.status_code == 422 and b"same person" in same.content
    assert client.post(second, {"second_email": address("ben"), "second_password": PASSWORD}).status_code == 302
    page = client.get(url("gate", ready.session_id)).content.decode()
    assert "Everything that was asked is met" in page
    assert ready.cast.client("cora").post(second, {"second_email": address("cora"), "second_password": PASSWORD}).status_code == 404


def test_calling_off_by_form(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    assert client.post(url("call_off", way.session_id), {"reason": ""}).status_code == 422
    assert client.post(url("call_off", way.session_id), {"reason": "Fever."}).status_code == 302
    assert client.post(url("call_off", way.session_id), {"reason": "Fever."}).status_code == 302
    assert client.get(url("gate", way.session_id)).status_code == 200
    assert Session.objects.get().state == "not_started"


# req: S38
# hazard: H3
def test_draw_by_form_after_the_read_back(way: OnTheWay, at: datetime) -> None:
    lot, client = steps.a_lot(way.cast, at), way.cast.client("ben")
    assert b"ketAMINE" in client.get(url("draw", way.session_id)).content
    page = client.get(url("draw", way.session_id), {"lot": str(lot), "made_up_to": "20"}).content.decode()
    assert "<b>0.7 mL</b>, made up to 20 mL" in page and "<b>30 mL/h</b> for 40 min" in page
    assert 'name="said_strength" value' not in page
    sent = {
        "lot": str(lot), "made_up_to": "20", "said_drug": "ketamine_racemic", "said_strength": "50", "said_volume": "0.7", "said_rate": "30",
        "said_record_no": "0412", "second_email": address("ana"), "second_password": PASSWORD, "key": "d",
    }  # fmt: skip
    for change in (
        {"said_strength": "5"},
        {"said_record_no": "0413"},
        {"second_password": "wrong wrong wrong"},
        {"said_rate": ""},
        {"made_up_to": "0.5"},
    ):
        assert client.post(url("draw_drug", way.session_id), {**sent, **change}).status_code == 422, change
    assert not Movement.objects.filter(what="drawn").exists()
    assert client.post(url("draw_drug", way.session_id), sent).status_code == 302
    said = client.get(url("draw", way.session_id)).text
    assert "<b>35 mg</b> in <b>0.7 mL</b>" in said and "pump <b>30 mL/h</b>" in said and "lot " in said and "read back by" in said
    for odd in ({"lot": "x"}, {"lot": str(ids.new_id(at))}, {"lot": str(lot), "made_up_to": "abc"}, {"lot": str(lot), "made_up_to": "-1"}):
        assert client.get(url("draw", way.session_id), odd).status_code == 200


# req: N39
# hazard: H50
def test_limits_are_accepted_on_their_page_by_a_prescriber(cast: Cast, at: datetime) -> None:
    page = url("limits_of", cast.site_id)
    state = site_limits(cast.site_id)
    sent: dict[str, Any] = {f"{row.id}.{number['name']}": number["proposed"] for row in state.rows for number in row.numbers}
    sent |= {"key": "l", "password": PASSWORD}
    assert b"21 of 21 are open" in cast.client("ben").get(page).content
    assert cast.client("ben").post(page, sent).status_code == 403
    ana = cast.client("ana")
    assert ana.post(page, {**sent, "sbp.act_from": ""}).status_code == 422
    why = ana.post(page, {**sent, "sbp.act_from": "175"})
    assert why.status_code == 422 and b"no reason is given" in why.content
    assert ana.post(page, {**sent, "sbp.act_from": "175", "sbp.reason": "Our cuffs read low."}).status_code == 302
    assert LimitAcceptance.objects.count() == 21 and site_limits(cast.site_id).in_force.at("sbp", "act_from") == 175
    again = {**sent, "sbp.act_from": "175", "sbp.reason": "Our cuffs read low.", "key": "m"}
    assert ana.post(page, again).status_code == 302
    assert LimitAcceptance.objects.count() == 21
    assert cast.client("cora").get(page).status_code == 404
    assert ana.get(url("limits")).status_code == 200


# hazard: H46
def test_the_equipment_check_by_form(cast: Cast) -> None:
    page, ben = url("equipment_of", cast.site_id), cast.client("ben")
    assert b"No check is on record" in ben.get(page).content
    whole = dict.fromkeys(EQUIPMENT, "there")
    assert ben.post(page, {"oxygen": "there", "key": "half"}).status_code == 422
    assert ben.post(page, {**whole, "suction": "missing", "key": "a"}).status_code == 302
    assert b"Missing: Suction" in ben.get(url("day")).content
    assert ben.post(page, {**whole, "key": "b"}).status_code == 302
    assert list(EquipmentCheck.objects.order_by("id").values_list("complete", flat=True)) == [False, True]
    assert cast.client("cora").get(page).status_code == 404 and cast.client("faye").get(page).status_code == 403


def test_after_the_start_the_check_in_is_history(ready: OnTheWay, at: datetime) -> None:
    steps.started(ready, at)
    client = ready.cast.client("ben")
    page = client.get(url("check_in", ready.session_id)).content
    assert b"these answers are history" in page and b'name="escort-kind"' not in page
    sent = {"section": "person", "key": "x", "night-name": "Mia"}
    assert client.post(url("save_answers", ready.session_id), sent).status_code == 422
