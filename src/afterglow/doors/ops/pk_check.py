"""`afterglow pk check`: each published observation beside each model that may be asked about it, misses and all."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from afterglow.doors.ops import answer
from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind
from afterglow.science import pk

LEVELS, PEAKS = "pk_observed_levels", "pk_observed_peaks"
SITES_UNSURE = "One of the two sampling sites is not stated."
NO_MODEL = "No model of the library describes this."


def add_arguments(deeds: Any) -> None:
    checked = deeds.add_parser("check", help="every model beside what was measured in published studies, misses and all")
    checked.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """0 whatever the models miss: the table is the answer."""
    codes = {file.id: file for file in load_kind(LIBRARY_ROOT, "codes")}
    models = {file.id: file for file in load_kind(LIBRARY_ROOT, "pk_models")}
    rows = list(rows_of(codes, models))
    told = [line for row in rows for line in _lines(row)]
    return answer.done(options, "\n".join([*told, counted(rows), codes[LEVELS].content["says"]]), rows=rows, says=codes[LEVELS].content["says"])


def rows_of(codes: Mapping[str, LibraryFile], models: Mapping[str, LibraryFile]) -> Iterator[dict[str, Any]]:
    """One row for each figure and model, in the order of the files; a figure that no model can be asked about has a row without a model."""
    content = codes[LEVELS].content
    studies = (*pk.studies_from(content), *pk.peak_studies_from(codes[PEAKS].content, weight_kg=content["weight_kg_assumed"]))
    engines = [pk.model_from(file.content) for file in models.values()]
    for study in studies:
        rows = [row for model in engines for row in _rows(model, study)]
        yield from rows or [_without_model(study, reading) for reading in study.readings]


def _rows(model: pk.Model, study: pk.Study) -> list[dict[str, Any]]:
    try:
        found = pk.compared(model, study)
    except pk.QuantityRefused:
        return []  # another drug, route, site or age: it says nothing of this study
    sites = SITES_UNSURE if "unknown" in (model.site, study.site) else ""
    return [
        _figure(study, one.reading)
        | {"model": model.id, "predicted": one.predicted, "ratio": one.ratio, "standing": one.standing, "sites": sites, "reference_only": model.reference_only}
        for one in found
    ]  # fmt: skip


def _without_model(study: pk.Study, reading: pk.Reading) -> dict[str, Any]:
    return _figure(study, reading) | {"model": None, "standing": NO_MODEL}


def _figure(study: pk.Study, reading: pk.Reading) -> dict[str, Any]:
    about = {key: getattr(study, key) for key in ("title", "drug", "site", "weight_kg", "interval_is", "note", "source", "mark")}
    seen = {key: getattr(reading, key) for key in ("what", "at_min", "value", "low", "high", "unit")}
    return {"study": study.id, **about, **seen}


def counted(rows: list[dict[str, Any]]) -> str:
    """How many figures lie inside the stated interval and how many miss it."""
    judged = [row for row in rows if row["standing"] in ("inside", "below", "above")]
    inside = sum(row["standing"] == "inside" for row in judged)
    unjudged = sum(row["standing"] == "no interval" for row in rows)
    return f"{inside} of {len(judged)} figures lie inside the stated interval, {len(judged) - inside} miss it; {unjudged} have no stated interval."


def when(row: Mapping[str, Any]) -> str:
    """What was measured: at 60 min, peak or clearance."""
    return f"at {row['at_min']:g} min" if row["what"] == "level" else str(row["what"])


def interval(row: Mapping[str, Any]) -> str:
    return "none stated" if row["low"] is None else f"{row['low']:.4g} to {row['high']:.4g}"


def _lines(row: Mapping[str, Any]) -> list[str]:
    head = f"{row['study']:<20} {when(row):<12} {row['value']:>8.4g} {row['unit']:<6} ({interval(row)})"
    if row["model"] is None:
        return [f"{head}  {row['standing']}"]
    return [f"{head}  {row['model']:<16} {row['predicted']:>8.4g}  x{row['ratio']:.2f}  {row['standing']}"]
