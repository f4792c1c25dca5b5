"""Level and effect: where a curve stands beside the level of half the effect, and what is missing for a curve of the effect itself.

No effect of ketamine on file has a published steepness, maximum and delay together, so none is drawn.  What a sigmoid Emax says without them
is which side of half the most a level lies on, whatever the steepness.  A level is compared only with its own drug, unit and sampling site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from afterglow.science.pk.model import Site
from afterglow.science.pk.population import Level, checked_level
from afterglow.science.pk.refusals import UnknownEffect
from afterglow.science.pk.simulate import Concentrations

Stand = Literal["less than half", "half", "between", "more than half"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfAt:
    """The level at which the effect is half of its most; `low` and `high` differ where several were published."""

    low: float
    high: float
    unit: str
    drug: str
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is published of one effect.  `half_at` is None where no level was; `missing` says what a curve would need."""

    id: str
    title: str
    half_at: HalfAt | None
    known: str | None
    missing: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """For each time of one person's curve which side of half the effect its level lies on; `says` must be read with it."""

    effect: Effect
    stands: tuple[Stand, ...]
    says: tuple[str, ...]


def effects_from(content: Mapping[str, Any]) -> tuple[tuple[Effect, ...], str]:
    """Those of a schema-checked `codes/pk_effects` file, and the sentence about delay that stands beside each."""
    return tuple(_effect(given) for given in content["effects"]), content["delay"]["says"]


def _effect(given: Mapping[str, Any]) -> Effect:
    half = given["half_at"]
    return Effect(half_at=None if half is None else HalfAt(**half), **{key: given[key] for key in ("id", "title", "known", "missing", "mark")})


def beside_half(effect: Effect, curve: Concentrations, delay_says: str) -> Standing:
    """The drug's level of the first person at each time.  Raises UnknownEffect (no level was published), UnlikeLevel (another drug, unit or site)."""
    half = effect.half_at
    if half is None:
        raise UnknownEffect(f"{effect.title}: {effect.missing}", "Read what is published; nothing can be told from a level.")
    checked_level(curve.model, curve.unit, Level(value=half.low, unit=half.unit, drug=half.drug, site=half.site))
    stands = tuple(_stand(float(value), half) for value in curve.values[0, 0])
    return Standing(effect=effect, stands=stands, says=(delay_says, effect.missing, *curve.says))


def _stand(value: float, half: HalfAt) -> Stand:
    if value == half.low == half.high:
        return "half"
    if value < half.low:
        return "less than half"
    return "more than half" if value > half.high else "between"
