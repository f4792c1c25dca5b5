"""How invented people fare: which kind of course each has, and what they would answer on a day of it.  Everything here is invented.

For demonstrations and tests only; it is no model of anybody and predicts nothing.  The shares of the kinds lie near what is published, so that a
demo's registry looks like a clinic's: of 537 treated people 54% responded and 29% remitted on PHQ-9 (McInnes LA et al., J Affect Disord
2022;301:486-495, doi 10.1016/j.jad.2021.12.097); in a trial 55% responded (Anand A et al., N Engl J Med 2023;388:2315-2325).  W.
How fast relief comes and fades, and how much answers scatter, is a judgement.  J.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

SELF_HARM = 9
"""The number of the item about thoughts of death in PHQ-9."""
MOST_PER_ITEM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of course.  `ceiling`: the share of the burden that can lift (below 0: it grows); `gain`: the part of what is left to lift that
    each dose lifts; `half_life_days`: in which time half of the relief is gone again; `scatter`: points of PHQ-9, standard deviation."""

    name: str
    share: float
    ceiling: float
    gain: float
    half_life_days: float
    scatter: float = 1.1


KINDS = (
    Kind(name="remits", share=0.29, ceiling=0.92, gain=0.45, half_life_days=90),
    Kind(name="responds", share=0.25, ceiling=0.70, gain=0.45, half_life_days=60),
    Kind(name="responds in part", share=0.20, ceiling=0.42, gain=0.40, half_life_days=45),
    Kind(name="responds and relapses", share=0.06, ceiling=0.80, gain=0.50, half_life_days=11),
    Kind(name="does not respond", share=0.15, ceiling=0.12, gain=0.40, half_life_days=20),
    Kind(name="gets worse", share=0.05, ceiling=-0.18, gain=0.30, half_life_days=60),
)


def kind_named(name: str) -> Kind:
    """Raises StopIteration for a name that is not there."""
    return next(kind for kind in KINDS if kind.name == name)


def kind_of(seed: int, number: int) -> Kind:
    """The same seed and number, the same kind; over many people in the shares of the table."""
    return random.Random(f"{seed} kind {number}").choices(KINDS, weights=[kind.share for kind in KINDS])[0]


def relief(kind: Kind, doses_at: Sequence[float], day: float) -> float:
    """The share of the burden that is lifted on `day`, by doses on the days `doses_at`; between `ceiling` and 0, whichever side that is."""
    lifted = 0.0
    before: float | None = None
    for dose_day in sorted(each for each in doses_at if each < day):
        lifted = _faded(kind, lifted, dose_day - before) if before is not None else 0.0
        lifted += kind.gain * (kind.ceiling - lifted)
        before = dose_day
    return 0.0 if before is None else _faded(kind, lifted, day - before)


def phq9(kind: Kind, baseline: Sequence[int], doses_at: Sequence[float], day: float, *, rng: random.Random, self_harm: int = 0) -> tuple[int, ...]:
    """Nine answers on `day` of somebody who answered `baseline` before the first dose; they add up to the sum that the course gives.

    The last one is `self_harm`, 0 unless it is told: thoughts of death are written into a script on purpose, never met by chance.
    """
    was = sum(baseline)
    total = round(was * (1 - relief(kind, doses_at, day)) + rng.gauss(0, kind.scatter))
    others = tuple(baseline[: SELF_HARM - 1])
    return (*_spread(min(max(total - self_harm, 0), MOST_PER_ITEM * len(others)), others, rng), self_harm)


def today(kind: Kind, baseline: Sequence[int], doses_at: Sequence[float], day: float, *, rng: random.Random) -> tuple[int, int, int]:
    """Low mood, anxiety and hopelessness right now, 0 to 10 each, as far as the burden of that day makes them."""
    burden = sum(baseline) / (MOST_PER_ITEM * len(baseline)) * (1 - relief(kind, doses_at, day))
    low, anxious, hopeless = (min(max(round(10 * burden * part + rng.gauss(0, 0.8)), 0), 10) for part in (1.0, 0.8, 0.9))
    return low, anxious, hopeless


def _faded(kind: Kind, lifted: float, days: float) -> float:
    return float(lifted * 0.5 ** (days / kind.half_life_days))


def _spread(total: int, pattern: Sequence[int], rng: random.Random) -> tuple[int, ...]:
    """Whole answers that add up to `total`, at most 3 each, in the proportions of the first questionnaire where that is possible."""
    weight = sum(pattern) or 1
    exact = [min(total * part / weight, MOST_PER_ITEM) for part in pattern]
    found = [int(part) for part in exact]
    order = sorted(range(len(pattern)), key=lambda index: (found[index] - exact[index], rng.random()))
    while sum(found) < total:
        for index in order:
            if sum(found) < total and found[index] < MOST_PER_ITEM:
                found[index] += 1
    return tuple(found)
