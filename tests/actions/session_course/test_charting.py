"""What people chart by hand: vital signs, notes, events, medicines, corrections, late addenda."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import add_addendum, chart_note
from afterglow.pathway.session.actions.chart_vitals import chart_vitals
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries import deeds, timeline
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.records.adverse import queries as adverse
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay

TEN, TWENTY = AT + timedelta(minutes=10), AT + timedelta(minutes=20)


def payload(way: OnTheWay, seq: int) -> dict:
    return json.loads(Entry.objects.get(session_id=way.session_id, seq=seq).text)


def the_session(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def chart(way: OnTheWay, values: dict, key: str = "v", **more):
    return chart_vitals(session_id=way.session_id, values=values, key=key, by=way.cast.ben, at=TEN, **more)


# req: S68
# req: S69
# req: S70
def test_vitals_are_stored_with_units_and_calm_ones_without_marks(way: OnTheWay) -> None:
    stored = payload(way, vitals(way, TEN).seq)
    assert stored["channels"]["sbp"] == {"value": 120.0, "unit": "mmHg", "shown": "120"}
    assert stored["words"]["oxygen"] == "air"
    assert [mark["level"] for mark in stored["marks"] if mark["level"] != "none"] == []


# hazard: H12
@pytest.mark.parametrize(
    ("read", "code", "level"),
    [
        ({"sbp": 165, "dbp": 80}, "high", "notify"),
        ({"sbp": 181, "dbp": 80}, "high", "act"),
        ({"sbp": 85, "dbp": 60}, "low", "act"),
        ({"spo2": 94}, "fall", "act"),  # 98 was his own: 4 below it acts, though 94 alone would not
        ({"spo2": 89}, "low", "act"),
        ({"rr": 7}, "low", "act"),
        ({"moaas": 2}, "stop_and_call", "act"),
        ({"moaas": 1}, "emergency", "act"),
        ({"hr": 39}, "low", "act"),
    ],
)
def test_worrying_numbers_are_kept_and_marked_at_once(way: OnTheWay, read: dict, code: str, level: str) -> None:
    charted = vitals(way, TEN, words={}, **read)
    assert (code, level) in {(mark["code"], mark["level"]) for mark in payload(way, charted.seq)["marks"]}
    assert charted.says
    assert any(raised.mark.code == code for raised in standing_marks(the_session(way), at=TEN))


# hazard: H11
def test_a_typed_zero_is_never_a_number(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        vitals(way, TEN, hr=0)
    assert caught.value.code == "session.zero" and "emergency" in caught.value.now
    assert payload(way, vitals(way, TEN, words={}, moaas=0).seq)["channels"]["moaas"]["value"] == 0  # a score's zero is a score


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"sbp": {"value": 400, "unit": "mmHg"}, "dbp": {"value": 80, "unit": "mmHg"}}, "session.impossible", "sbp"),
        ({"sbp": {"value": 80, "unit": "mmHg"}, "dbp": {"value": 120, "unit": "mmHg"}}, "session.impossible", "dbp"),
        ({"sbp": {"value": 120, "unit": "mmHg"}}, "session.half_pressure", "dbp"),
        ({"spo2": {"value": 101, "unit": "%"}}, "session.impossible", "spo2"),
        ({"moaas": {"value": 3.5, "unit": "score"}}, "session.impossible", "moaas"),
        ({"hr": {"value": 70, "unit": ""}}, "session.unit", "hr"),
        ({"etco2": {"value": 5, "unit": "%"}}, "session.unit", "etco2"),
        ({"temp": {"value": 98, "unit": ""}}, "session.unit", "temp"),
        ({"hr": {"value": "seventy", "unit": "/min"}}, "session.not_a_number", "hr"),
        ({"hr": {"value": "nan", "unit": "/min"}}, "session.impossible", "hr"),
        ({"hr": {"value": None, "unit": "/min"}}, "session.not_a_number", "hr"),
        ({"hr": {"value": True, "unit": "/min"}}, "session.not_a_number", "hr"),
        ({"pulse": {"value": 70, "unit": "/min"}}, "session.channel", "pulse"),
        ({}, "session.nothing_charted", "sbp"),
    ],
)
def test_impossible_and_unclear_values_are_refused_by_field(way: OnTheWay, values: dict, code: str, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        chart(way, values)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Entry.objects.filter(session_id=way.session_id, kind="vitals").exists()


def test_a_temperature_in_fahrenheit_is_stored_in_celsius(way: OnTheWay) -> None:
    assert payload(way, chart(way, {"temp": {"value": "98.6", "unit": "degF"}}).seq)["channels"]["temp"]["value"] == 37.0


def test_words_come_from_closed_lists_and_a_bad_iv_site_asks_for_action(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        chart(way, {}, words={"orientation": "maybe"})
    assert caught.value.code == "session.choice"
    chart(way, {}, key="iv", words={"iv_site": "not_sound"})
    assert [raised.mark.code for raised in standing_marks(the_session(way), at=TEN)] == ["iv_site"]


def test_vitals_are_audited_and_a_retry_is_one_entry(way: OnTheWay) -> None:
    assert vitals(way, TEN, key="same") == vitals(way, TEN, key="same")
    assert AuditRow.objects.filter(event="session.vitals_charted", person_id=way.person_id).count() == 1


# hazard: H14
def test_late_vitals_keep_their_time_and_the_future_is_refused(way: OnTheWay) -> None:
    charted = vitals(way, TWENTY, taken_at=TEN)
    assert Entry.objects.get(session_id=way.session_id, seq=charted.seq).late
    for moment, code in (
        (TWENTY + timedelta(minutes=1), "clock.future"),
        (AT - timedelta(days=1), "session.too_early"),
        (TEN.replace(tzinfo=None), "clock.no_zone"),
    ):
        with pytest.raises(Refusal) as caught:
            vitals(way, TWENTY, taken_at=moment, key=f"k{code}")
        assert caught.value.code == code


def test_the_therapist_of_this_person_may_chart_and_the_desk_may_not(way: OnTheWay) -> None:
    note = {"session_id": way.session_id, "text": "Calm.", "key": "n", "at": TEN}
    chart_note(by=way.cast.theo, **note)
    for actor, error in ((way.cast.faye, Forbidden), (way.cast.olga, Forbidden), (way.cast.cora, NotFound)):
        with pytest.raises(error):
            chart_note(by=actor, **note)


@pytest.mark.parametrize(
    ("text", "about", "code"), [("  ", "note", "session.no_words"), ("x" * 2001, "note", "session.too_long"), ("x", "gossip", "session.choice")]
)
def test_a_note_has_words_and_a_subject(way: OnTheWay, text: str, about: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        chart_note(session_id=way.session_id, text=text, about=about, key="n", by=way.cast.ben, at=TEN)
    assert caught.value.code == code


def test_a_note_with_what_a_database_refuses_is_cleaned(way: OnTheWay) -> None:
    charted = chart_note(session_id=way.session_id, text='He said \x00 "hello"', key="n", by=way.cast.ben, at=TEN)
    assert payload(way, charted.seq)["text"] == 'He said  "hello"'


# req: S72
# req: S73
# req: S75
def test_an_adverse_event_stands_on_the_timeline_and_in_its_list(way: OnTheWay) -> None:
    charted = chart_event(session_id=way.session_id, kind="nausea", grade=2, done="Cool cloth.", key="e", by=way.cast.ben, at=TWENTY, taken_at=TEN)
    (row,) = adverse.of_session(way.session_id)
    assert (row.kind, row.grade, row.began_at, row.done_text) == ("nausea", 2, TEN, "Cool cloth.")
    assert payload(way, charted.seq)["event"] == str(row.id)
    assert (
        chart_event(session_id=way.session_id, kind="nausea", grade=2, done="Cool cloth.", key="e", by=way.cast.ben, at=TWENTY, taken_at=TEN)
        == charted
    )
    assert len(adverse.of_session(way.session_id)) == 1


# hazard: H58
@pytest.mark.parametrize(("kind", "grade"), [("seizure", None), ("headache", 3)])
def test_a_grave_event_marks_the_room(way: OnTheWay, kind: str, grade: int | None) -> None:
    chart_event(session_id=way.session_id, kind=kind, grade=grade, done="Called Ana.", key="e", by=way.cast.theo, at=TEN)
    assert [raised.mark.level for raised in standing_marks(the_session(way), at=TEN)] == ["act"]


@pytest.mark.parametrize(("kind", "grade", "code"), [("nausea", 6, "session.choice"), ("no such thing", 1, "adverse.not_recorded")])
def test_an_unknown_event_or_grade_leaves_nothing_behind(way: OnTheWay, kind: str, grade: int, code: str) -> None:
    before = the_session(way).seq
    with pytest.raises(Refusal) as caught:
        chart_event(session_id=way.session_id, kind=kind, grade=grade, key="e", by=way.cast.ben, at=TEN)
    assert caught.value.code == code
    assert the_session(way).seq == before and not adverse.of_session(way.session_id)


def medicine(way: OnTheWay, name: str = "paracetamol", *, rescue: str = "", key: str = "m", at=TEN, by=None, **dose: str):
    given = Dose(**{"name": name, "amount": "4", "unit": "mg", "route": "iv", **dose})
    return give_medicine(
        session_id=way.session_id, dose=given, rescue=rescue, ordered_by="Ana Ruiz", why="nausea", key=key, by=by or way.cast.ben, at=at
    )


# hazard: H20
@pytest.mark.parametrize(
    ("name", "chosen", "kind"),
    [
        ("midazolam", "", "sedative"),
        ("Labetalol 5 mg/mL", "", "antihypertensive"),
        ("fentanyl", "", "opioid"),
        ("hydralazine", "", "antihypertensive"),
        ("something new", "sedative", "sedative"),
    ],
)
def test_a_rescue_drug_starts_the_waiting_time_again(way: OnTheWay, name: str, chosen: str, kind: str) -> None:
    charted = medicine(way, name, rescue=chosen)
    assert payload(way, charted.seq)["rescue"] == kind
    assert the_session(way).last_rescue_at == TEN
    assert "starts again" in charted.says


@pytest.mark.parametrize(
    ("dose", "rescue", "code"),
    [
        ({"name": "Ketamine"}, "", "session.is_ketamine"),
        ({"name": " "}, "", "session.no_words"),
        ({"amount": "0"}, "", "session.unit"),
        ({"amount": "much"}, "", "session.unit"),
        ({"amount": "1,000"}, "", "session.unit"),
        ({"amount": "12,500"}, "", "session.unit"),
        ({"unit": "kg"}, "", "session.unit"),
        ({"unit": "drops"}, "", "session.unit"),
        ({"route": "thrown"}, "", "session.choice"),
        ({}, "vitamin", "session.choice"),
    ],
)
def test_an_unclear_medicine_is_refused(way: OnTheWay, dose: dict, rescue: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        medicine(way, rescue=rescue, **dose)
    assert caught.value.code == code


def test_a_medicine_names_who_ordered_it_and_no_therapist_gives_one(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        give_medicine(
            session_id=way.session_id,
            dose=Dose(name="aspirin", amount="1", unit="mg", route="oral"),
            ordered_by=" ",
            key="m",
            by=way.cast.ben,
            at=TEN,
        )
    assert caught.value.code == "session.no_orderer"
    with pytest.raises(Forbidden):
        medicine(way, by=way.cast.theo)


def correct(way: OnTheWay, seq: int, replacement, *, key: str = "c", reason: str = "slip of the pen", at=TWENTY, by=None):
    return correct_entry(session_id=way.session_id, seq=seq, replacement=replacement, reason=reason, key=key, by=by or way.cast.ben, at=at)


# hazard: H57
def test_a_correction_counts_and_what_was_written_stays_readable(way: OnTheWay) -> None:
    wrong = vitals(way, TEN, words={}, sbp=185, dbp=80)
    correct(way, wrong.seq, {"values": {"sbp": {"value": 135, "unit": "mmHg"}, "dbp": {"value": 80, "unit": "mmHg"}}})
    line = next(each for each in timeline.lines(deeds.deeds(way.session_id)) if each.seq == wrong.seq)
    assert line.text.startswith("135/80") and line.was.startswith("185/80") and line.corrected
    assert not standing_marks(the_session(way), at=TWENTY)  # the mark of the wrong number went with it
    assert "185" in Entry.objects.get(session_id=way.session_id, seq=wrong.seq).text
    assert AuditRow.objects.get(event="session.entry_corrected").reason == "slip of the pen"
    assert first_broken_link(way.session_id) is None


def test_an_entry_taken_back_counts_nowhere(way: OnTheWay) -> None:
    given = medicine(way, "midazolam")
    correct(way, given.seq, None)
    assert the_session(way).last_rescue_at is None
    line = next(each for each in timeline.lines(deeds.deeds(way.session_id)) if each.seq == given.seq)
    assert line.withdrawn and "midazolam" in line.text
    with pytest.raises(Refusal) as caught:
        correct(way, given.seq, None, key="again")
    assert caught.value.code == "session.corrected_before"


def test_a_note_is_rewritten_and_a_medicine_too(way: OnTheWay) -> None:
    note = chart_note(session_id=way.session_id, text="Calm.", key="n", by=way.cast.ben, at=TEN)
    correct(way, note.seq, {"text": "Restless."})
    drug = medicine(way)
    correct(way, drug.seq, {"name": "midazolam", "amount": "1", "unit": "mg", "route": "iv", "ordered_by": "Ana Ruiz"}, key="c2")
    texts = [line.text for line in timeline.lines(deeds.deeds(way.session_id))]
    assert "Restless." in texts and "Calm." not in texts and any(text.startswith("midazolam 1 mg IV") for text in texts)
    assert the_session(way).last_rescue_at == TEN


@pytest.mark.parametrize(
    ("replacement", "code"),
    [({"values": {}, "words": {}}, "session.nothing_charted"), ({"values": {"hr": {"value": 0, "unit": "/min"}}}, "session.zero")],
)
def test_a_correction_is_checked_like_the_entry_itself(way: OnTheWay, replacement: dict, code: str) -> None:
    wrong = vitals(way, TEN)
    with pytest.raises(Refusal) as caught:
        correct(way, wrong.seq, replacement)
    assert caught.value.code == code


def test_only_what_people_typed_is_corrected_and_with_a_reason(way: OnTheWay) -> None:
    started = next(deed.seq for deed in deeds.deeds(way.session_id) if deed.kind == "started")
    note = chart_note(session_id=way.session_id, text="Calm.", key="n", by=way.cast.ben, at=TEN)
    for seq, reason, replacement, code in (
        (started, "why", None, "session.not_correctable"),
        (999, "why", None, "session.no_such_entry"),
        (note.seq, " ", None, "session.no_words"),
        (note.seq, "why", {"text": "x", "about": "gossip"}, "session.choice"),
    ):
        with pytest.raises(Refusal) as caught:
            correct(way, seq, replacement, reason=reason, key=f"k{code}")
        assert caught.value.code == code
    drug = medicine(way)
    with pytest.raises(Forbidden):
        correct(way, drug.seq, None, by=way.cast.theo)


def test_an_addendum_waits_for_the_end(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        add_addendum(session_id=way.session_id, text="Later.", key="a", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.still_open"
