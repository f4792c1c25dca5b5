"""A hundred thousand people over four hours by a published model, beside SciPy's LSODA on the same work and beside merely writing as many numbers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MODEL, DOSE, WEIGHT_KG = "domino_tci", "35 mg IV over 40 min", 70.0
SPREAD = 0.3
"""Standard deviation of every parameter's logarithm, of this bench alone: none is published with the set."""
PEOPLE, QUICK_PEOPLE, STEPPED = 100_000, 2_000, 20
MINUTES = 241
RUNS = 7
SEED = 20261123
AGREE = 1e-6


@dataclass(frozen=True, slots=True)
class Curves:
    """Seconds: the first answer, `runs` answers, writing as many numbers into new memory, LSODA for `stepped` people; one person by every model by vein."""

    model: str
    people: int
    minutes: int
    first_s: float
    whole_s: tuple[float, ...]
    write_s: tuple[float, ...]
    stepped: int
    stepped_s: float
    models: int
    one_person_s: float
    apart: float

    @property
    def median_s(self) -> float:
        return statistics.median(self.whole_s)

    @property
    def times_faster(self) -> float:
        """Seconds for one person by LSODA over seconds for one person here."""
        return (self.stepped_s / self.stepped) / (self.median_s / self.people)


def measure(say: Callable[[str], Any], *, quick: bool) -> Curves:
    """Raises RuntimeError when a curve is not the one that LSODA gives."""
    from afterglow.ground.content.shelf import newest
    from afterglow.science import pk
    from afterglow.science.pk.population import levels

    models = {file.id: pk.model_from(file.content) for file in newest("pk_models")}
    model, people = models[MODEL], QUICK_PEOPLE if quick else PEOPLE
    doses, times = [pk.dose_from(DOSE)], np.arange(float(MINUTES))
    chance = np.random.default_rng(SEED)
    typical = pk.values_for(model, [pk.Person(weight_kg=WEIGHT_KG)])
    values = {name: value[0] * np.exp(SPREAD * chance.standard_normal(people)) for name, value in typical.items()}
    whole, writing = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        curves = levels(model, doses, values, times, model.analytes[0])
        whole.append(time.perf_counter() - began)
        began = time.perf_counter()
        np.full((people, MINUTES), 1.0)
        writing.append(time.perf_counter() - began)
    stepped_s, apart = _stepped(values, times, curves)
    if apart > AGREE:
        raise RuntimeError(f"a curve is {apart:.1e} of its peak away from what LSODA gives")
    by_vein = [one for one in models.values() if "iv" in one.routes]
    person = [pk.Person(weight_kg=WEIGHT_KG)]
    alone = []
    for _ in range(RUNS):
        began = time.perf_counter()
        for one in by_vein:
            pk.simulate(one, doses, person, times)
        alone.append(time.perf_counter() - began)
    made = Curves(
        model=model.name,
        people=people,
        minutes=MINUTES,
        first_s=whole[0],
        whole_s=tuple(whole),
        write_s=tuple(writing),
        stepped=STEPPED,
        stepped_s=stepped_s,
        models=len(by_vein),
        one_person_s=statistics.median(alone),
        apart=apart,
    )
    say(
        f"{people:,} people x {MINUTES} min: {made.median_s:.3f} s; writing alone {statistics.median(writing):.3f} s; LSODA {stepped_s:.2f} s for {STEPPED}"
    )
    return made


def _stepped(values: dict[str, np.ndarray], times: np.ndarray, curves: np.ndarray) -> tuple[float, float]:
    """Seconds for the first people by LSODA (relative tolerance 1e-8), and the largest difference as a share of a peak."""
    from scipy.integrate import solve_ivp

    apart, began = 0.0, time.perf_counter()
    for person in range(STEPPED):
        own = {name: float(value[person]) for name, value in values.items()}

        def change(minute: float, held: np.ndarray, own: dict[str, float] = own) -> list[float]:
            entering = 35_000 / 40 if minute < 40 else 0.0
            out = own["k12"] * held[0] - own["k21"] * held[1], own["k13"] * held[0] - own["k31"] * held[2]
            return [entering - own["k10"] * held[0] - out[0] - out[1], out[0], out[1]]

        until = int(np.searchsorted(times, 40.0)) + 1
        exact = {"method": "LSODA", "rtol": 1e-8, "atol": 1e-8}
        during = solve_ivp(change, (0.0, 40.0), [0.0, 0.0, 0.0], t_eval=times[:until], max_step=40.0, **exact)
        after = solve_ivp(change, (40.0, times[-1]), during.y[:, -1], t_eval=times[until:], **exact)
        seen = np.concatenate([during.y[0], after.y[0]]) / own["V1"]
        apart = max(apart, float(np.max(np.abs(seen - curves[person])) / seen.max()))
    return time.perf_counter() - began, apart
