"""Leaving: the list that blocks until it is met, the ways out that never block, and the record that is closed after it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.chart_note import add_addendum, chart_note
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.leave import ExitWords, discharge, leave_against_advice, transfer
from afterglow.pathway.session.actions.leaving_item import accept_pressure, answer_leaving_item, answer_suicide_again, assess_again
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import CheckInAnswer, Leaving, Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.gate_facts_order import own_doses
from afterglow.pathway.session.queries.leaving import leaving_list, left
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.flags import queries as flags
from afterglow.records.schedule import queries as schedule
from tests.support.course import AT, CALM, finish, gone_home, list_answered, recovered, tap, vitals, waste_rest
from tests.support.session import FIVE_NO, OnTheWay, signature

TEN, FORTY = AT + timedelta(minutes=10), AT + timedelta(minutes=40)


def the_session(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def go_home(way: OnTheWay, at: datetime, key: str = "discharge", by=None):
    return discharge(session_id=way.session_id, key=key, by=by or way.cast.ben, at=at)


def open_items(way: OnTheWay, at: datetime) -> set[str]:
    return {finding.item for finding in leaving_list(the_session(way), at=at).verdict.open}


def refused_items(way: OnTheWay, at: datetime, key: str = "discharge") -> set[str]:
    with pytest.raises(Refusal) as caught:
        go_home(way, at, key)
    assert caught.value.code == "session.not_ready_to_leave"
    assert the_session(way).state == "recovery"
    return {finding.item for finding in caught.value.findings}


# req: S88
# hazard: H20
def test_home_with_everything_met_closes_the_record(way: OnTheWay) -> None:
    at = gone_home(way)
    session = the_session(way)
    row = left(way.session_id)
    assert (session.state, session.ended_at, row.how, row.by) == ("discharged", at, "discharged", "Ben Okoye")
    assert row.no_driving_until == FORTY + timedelta(hours=24)
    assert all(finding["state"] == "met" for finding in row.saw["findings"]) and row.saw["facts"]["handover"]["to_name"] == "Mia Marsh"
    assert schedule.appointment(session.appointment_id, way.cast.clinic_id).state == "done"
    assert cabinet.draws_of(way.session_id).closed
    assert AuditRow.objects.get(event="session.left").person_id == way.person_id
    assert first_broken_link(way.session_id) is None


# hazard: H20
def test_everything_open_is_listed_at_once(way: OnTheWay) -> None:
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TEN)
    assert refused_items(way, TEN) == {
        "time",
        "pressure",
        "pressure_near_own",
        "heart_rate",
        "saturation",
        "alertness",
        "aldrete",
        "oriented",
        "speech",
        "reality",
        "gait",
        "nausea",
        "orthostatic",
        "no_drive_text",
        "suicide",
        "escort",
        "pump_volume",
        "drug_rest",
    }  # fmt: skip  (who stays this night was named at the check-in)


@pytest.mark.parametrize("missing", ["oriented", "gait", "nausea", "no_drive_text", "aldrete", "escort", "suicide"])
def test_one_missing_tap_keeps_the_list_open(way: OnTheWay, missing: str) -> None:
    at = recovered(way)
    list_answered(way, at, but={missing: None})
    assert refused_items(way, at) == {missing}


# hazard: H20
def test_ninety_minutes_count_from_the_end_and_a_rescue_drug_starts_an_hour(way: OnTheWay) -> None:
    at = recovered(way, min_after=89)
    list_answered(way, at)
    assert refused_items(way, at) == {"time"}
    later = at + timedelta(minutes=1)
    assert open_items(way, later) == set()
    dose = Dose(name="midazolam", amount="1", unit="mg", route="iv")
    give_medicine(session_id=way.session_id, dose=dose, ordered_by="Ana Ruiz", key="m", by=way.cast.ben, at=later)
    assert {"time", "pressure", "oriented"} <= refused_items(way, later + timedelta(minutes=1), "again")  # taps of before the drug do not count
    assert leaving_list(the_session(way), at=later).earliest_at == later + timedelta(minutes=60)


# hazard: H20
def test_numbers_older_than_a_quarter_of_an_hour_do_not_count(way: OnTheWay) -> None:
    at = recovered(way)
    late = at + timedelta(minutes=20)
    list_answered(way, late)
    assert refused_items(way, late) == {"pressure", "pressure_near_own", "heart_rate", "saturation", "alertness"}


# req: S69
# hazard: H20
def test_a_heart_rate_that_was_not_taken_since_the_dose_or_is_too_high_keeps_the_list_open(way: OnTheWay) -> None:
    over = FORTY + timedelta(minutes=95)
    finish(way, FORTY)
    waste_rest(way, FORTY)
    without = {code: value for code, value in CALM.items() if code != "hr"}
    for minutes in (12, 1):
        vitals(way, over - timedelta(minutes=minutes), **without)
    list_answered(way, over)
    assert refused_items(way, over) == {"heart_rate"}
    vitals(way, over, hr=118)
    assert refused_items(way, over, "fast") == {"heart_rate"}
    later = over + timedelta(minutes=3)
    vitals(way, later, hr=84)
    assert open_items(way, later) == set()


def test_drug_that_nobody_accounts_for_keeps_the_list_open(way: OnTheWay) -> None:
    finish(way, FORTY, volume_ul=19_500)
    at = FORTY + timedelta(minutes=95)
    for minutes in (12, 1):
        vitals(way, at - timedelta(minutes=minutes))
    list_answered(way, at)
    assert refused_items(way, at) == {"drug_rest"}
    waste_rest(way, at)
    go_home(way, at, "again")


# hazard: H21
@pytest.mark.parametrize(
    ("handover", "sentence"),
    [
        ({"adult_present": False}, "not here yet"),
        ({"has_the_keys": None}, "Ask who drives"),
        ({"has_the_keys": False}, "does not have the keys"),
        ({"kind": "medical_transport", "documented": False}, "not documented"),
    ],
)
def test_the_person_is_handed_to_a_named_adult_with_the_keys(way: OnTheWay, handover: dict, sentence: str) -> None:
    at = recovered(way)
    given = {"kind": "adult", "to_name": "Mia Marsh", "adult_present": True, "has_the_keys": True, "documented": None} | handover
    list_answered(way, at, but={"escort": given})
    (finding,) = leaving_list(the_session(way), at=at).verdict.open
    assert finding.item == "escort" and sentence in finding.sentence


# hazard: H21
@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("escort", {"kind": "ride_share", "to_name": "a driver", "adult_present": True}),
        ("escort", {"kind": "adult", "to_name": " ", "adult_present": True}),
        ("oriented", {"ok": "yes"}),
        ("aldrete", {"parts": {"activity": 3}}),
        ("night", {"person": ""}),
        ("time", {"ok": True}),
    ],
)
def test_half_an_answer_is_refused(way: OnTheWay, item: str, value: dict) -> None:
    finish(way, FORTY)
    with pytest.raises(Refusal) as caught:
        tap(way, item, FORTY, value)
    assert caught.value.code == "session.answer_incomplete"


def test_taps_wait_for_recovery_and_are_audited(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        tap(way, "gait", TEN)
    assert caught.value.code == "session.not_recovering"
    finish(way, FORTY)
    assert tap(way, "gait", FORTY, key="same") == tap(way, "gait", FORTY, key="same")
    assert AuditRow.objects.filter(event="session.leaving_item_answered").count() == 1
    with pytest.raises(Refusal) as caught:
        answer_leaving_item(session_id=way.session_id, item="pressure_near_own", value={"sbp": 120}, key="p", by=way.cast.ben, at=FORTY)
    assert caught.value.code == "session.signature_needed"


def far_from_own(way: OnTheWay) -> datetime:
    """Everything met but the pressure, 152 against an own 123."""
    finish(way, FORTY)
    at = FORTY + timedelta(minutes=95)
    for minutes in (12, 1):
        vitals(way, at - timedelta(minutes=minutes), sbp=152, dbp=80, hr=66, spo2=98, moaas=5)
    list_answered(way, at)
    return at


def test_a_pressure_far_from_the_persons_own_needs_a_prescribers_signature(way: OnTheWay) -> None:
    at = far_from_own(way)
    assert open_items(way, at) == {"pressure_near_own"}
    signed = {"session_id": way.session_id, "sbp": 152.0, "key": "sign", "at": at}
    with pytest.raises(Forbidden):
        accept_pressure(signed=signature(way.cast.ben, at), by=way.cast.ben, **signed)
    stale = Signature(way.cast.ana.user_id, "Ana Ruiz", at - timedelta(minutes=5))
    for wrong in (signature(way.cast.ben, at), stale):
        with pytest.raises(Refusal) as caught:
            accept_pressure(signed=wrong, by=way.cast.ana, **signed)
        assert caught.value.code == "accounts.not_confirmed"
    accept_pressure(signed=signature(way.cast.ana, at), by=way.cast.ana, **signed)
    assert open_items(way, at) == set()


def test_a_signature_does_not_cover_a_worse_pressure(way: OnTheWay) -> None:
    at = far_from_own(way)
    accept_pressure(session_id=way.session_id, sbp=152.0, signed=signature(way.cast.ana, at), key="sign", by=way.cast.ana, at=at)
    vitals(way, at, sbp=158, dbp=80, hr=66, spo2=98, moaas=5, words={})
    assert open_items(way, at) == {"pressure_near_own"}
    vitals(way, at + timedelta(minutes=1), sbp=150, dbp=80, hr=66, spo2=98, moaas=5, words={})
    assert open_items(way, at + timedelta(minutes=1)) == set()


# hazard: H16
def test_a_yes_after_the_dose_opens_a_flag_and_waits_for_an_assessment(way: OnTheWay) -> None:
    at = recovered(way)
    list_answered(way, at, but={"suicide": {**FIVE_NO, "wish_to_be_dead": "yes", "new_or_worse": "yes"}})
    assert refused_items(way, at) == {"suicide"}
    assert [flag.kind for flag in flags.open_for(way.person_id, TEN)] == ["suicide_item"]
    shown = json.dumps([dict(deed.payload) for deed in deeds.deeds(way.session_id)])
    assert "wish_to_be_dead" not in shown  # the answers stay out of the room's timeline
    with pytest.raises(Refusal) as caught:
        assess_again(session_id=way.session_id, allows=True, text="Spoke with him.", key="b", by=way.cast.ben, at=at)
    assert caught.value.code == "session.not_qualified"
    with pytest.raises(Refusal) as caught:
        assess_again(session_id=way.session_id, allows=True, text=" ", key="e", by=way.cast.ana, at=at)
    assert caught.value.code == "session.no_words"
    assess_again(session_id=way.session_id, allows=True, text="Spoke with him; safety plan read again.", key="a", by=way.cast.ana, at=at)
    go_home(way, at, "again")


def test_the_five_questions_are_asked_whole_and_after_the_dose(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        answer_suicide_again(session_id=way.session_id, value=FIVE_NO, key="s", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.not_recovering"
    finish(way, FORTY)
    with pytest.raises(Refusal) as caught:
        answer_suicide_again(session_id=way.session_id, value={"thoughts": "no"}, key="s", by=way.cast.ben, at=FORTY)
    assert caught.value.code == "session.answer_incomplete"
    for _ in range(2):
        answer_suicide_again(session_id=way.session_id, value=FIVE_NO, key="s2", by=way.cast.ben, at=FORTY)
    assert CheckInAnswer.objects.filter(session_id=way.session_id, item="suicide_after").count() == 1


def test_a_mark_that_nobody_answered_keeps_the_list_open(way: OnTheWay) -> None:
    vitals(way, TEN, sbp=190, dbp=90, words={})
    at = recovered(way)
    list_answered(way, at)
    assert refused_items(way, at) == {"marks"}


def test_home_is_asked_once_and_only_by_who_may(way: OnTheWay) -> None:
    at = recovered(way)
    list_answered(way, at)
    for actor, error in ((way.cast.theo, Forbidden), (way.cast.faye, Forbidden), (way.cast.cora, NotFound)):
        with pytest.raises(error):
            go_home(way, at, by=actor)
    assert go_home(way, at) == go_home(way, at)
    assert Leaving.objects.count() == 1
    with pytest.raises(Refusal) as caught:
        go_home(way, at, "other key")
    assert caught.value.code == "session.not_now"


# hazard: H54
def test_leaving_against_advice_is_never_refused_and_opens_the_calls(way: OnTheWay) -> None:
    charted = leave_against_advice(session_id=way.session_id, words=ExitWords(), key="ama", by=way.cast.theo, at=TEN)
    session, row = the_session(way), left(way.session_id)
    assert session.state == "left_against_advice" and session.dosing_ended_at is None  # nobody said when the pump was stopped: it is not made up
    kinds = {flag.kind for flag in flags.open_for(way.person_id, TEN)}
    assert kinds == {"left_against_advice", "exit_record_incomplete", "drug_not_accounted_for"}
    assert {each["item"] for each in row.saw["missing"]} == {"last_state", "pump_stopped", "flag_owner", "called", "warned"}
    assert row.no_driving_until == TEN + timedelta(hours=24) and "Who was called" in charted.says
    assert schedule.appointment(session.appointment_id, way.cast.clinic_id).state == "done"


# hazard: H54
def test_what_is_known_is_written_and_the_flag_has_its_owner(way: OnTheWay) -> None:
    words = ExitWords(
        last_state="Walked out, steady, angry.", pump_stopped_at=TEN, flag_owner="Ana Ruiz", called=("the person", "the escort"), warned=True
    )
    at = TEN + timedelta(minutes=3)
    leave_against_advice(session_id=way.session_id, words=words, key="ama", by=way.cast.ben, at=at)
    (flag,) = [each for each in flags.open_for(way.person_id, TEN) if each.kind == "left_against_advice"]
    assert "the escort" in flag.sentence and flag.owner_name == "Ana Ruiz"
    assert the_session(way).dosing_ended_at == TEN
    assert left(way.session_id).no_driving_until == TEN + timedelta(hours=24)
    finish(way, at)  # the volume is charted after the end, as an addendum, and the ledger is closed
    assert cabinet.draws_of(way.session_id).given_ug == 8750
    waste_rest(way, at)
    assert cabinet.draws_of(way.session_id).closed
    assert first_broken_link(way.session_id) is None


# hazard: H24
def test_a_transfer_is_possible_in_every_state_in_which_the_person_is_here(way: OnTheWay) -> None:
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=TEN)
    words = ExitWords(last_state="MOAA/S 3, SpO2 91 on oxygen.", to_where="County hospital", handed_to="Crew 12")
    transfer(session_id=way.session_id, words=words, key="t", by=way.cast.ben, at=TEN)
    assert the_session(way).state == "transferred" and the_session(way).dosing_ended_at == TEN
    assert left(way.session_id).saw["missing"] == []
    with pytest.raises(Refusal) as caught:
        transfer(session_id=way.session_id, words=words, key="t2", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.not_now"


# hazard: H6
def test_a_dose_left_while_it_ran_ends_for_the_interval_when_its_record_closed(way: OnTheWay) -> None:
    tomorrow = AT + timedelta(days=1)
    assert [dose.last_at for dose in own_doses(way.person_id, way.cast.room_id, tomorrow)] == [tomorrow]  # it still runs
    words = ExitWords(last_state="MOAA/S 3, SpO2 91 on oxygen.", to_where="County hospital", handed_to="Crew 12")
    transfer(session_id=way.session_id, words=words, key="t", by=way.cast.ben, at=FORTY)
    assert the_session(way).dosing_ended_at is None
    assert [dose.last_at for dose in own_doses(way.person_id, way.cast.room_id, tomorrow)] == [FORTY]
    assert own_doses(way.person_id, way.session_id, tomorrow) == []


# req: C11
def test_a_closed_record_takes_only_a_late_addendum(way: OnTheWay) -> None:
    at = gone_home(way)
    later = at + timedelta(hours=1)
    with pytest.raises(Refusal) as caught:
        chart_note(session_id=way.session_id, text="Forgot this.", key="n", by=way.cast.ben, at=later)
    assert caught.value.code == "session.ended"
    with pytest.raises(Refusal) as caught:
        vitals(way, later)
    assert caught.value.code == "session.ended"
    charted = add_addendum(session_id=way.session_id, text="He forgot his coat.", about_seq=3, key="a", by=way.cast.ben, at=later)
    entry = next(deed for deed in deeds.deeds(way.session_id) if deed.seq == charted.seq)
    assert (entry.kind, entry.payload["about_seq"]) == ("addendum", 3)
    for about, text, code in ((999, "x", "session.no_such_entry"), (None, " ", "session.no_words")):
        with pytest.raises(Refusal) as caught:
            add_addendum(session_id=way.session_id, text=text, about_seq=about, key=f"k{code}", by=way.cast.ben, at=later)
        assert caught.value.code == code
