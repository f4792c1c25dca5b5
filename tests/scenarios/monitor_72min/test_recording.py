"""The 72-minute recording played through the marks: the same marks, for ever.

`expected.json` holds, for each minute, every mark as [code, level, channel, sentence].  It was written once from the rules and then read
line by line against the recording; a change of rule that moves a mark shows here.  It is an intensive-care recording: it proves what
is shown, it sets no limit.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import afterglow
from afterglow.pathway.session.rules.marks import Answer, standing
from afterglow.science.vitals.channels import shown
from afterglow.science.vitals.devices import BEDSIDE_MINUTES
from afterglow.science.vitals.marks import Mark, Reading, mark_reading
from tests.unit.session_rules.facts import limits

RECORDING = Path(afterglow.__file__).parent / "simulator" / "recording" / "monitor_72min.csv"
EXPECTED = Path(__file__).parent / "expected.json"
BEGAN = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
COLUMNS = {"HR": "hr", "PULSE": "pulse", "RESP": "rr", "SpO2": "spo2", "NBPSys": "sbp", "NBPDias": "dbp", "NBPMean": "map"}
OWN = {"spo2": 98.0, "sbp": 120.0}
"""Values before the dose, chosen for this test: the recording has none."""


def readings() -> Iterator[tuple[int, Reading]]:
    """(minute, reading) in order, each value as recorded; an empty cell is an absent channel."""
    lines = [line for line in RECORDING.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        minute = int(row["minute"])
        values = {channel: float(row[column]) for column, channel in COLUMNS.items() if row[column]}
        yield minute, Reading(taken_at=BEGAN + timedelta(minutes=minute), values=values)


@cache
def played() -> dict[int, tuple[Reading, tuple[Mark, ...]]]:
    found: dict[int, tuple[Reading, tuple[Mark, ...]]] = {}
    cuff: Reading | None = None
    for minute, reading in readings():
        found[minute] = reading, mark_reading(reading, limits(), cuff, OWN, BEDSIDE_MINUTES)
        cuff = reading if "sbp" in reading.values else cuff
    return found


def codes(minute: int) -> set[tuple[str, str, str]]:
    return {(mark.code, mark.level, mark.channel) for mark in played()[minute][1]}


# req: S70 S71
# hazard: H11
def test_the_recording_gives_the_same_marks_as_ever() -> None:
    got = {str(minute): [[mark.code, mark.level, mark.channel, mark.sentence] for mark in marks] for minute, (_, marks) in played().items()}
    assert len(got) == 72
    assert got == json.loads(EXPECTED.read_text(encoding="utf-8"))


# hazard: H11
def test_the_fall_at_40_to_45_stands_out_and_the_disagreement_mutes_nothing() -> None:
    for minute in range(40, 46):
        assert ("low", "act", "spo2") in codes(minute), minute
        assert ("disagree" in {code for code, _, _ in codes(minute)}) == (minute <= 44), minute
    assert ("low", "act", "rr") in codes(40) and ("low", "act", "rr") in codes(41)
    assert "disagree by 66.5" in " ".join(mark.sentence for mark in played()[42][1])


# hazard: H11
def test_the_falls_at_56_to_59_and_70_to_71() -> None:
    for minute in (56, 57, 59, 70, 71):
        assert ("low", "act", "spo2") in codes(minute), minute
    assert ("no_signal", "act", "") in codes(58)


# hazard: H11
@pytest.mark.parametrize("minute", [6, 50, 58, 62, 63, 65, 66, 67, 68, 69])
def test_no_breathing_or_two_silent_together_asks_for_the_person(minute: int) -> None:
    marks = played()[minute][1]
    assert [mark.says for mark in marks if mark.code == "no_signal"] == ["No signal: check the person now."]
    assert marks[0].code == "no_signal" and "sensor" not in {mark.code for mark in marks}


# hazard: H11
@pytest.mark.parametrize("minute", [0, 1, 14, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 59, 60, 61, 64, 70, 71])
def test_one_silent_sensor_asks_for_the_sensor_and_the_patient(minute: int) -> None:
    says = {mark.says for mark in played()[minute][1] if mark.code == "sensor"}
    assert says == {"Check the sensor, look at the patient."}
    assert "no_signal" not in {mark.code for mark in played()[minute][1]}


# hazard: H11
def test_no_zero_is_shown_as_a_number_and_no_zero_goes_unmarked() -> None:
    zeros = 0
    for reading, marks in played().values():
        for channel, value in reading.values.items():
            if value == 0.0:
                zeros += 1
                assert shown(channel, value).text == "no reading" and shown(channel, value).number is None
                assert {mark.code for mark in marks} & {"sensor", "no_signal"}
    assert zeros == 52


# hazard: H11
@pytest.mark.parametrize(("minute", "text"), [(63, "277 (implausible)"), (64, "272.8 (implausible)")])
def test_an_impossible_pulse_is_kept_and_called_so(minute: int, text: str) -> None:
    reading, _ = played()[minute]
    assert shown("pulse", reading.values["pulse"]).text == text
    assert ("implausible", "notify", "pulse") in codes(minute)


# hazard: H12
def test_every_low_or_high_cuff_is_marked() -> None:
    cuffs = {minute: reading for minute, (reading, _) in played().items() if "sbp" in reading.values}
    low = {minute for minute, reading in cuffs.items() if reading.values["sbp"] < 90}
    assert (len(cuffs), len(low)) == (18, 10)
    for minute in low:
        assert ("low", "act", "sbp") in codes(minute), minute
    for minute in (24, 35, 49):
        assert ("high", "act", "dbp") in codes(minute), minute
    assert ("cuff_incomplete", "notify", "map") in codes(61)


# hazard: H11
def test_no_signal_stands_until_somebody_says_what_they_saw() -> None:
    timeline = [(reading.taken_at, marks) for minute, (reading, marks) in sorted(played().items()) if minute <= 8]
    after = BEGAN + timedelta(minutes=9)
    assert "no_signal" in {raised.mark.code for raised in standing(timeline, ())}
    acknowledged = standing(timeline, (Answer(by="Ben", at=after),))
    assert [raised.mark.code for raised in acknowledged] == ["no_signal"]
    assert standing(timeline, (Answer(by="Ben", at=after, saw="Breathing, pink, answers to name; leads off."),)) == ()
