"""`afterglow pk reach`, `until`, `if-paused`, `if-slowed` and `steady`: questions of teaching and planning.  None of the answers is an order."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from afterglow.doors.ops import answer, pk_asked
from afterglow.ground.errors import Refusal
from afterglow.science import pk


def add_arguments(deeds: Any) -> None:
    reached = deeds.add_parser("reach", help="the dose of this kind whose peak is a level")
    until = deeds.add_parser("until", help="when the drug is below a level and stays there; never a time to leave")
    paused = deeds.add_parser("if-paused", help="one infusion standing still for a while")
    slowed = deeds.add_parser("if-slowed", help="the rest of one infusion at a share of its rate")
    steady = deeds.add_parser("steady", help="an infusion plan by vein that holds a level")
    for each in (reached, until, paused, slowed):
        pk_asked.about_the_person(each)
    for each in (reached, until, paused, slowed, steady):
        each.add_argument("--model", required=True, metavar="ID", help="such as otto2021; see: afterglow pk --list")
        each.add_argument("--drug", required=True, choices=("ketamine", "esketamine"), help="racemic ketamine, or S-ketamine (esketamine)")
    for each in (reached, until, steady):
        each.add_argument("--level", required=True, type=float, metavar="N", help="the level, in --unit")
        each.add_argument("--site", required=True, choices=("venous", "arterial"), help="where blood was taken for this level")
    for each in (paused, slowed):
        each.add_argument("--at-min", required=True, type=float, metavar="MIN", help="from which minute on")
    paused.add_argument("--for-min", required=True, type=float, metavar="MIN", help="how long it stands still")
    slowed.add_argument("--share", type=float, default=0.5, help="of its rate (default 0.5)")
    steady.add_argument("--weight-kg", required=True, type=float, metavar="KG")
    steady.add_argument("--age-years", type=float, metavar="YEARS")
    steady.add_argument("--unit", default="ng/mL", help="ng/mL (default) or nmol/mL")
    steady.add_argument("--load-min", type=float, default=10.0, metavar="MIN", help="minutes to the level (default 10)")
    steady.add_argument("--step-min", type=float, default=10.0, metavar="MIN", help="length of each step after it (default 10)")
    steady.add_argument("--steps", type=int, default=6, help="how many steps (default 6)")
    steady.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def _level(options: argparse.Namespace) -> pk.Level:
    return pk.Level(value=options.level, unit=options.unit, drug=pk_asked.drug_of(options) or "", site=options.site)


def _model(options: argparse.Namespace) -> pk.Model:
    return pk_asked.named(pk_asked.newest(), options.model)


def _one_dose(doses: list[pk.Dose]) -> pk.Dose:
    if len(doses) != 1:
        raise Refusal("pk.several_doses", "This is asked about one dose, and there are several.", "Name one dose.")
    return doses[0]


def _reach(options: argparse.Namespace) -> int:
    person, doses, _ = pk_asked.asked(options)
    found = pk.dose_to_reach(_model(options), _level(options), _one_dose(doses), person)
    sentence = f"{_given(found.dose)} would peak at {options.level:g} {options.unit} {found.at_min:.4g} min after time zero."
    return _done(options, sentence, found.basis, dose=dataclasses.asdict(found.dose), at_min=found.at_min)


def _until(options: argparse.Namespace) -> int:
    person, doses, _ = pk_asked.asked(options)
    found = pk.time_until_below(_model(options), doses, person, _level(options))
    level = f"{options.level:g} {options.unit}"
    sentence = f"The level of {level} is never reached." if found.at_min is None else f"Below {level} from {found.at_min:.4g} min after time zero on."
    return _done(options, sentence, found.basis, at_min=found.at_min)


def _if_paused(options: argparse.Namespace) -> int:
    person, doses, times = pk_asked.asked(options)
    about = {"at_min": options.at_min, "for_min": options.for_min, "drug": pk_asked.drug_of(options)}
    return _what_if(options, pk.if_paused(_model(options), _one_dose(doses), person, times, **about))


def _if_slowed(options: argparse.Namespace) -> int:
    person, doses, times = pk_asked.asked(options)
    about = {"at_min": options.at_min, "share": options.share, "drug": pk_asked.drug_of(options)}
    return _what_if(options, pk.if_slowed(_model(options), _one_dose(doses), person, times, **about))


def _what_if(options: argparse.Namespace, found: pk.WhatIf) -> int:
    if options.unit != "ng/mL":
        raise Refusal("unit.mismatch", "This is told in ng/mL.", "Leave the unit out.")
    rows = zip(found.times_min, found.as_planned, found.changed, strict=True)
    lines = [f"{'min':>8}  {'as planned':>10}  {'changed':>10}  (ng/mL)", *(f"{time:>8g}  {one:>10.4g}  {other:>10.4g}" for time, one, other in rows)]
    curves = {"times_min": found.times_min.tolist(), "as_planned": found.as_planned.tolist(), "changed": found.changed.tolist()}
    return _done(options, "\n".join(lines), found.basis, doses=[dataclasses.asdict(dose) for dose in found.doses], **curves)


def _steady(options: argparse.Namespace) -> int:
    person = pk.Person(weight_kg=options.weight_kg, age_years=options.age_years)
    spans = {"load_min": options.load_min, "step_min": options.step_min, "steps": options.steps}
    found = pk.steady_infusion(_model(options), _level(options), person, **spans)
    between = f"After loading between {found.low:.4g} and {found.high:.4g} {options.unit}."
    sentence = "\n".join([*(_given(dose) for dose in found.doses), between])
    told = {"low": found.low, "high": found.high, "last_mg_per_min": found.last_mg_per_min}
    return _done(options, sentence, found.basis, doses=[dataclasses.asdict(dose) for dose in found.doses], **told)


def _given(dose: pk.Dose) -> str:
    over = f" over {dose.over_min:g} min" if dose.over_min else ""
    return f"{dose.amount_mg:.4g} mg by the route {dose.route}{over} from {dose.at_min:g} min on"


def _done(options: argparse.Namespace, sentence: str, basis: pk.Basis, **facts: Any) -> int:
    """What was asked, on what it rests, and that it is no order."""
    rests = f"By {basis.model} {basis.version}: {basis.analyte}, {basis.site} blood, {basis.unit}."
    return answer.done(
        options, "\n".join([sentence, rests, *basis.says, pk_asked.CAUTION]), **facts, basis=dataclasses.asdict(basis), caution=pk_asked.CAUTION
    )


DEEDS = {"reach": _reach, "until": _until, "if-paused": _if_paused, "if-slowed": _if_slowed, "steady": _steady}
