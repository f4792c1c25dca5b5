"""A million questionnaires scored from a table, beside the same rules form by form in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

import numpy as np

INSTRUMENT = "phq9"
FORMS, QUICK_FORMS, ALONE = 1_000_000, 20_000, 20_000
RUNS = 7
OPEN_SHARE = 0.03
"""Of the answers: about what a clinic's own forms lack."""
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Scoring:
    """Seconds of `runs` runs over `forms` forms from a file of a table, and of `alone` forms one by one."""

    instrument: str
    forms: int
    read_s: float
    table_s: tuple[float, ...]
    alone: int
    alone_s: float

    @property
    def median_s(self) -> float:
        return statistics.median(self.table_s)

    @property
    def alone_all_s(self) -> float:
        """What all of them would take one by one, at the pace of those that were."""
        return self.alone_s / self.alone * self.forms


def measure(say: Callable[[str], Any], *, quick: bool) -> Scoring:
    """Read and score a table; then some of it form by form.  Raises RuntimeError when one total is not the same."""
    from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
    from afterglow.science.scoring.batch import OPEN, score_table
    from afterglow.science.scoring.instrument import instrument_from
    from afterglow.science.scoring.score import Scored, score

    forms = QUICK_FORMS if quick else FORMS
    rules = [instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments") if file.id == INSTRUMENT][-1]
    chance = np.random.default_rng(SEED)
    made = chance.integers(0, 4, (forms, len(rules.scored_items)), dtype=np.int8)
    made[chance.random(made.shape) < OPEN_SHARE] = OPEN
    with TemporaryFile() as file:
        np.save(file, made)
        file.seek(0)
        began = time.perf_counter()
        table = np.load(file)
        read = time.perf_counter() - began
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        batch = score_table(rules, table)
        took.append(time.perf_counter() - began)
    sheets = [rules.in_order([None if answer == OPEN else answer for answer in row]) for row in table[:ALONE].tolist()]
    began = time.perf_counter()
    alone = [score(rules, sheet) for sheet in sheets]
    alone_s = time.perf_counter() - began
    for row, got in enumerate(alone):
        total = got.total if isinstance(got, Scored) else None
        if (None if np.isnan(batch.total[row]) else batch.total[row]) != total:
            raise RuntimeError(f"form {row} has the total {total} alone and {batch.total[row]} in the table")
    say(f"{forms:,} forms from a table: {statistics.median(took):.3f} s; {len(alone):,} one by one: {alone_s:.3f} s, every total the same")
    return Scoring(instrument=rules.name, forms=forms, read_s=read, table_s=tuple(took), alone=len(alone), alone_s=alone_s)
