"""The highest level that each published model gives for an infusion, worked out once for each dose, weight and age of a process."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from uuid import UUID

from afterglow.ground.content.queries import library_row, released
from afterglow.pathway.response.rules.peaks import LeftOut, ModelPeak, Predicted
from afterglow.science import pk
from afterglow.science.pk.planning import NO_ORDER, PEOPLE_DIFFER

DRUGS: Final = {"ketamine_racemic": "racemic ketamine", "esketamine": "S-ketamine"}
"""Drugs of the cabinet -> drugs of the models."""
MIDDLE: Final = (5.0, 95.0)
INVENTED: Final = 200
READ_ONCE: Final = (NO_ORDER, PEOPLE_DIFFER)
"""What is read with every peak stands once beside all of them."""


def predicted(drug: str, doses: tuple[pk.Dose, ...], *, weight_g: int | None, age_years: float | None) -> Predicted:
    """For one person, of at least one dose.  Nothing is refused as a whole: each model says for itself why it did not run."""
    if drug not in DRUGS:
        return Predicted(why_none="No published model stands here for this drug.")
    if weight_g is None:
        return Predicted(why_none="There is no weight on record.")
    told = [
        _one(record.pk, DRUGS[drug], doses, weight_g / 1000, age_years) for record in released("pk_models") if not _model(record.pk).reference_only
    ]
    return Predicted(
        peaks=tuple(each for each in told if isinstance(each, ModelPeak)), left_out=tuple(each for each in told if isinstance(each, LeftOut))
    )


@lru_cache(maxsize=64)
def _model(row_id: UUID) -> pk.Model:
    return pk.model_from(library_row(row_id).content)


@lru_cache(maxsize=4096)
def _one(row_id: UUID, drug: str, doses: tuple[pk.Dose, ...], weight_kg: float, age_years: float | None) -> ModelPeak | LeftOut:
    model, record = _model(row_id), library_row(row_id)
    if age_years is None and model.population.group == "children":
        return LeftOut(name=model.name, sentence=f"{model.name} was made from children; the age is not on record.")
    person = pk.Person(weight_kg=weight_kg, age_years=age_years)
    try:
        top = pk.peak(model, doses, person, drug=drug)
        low, high = _middle(model, doses, person, top.at_min)
    except pk.QuantityRefused as refused:
        return LeftOut(name=model.name, sentence=refused.sentence)
    return ModelPeak(
        name=model.name, version=record.version, reviewed=record.is_reviewed, site=model.site, value=top.value, at_min=top.at_min,
        low=low, high=high, says=tuple(said for said in top.basis.says if said not in READ_ONCE),
    )  # fmt: skip


def _middle(model: pk.Model, doses: tuple[pk.Dose, ...], person: pk.Person, at_min: float) -> tuple[float | None, float | None]:
    """How invented people differ at the minute of the typical peak; nothing where nobody published how people differ."""
    if model.variability is None:
        return None, None
    low, high = pk.crowd(model, doses, person, [at_min], people=INVENTED).percentiles(MIDDLE)[:, 0]
    return float(low), float(high)
