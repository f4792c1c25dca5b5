"""How resistant is the depression?  Maudsley staging and the MGH staging score from the trial ledger and what was asked.

The point tables come from the library file `codes/resistance_staging`: Maudsley staging method, 3 to 15 points (Fekadu 2009,
J Clin Psychiatry 70:177; Fekadu 2018, doi:10.1186/s12888-018-1679-x), and MGH-S, a point for each adequate failed trial, half a point for
each optimisation or augmentation, three for ECT that failed (Fava 2003, Biol Psychiatry 53:649).  What is not known leaves the total not
known: it is shown as the range in which it lies, never as if the missing part were none.  A stage describes; no dose follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from afterglow.science.criteria.interpreter import Fact, Facts
from afterglow.science.criteria.trd import Resistance
from afterglow.science.quantities import shown

MONTHS, SEVERITY, AUGMENTED, TIMES, ECT = (
    "episode.duration_months",
    "episode.severity",
    "treatment.augmentation_tried",
    "treatment.optimised_or_augmented_times",
    "treatment.ect",
)
# What staging asks for beside the ledger: no criterion needs it, so that an open answer stands in nobody's way.
ASKED = (MONTHS, SEVERITY, AUGMENTED, TIMES, ECT)
ECT_TRIED = ("failed", "helped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one question adds: at least `lowest` and at most `highest` points (None: no bound); equal when it is known."""

    title: str
    lowest: Decimal
    highest: Decimal | None

    @property
    def known(self) -> bool:
        return self.lowest == self.highest

    def __str__(self) -> str:
        return f"{self.title}: {shown(self.lowest) if self.known else 'not known'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One scale for one person.  No `parts`: it cannot be used, because no trial has failed."""

    id: str
    title: str
    parts: tuple[Part, ...]
    bands: tuple[tuple[Decimal, str], ...]
    source: str
    mark: str

    @property
    def total(self) -> Decimal | None:
        """The points, or None while anything is not known."""
        return sum((part.lowest for part in self.parts), Decimal(0)) if self.parts and all(part.known for part in self.parts) else None

    @property
    def band(self) -> str:
        """The name of the range of the total, "" while it is not known or the scale has none."""
        total = self.total
        return "" if total is None else next((name for most, name in self.bands if total <= most), "")

    @property
    def sentence(self) -> str:
        if not self.parts:
            return "Not staged: no failed trial is recorded."
        if self.total is not None:
            return f"{shown(self.total)}{f' ({self.band})' if self.band else ''}"
        least = sum((part.lowest for part in self.parts), Decimal(0))
        most = [part.highest for part in self.parts if part.highest is not None]
        bounded = f"between {shown(least)} and {shown(sum(most, Decimal(0)))}" if len(most) == len(self.parts) else f"at least {shown(least)}"
        return f"Not known yet: {bounded}. Missing: {', '.join(part.title for part in self.parts if not part.known)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How many different drugs failed in an adequate trial, and how many it could be at most (None: the history was not taken)."""

    at_least: int
    at_most: int | None
    by: str


def failures(judged: Resistance) -> Failures:
    """Counted as resistance is: the same drug once, an unknown trial as perhaps."""
    failed = {each.trial.drug for each in judged.trials if each.counts}
    perhaps = {each.trial.drug for each in judged.trials if each.counts is None} - failed
    not_taken = not judged.trials and judged.finding.state == "unknown"
    return Failures(at_least=len(failed), at_most=None if not_taken else len(failed) + len(perhaps), by=judged.definition.title)


def stages(failed: Failures, facts: Facts, tables: Mapping[str, Any]) -> tuple[Stage, ...]:
    """Both scales.  `tables` is the content of `codes/resistance_staging`, which has a row for every answer that the form allows."""
    return (_maudsley(failed, facts, tables["maudsley"]), _mgh(failed, facts, tables["mgh_s"]))


def _maudsley(failed: Failures, facts: Facts, table: Mapping[str, Any]) -> Stage:
    """A trial that failed is what the scale begins with: without one there is nothing to stage."""
    bands = tuple((Decimal(band["up_to"]), band["name"]) for band in table["bands"])
    if failed.at_most == 0:
        return _stage("maudsley", table, (), bands)
    months, ect = _number(facts.get(MONTHS)), facts.get(ECT)
    parts = (
        _asked("length of the episode", None if months is None else _step(table["duration_months"], months), table["duration_months"]),
        _asked("severity", table["severity"].get(facts.get(SEVERITY)), [{"points": points} for points in table["severity"].values()]),
        _part(
            f"failed trials by {failed.by}",
            _step(table["failures"], Decimal(failed.at_least)) if failed.at_least else 0,
            table["failures"][-1]["points"] if failed.at_most is None else _step(table["failures"], Decimal(failed.at_most)),
        ),
        _asked("augmentation", _points_if(facts.get(AUGMENTED), table["augmentation"]), [{"points": 0}, {"points": table["augmentation"]}]),
        _asked("ECT", _points_if(None if ect is None else ect in ECT_TRIED, table["ect"]), [{"points": 0}, {"points": table["ect"]}]),
    )
    return _stage("maudsley", table, parts, bands)


def _mgh(failed: Failures, facts: Facts, table: Mapping[str, Any]) -> Stage:
    times, ect = _number(facts.get(TIMES)), facts.get(ECT)
    each, half, three = (Decimal(str(table[name])) for name in ("per_failed_trial", "per_optimisation", "per_failed_ect"))
    parts = (
        _part(f"failed trials by {failed.by}", failed.at_least * each, None if failed.at_most is None else failed.at_most * each),
        _part("optimisations and augmentations", Decimal(0) if times is None else times * half, None if times is None else times * half),
        _asked("ECT", _points_if(None if ect is None else ect == "failed", three), [{"points": 0}, {"points": three}]),
    )
    return _stage("mgh_s", table, parts, ())


def _stage(stage_id: str, table: Mapping[str, Any], parts: tuple[Part, ...], bands: tuple[tuple[Decimal, str], ...]) -> Stage:
    return Stage(id=stage_id, title=table["title"], parts=parts, bands=bands, source=table["source"], mark=table["mark"])


def _part(title: str, lowest: Any, highest: Any) -> Part:
    return Part(title=title, lowest=Decimal(str(lowest)), highest=None if highest is None else Decimal(str(highest)))


def _asked(title: str, points: Any, possible: Sequence[Mapping[str, Any]]) -> Part:
    """The points when they are known, otherwise all that the table could give."""
    if points is not None:
        return _part(title, points, points)
    every = [Decimal(str(row["points"])) for row in possible]
    return _part(title, min(every), max(every))


def _step(rows: Sequence[Mapping[str, Any]], value: Decimal) -> Any:
    """The points of the first row whose bound is not passed; the last row has none."""
    return next(row["points"] for row in rows if "up_to" not in row or value <= row["up_to"])


def _points_if(answer: Fact, points: Any) -> Any:
    return None if not isinstance(answer, bool) else points if answer else 0


def _number(value: Fact) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
