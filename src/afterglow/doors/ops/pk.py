"""Published ketamine models on the command line: list them, run one, set several side by side, draw them.  No clinic, no data folder, nothing kept."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from afterglow.doors.ops import answer, pk_asked, pk_check, pk_effects, pk_tools
from afterglow.doors.ops.pk_picture import svg
from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind
from afterglow.ground.errors import Refusal
from afterglow.science import pk
from afterglow.science.pk.drawing import drawing

HELP = "published models of ketamine: what is in the blood, and when (illustrative, never dosing advice)"
NEEDS_DJANGO = False
PEAKS = "pk_observed_peaks"
WRITTEN = (".svg", ".csv")
PERCENTS = {"p5": 5.0, "p50": 50.0, "p95": 95.0}
REFERENCE_ONLY = "Kept for reference only: it misses the observed peaks low."
SITE_UNKNOWN = "Where blood was taken is not stated for this model: no threshold may be laid over its curve."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", dest="listed", help="the models there are")
    deeds = parser.add_subparsers(dest="deed", metavar="DEED")
    simulated = deeds.add_parser("simulate", help="one model, for a weight and one or more doses")
    simulated.add_argument("--model", required=True, metavar="ID", help="such as otto2021; see: afterglow pk --list")
    simulated.add_argument("--drug", choices=("ketamine", "esketamine"), help="what was given; a model of another drug then refuses")
    simulated.add_argument(
        "--people", type=int, metavar="N", help="also the 5th, 50th and 95th percentile of N invented people, where variability was published"
    )
    simulated.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (default 1)")
    compared = deeds.add_parser("compare", help="every model of the drug that can run the doses, side by side")
    drawn = deeds.add_parser("plot", help="the same as a picture (SVG) or a table (CSV)")
    drawn.add_argument("--out", required=True, metavar="FILE", help="where to write it: a name ending in .svg or .csv")
    for each in (compared, drawn):
        each.add_argument("--drug", required=True, choices=("ketamine", "esketamine"), help="racemic ketamine, or S-ketamine (esketamine)")
        each.add_argument("--models", metavar="ID,ID", help="only these, in this order")
    banded = deeds.add_parser("band", help="racemic ketamine by muscle, tongue or mouth: a band that covers the measured peaks")
    for each in (simulated, compared, drawn, banded):
        pk_asked.about_the_person(each)
    pk_check.add_arguments(deeds)
    pk_effects.add_arguments(deeds)
    pk_tools.add_arguments(deeds)


def run(options: argparse.Namespace) -> int:
    """0 for an answer; a Refusal for what cannot be computed."""
    if options.listed:
        return _list(options)
    if options.deed is None:
        raise Refusal(
            "pk.no_deed",
            "It was not said what to do.",
            "Say simulate, compare, plot, band, check, effects, reach, until, if-paused, if-slowed or steady, or --list.",
        )
    try:
        return {
            "simulate": _simulate,
            "compare": _compare,
            "plot": _plot,
            "band": _banded,
            "check": pk_check.run,
            "effects": pk_effects.run,
            **pk_tools.DEEDS,
        }[options.deed](options)
    except pk.QuantityRefused as refused:
        raise Refusal(refused.code, refused.sentence, refused.now) from None


def _list(options: argparse.Namespace) -> int:
    rows = [_row(file) for file in pk_asked.newest().values()]
    lines = [
        f"{row['model']:<16} {row['drug']:<16} {row['people']:<8} {row['site']:<8} {', '.join(row['routes']):<22} {row['title']}" for row in rows
    ]
    return answer.done(
        options,
        "\n".join([*lines, "", pk_asked.CAUTION, "All are unreviewed." if all(r["status"] == "unreviewed" for r in rows) else ""]),
        models=rows,
    )


def _row(file: LibraryFile) -> dict[str, Any]:
    model = pk.model_from(file.content)
    return {
        "model": model.id,
        "version": model.version,
        "status": file.status,
        "title": file.content["title"],
        "drug": model.drug,
        "people": model.population.group,
        "site": model.site,
        "routes": list(model.routes),
        "analytes": [analyte.name for analyte in model.analytes],
        "weight_kg": model.population.weight_kg,
        "age_years": model.population.age_years,
        "reference_only": model.reference_only,
        "not_for": list(model.not_for),
    }


def _simulate(options: argparse.Namespace) -> int:
    model = pk_asked.named(pk_asked.newest(), options.model)
    found = _run(options, model, pk_asked.drug_of(options))
    band = _band(options, model)
    lines = [f"{model.name}, {model.drug}, {found.unit}", *_table(found), *_band_lines(band, found), *found.says, *_cautions(model), pk_asked.CAUTION]
    return answer.done(options, "\n".join(lines), **_told(found), **({"band": band} if band else {}), caution=pk_asked.CAUTION)


def _band(options: argparse.Namespace, model: pk.Model) -> dict[str, Any]:
    """Percentiles of each analyte in invented people, and what must be read with them; empty when nobody asked."""
    if options.people is None:
        return {}
    person, doses, times = pk_asked.asked(options)
    crowds = [
        pk.crowd(
            model,
            doses,
            person,
            times,
            people=options.people,
            seed=options.seed,
            analyte=analyte.name,
            unit=options.unit,
            drug=pk_asked.drug_of(options),
        )
        for analyte in model.analytes
    ]
    analytes = {one.analyte: dict(zip(PERCENTS, one.percentiles(list(PERCENTS.values())).tolist(), strict=True)) for one in crowds}
    return {"people": options.people, "seed": options.seed, "analytes": analytes, "says": list(crowds[0].says)}


def _band_lines(band: dict[str, Any], found: pk.Concentrations) -> list[str]:
    lines = [f"{band['people']} invented people:"] if band else []
    for name, several in band.get("analytes", {}).items():
        lines += [f"  {name}"]
        rows = zip(found.times_min, *several.values(), strict=True)
        lines += ["       min  " + "  ".join(f"{label:>8}" for label in several)]
        lines += [f"  {row[0]:>8g}  " + "  ".join(f"{value:>8.4g}" for value in row[1:]) for row in rows]
    return [*lines, *(sentence for sentence in band.get("says", ()) if sentence not in found.says)]


def _compare(options: argparse.Namespace) -> int:
    found, left_out = _side_by_side(options)
    lines = []
    for one in found:
        lines += [f"{one.model.id} ({one.model.name}, {one.model.site})", *_table(one), *one.says, ""]
    lines += [f"{name}: {why['sentence']}" for name, why in left_out.items()]
    models = {one.model.id: _told(one) for one in found}
    return answer.done(options, "\n".join([*lines, pk_asked.CAUTION]), models=models, left_out=left_out, caution=pk_asked.CAUTION)


def _plot(options: argparse.Namespace) -> int:
    place = Path(options.out)
    if place.suffix not in WRITTEN:
        raise Refusal("pk.unknown_format", f"{place.name} is neither .svg nor .csv.", "Name a file that ends in .svg or .csv.")
    found, left_out = _side_by_side(options)
    curves = [(f"{one.model.name}: {name}", values[0]) for one in found for name, values in zip(one.analytes, one.values, strict=True)]
    unit, times = found[0].unit, found[0].times_min
    text = svg(drawing(curves, times), unit=unit, says=pk_asked.CAUTION) if place.suffix == ".svg" else _csv(found)
    try:
        place.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise Refusal("pk.not_written", f"{place.name} cannot be written: {wrong.strerror}.", "Name a folder that is there.") from None
    return answer.done(options, f"Written: {place}", file=str(place), models=[one.model.id for one in found], left_out=left_out)


def _banded(options: argparse.Namespace) -> int:
    """Safety 20: the derived curves of these routes are too low to be shown by themselves."""
    person, doses, times = pk_asked.asked(options)
    if options.unit != "ng/mL":
        raise Refusal("unit.mismatch", "The peaks were measured in ng/mL.", "Leave the unit out.")
    if len({dose.route for dose in doses}) > 1:
        raise Refusal("pk.several_routes", "A band is of one route, and the doses have several.", "Ask for each route by itself.")
    content = {file.id: file for file in load_kind(LIBRARY_ROOT, "codes")}[PEAKS].content
    name, observed = pk.observed_from(content, doses[0].route)
    found = pk.observed_band(pk_asked.named(pk_asked.newest(), name), observed, doses, person, times, says=content["says"])
    rows = zip(found.times_min, found.low, found.high, strict=True)
    lines = [f"{'min':>8}  {'low':>8}  {'high':>8}  (ng/mL)", *(f"{time:>8g}  {low:>8.4g}  {high:>8.4g}" for time, low, high in rows), *found.says]
    told = {"low": found.low.tolist(), "high": found.high.tolist(), "says": list(found.says), "marks": list(found.marks)}
    said = {"drug": content["drug"], "route": doses[0].route, "unit": "ng/mL", "times_min": found.times_min.tolist(), **told}
    return answer.done(options, "\n".join([*lines, pk_asked.CAUTION]), **said, caution=pk_asked.CAUTION)


def _side_by_side(options: argparse.Namespace) -> tuple[list[pk.Concentrations], dict[str, dict[str, str]]]:
    """What each model says, and why the others say nothing.  Refuses when none is left."""
    files, drug = pk_asked.newest(), pk_asked.drug_of(options)
    asked = options.models.split(",") if options.models else None
    models = [pk_asked.named(files, name) for name in asked or files]
    found, left_out = [], {}
    for model in models:
        if asked is None and (model.reference_only or (options.age_years is None and model.population.group == "children")):
            left_out[model.id] = {"refusal": "pk.not_asked_for", "sentence": f"{model.name} runs when it is named with --models."}
            continue
        try:
            found.append(_run(options, model, drug))
        except (pk.OutsideModelRange, pk.WrongPopulation, pk.WrongDrug, pk.UnknownRoute, pk.UnitMismatch) as refused:
            left_out[model.id] = {"refusal": refused.code, "sentence": refused.sentence}
    if not found:
        told = " ".join(why["sentence"] for why in left_out.values())
        raise Refusal("pk.no_model", f"No model can run this. {told}".strip(), "Change the route, the drug or the person.")
    return found, left_out


def _run(options: argparse.Namespace, model: pk.Model, drug: str | None) -> pk.Concentrations:
    person, doses, times = pk_asked.asked(options)
    return pk.simulate(model, doses, [person], times, unit=options.unit, drug=drug)


def _told(found: pk.Concentrations) -> dict[str, Any]:
    """One answer as JSON says it."""
    model = found.model
    return {
        "model": model.id,
        "version": model.version,
        "drug": model.drug,
        "site": model.site,
        "unit": found.unit,
        "times_min": found.times_min.tolist(),
        "analytes": {name: values[0].tolist() for name, values in zip(found.analytes, found.values, strict=True)},
        "says": [*found.says, *_cautions(model)],
        "not_for": list(model.not_for),
    }


def _cautions(model: pk.Model) -> list[str]:
    return [sentence for sentence, needed in ((REFERENCE_ONLY, model.reference_only), (SITE_UNKNOWN, model.site == "unknown")) if needed]


def _table(found: pk.Concentrations) -> list[str]:
    head = f"{'min':>8}  " + "  ".join(f"{name:>14}" for name in found.analytes)
    rows = zip(found.times_min, found.values[:, 0].T, strict=True)
    widths = [max(14, len(name)) for name in found.analytes]
    return [head, *(f"{time:>8g}  " + "  ".join(f"{value:>{width}.4g}" for value, width in zip(row, widths, strict=True)) for time, row in rows)]


def _csv(found: Sequence[pk.Concentrations]) -> str:
    """One row for each model, analyte and time, with the unit beside the number."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["model", "version", "drug", "site", "analyte", "time_min", "value", "unit"])
    for one in found:
        for name, values in zip(one.analytes, one.values, strict=True):
            head = (one.model.id, one.model.version, one.model.drug, one.model.site, name)
            writer.writerows((*head, f"{time:g}", f"{value:.6g}", one.unit) for time, value in zip(one.times_min, values[0], strict=True))
    return page.getvalue()
