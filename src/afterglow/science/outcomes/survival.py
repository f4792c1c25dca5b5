"""How long something is kept, of people who are followed for different times: the product-limit estimate and its 95% interval.

Estimate: Kaplan EL, Meier P, J Am Stat Assoc 1958;53:457-481.  Whoever is not followed any longer counts for as long as he or she was, and is
neither kept nor lost afterwards; on a day with both, the losses come first.  Variance: Greenwood M, Rep Public Health Med Subj 1926;33:1-26.
The interval is taken on the scale of log(-log S) (Kalbfleisch JD, Prentice RL 1980), so that it stays inside 0 to 1.

It assumes that those who stop answering fare like those who go on.  Where that is doubtful the numbers beside it are to be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

from afterglow.science.outcomes.proportion import Z_95, Interval


@dataclass(frozen=True, slots=True)
class Followed:
    """One person, for so many days: at their end it was lost, or it was still there when last seen.  Raises ValueError for days that are none."""

    days: float
    lost: bool

    def __post_init__(self) -> None:
        if not isfinite(self.days) or self.days < 0:
            raise ValueError(f"{self.days} days is no time to be followed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where `people` stand at `day`: `lost` by then, `gone` (no longer followed, not lost), `watched` (followed to this day or longer).

    `share` None: nobody is followed so far and something was still there when the last one was, so the curve does not reach this day.
    `interval` None: there is no share, or none or all were lost, where Greenwood's variance says nothing.
    """

    day: float
    people: int
    lost: int
    gone: int
    watched: int
    share: float | None
    standard_error: float | None
    interval: Interval | None


def kept_at(people: Iterable[Followed], day: float) -> Kept:
    """The share that has kept it at the end of `day`.  Raises ValueError for a day before the first."""
    if not isfinite(day) or day < 0:
        raise ValueError(f"{day} is no day to look at")
    followed = list(people)
    losses = Counter(one.days for one in followed if one.lost and one.days <= day)
    share, spread = 1.0, 0.0
    for when in sorted(losses):
        at_risk, lost = sum(one.days >= when for one in followed), losses[when]
        share *= 1 - lost / at_risk
        # All of those at risk lost: the curve is at nought, and its variance is 0/0.
        spread += lost / (at_risk * (at_risk - lost)) if at_risk > lost else 0.0
    lost_by, watched = losses.total(), sum(one.days >= day and not (one.lost and one.days <= day) for one in followed)
    reached = watched > 0 or (share == 0.0 and lost_by > 0)
    return Kept(
        day=day,
        people=len(followed),
        lost=lost_by,
        gone=len(followed) - lost_by - watched,
        watched=watched,
        share=share if reached else None,
        standard_error=share * sqrt(spread) if reached else None,
        interval=_interval(share, spread) if reached else None,
    )


def _interval(share: float, spread: float) -> Interval | None:
    """Greenwood's 95% interval on the log(-log) scale."""
    if not 0.0 < share < 1.0:
        return None
    reach = Z_95 * sqrt(spread) / abs(log(share))
    return Interval(exp(log(share) * exp(reach)), exp(log(share) * exp(-reach)))
