"""`afterglow pk effects`: what is published about level and effect, beside a curve where drug, unit and sampling site allow it."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import Any

from afterglow.doors.ops import answer, pk_asked
from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science import pk

EFFECTS = "pk_effects"
SPOKEN = {
    "less than half": "less than half of the most",
    "half": "half of the most",
    "between": "between what was published for half of the most",
    "more than half": "more than half of the most",
}


def add_arguments(deeds: Any) -> None:
    told = deeds.add_parser("effects", help="which side of half an effect a level lies on, and what is not known")
    pk_asked.about_the_person(told)
    told.add_argument("--model", required=True, metavar="ID", help="such as simons2022_otf; see: afterglow pk --list")
    told.add_argument("--drug", required=True, choices=("ketamine", "esketamine"), help="racemic ketamine, or S-ketamine (esketamine)")


def run(options: argparse.Namespace) -> int:
    """0 for an answer, also where it is that nothing can be told."""
    content = {file.id: file for file in load_kind(LIBRARY_ROOT, "codes")}[EFFECTS].content
    effects, delay = pk.effects_from(content)
    model = pk_asked.named(pk_asked.newest(), options.model)
    person, doses, times = pk_asked.asked(options)
    curve = pk.simulate(model, doses, [person], times, unit=options.unit, drug=pk_asked.drug_of(options))
    rows = [_row(effect, curve, delay) for effect in effects]
    lines = [line for row in rows for line in _lines(row, curve)]
    said = "\n".join([delay, *lines, *curve.says, pk_asked.CAUTION])
    return answer.done(
        options, said, model=model.id, times_min=curve.times_min.tolist(), effects=rows, says=[delay, *curve.says], caution=pk_asked.CAUTION
    )


def _row(effect: pk.Effect, curve: pk.Concentrations, delay: str) -> dict[str, Any]:
    about = {key: getattr(effect, key) for key in ("id", "title", "known", "missing", "mark")}
    try:
        return about | {"stands": list(pk.beside_half(effect, curve, delay).stands), "refusal": None}
    except pk.QuantityRefused as refused:
        return about | {"stands": None, "refusal": {"code": refused.code, "sentence": refused.sentence}}


def _lines(row: dict[str, Any], curve: pk.Concentrations) -> list[str]:
    head = [f"{row['title']} (mark {row['mark']}): {row['known'] or 'nothing is on file.'} {row['missing']}"]
    if row["stands"] is None:
        return [*head, f"  Not told: {row['refusal']['sentence']}"] if row["refusal"]["code"] == pk.UnlikeLevel.code else head
    spans = [
        (stand, [minute for minute, _ in several])
        for stand, several in groupby(zip(curve.times_min, row["stands"], strict=True), key=lambda one: one[1])
    ]
    return [*head, *(f"  {minutes[0]:g} to {minutes[-1]:g} min: {SPOKEN[stand]}" for stand, minutes in spans)]
