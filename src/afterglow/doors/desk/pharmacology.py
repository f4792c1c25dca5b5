"""What the Pharmacology page shows: every chosen model that may run, why the others may not, and what was measured at that very dose.

One picture for each sampling site and substance, all of one substance on one scale: arterial and venous levels are never laid over each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from afterglow.doors.desk.pharmacology_form import EXAMPLE
from afterglow.doors.desk.pharmacology_picture import Curve, Panel, panels
from afterglow.ground.content.queries import LibraryRecord, library_file, released
from afterglow.science import pk
from afterglow.science.pk.drawing import Seen
from afterglow.science.pk.model import FloatArray

NOT_PUBLISHED: Final = "How people differ was not published with this model: no band is drawn."
BAND: Final = "The shaded band runs from the 5th to the 95th percentile of invented people; what an assay adds is not in it, and none is drawn for what the body makes of the drug."
SITES: Final = {
    "venous": "blood from a vein",
    "arterial": "blood from an artery",
    "unknown": "where blood was taken is not stated, so no threshold may be laid over it",
}
DEVICE_MG: Final = 28.0
DEVICES_APART_MIN: Final = 5.0
DEVICES_AT_MOST: Final = 3
POINTS: Final = 241
ROWS: Final = 13
INVENTED: Final = 200
MIDDLE: Final = (5.0, 95.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question, as the form has checked it."""

    drug: str
    route: str
    amount: float
    unit: str
    over_min: float | None
    weight_kg: float
    age_years: float | None
    hours: float
    models: Sequence[str]

    @property
    def mg(self) -> float:
        return self.amount * (self.weight_kg if self.unit == "mg/kg" else 1.0)

    @property
    def person(self) -> pk.Person:
        return pk.Person(weight_kg=self.weight_kg, age_years=self.age_years)

    @property
    def sentence(self) -> str:
        over = f" over {self.over_min:g} min" if self.over_min else ""
        return f"{self.mg:g} mg{over}, {self.weight_kg:g} kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Models and measurements, as the library has them now."""

    records: dict[str, LibraryRecord]
    models: dict[str, pk.Model]
    peaks: dict[str, Any]
    studies: Sequence[dict[str, Any]]
    sources: Sequence[tuple[str, int, Sequence[dict[str, Any]]]]

    @classmethod
    def now(cls) -> Shelf:
        records = {record.id: record for record in released("pk_models")}
        peaks, levels = library_file("codes", "pk_observed_peaks"), library_file("codes", "pk_observed_levels")
        return cls(
            records=records,
            models={name: pk.model_from(record.content) for name, record in records.items()},
            peaks=peaks.content,
            studies=[study for study in levels.content["studies"] if _levels_of(study)],
            sources=[(each.content["title"], each.version, each.content["sources"]) for each in (levels, peaks)],
        )

    def offered(self) -> list[pk.Model]:
        """Those that may be shown: what is kept for reference alone is not (safety 20)."""
        return [model for model in self.models.values() if not model.reference_only]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A model that did not run, and why."""

    name: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A model that did run: its file, whose blood, and what must be read with its curve."""

    name: str
    version: int
    reviewed: bool
    people: str
    site: str
    says: tuple[str, ...]
    not_for: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Shown:
    """The answer.  `rows`: minute and one level for each curve."""

    asked: Asked
    devices: int = 0
    times_min: FloatArray = field(default_factory=lambda: np.zeros(1))
    curves: list[Curve] = field(default_factory=list)
    about: list[About] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    seen: list[tuple[Seen, str, str]] = field(default_factory=list)
    panels: Sequence[Panel] = ()
    rows: Sequence[tuple[float, Sequence[str]]] = ()
    sources: Sequence[tuple[str, int, Sequence[dict[str, Any]]]] = ()


def example_of(study: dict[str, Any]) -> dict[str, Any]:
    """The dose of a published study, as the form asks for it."""
    dose = pk.dose_from(study["dose"])
    hours = min(24.0, max(EXAMPLE["hours"], _levels_of(study)[-1]["at_min"] / 60))
    return {"drug": study["drug"], "route": dose.route, "amount": dose.amount_mg, "unit": "mg", "over_min": dose.over_min, "hours": hours}


def shown(shelf: Shelf, asked: Asked) -> Shown:
    """Everything of the page.  Nothing is refused as a whole: each model says for itself why it did not run."""
    found = Shown(asked=asked, sources=shelf.sources)
    try:
        doses = _doses(asked)
    except pk.QuantityRefused as refused:
        found.left_out.append(LeftOut(name="The dose", code=refused.code, sentence=f"{refused.sentence} {refused.now}"))
        return found
    found.times_min = _times(asked, doses)
    found.devices = len(doses) if asked.route == "intranasal" else 0
    if asked.drug == shelf.peaks["drug"] and asked.route in shelf.peaks["routes"]:
        _band_of_peaks(found, shelf, doses)
    else:
        _each_model(found, shelf, doses)
    found.seen.extend(_levels_at(shelf, asked))
    found.panels = panels(found.curves, found.times_min, [one for one, _, _ in found.seen])
    found.rows = _rows(found)
    return found


def _doses(asked: Asked) -> list[pk.Dose]:
    """One dose, or nasal devices five minutes apart.  Raises QuantityRefused."""
    if asked.route != "intranasal":
        return [pk.Dose(amount_mg=asked.mg, route=asked.route, over_min=asked.over_min or 0.0)]
    devices = round(asked.mg / DEVICE_MG)
    if not 1 <= devices <= DEVICES_AT_MOST or abs(devices * DEVICE_MG - asked.mg) > 1e-6:
        raise pk.UnknownRoute(f"{asked.mg:g} mg is not one, two or three devices of 28 mg.", "Enter 28, 56 or 84 mg.")
    return [pk.Dose(amount_mg=DEVICE_MG, route="intranasal", at_min=DEVICES_APART_MIN * number) for number in range(devices)]


