"""What every deed of `afterglow pk` asks: whom it is about, what was given, which minutes, and which model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind
from afterglow.ground.errors import Refusal
from afterglow.science import pk

KIND = "pk_models"
TIMES_AT_MOST = 100_000
CAUTION = "Illustrative: a typical person of a published model. It chooses, changes and releases no dose."


def about_the_person(each: argparse.ArgumentParser) -> None:
    each.add_argument("--weight-kg", required=True, type=float, metavar="KG")
    each.add_argument(
        "--age-years",
        type=float,
        metavar="YEARS",
        help="adult models refuse children, and the reverse; without it, compare and plot take adult models",
    )
    each.add_argument("--ancestry", choices=("asian", "japanese"), help="for the model that states an effect of it")
    each.add_argument(
        "--dose", required=True, action="append", metavar="TEXT", help='"35 mg IV over 40 min"; again for each further dose, "... at 60 min"'
    )
    each.add_argument("--times", default="0:240:5", metavar="MIN", help="0,5,10 or FROM:TO:STEP (default 0:240:5)")
    each.add_argument("--unit", default="ng/mL", help="ng/mL (default) or nmol/mL")
    each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def newest() -> dict[str, LibraryFile]:
    return {file.id: file for file in load_kind(LIBRARY_ROOT, KIND)}  # versions come in order, the newest last


def named(files: dict[str, LibraryFile], name: str) -> pk.Model:
    if name not in files:
        raise Refusal("pk.unknown_model", f"No model is called {name!r}.", "See: afterglow pk --list")
    return pk.model_from(files[name].content)


def drug_of(options: argparse.Namespace) -> str | None:
    return {"ketamine": "racemic ketamine", "esketamine": "S-ketamine"}.get(options.drug or "")


def asked(options: argparse.Namespace) -> tuple[pk.Person, list[pk.Dose], Sequence[float]]:
    person = pk.Person(weight_kg=options.weight_kg, age_years=options.age_years, ancestry=options.ancestry)
    return person, [pk.dose_from(text, weight_kg=options.weight_kg) for text in options.dose], times(options.times)


def times(text: str) -> Sequence[float]:
    try:
        if ":" not in text:
            return [float(part) for part in text.split(",")]
        start, end, step = (float(part) for part in text.split(":"))
        count = (end - start) / step
    except (ValueError, ZeroDivisionError):
        raise Refusal("pk.times", f"{text!r} is no list of minutes.", "Write 0,5,10 or FROM:TO:STEP such as 0:240:5.") from None
    if not 0 <= count <= TIMES_AT_MOST:
        raise Refusal("pk.times", f"{text!r} is no list of minutes, or of too many.", f"Write FROM:TO:STEP for at most {TIMES_AT_MOST} minutes.")
    made: list[float] = (start + step * np.arange(int(count + 1e-9) + 1)).tolist()
    return made
