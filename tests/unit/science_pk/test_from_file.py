"""A file that names what is not there describes no model, and is refused before anything is computed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models


def content(name: str) -> Any:
    return deepcopy(next(file.content for file in newest("pk_models") if file.id == name))


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("flows", 0, "rate"), "k99", "no parameter 'k99'"),
        (("flows", 0, "to"), "attic", "no compartment 'attic'"),
        (("routes", "intranasal", "legs", 1, "share"), ["1-FRx"], "no parameter 'FRx'"),
        (("routes", "intranasal", "later", "factor"), "FRx", "no parameter 'FRx'"),
        (("routes", "oral", "legs", 0, "over"), "D_x", "no parameter 'D_x'"),
        (("analytes", 0, "in"), "attic", "no compartment 'attic'"),
        (("changes", 0, "parameter"), "Qx", "no parameter 'Qx'"),
        (("between_people", "missing"), ["kx"], "no parameter 'kx'"),
        (("compartments", "central"), None, "'central' has no volume for a clearance"),
        (("parameters", "values", "Vc", "unit"), "gallon", "Vc has the unit 'gallon'"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(path: tuple[Any, ...], value: Any, fault: str):
    given = content("perez_ruixo2021")
    place = given
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    if path[-1] == "rate":
        place.pop("clearance")
    with pytest.raises(pk.ModelInvalid, match=fault):
        pk.model_from(given)


def test_variability_is_read_as_it_was_printed():
    otto, perez = models()["otto2021"].variability, models()["perez_ruixo2021"].variability
    assert otto.names == ("V1", "CL", "Vnk", "CLnk")
    assert otto.covariance[0][:2] == (0.084177, 0.02261)
    assert otto.covariance[0][2] == 0
    assert perez.covariance[0][0] == pytest.approx(0.3208, abs=1e-4), "ln(1 + 0.615^2)"
    assert perez.logit_sd == {"FRn": 0.708}
    assert models()["clements250"].variability is None