def _each_model(found: Shown, shelf: Shelf, doses: Sequence[pk.Dose]) -> None:
    asked = found.asked
    for model in shelf.offered():
        if asked.models and model.id not in asked.models:
            continue
        if asked.age_years is None and model.population.group == "children":
            said = f"{model.name} was made from children; enter the age of a child to see it."
            found.left_out.append(LeftOut(name=model.name, code="pk.wrong_population", sentence=said))
            continue
        try:
            ran = pk.simulate(model, doses, [asked.person], found.times_min, drug=asked.drug)
        except pk.QuantityRefused as refused:
            found.left_out.append(LeftOut(name=model.name, code=refused.code, sentence=f"{refused.sentence} {refused.now}"))
            continue
        first = ran.analytes[0]
        low, high = _middle(model, doses, found)
        found.curves += [
            Curve(
                name=model.name,
                analyte=name,
                is_drug=name == first,
                site=model.site,
                levels=values[0],
                low=low if name == first else None,
                high=high if name == first else None,
            )
            for name, values in zip(ran.analytes, ran.values, strict=True)
        ]
        found.about.append(_about(shelf, model, (*ran.says, NOT_PUBLISHED if model.variability is None else BAND)))


def _middle(model: pk.Model, doses: Sequence[pk.Dose], found: Shown) -> tuple[FloatArray | None, FloatArray | None]:
    """The 5th and the 95th percentile of invented people, for the drug itself; nothing where nobody published how people differ.

    Every fourth minute of the grid and the end of each dose are worked out, and a straight line lies between them.
    """
    if model.variability is None:
        return None, None
    some = np.union1d(found.times_min[::4], _ends(doses, found.times_min[-1]))
    low, high = pk.crowd(model, doses, found.asked.person, some, people=INVENTED).percentiles(MIDDLE)
    return np.interp(found.times_min, some, low), np.interp(found.times_min, some, high)


def _times(asked: Asked, doses: Sequence[pk.Dose]) -> FloatArray:
    """An even grid, and the end of each dose, where a curve by vein is highest."""
    last = asked.hours * 60
    return np.union1d(np.linspace(0.0, last, POINTS), _ends(doses, last))


def _ends(doses: Sequence[pk.Dose], last: float) -> list[float]:
    return [dose.ends_min for dose in doses if dose.ends_min <= last]


def _band_of_peaks(found: Shown, shelf: Shelf, doses: Sequence[pk.Dose]) -> None:
    """Muscle, tongue and mouth: a band that covers the measured peaks; the derived curve by itself is too low to be shown (safety 20)."""
    asked = found.asked
    name, observed = pk.observed_from(shelf.peaks, asked.route)
    shape = shelf.models[name]
    try:
        band = pk.observed_band(shape, observed, doses, asked.person, found.times_min, says=shelf.peaks["says"])
    except pk.QuantityRefused as refused:
        found.left_out.append(LeftOut(name="The band", code=refused.code, sentence=f"{refused.sentence} {refused.now}"))
        return
    found.curves.append(Curve(name="Band", analyte="ketamine", is_drug=True, site=shape.site, levels=None, low=band.low, high=band.high))
    found.about.append(_about(shelf, shape, band.says, name="Band over measured peaks"))
    at_min = shelf.peaks["routes"][asked.route]["peak_min"]["value"]
    for one in observed:
        mg = one.mg if one.mg is not None else (one.mg_per_kg or 0.0) * asked.weight_kg
        if _same(mg, asked.mg):
            point = Seen(name=one.source, at_min=at_min, level=one.mean_ng_per_ml, spread=one.sd_ng_per_ml)
            found.seen.append((point, "Mean and standard deviation of the peak; its minute may be of another study.", one.mark))


def _levels_at(shelf: Shelf, asked: Asked) -> Iterator[tuple[Seen, str, str]]:
    """Measured levels, at the very dose alone: none is scaled to another dose."""
    for study in shelf.studies:
        dose = pk.dose_from(study["dose"])
        if (study["drug"], dose.route) != (asked.drug, asked.route):
            continue
        if not _same(dose.amount_mg, asked.mg) or not _same(dose.over_min, asked.over_min or 0.0):
            continue
        for reading in _levels_of(study):
            if reading["at_min"] <= asked.hours * 60:
                yield Seen(name=study["title"], at_min=reading["at_min"], level=reading["value"]), study.get("note", ""), study["mark"]


def _levels_of(study: dict[str, Any]) -> list[dict[str, Any]]:
    """What was measured at a stated minute; a peak without its minute and a clearance have no place in a picture."""
    return [reading for reading in study["readings"] if reading["what"] == "level"]


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(1.0, abs(one))


def _about(shelf: Shelf, model: pk.Model, says: tuple[str, ...], name: str = "") -> About:
    record = shelf.records[model.id]
    return About(
        name=name or model.name,
        version=record.version,
        reviewed=record.is_reviewed,
        people=model.population.says,
        site=SITES[model.site],
        says=says,
        not_for=model.not_for,
    )


def _rows(found: Shown) -> list[tuple[float, list[str]]]:
    """Thirteen minutes evenly over the grid, with each curve's level, or its band where there is no curve."""
    minutes = np.linspace(0.0, found.asked.hours * 60, ROWS)
    places = np.minimum(np.searchsorted(found.times_min, minutes - 1e-6), found.times_min.size - 1)
    return [(float(found.times_min[at]), [each.told(int(at)) for each in found.curves]) for at in places]
