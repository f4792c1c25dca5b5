"""Dose and effect side by side: what each dose was, how it differs from the one before and why, and the scores around it (S43).

And what stands behind each change of the plan: the last review that was signed before it was made, with what that review saw (S44).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar

from afterglow.pathway.response.rules.trajectory import Point
from afterglow.science.dosing.amounts import kilograms_text, milligrams_text, plain

NO_REASON = "No reason is on record."


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedDose:
    """One started dose with its signed order.  `given_ug` None: how much went in is not on record; `reason`: why it lies outside a band."""

    number: int
    started_at: datetime
    version: int
    ordered_ug: int
    given_ug: int | None
    per_kg_ug: int
    weight_g: int
    over_min: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """One dose and what is beside it.  `change`: what differs from the dose before, '' when nothing does or it is the first;
    `before`, `after`: the last score before it, and the last one after it and before the next dose."""

    dose: OrderedDose
    change: str
    why: tuple[str, ...]
    before: Point | None
    after: Point | None

    @property
    def ordered(self) -> str:
        return f"{milligrams_text(self.dose.ordered_ug)} over {self.dose.over_min} min"

    @property
    def per_kg(self) -> str:
        return f"{plain(Decimal(self.dose.per_kg_ug) / 1000)} mg/kg"

    @property
    def given(self) -> str:
        return "not on record" if self.dose.given_ug is None else milligrams_text(self.dose.given_ug)


def dose_lines(doses: Sequence[OrderedDose], points: Sequence[Point], reasons: Mapping[int, tuple[str, ...]]) -> tuple[DoseLine, ...]:
    """First dose first.  `points`: the standing scores of one scale, oldest first; `reasons`: version of the plan -> why it changed the dose."""
    earlier = [None, *doses][: len(doses)]
    ends = [*(dose.started_at for dose in doses), None][1 : len(doses) + 1]
    return tuple(
        DoseLine(
            dose=dose,
            change=_change(last, dose),
            why=_why(last, dose, reasons),
            before=_last(point for point in points if point.taken_at <= dose.started_at),
            after=_last(point for point in points if point.taken_at > dose.started_at and (end is None or point.taken_at <= end)),
        )
        for dose, last, end in zip(doses, earlier, ends, strict=True)
    )


def _last(points: Iterable[Point]) -> Point | None:
    """What could not be scored is no score."""
    return next(iter(reversed([point for point in points if point.total is not None])), None)


def _change(last: OrderedDose | None, dose: OrderedDose) -> str:
    if last is None or (last.ordered_ug, last.over_min) == (dose.ordered_ug, dose.over_min):
        return ""
    return f"was {milligrams_text(last.ordered_ug)} over {last.over_min} min"


def _why(last: OrderedDose | None, dose: OrderedDose, reasons: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    own = (dose.reason,) if dose.reason else ()
    if last is None or not _change(last, dose):
        return own
    planned = reasons.get(dose.version, ()) if dose.version != last.version else ()
    weighed: tuple[str, ...] = ()
    if dose.weight_g != last.weight_g:
        weighed = (f"The weight was {kilograms_text(last.weight_g)} and is {kilograms_text(dose.weight_g)}.",)
    return (*own, *planned, *weighed) or (NO_REASON,)


class Version(Protocol):
    """What is asked of a version of a plan."""

    @property
    def made_at(self) -> datetime: ...


class Signed(Protocol):
    """What is asked of a signed review."""

    @property
    def signed_at(self) -> datetime: ...


V = TypeVar("V", bound=Version)
S = TypeVar("S", bound=Signed)


def reviews_behind(versions: Sequence[V], reviews: Sequence[S]) -> tuple[tuple[V, S | None], ...]:
    """Each later version of one course, first one first, with the last review signed after the version before it was made and no later than
    it was made itself; None where it followed no review."""
    return tuple(
        (version, next((review for review in reversed(reviews) if earlier.made_at < review.signed_at <= version.made_at), None))
        for earlier, version in pairwise(versions)
    )
