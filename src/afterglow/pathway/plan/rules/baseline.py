"""How ill the person was before the course: the scores that change is counted from, and how resistant the illness is (S30).  Pure.

It is kept with the plan at its signature and never changes.  It describes: no number of infusions follows from it, a prescriber decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

AT_BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """One scale.  `total` None: no scored answers were given as a baseline; `wording`: which text of the scale was asked;
    `complete`: no question was left open."""

    instrument: str
    title: str
    total: int | None = None
    band: str = ""
    taken_at: datetime | None = None
    wording: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """One scale of resistance, in words, with what each part adds."""

    title: str
    sentence: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """As it stood at `at`; the first score is that of the illness this course is for.  `decided_at` None: no screening was decided."""

    at: datetime
    scores: tuple[Severity, ...] = ()
    stages: tuple[Staged, ...] = ()
    decided_at: datetime | None = None

    @property
    def lines(self) -> tuple[tuple[Severity, int | None], ...]:
        """Each score with its age in whole days."""
        return tuple((score, None if score.taken_at is None else (self.at - score.taken_at).days) for score in self.scores)


def scales_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The scales that a protocol asks for at the baseline, the first one that of the illness it is for."""
    return tuple(each["instrument"] for each in content.get("measures", ()) if AT_BASELINE in each["when"])


def stages_from(told: Mapping[str, Any]) -> tuple[Staged, ...]:
    """From what a screening decision, or a plan, keeps; none where it kept none."""
    return tuple(_staged(each) for each in told.get("stages", ()))


def stored(baseline: Baseline) -> dict[str, Any]:
    """As plain JSON values."""
    return {
        "at": baseline.at.isoformat(),
        "scores": [
            {
                "instrument": each.instrument,
                "title": each.title,
                "total": each.total,
                "band": each.band,
                "taken_at": None if each.taken_at is None else each.taken_at.isoformat(),
                "wording": each.wording,
                "complete": each.complete,
            }
            for each in baseline.scores
        ],
        "stages": [{"title": each.title, "sentence": each.sentence, "parts": list(each.parts)} for each in baseline.stages],
        "decided_at": None if baseline.decided_at is None else baseline.decided_at.isoformat(),
    }


def from_stored(told: Mapping[str, Any]) -> Baseline | None:
    """What was kept with a plan; None for one that was signed before this was kept."""
    if not told:
        return None
    return Baseline(
        at=datetime.fromisoformat(told["at"]),
        scores=tuple(Severity(**{**each, "taken_at": _moment(each["taken_at"])}) for each in told["scores"]),
        stages=stages_from(told),
        decided_at=_moment(told["decided_at"]),
    )


def _staged(told: Mapping[str, Any]) -> Staged:
    return Staged(title=str(told["title"]), sentence=str(told["sentence"]), parts=tuple(map(str, told["parts"])))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
