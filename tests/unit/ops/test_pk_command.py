"""`afterglow pk`: published models from a terminal, with everything that must be read beside a curve, or a named refusal."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from afterglow.conf import cli
from tests.support.pk_models import models

INFUSION = ("--weight-kg", "70", "--dose", "35 mg IV over 40 min")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["pk", *words, "--json"])
    said = capsys.readouterr()
    assert said.err == ""
    return code, json.loads(said.out)


def test_one_model_gives_its_published_figures(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "simulate", "--model", "clements250", *INFUSION, "--times", "0,40,120")
    assert (code, said["ok"], said["model"], said["version"], said["unit"]) == (0, True, "clements250", 1, "ng/mL")
    assert said["times_min"] == [0, 40, 120]
    assert said["analytes"] == {"ketamine": pytest.approx([0, 177.3133, 58.8342], abs=1e-4)}
    assert "Illustrative" in said["caution"]
    assert any("no threshold" in sentence for sentence in said["says"])


def test_doses_add_up_and_analytes_are_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    twice = ("--dose", "10 mg IV at 60 min", "--times", "0:120:60")
    code, said = told(capsys, "simulate", "--model", "otto2021", *INFUSION, *twice, "--drug", "esketamine")
    assert (code, said["times_min"]) == (0, [0, 60, 120])
    assert said["analytes"].keys() == {"S-ketamine", "S-norketamine (S-ketamine mass equiv.)"}
    alone = told(capsys, "simulate", "--model", "otto2021", *INFUSION, "--times", "60")[1]
    assert said["analytes"]["S-ketamine"][1] > alone["analytes"]["S-ketamine"][0] + 70, "10 mg at once in 133 L"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("simulate", "--model", "nobody", *INFUSION), "pk.unknown_model"),
        (("simulate", "--model", "../x", *INFUSION), "pk.unknown_model"),
        (("simulate", "--model", "otto2021", *INFUSION, "--drug", "ketamine"), "pk.wrong_drug"),
        (("simulate", "--model", "otto2021", *INFUSION, "--age-years", "12"), "pk.wrong_population"),
        (("simulate", "--model", "herd2007", "--weight-kg", "90", "--dose", "35 mg IV"), "pk.outside_range"),
        (("simulate", "--model", "otto2021", "--weight-kg", "nan", "--dose", "35 mg IV"), "pk.outside_range"),
        (("simulate", "--model", "otto2021", "--weight-kg", "70", "--dose", "35 mL IV"), "unit.mismatch"),
        (("simulate", "--model", "otto2021", "--weight-kg", "70", "--dose", "35 units IV"), "unit.unknown"),
        (("simulate", "--model", "otto2021", "--weight-kg", "70", "--dose", "35 mg"), "pk.unknown_dose"),
        (("simulate", "--model", "otto2021", "--weight-kg", "70", "--dose", "35 mg IM"), "pk.unknown_route"),
        (("simulate", "--model", "otto2021", *INFUSION, "--dose", "5 mg IV at 60 min", "--dose", "5 mg IV at 50 min"), "pk.unsorted_doses"),
        (("simulate", "--model", "otto2021", *INFUSION, "--unit", "nmol/mL"), "unit.mismatch"),
        (("simulate", "--model", "otto2021", *INFUSION, "--unit", "ug"), "unit.unknown"),
        (("simulate", "--model", "otto2021", *INFUSION, "--times", "5,0"), "pk.negative_time"),
        (("simulate", "--model", "otto2021", *INFUSION, "--times", "soon"), "pk.times"),
        (("simulate", "--model", "otto2021", *INFUSION, "--times", "0:10:0"), "pk.times"),
        (("simulate", "--model", "otto2021", *INFUSION, "--times", "0:1e9:1"), "pk.times"),
        (("simulate", "--model", "otto2021", *INFUSION, "--times", "10:0:1"), "pk.times"),
        (("compare", "--drug", "ketamine", "--weight-kg", "70", "--dose", "35 mg nasal"), "pk.no_model"),
        (("plot", "--drug", "ketamine", *INFUSION, "--out", "curve.png"), "pk.unknown_format"),
        (("plot", "--drug", "ketamine", *INFUSION, "--out", "/nowhere/at/all/curve.svg"), "pk.not_written"),
        (("band", *INFUSION), "pk.unknown_route"),
        (("band", "--weight-kg", "70", "--dose", "35 mg IM", "--unit", "nmol/mL"), "unit.mismatch"),
        (("band", "--weight-kg", "70", "--dose", "35 mg IM", "--dose", "25 mg SL"), "pk.several_routes"),
        ((), "pk.no_deed"),
    ],
)
def test_what_cannot_be_computed_is_a_named_refusal(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str) -> None:
    exit_code, said = told(capsys, *words)
    assert (exit_code, said["ok"], said["refusal"], bool(said["now"])) == (2, False, code, True)


def test_the_list_says_of_each_model_whom_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "--list")
    assert code == 0
    listed = {row["model"]: row for row in said["models"]}
    assert listed.keys() == models().keys()
    assert (listed["herd2007"]["people"], listed["herd2007"]["weight_kg"]) == ("children", [10.8, 74.8])
    assert listed["derived_v1_im"]["reference_only"] is True
    assert {row["status"] for row in said["models"]} == {"unreviewed"}


def test_compare_runs_adult_models_of_the_drug_and_says_why_the_others_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = told(capsys, "compare", "--drug", "ketamine", *INFUSION, "--times", "40")
    assert said["models"].keys() == {"clements250", "domino_tci", "hijazi2003", "kamp2020_meta"}
    assert said["models"]["kamp2020_meta"]["site"] == "arterial"
    assert said["left_out"]["otto2021"]["refusal"] == "pk.wrong_drug"
    assert said["left_out"]["herd2007"]["refusal"] == said["left_out"]["derived_v1_im"]["refusal"] == "pk.not_asked_for"
    _, child = told(capsys, "compare", "--drug", "ketamine", "--weight-kg", "40", "--age-years", "11", "--dose", "20 mg IV", "--times", "40")
    assert child["models"].keys() == {"herd2007", "hornik2018"}
    _, named = told(capsys, "compare", "--drug", "ketamine", "--models", "derived_v1_im", "--weight-kg", "70", "--dose", "35 mg IM", "--times", "22")
    assert named["models"]["derived_v1_im"]["says"][-2].startswith("Kept for reference only")


def test_a_plot_is_a_picture_or_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture, table = tmp_path / "curves.svg", tmp_path / "curves.csv"
    words = ("plot", "--drug", "esketamine", *INFUSION, "--models", "otto2021,perez_ruixo2021", "--times", "0,40,90")
    assert told(capsys, *words, "--out", str(picture))[0] == 0
    drawn = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points", "").split()) for line in lines] == [3, 3, 3, 3]
    assert len({(line.get("stroke"), line.get("stroke-dasharray")) for line in lines}) == 4
    assert "chooses, changes and releases no dose" in "".join(drawn.itertext())
    assert told(capsys, *words, "--out", str(table))[0] == 0
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert len(rows) == 4 * 3
    assert {row["unit"] for row in rows} == {"ng/mL"}
    assert {row["analyte"] for row in rows} == {name for one in ("otto2021", "perez_ruixo2021") for name in (a.name for a in models()[one].analytes)}


def test_for_people_it_says_the_same_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pk", "simulate", "--model", "clements250", *INFUSION, "--times", "40"]) == 0
    said = capsys.readouterr().out
    assert "177.3" in said
    assert "The age was not stated" in said
    assert cli.main(["pk", "compare", "--drug", "ketamine", *INFUSION, "--times", "40"]) == 0
    assert "Otto 2021 describes S-ketamine" in capsys.readouterr().out
    assert cli.main(["pk", "--list"]) == 0
    assert "All are unreviewed." in capsys.readouterr().out


def test_a_band_of_invented_people_where_variability_was_published(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "simulate", "--model", "otto2021", *INFUSION, "--times", "0,40", "--people", "300")
    band = said["band"]["analytes"]["S-ketamine"]
    assert (code, band["p5"][0], len(band["p95"])) == (0, 0, 2)
    assert band["p5"][1] < band["p50"][1] < band["p95"][1]
    again = told(capsys, "simulate", "--model", "otto2021", *INFUSION, "--times", "0,40", "--people", "300")[1]
    assert again["band"] == said["band"]
    assert told(capsys, "simulate", "--model", "clements250", *INFUSION, "--people", "300")[1]["refusal"] == "pk.no_variability"
    assert cli.main(["pk", "simulate", "--model", "otto2021", *INFUSION, "--times", "40", "--people", "30"]) == 0
    assert "what an assay adds is not in it" in capsys.readouterr().out


# hazard: H34
def test_a_band_covers_what_was_measured_and_says_what_it_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "band", "--weight-kg", "70", "--dose", "35 mg IM", "--times", "0:60:1")
    assert (code, said["route"], said["unit"], said["marks"]) == (0, "im", "ng/mL", ["U"])
    assert max(said["high"]) == pytest.approx(349, rel=1e-3)
    assert max(said["low"]) == pytest.approx(137, rel=1e-3)
    assert "not for dosing or release" in said["says"][0]
    assert cli.main(["pk", "band", "--weight-kg", "70", "--dose", "25 mg SL", "--times", "45"]) == 0
    assert "cannot both be matched" in capsys.readouterr().out


def test_it_needs_no_clinic_and_no_django(tmp_path: Path) -> None:
    program = (
        "import sys; from afterglow.conf.cli import main; code = main(sys.argv[1:]); "
    )  # fmt: skip
    done = subprocess.run(
        (sys.executable, "-c", program, "pk", "simulate", "--model", "otto2021", *INFUSION, "--json"), cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
    assert json.loads(done.stdout)["model"] == "otto2021"


def test_the_engine_works_where_django_cannot_be_imported(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from afterglow.ground.content.files import LIBRARY_ROOT, load_file\n"
        "from afterglow.science import pk\n"
        "model = pk.model_from(load_file(LIBRARY_ROOT / 'pk_models/clements250/1.yaml').content)\n"
        "curve = pk.simulate(model, [pk.dose_from('35 mg IV over 40 min')], [pk.Person(weight_kg=70, age_years=40)], [40])\n"
        "print(round(float(curve.of('ketamine')[0, 0]), 4))"
    )
    done = subprocess.run((sys.executable, "-c", program), cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("177.3133\n", "")


def test_check_prints_every_miss(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "check")
    judged = [row["standing"] for row in said["rows"] if row["standing"] in ("inside", "below", "above")]
    assert code == 0
    assert {"inside", "below", "above", "no interval"} < {row["standing"] for row in said["rows"]}
    assert cli.main(["pk", "check"]) == 0
    page = capsys.readouterr().out
    assert f"{judged.count('inside')} of {len(judged)} figures lie inside" in page
    assert "No model of the library describes this" in page
    assert "zarate2006           peak" in page


def test_effects_say_which_side_of_half_and_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    asked = (
        "effects",
        "--model",
        "simons2022_otf",
        "--drug",
        "esketamine",
        "--weight-kg",
        "70",
        "--dose",
        "20 mg IV over 20 min",
        "--times",
        "0,20,240",
    )
    code, said = told(capsys, *asked)
    rows = {row["id"]: row for row in said["effects"]}
    assert (code, rows["drug_high"]["stands"]) == (0, ["less than half", "more than half", "less than half"])
    assert rows["dissociation"]["refusal"]["code"] == "pk.unknown_effect"
    assert "No validated ke0" in said["says"][0]
    assert cli.main(["pk", *asked]) == 0
    page = capsys.readouterr().out
    assert "20 to 20 min: more than half of the most" in page
    assert "Sedation (mark U): nothing is on file." in page
    assert cli.main(["pk", "effects", "--model", "otto2021", *asked[3:]]) == 0
    assert "Not told: A level of S-ketamine in arterial blood" in capsys.readouterr().out, "venous beside arterial (safety 22)"
