"""Change between two totals of one instrument: response, remission, a change that matters, a change beyond chance.

A percentage needs a baseline that means something: below the instrument's floor (its caseness cut-off) response is
"not evaluable", and never infinite or zero.  Nothing here predicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from afterglow.science.scoring.instrument import ChangeRules

Response = Literal["response", "partial response", "no response", "not evaluable"]
Reliable = Literal["reliably better", "reliably worse", "no reliable change", "no reliable-change rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`points` is the fall (positive is better); `fall` the same as a fraction of the baseline, None when not evaluable."""

    points: int
    fall: Fraction | None
    response: Response
    remission: bool
    matters: bool | None
    reliable: Reliable
    sentence: str


def change(rules: ChangeRules, *, baseline: int, now: int) -> Change:
    """Compare a total with its baseline.  `matters`: a fall of at least the smallest change that people notice (MCID);
    None where none is agreed."""
    points = baseline - now
    evaluable = baseline >= rules.baseline_at_least
    fall = Fraction(points, baseline) if evaluable else None
    response = _response(rules, fall)
    reliable = _reliable(rules, points)
    why = "" if evaluable else f" The baseline {baseline} is below {rules.baseline_at_least}, so a percentage would mean nothing."
    return Change(
        points=points,
        fall=fall,
        response=response,
        remission=now < rules.remission_below,
        matters=None if rules.mcid_points is None else points >= rules.mcid_points,
        reliable=reliable,
        sentence=f"From {baseline} to {now}: {response}, {reliable}.{why}",
    )


def _response(rules: ChangeRules, fall: Fraction | None) -> Response:
    if fall is None:
        return "not evaluable"
    if fall >= Fraction(str(rules.response_fall)):
        return "response"
    return "partial response" if fall >= Fraction(str(rules.partial_fall)) else "no response"


def _reliable(rules: ChangeRules, points: int) -> Reliable:
    if rules.reliable_points is None:
        return "no reliable-change rule"
    if points >= rules.reliable_points:
        return "reliably better"
    return "reliably worse" if -points >= rules.reliable_points else "no reliable change"
