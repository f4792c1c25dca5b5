"""What was asked and answered at check-in, and the questions themselves, as the library lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.session.models import CheckInAnswer
from afterglow.pathway.session.rules.gate_facts import SeatedPressure
from afterglow.pathway.session.rules.gate_taken_back import times_taken_back

PRESSURE = "pressure"
DRAW = "draw"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer; `value` None means asked, not known."""

    item: str
    value: Mapping[str, Any] | None
    taken_at: datetime
    recorded_at: datetime
    recorded_by: str
    by_user_id: UUID | None

    def said(self, key: str = "said") -> Any:
        return None if self.value is None else self.value.get(key)

    def yes(self, key: str = "said") -> bool | None:
        """True for yes, False for no, None for everything else: not asked, not known."""
        return {"yes": True, "no": False}.get(str(self.said(key)))


@dataclass(frozen=True, slots=True)
class Answers:
    """The newest answer to each question given today at this visit, and every seated pressure of today, in order.

    `taken_back`: how often today an answer that stops a dose was followed by one that stops less.
    """

    newest: Mapping[str, AnswerRow]
    pressures: tuple[SeatedPressure, ...]
    taken_back: int = 0

    def get(self, item: str) -> AnswerRow | None:
        return self.newest.get(item)

    def yes(self, item: str, key: str = "said") -> bool | None:
        row = self.get(item)
        return None if row is None else row.yes(key)

    def said(self, item: str, key: str = "said") -> Any:
        row = self.get(item)
        return None if row is None else row.said(key)


@dataclass(frozen=True, slots=True)
class Question:
    """One item of `library/alerts/check_in`."""

    id: str
    section: str
    question: str
    answers: tuple[str, ...]
    klass: str
    answered_by: str
    private: bool
    source: str
    mark: str
    gate: tuple[str, ...]


@once_a_page
@prepared
def _answered(session_id: UUID) -> Rows:
    rows = CheckInAnswer.objects.filter(session_id=session_id).order_by("recorded_at", "id")
    return rows.values_list("item", "value_text", "taken_at", "recorded_at", "recorded_by", "by_user_id")


def answers(session_id: UUID, *, today: date, zone: str) -> Answers:
    """One query.  An answer of another day does not count: the person is asked again."""
    newest: dict[str, AnswerRow] = {}
    pressures: list[SeatedPressure] = []
    said: list[tuple[str, Any]] = []
    place = ZoneInfo(zone)
    for item, text, taken_at, recorded_at, by, user_id in _answered(session_id):
        if taken_at.astimezone(place).date() != today:
            continue
        value = json.loads(text)
        if item == PRESSURE:
            pressures.append(SeatedPressure(taken_at=taken_at, sbp=value["sbp"], dbp=value["dbp"]))
        said.append((item, value))
        newest[item] = AnswerRow(item=item, value=value, taken_at=taken_at, recorded_at=recorded_at, recorded_by=by, by_user_id=user_id)
    return Answers(newest, tuple(sorted(pressures, key=lambda reading: reading.taken_at)), times_taken_back(said))


def check_in_file() -> LibraryRecord:
    """The newest version of the list, for its banner and its questions."""
    return library_file("alerts", "check_in")


def questions() -> tuple[Question, ...]:
    """The check-in in its order, from the library."""
    items = sorted(check_in_file().content["items"], key=lambda item: item["order"])
    return tuple(
        Question(
            id=item["id"],
            section=item["section"],
            question=item["question"],
            answers=tuple(item["answers"]),
            klass=item["class"],
            answered_by=item["answered_by"],
            private=bool(item.get("private")),
            source=item["source"],
            mark=item["mark"],
            gate=tuple(item["gate"]),
        )
        for item in items
    )
