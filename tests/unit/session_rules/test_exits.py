"""The two other ways out: never refused, only recorded."""

from __future__ import annotations

from dataclasses import replace

from afterglow.pathway.session.rules.discharge import ExitRecord, earliest, still_to_record
from tests.unit.session_rules.facts import AT, alert_file, home, limits

AMBULANCE = ExitRecord(
    kind="transferred", last_state="Drowsy, SpO2 91 %", to_where="County hospital", handed_to="Medic 12", drug_was_running=True, pump_stopped_at=AT
)
WALKED_OUT = ExitRecord(kind="left_against_advice", last_state="Steady, 10:40", flag_owner="Ana", called=("Mia",), warned=False)


# req: R35
# hazard: H54
def test_a_whole_record_owes_nothing_even_where_the_person_could_not_be_warned() -> None:
    assert still_to_record(AMBULANCE) == () and still_to_record(WALKED_OUT) == ()


# hazard: H54
def test_an_empty_record_owes_its_lines_and_still_is_a_record() -> None:
    for exit_ in alert_file("discharge")["exits"]:
        owed = still_to_record(ExitRecord(kind=exit_["id"], drug_was_running=True))
        assert [each.item for each in owed] == exit_["records"]
        assert {each.state for each in owed} == {"unknown"} and all(each.lifted_by == "" for each in owed)


def test_the_pump_is_asked_about_only_where_drug_was_running() -> None:
    assert [each.item for each in still_to_record(replace(AMBULANCE, pump_stopped_at=None))] == ["pump_stopped"]
    assert still_to_record(replace(AMBULANCE, pump_stopped_at=None, drug_was_running=False)) == ()


# hazard: H20
def test_before_the_end_there_is_no_earliest_time() -> None:
    assert earliest(home(dose_ended_at=None), limits()) == (None, "The dose has not ended.")
