"""Every row of the reference table, within 0.1 % or 0.0001 of its unit, whichever is larger.

`pk_reference.csv` was made on 2026-11-22 by other programs and handed to the project: opentiva 1.1.2 (its own solver, MIT) and an independent
matrix exponential of the same published parameters, for weights, doses and routes; rows called derived are first-order absorption on Clements 250.
It is a copy, line for line.  Children's models stand in it for adult weights: the arithmetic is asked here, not whether a model fits a person.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from afterglow.science import pk
from tests.support.pk_models import models, question

ROWS = list(csv.DictReader((Path(__file__).parent / "pk_reference.csv").open(encoding="utf-8")))
MODELS = {
    "Clements250": "clements250",
    "Domino": "domino_tci",
    "Herd": "herd2007",
    "Hijazi": "hijazi2003",
    "Hornik": "hornik2018",
    "Klamp(Kamp2020)": "kamp2020_meta",
    "Otto2021_Fanta2015": "otto2021",
    "PerezRuixo2021": "perez_ruixo2021",
    "Simons2022_OTF": "simons2022_otf",
    "IM_first_order_on_Clements250": "derived_v1_im",
    "SL_first_order_on_Clements250": "derived_v1_sl",
    "PO_first_order_on_Clements250": "derived_v1_oral",
}
CASES: dict[tuple[str, str, str, str, str, str], list[tuple[float, float]]] = defaultdict(list)
for row in ROWS:
    case = (row["tool"], row["model"], row["scenario"], row["weight_kg"], row["analyte"], row["unit"])
    CASES[case].append((float(row["time_min"]), float(row["value"])))


def test_the_table_is_whole_and_each_of_its_models_is_in_the_library() -> None:
    assert len(ROWS) == 1888
    assert {row["model"] for row in ROWS} == MODELS.keys()
    assert set(MODELS.values()) <= models().keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:5]).replace(" ", "_"))
def test_each_row(case: tuple[str, str, str, str, str, str]) -> None:
    _, name, scenario, weight_kg, analyte, unit = case
    model = models()[MODELS[name]]
    doses, person = question(scenario, float(weight_kg))
    times, expected = np.array(CASES[case]).T
    got = pk.concentrations(model, doses, pk.values_for(model, [person]), times, unit=unit).of(analyte)[0]
    allowed = np.maximum(1e-3 * expected, 1e-4)
    assert np.all(np.abs(got - expected) <= allowed), [(t, g, e) for t, g, e, a in zip(times, got, expected, allowed, strict=True) if abs(g - e) > a]
