"""One person's course as a picture is made from it: a line for each scale, the doses, the visits, and what else changed.  Pure.

Nothing looks ahead.  A questionnaire that was not answered, or could not be scored, is a mark in a gap and never a point on the line; a score
whose questions look back over a dose says which (safety 23).  Times are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal
from uuid import UUID

from afterglow.pathway.response.rules.reviews import WORDS, ReviewPoint
from afterglow.science.outcomes.classes import CourseClass
from afterglow.science.outcomes.course import ScoreAt, Standing
from afterglow.science.scoring.instrument import ChangeRules

MarkKind = Literal["visit", "medicine", "review", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One set of answers.  `total` None: it could not be scored; `looks_back_over`: the doses inside the days its questions ask about."""

    taken_at: datetime
    total: int | None
    complete: bool
    looks_back_over: tuple[int, ...] = ()
    wording: str = ""

    @property
    def note(self) -> str:
        """'window overlaps dose 2 and 3', 'not scored', 'in Spanish', or ''."""
        said = []
        if self.total is None:
            said.append("could not be scored")
        elif not self.complete:
            said.append("some questions open")
        if self.looks_back_over:
            said.append("window overlaps dose " + _and(self.looks_back_over))
        if self.wording:
            said.append(self.wording)
        return "; ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A questionnaire that was due and has no answer."""

    due_at: datetime
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A thin line at a total, with its name: at or under it the word holds."""

    value: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleLine:
    """One scale.  `standing` None: the daily one; `course_class` None: no rule of change.  `notes`: what is known of change, or what a rule leaves out."""

    id: str
    title: str
    lowest: int
    highest: int
    points: tuple[Point, ...]
    missed: tuple[Missed, ...]
    lines: tuple[RuleLine, ...]
    standing: Standing | None
    course_class: CourseClass | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.points and not self.missed


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTick:
    """One started dose; `given_ug` None: how much went in is not on record."""

    number: int
    started_at: datetime
    given_ug: int | None
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something else that happened: a visit, a medicine begun or stopped, a signed review, an adverse or life event."""

    kind: MarkKind
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """The whole picture of one course.  `planned`: infusions of the plan; `given`: those started; `due`: the review that waits.

    `missing`: what the library says is missing to judge a response in what is treated; "" when nothing is.
    """

    person_id: UUID
    plan_id: UUID | None
    at: datetime
    zone: str
    planned: int
    given: int
    doses: tuple[DoseTick, ...]
    scales: tuple[ScaleLine, ...]
    today: ScaleLine | None
    marks: tuple[Mark, ...]
    due: ReviewPoint | None
    due_from: datetime | None
    upcoming: ReviewPoint | None
    missing: str = ""

    @property
    def first_dose_at(self) -> datetime | None:
        return self.doses[0].started_at if self.doses else None

    @property
    def leading(self) -> ScaleLine | None:
        """The scale that a review is held against: the first one."""
        return self.scales[0] if self.scales else None

    @property
    def state(self) -> str:
        """Where the person stands on the leading scale, as the rules of reviews read it."""
        return self.leading.standing.state if self.leading and self.leading.standing else "no_score"

    @property
    def sentence(self) -> str:
        """Where this person stands, and what the review has to decide."""
        return " ".join(each for each in (self._stands, self._so_far, self._decides) if each)

    @property
    def _stands(self) -> str:
        if self.leading is None or self.leading.standing is None:
            return ""
        return f"{self.leading.title}: {_small_first(self.leading.standing.sentence)}"

    @property
    def _so_far(self) -> str:
        return f"{self.given} of {self.planned} infusions are given." if self.planned else ""

    @property
    def _decides(self) -> str:
        if self.due is not None:
            return f"The review after infusion {self.due.after} has to decide: {_or([WORDS[each] for each in self.due.decides])}."
        if self.upcoming is not None and self.given:
            return f"The next review is after infusion {self.upcoming.after}."
        return ""


def points_of(scores: Iterable[ScoreAt], doses: Sequence[DoseTick], window_days: int | None) -> tuple[Point, ...]:
    """The scores as points, oldest first, each with the doses that its questions look back over.  `window_days` None: about now."""
    return tuple(
        Point(
            taken_at=score.taken_at,
            total=score.total,
            complete=score.complete,
            looks_back_over=looks_back_over(score.taken_at, doses, window_days),
            wording=score.wording,
        )
        for score in sorted(scores, key=lambda each: each.taken_at)
    )


def looks_back_over(taken_at: datetime, doses: Sequence[DoseTick], window_days: int | None) -> tuple[int, ...]:
    """Numbers of the doses inside the recall of a questionnaire that was answered at this moment."""
    if window_days is None:
        return ()
    since = taken_at - timedelta(days=window_days)
    return tuple(dose.number for dose in doses if since < dose.started_at < taken_at)


def rule_lines(rules: ChangeRules | None, standing: Standing | None) -> tuple[RuleLine, ...]:
    """Response, where the baseline allows one, and remission, as totals."""
    if rules is None:
        return ()
    lines = [RuleLine(value=rules.remission_below, name=f"remission: below {rules.remission_below}")]
    baseline = standing.baseline.total if standing and standing.baseline else None
    if baseline is not None and baseline >= rules.baseline_at_least:
        most = baseline - Fraction(str(rules.response_fall)) * baseline
        lines.insert(0, RuleLine(value=float(most), name=f"response: {int(most)} or less"))
    return tuple(lines)


def pieces(points: Sequence[Point], missed: Sequence[Missed]) -> list[list[Point]]:
    """The line in pieces: broken where a questionnaire was missed or could not be scored, never bridged."""
    breaks = sorted([each.due_at for each in missed] + [point.taken_at for point in points if point.total is None])
    found: list[list[Point]] = []
    for point in points:
        if point.total is None:
            continue
        before = found[-1][-1].taken_at if found else None
        if before is None or any(before < moment < point.taken_at for moment in breaks):
            found.append([point])
        else:
            found[-1].append(point)
    return found


def _and(numbers: Sequence[int]) -> str:
    said = [str(number) for number in numbers]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, or {words[-1]}"


def _small_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
