"""A protocol on a calendar from the command line: the same report each time, in words and as JSON."""

from __future__ import annotations

import json

import pytest

from afterglow.conf import cli
from afterglow.ground.content.files import LIBRARY_ROOT

PROTOCOLS = sorted(path.name for path in (LIBRARY_ROOT / "protocols").iterdir())


# 0.8 mg/kg is the dose of the trial: above 150 kg it passes the total of 120 mg, and the plan must go lower.
HEAVY = {"iv_aud_relapse_prevention"}


# req: S36
@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_can_be_walked_and_no_usual_dose_meets_a_hard_stop(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shipped protocol is one that most people can be taken through; only its finest print is for explaining."""
    assert cli.main(["library", "simulate", name, "--people", "200", "--from", "2027-01-04", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["people"], told["seed"], told["first_on"]) == (True, 200, 1, "2027-01-04")
    assert told["finished"] + told["stopped"] + told["unplaced"] == 200
    assert told["finished"] > 100
    stopped = [(line["item"], line["people"] < 5) for line in told["lines"] if line["level"] == "hard stop"]
    assert stopped == ([("dose.total", True)] if name in HEAVY else [])
    assert len(told["assumed"]) == 4


def test_the_words_name_every_heading_and_are_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["library", "simulate", "iv_mdd_standard@1", "--people", "50", "--seed", "3", "--from", "2027-01-04"]
    assert cli.main(asked) == 0
    first = capsys.readouterr().out
    assert cli.main(asked) == 0
    assert capsys.readouterr().out == first
    for said in ("protocols/iv_mdd_standard@1: ", "50 invented people (seed 3)", "Reviews that nobody would own", "no forecast of real people"):
        assert said in first


def test_one_person_on_a_year_that_is_given_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "simulate", "protocols/iv_mdd_spaced", "--people", "1"]) == 0
    assert ": none." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["front_desk"], "library.unknown_file"),
        (["roles/front_desk"], "library.unknown_file"),
        (["sl_home"], "library.not_plannable"),
        (["programmes/in_esketamine_trd@1"], "library.not_plannable"),
        (["iv_mdd_standard", "--people", "0"], "library.too_many_people"),
        (["iv_mdd_standard", "--people", "100001"], "library.too_many_people"),
        (["iv_mdd_standard", "--from", "soon"], "library.not_a_day"),
    ],
)
def test_what_cannot_be_simulated_is_refused(asked: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "simulate", *asked, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["refusal"] == code
