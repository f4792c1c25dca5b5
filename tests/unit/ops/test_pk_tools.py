"""`afterglow pk reach`, `until`, `if-paused`, `if-slowed`, `steady`: each with its basis, each saying that it orders nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from afterglow.conf import cli

WHO = ("--model", "otto2021", "--drug", "esketamine", "--weight-kg", "70")
INFUSION = ("--dose", "17.5 mg IV over 40 min")
LEVEL = ("--level", "50", "--site", "venous")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["pk", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (("reach", *WHO, *INFUSION, *LEVEL), "at_min", 40.0),
        (("until", *WHO, *INFUSION, "--level", "500", "--site", "venous"), "at_min", None),
        (("until", *WHO, *INFUSION, *LEVEL), "at_min", pytest.approx(62.25, abs=0.01)),
        (("if-paused", *WHO, *INFUSION, "--at-min", "20", "--for-min", "10", "--times", "0,20,50"), "times_min", [0, 20, 50]),
        (("if-slowed", *WHO, *INFUSION, "--at-min", "20", "--times", "0,20,50"), "times_min", [0, 20, 50]),
        (("steady", *WHO, *LEVEL), "low", pytest.approx(49.75, abs=0.01)),
    ],
)
def test_each_answer_has_its_basis_and_orders_nothing(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], key: str, value: Any) -> None:
    code, said = told(capsys, *words)
    assert (code, said[key]) == (0, value)
    assert (said["basis"]["model"], said["basis"]["version"], said["basis"]["site"]) == ("otto2021", 1, "venous")
    assert "orders, changes and releases nothing" in said["basis"]["says"][0]
    assert cli.main(["pk", *words]) == 0
    page = capsys.readouterr().out
    assert "By otto2021 1: S-ketamine, venous blood, ng/mL." in page
    assert "orders, changes and releases nothing" in page


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("reach", *WHO, *INFUSION, "--level", "50", "--site", "arterial"), "pk.unlike_level"),
        (("reach", *WHO, *INFUSION, *INFUSION, *LEVEL), "pk.several_doses"),
        (("reach", *WHO, *INFUSION, "--level", "0", "--site", "venous"), "pk.outside_range"),
        (("until", *WHO, *INFUSION, *LEVEL, "--age-years", "12"), "pk.wrong_population"),
        (("if-paused", *WHO, *INFUSION, "--at-min", "50", "--for-min", "10"), "pk.negative_time"),
        (("if-slowed", *WHO, *INFUSION, "--at-min", "20", "--unit", "nmol/mL"), "unit.mismatch"),
        (("if-slowed", *WHO, *INFUSION, "--at-min", "20", "--share", "2"), "pk.negative_time"),
        (("steady", *WHO, *LEVEL, "--steps", "0"), "pk.negative_time"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str) -> None:
    exit_code = cli.main(["pk", *words, "--json"])
    both = capsys.readouterr()
    assert exit_code != 0
    assert code in both.out + both.err
