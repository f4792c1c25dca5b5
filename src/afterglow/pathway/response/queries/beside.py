"""Beside the leading scales of a course: every other scale that was measured, against its own baseline, and the symptoms under a total."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from afterglow.pathway.response.queries.trajectory import NOTES
from afterglow.pathway.response.rules.domains import Set, Symptom, Symptoms, symptoms, value_of
from afterglow.records.measures.queries import Paper
from afterglow.records.measures.queries.items import AnswersRow, answers_of
from afterglow.science.outcomes.course import ScoreAt, Standing, baseline_of, standing
from afterglow.science.scoring.ways import Sum

APART: Final = ("phq9", "qids_sr16")
"""The scales whose questions are symptoms that a file names one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One further scale.  `note`: what its rule leaves out."""

    title: str
    standing: Standing
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideCourse:
    """`further`: scales with a rule of response, each against its own baseline; `no_rule`: scales scored since the first dose for which none is known."""

    further: tuple[Measured, ...]
    no_rule: tuple[str, ...]
    symptoms: tuple[Symptoms, ...]


def beside(person_id: UUID, *, but_not: Collection[str], first_dose_at: datetime | None, at: datetime) -> BesideCourse:
    """Everything up to `at`, but for the scales of the course itself.  One query, none before the first dose."""
    if first_dose_at is None:
        return BesideCourse(further=(), no_rule=(), symptoms=())
    told = answers_of(person_id, at)
    further, no_rule = [], []
    for name, rows in sorted(told.items()):
        paper, scores = rows[-1].paper, [_score(row) for row in rows]
        if name in but_not or not any(score.total is not None and score.taken_at >= first_dose_at for score in scores):
            continue
        if paper.instrument.change is None:
            no_rule.append(paper.short_name)
            continue
        stands = standing(paper.instrument.change, scores, first_dose_at=first_dose_at, at=at)
        further.append(Measured(title=paper.short_name, standing=stands, note=NOTES.get(name, "")))
    apart = [_apart(told[name], first_dose_at) for name in APART if name in told]
    return BesideCourse(further=tuple(further), no_rule=tuple(no_rule), symptoms=tuple(each for each in apart if each is not None))


def _score(row: AnswersRow) -> ScoreAt:
    return ScoreAt(taken_at=row.taken_at, total=row.total, complete=row.complete, wording=row.paper.beside_score)


def _apart(rows: list[AnswersRow], first_dose_at: datetime) -> Symptoms | None:
    """Sets of another version are read by the questions of their own."""
    names = [each.title for each in _symptoms(rows[-1].paper)]
    first = baseline_of([_score(row) for row in rows], first_dose_at)
    before = next((row for row in reversed(rows) if first is not None and row.taken_at == first.taken_at), None)
    since = [_set(row) for row in rows if row.taken_at >= first_dose_at]
    return symptoms(rows[-1].paper.short_name, names, _set(before) if before else None, since)


def _set(row: AnswersRow) -> Set:
    values = {each.title: value_of(each, row.answers) for each in _symptoms(row.paper)}
    return Set(taken_at=row.taken_at, total=row.total, values=values)


def _symptoms(paper: Paper) -> list[Symptom]:
    titles = {row["id"]: row["title"] for row in paper.record.content["items"]}
    way = paper.instrument.scoring
    if isinstance(way, Sum) and way.domains:
        return [Symptom(title=", ".join(titles[item] for item in each.items), items=each.items, one_of=each.one_of) for each in way.domains]
    return [Symptom(title=titles[item.id], items=(item.id,)) for item in paper.instrument.items if item.scored]
