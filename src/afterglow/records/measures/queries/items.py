"""Every standing set of answers of one person, of all questionnaires at once, each question's answer with it (S26, S27)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.prepared import Rows, prepared
from afterglow.records.measures.models import Response
from afterglow.records.measures.queries import Paper, paper_of
from afterglow.science.scoring.items import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRow:
    """One standing set of answers.  `paper`: the version and the words it was asked with; `total` None: it could not be scored."""

    paper: Paper
    taken_at: datetime
    total: int | None
    complete: bool
    answers: Mapping[str, Answer]


def answers_of(person_id: UUID, until: datetime) -> dict[str, list[AnswersRow]]:
    """Each questionnaire's answers taken up to `until`, oldest first.  One query."""
    found: dict[str, list[AnswersRow]] = {}
    for name, paper, translation, taken_at, total, complete, text in _standing(person_id, until):
        row = AnswersRow(paper=paper_of(paper, translation), taken_at=taken_at, total=total, complete=complete, answers=json.loads(text))
        found.setdefault(name, []).append(row)
    return found


@prepared
def _standing(person_id: UUID, until: datetime) -> Rows:
    replaced = Response.objects.filter(replaces=OuterRef("pk"))
    rows = Response.objects.filter(~Exists(replaced), person_id=person_id, taken_at__lte=until).order_by("taken_at", "id")
    return rows.values_list("instrument_name", "instrument_id", "translation_id", "taken_at", "total", "complete", "answers_text")


def answered_readings(person_id: UUID, instruments: Sequence[str], until: datetime) -> list[tuple[str, datetime, Mapping[str, object]]]:
    """(questionnaire, when, what its scoring gave by name) of every complete standing set of these, the oldest first.  One query."""
    return [(name, taken_at, json.loads(text)) for name, taken_at, text in _complete(person_id, instruments, until)]


@prepared
def _complete(person_id: UUID, instruments: Sequence[str], until: datetime) -> Rows:
    replaced = Response.objects.filter(replaces=OuterRef("pk"))
    rows = Response.objects.filter(~Exists(replaced), person_id=person_id, instrument_name__in=instruments, complete=True, taken_at__lte=until)
    return rows.order_by("taken_at", "id").values_list("instrument_name", "taken_at", "score_text")
