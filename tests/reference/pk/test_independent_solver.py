"""The closed form against SciPy's `solve_ivp` on random regimens: another program, another method, the equations written down once more.

SciPy stands in the test list alone, as a witness that shares no code with the engine; the product does without it.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from afterglow.science import pk
from afterglow.science.pk.system import inputs_of, rate_matrix
from tests.support.pk_models import models

pytestmark = pytest.mark.slow  # ten seconds together: `make test`, not `make check`
IV_MODELS = sorted(name for name, model in models().items() if "iv" in model.routes)
TIMES = np.array([0.0, 3.0, 17.0, 40.0, 61.5, 90.0, 200.0, 481.0])


def witness(model: pk.Model, doses: list[pk.Dose], person: pk.Person) -> np.ndarray:
    """ug in each compartment at each time (compartments, times), by steps of an implicit Runge-Kutta method between the moments at which an input changes."""
    values = pk.values_for(model, [person])
    matrix, inputs = rate_matrix(model, values)[0], inputs_of(model, values, doses)
    moments = sorted({0.0, TIMES[-1], *(float(edge[0]) for one in inputs for edge in (one.from_min, one.until_min) if edge[0] < TIMES[-1])})
    state, answer = np.zeros(matrix.shape[0]), np.zeros((matrix.shape[0], TIMES.size))
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        for one in inputs:
            if one.from_min[0] == one.until_min[0] == start:
                state[one.compartment] += one.amount_ug[0]
        entering = np.zeros(matrix.shape[0])
        for one in inputs:
            if one.from_min[0] <= start < one.until_min[0]:
                entering[one.compartment] += one.amount_ug[0] / (one.until_min[0] - one.from_min[0])
        answer[:, start == TIMES] = state[:, None]
        if end is None:
            break
        inside = TIMES[(start < TIMES) & (end > TIMES)]
        solved = solve_ivp(
            lambda t, held, entering=entering: matrix @ held + entering,
            (start, end),
            state,
            method="Radau",
            t_eval=[*inside, end],
            rtol=1e-9,
            atol=1e-9,
            jac=matrix,
        )
        answer[:, np.isin(TIMES, inside)] = solved.y[:, :-1]
        state = solved.y[:, -1]
    return answer


def regimen(chance: np.random.Generator) -> list[pk.Dose]:
    """A bolus, a stepped infusion with a pause, and another infusion: all at random."""
    starts = np.sort(chance.uniform(0, 300, 3))
    steps = [(chance.uniform(0.2, 2), chance.uniform(5, 40)), (0.0, chance.uniform(1, 15)), (chance.uniform(0.2, 2), chance.uniform(5, 40))]
    made = [
        pk.Dose(amount_mg=chance.uniform(1, 100), route="iv", at_min=starts[0]),
        *pk.stepped(steps, at_min=starts[1]),
        pk.Dose(amount_mg=chance.uniform(1, 100), route="iv", at_min=starts[2], over_min=chance.uniform(1, 100)),
    ]
    return sorted(made, key=lambda dose: dose.at_min)


def agree(model: pk.Model, doses: list[pk.Dose], person: pk.Person) -> None:
    found = pk.concentrations(model, doses, pk.values_for(model, [person]), TIMES)
    held, values = witness(model, doses, person), pk.values_for(model, [person])
    for analyte in model.analytes:
        factor = 1.0 if analyte.grams_per_mol is None else analyte.grams_per_mol / model.drug_grams_per_mol
        seen = held[model.compartments.index(analyte.compartment)] * factor / values[analyte.volume][0]
        got = found.of(analyte.name)[0]
        assert np.max(np.abs(got - seen)) <= 1e-6 * max(1e-3, np.max(np.abs(seen))), analyte.name


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", IV_MODELS)
def test_random_regimens_by_vein(name: str, seed: int) -> None:
    chance = np.random.default_rng([seed, IV_MODELS.index(name)])
    agree(models()[name], regimen(chance), pk.Person(weight_kg=chance.uniform(15, 140), age_years=chance.uniform(20, 85)))


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("perez_ruixo2021", ["28 mg nasal", "28 mg nasal at 5 min", "84 mg oral at 90 min", "28 mg nasal at 4 h"]),
        ("simons2022_otf", ["50 mg oral film", "20 mg IV over 20 min at 360 min"]),
        ("derived_v1_im", ["35 mg IM", "20 mg IM at 45 min"]),
        ("derived_v1_sl", ["100 mg SL"]),
        ("derived_v1_oral", ["100 mg PO at 10 min"]),
    ],
)
def test_other_routes(name: str, spoken: list[str]) -> None:
    agree(models()[name], [pk.dose_from(text) for text in spoken], pk.Person(weight_kg=81, age_years=71, ancestry="asian"))
