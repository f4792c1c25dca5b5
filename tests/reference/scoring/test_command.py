"""`afterglow score` on every published vector, and on answers that cannot be scored: a score or a named refusal, never a silent zero."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from afterglow.conf import cli
from afterglow.ground.content.files import LIBRARY_ROOT
from tests.reference.scoring.test_vectors import CASES

PROGRAM = (sys.executable, "-c", "import sys; from afterglow.conf.cli import main; sys.exit(main())")


def scored(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, instrument: str, raw: bytes) -> tuple[int, dict[str, Any]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    code = cli.main(["score", instrument, "-", "--json"])
    said = capsys.readouterr()
    assert said.err == ""
    told: dict[str, Any] = json.loads(said.out)
    assert {"instrument", "version", "total", "band", "flags", "complete", "refusal"} <= set(told)
    return code, told


@pytest.mark.parametrize(("name", "answers", "expected"), CASES)
def test_the_command_gives_what_was_published(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, answers: Any, expected: dict[str, object]
) -> None:
    code, told = scored(capsys, monkeypatch, name, json.dumps(answers).encode())
    refusal = expected.get("refusal")
    assert (code, told["refusal"], told["instrument"]) == (0 if refusal is None else 2, refusal, name)
    assert {reading: told[reading] for reading in expected} == expected


@pytest.mark.parametrize(
    ("instrument", "raw", "code"),
    [
        ("phq9", b"[]", "not_answered"),
        ("phq9", b"[3, 3, 3, 3, 3, 3, null, null, null]", "too_many_missing"),
        ("phq9", b"[4, 0, 0, 0, 0, 0, 0, 0, 0]", "unknown_answer"),
        ("phq9", b"[true, 0, 0, 0, 0, 0, 0, 0, 0]", "unknown_answer"),
        ("phq9", b"[1.0, 0, 0, 0, 0, 0, 0, 0, 0]", "unknown_answer"),
        ("phq9", b"[[], {}, 0, 0, 0, 0, 0, 0, 0]", "unknown_answer"),
        ("phq9", b"[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", "too_many_answers"),
        ("phq9", b'{"q1": 0, "q11": 0}', "unknown_item"),
        ("phq9", b'{"items": [0], "sex": "female"}', "unknown_part"),
        ("phq9", b'{"q1": 0, "q1": 3}', "not_json"),
        ("phq9", b'{"\\ud800": 0}', "unknown_item"),
        ("phq9", b"7", "not_a_sheet"),
        ("phq9", b"null", "not_a_sheet"),
        ("phq9", b"[NaN]", "not_json"),
        ("phq9", b"[0, 0", "not_json"),
        ("phq9", b"\xff\xfe", "not_json"),
        ("phq9", b"", "not_json"),
        ("phq9", b"[" * 100_000, "not_json"),
        ("asq", b"[0, 0, null, 0, null]", "not_answered"),
        ("asq", b'[0, 0, "not_asked", 0, null]', "not_answered"),
        ("pcl5", b"[null" + b", 4" * 19 + b"]", "too_many_missing"),
        ("who5", b"[5, 5, 5, 5]", "too_many_missing"),
        ("dast10", b"[0, 0]", "too_many_missing"),
        ("bprs_plus", b"[7, 1, 1, 1]", "unknown_answer"),
        ("audit_c", b'{"items": [1, 1, 1], "sex": "other"}', "unknown_sex"),
        ("audit_c", b'{"items": [1, 1, 1], "sex": ["female"]}', "unknown_sex"),
        ("qids_sr16", b"[0, 0, 0, 0, 0, null, null, 0, 0, 0, 0, 0, 0, 0, 0, 0]", "too_many_missing"),
        ("cssrs_screener_recent", b"[0]", "not_answered"),
        ("cssrs_screener_slc", b'{"q2": 2}', "unknown_answer"),
        ("moaas", b"null", "not_a_sheet"),
        ("moaas", b"6", "unknown_answer"),
        ("moaas", b"true", "unknown_answer"),
        ("moaas", b"[]", "not_answered"),
        ("aldrete_modified", b'{"sbp": 120, "sbp0": 120}', "too_many_missing"),
        ("aldrete_modified", b"[2, 2, 2, 120, 0, 98, true]", "unknown_answer"),
        ("aldrete_modified", b"[2, 2, 2, 120, 120, 98, 1]", "unknown_answer"),
        ("bpi_sf", b'{"severity": [1, 1, 1, 1, 1]}', "too_many_answers"),
        ("bpi_sf", b'{"severity": 3}', "not_a_sheet"),
        ("bpi_sf", b'{"severity": [], "interference": []}', "not_answered"),
        ("nrs_pain", b'{"baseline": 11, "now": 5}', "unknown_baseline"),
        ("nrs_pain", b'{"baseline": true, "now": 5}', "unknown_baseline"),
        ("nrs_pain", b'{"baseline": 6}', "not_answered"),
        ("bpic_ss", b'{"total": 39}', "total_out_of_range"),
        ("bpic_ss", b'{"total": "19"}', "unknown_total"),
        ("phq9", b'{"total": 19}', "unknown_item"),
        ("nobody", b"[]", "unknown_instrument"),
        ("../instruments/phq9", b"[]", "unknown_instrument"),
        ("", b"[]", "unknown_instrument"),
    ],
)
# hazard: H16
def test_what_cannot_be_scored_is_refused_by_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, instrument: str, raw: bytes, code: str
) -> None:
    status, told = scored(capsys, monkeypatch, instrument, raw)
    assert (status, told["refusal"], told["total"], told["complete"]) == (2, code, None, False)
    assert told["sentence"].endswith(".")
    assert told["now"]


# hazard: H16
def test_answers_that_could_not_be_read_are_a_self_harm_question_left_open(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, told = scored(capsys, monkeypatch, "phq9", b'{"items": 3}')
    assert (told["refusal"], told["flags"], told["level"]) == ("not_a_sheet", ["suicide_item_not_answered"], "review")


def test_the_list_names_every_instrument_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["score", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["instruments"]
    assert [row["instrument"] for row in rows] == sorted(place.name for place in (LIBRARY_ROOT / "instruments").iterdir())
    assert {row["items"] for row in rows if row["instrument"] == "gad7"} == {7}
    shown = {row["instrument"] for row in rows if row["ships_wording"]}
    assert shown == {"phq9", "gad7", "asq", "suicide_since_last_contact", "today", "sleep_need", "pcl5", "ham_d17", "audit_c", "bprs_plus"} | {
        "moaas",
        "aldrete_modified",
        "nrs_pain",
    }
    assert all(row["licence"] for row in rows)
    assert cli.main(["score", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [row["instrument"] for row in rows]


def test_in_words_a_person_reads_the_score_what_is_open_and_what_to_look_at(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    form = tmp_path / "answers.json"
    form.write_text("[2, 2, 2, 2, 1, 1, 0, 0, null]")
    assert cli.main(["score", "phq9", str(form)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["Patient Health Questionnaire-9: 11 moderate", "Open: q9"]
    assert said[2].startswith("Question 9 (self-harm) was not answered.")
    form.write_text("[0, 0, 0, 1, 1]")
    assert cli.main(["score", "asq", str(form)]) == 0
    assert capsys.readouterr().out.startswith("Ask Suicide-Screening Questions: acute positive\n")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["score"], "It was not said which instrument."),
        (["score", "phq9"], "It was not said where the answers are."),
        (["score", "phq9", "/nowhere/answers.json"], "/nowhere/answers.json cannot be read: No such file or directory."),
        (["score", "phq9", "/"], "/ cannot be read: Is a directory."),
    ],
)
def test_a_command_that_lacks_something_says_what(capsys: pytest.CaptureFixture[str], argv: list[str], sentence: str) -> None:
    assert cli.main(argv) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.startswith(sentence)) == ("", True)


def test_a_refusal_in_words_goes_where_errors_go(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    form = tmp_path / "answers.json"
    form.write_text("[]")
    assert cli.main(["score", "phq9", str(form)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "No question was answered. No answer is not a score of zero. Ask again."


def test_it_needs_no_clinic_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, "score", "gad7", "-", "--json"], input=b"[1, 2, 1, 2, 1, 2, 1]", cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout)["total"] == 10
    assert list(tmp_path.iterdir()) == []
