"""Pharmacokinetics of ketamine: published models, solved in closed form, for teaching, planning and learning; never an order.

from afterglow.science import pk

model = pk.model_from(content)      # one file of library/pk_models, as its reader gives it
curve = pk.simulate(model, [pk.dose_from("35 mg IV over 40 min")], [pk.Person(weight_kg=70)], [0, 20, 40, 120])
curve.of("ketamine")                # ng/mL, shape (people, times)
"""

from afterglow.science.pk.doses import Dose, dose_from, paused, slowed, stepped, stopped
from afterglow.science.pk.effects import Effect, HalfAt, Standing, beside_half, effects_from
from afterglow.science.pk.exposure import Ratio, area, genotypes_from, ratio_of, ratios_from, with_genotype
from afterglow.science.pk.from_file import model_from
from afterglow.science.pk.model import Model, Person
from afterglow.science.pk.observed_band import Band, Observed, observed_band, observed_from
from afterglow.science.pk.observed_check import Compared, Reading, Study, compared, peak_studies_from, studies_from
from afterglow.science.pk.planning import (
    Basis,
    Peak,
    Reaching,
    Steady,
    Until,
    WhatIf,
    dose_to_reach,
    if_paused,
    if_slowed,
    peak,
    steady_infusion,
    time_until_below,
)
from afterglow.science.pk.population import Crowd, Level, crowd
from afterglow.science.pk.refusals import (
    ModelInvalid,
    NoVariability,
    OutsideModelRange,
    QuantityRefused,
    UnitMismatch,
    UnknownEffect,
    UnknownExposure,
    UnknownRoute,
    UnlikeLevel,
    WrongDrug,
    WrongPopulation,
)
from afterglow.science.pk.simulate import Concentrations, concentrations, simulate, times_from
from afterglow.science.pk.system import values_for

__all__ = [
    "Band",
    "Basis",
    "Compared",
    "Concentrations",
    "Crowd",
    "Dose",
    "Effect",
    "HalfAt",
    "Level",
    "Model",
    "ModelInvalid",
    "NoVariability",
    "Observed",
    "OutsideModelRange",
    "Peak",
    "Person",
    "QuantityRefused",
    "Ratio",
    "Reaching",
    "Reading",
    "Standing",
    "Steady",
    "Study",
    "UnitMismatch",
    "UnknownEffect",
    "UnknownExposure",
    "UnknownRoute",
    "UnlikeLevel",
    "Until",
    "WhatIf",
    "WrongDrug",
    "WrongPopulation",
    "area",
    "beside_half",
    "compared",
    "concentrations",
    "crowd",
    "dose_from",
    "dose_to_reach",
    "effects_from",
    "genotypes_from",
    "if_paused",
    "if_slowed",
    "model_from",
    "observed_band",
    "observed_from",
    "paused",
    "peak",
    "peak_studies_from",
    "ratio_of",
    "ratios_from",
    "simulate",
    "slowed",
    "steady_infusion",
    "stepped",
    "stopped",
    "studies_from",
    "time_until_below",
    "times_from",
    "values_for",
    "with_genotype",
]
