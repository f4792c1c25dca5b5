"""May this event be recorded, and must someone follow it up?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterglow.science.verdict import Finding, Verdict

SEVERE = 3  # from this grade on a named person follows the event up (judgement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of event.  `emergency`: whatever its grade, it is followed up."""

    id: str
    title: str
    seen_as: str
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """An event as it would be recorded.  `kind` None: not on the list.  `grade` None: nobody graded it yet, which is kept as that."""

    kind: Kind | None
    grade: int | None
    began_at: datetime
    ended_at: datetime | None
    done_text: str
    replaced_already: bool = False


def kinds_from(content: Mapping[str, Any]) -> dict[str, Kind]:
    """The kinds of a `codes/adverse_events` file, by id."""
    return {
        entry["id"]: Kind(id=entry["id"], title=entry["title"], seen_as=entry.get("seen_as", ""), emergency=bool(entry.get("emergency", False)))
        for entry in content["kinds"]
    }


def may_be_recorded(facts: EventFacts) -> Verdict:
    """Every reason at once."""
    return Verdict.of(_kind_is_listed(facts), _grade_is_known_or_none(facts), _times_agree(facts), _other_is_said(facts), _is_newest(facts))


def _kind_is_listed(facts: EventFacts) -> Finding:
    if facts.kind is None:
        return Finding.unknown("event.kind", "This kind of event is not on the list. Choose one, or choose 'something else' and say what.")
    return Finding.met("event.kind", facts.kind.title)


def _grade_is_known_or_none(facts: EventFacts) -> Finding:
    if facts.grade is not None and not 1 <= facts.grade <= 5:
        return Finding.unmet("event.grade", "A grade is 1 to 5. Leave it empty when nobody has graded it yet.")
    return Finding.met("event.grade")


def _times_agree(facts: EventFacts) -> Finding:
    if facts.ended_at is not None and facts.ended_at < facts.began_at:
        return Finding.unmet("event.times", "The event ends before it begins. Check both times.")
    return Finding.met("event.times")


def _other_is_said(facts: EventFacts) -> Finding:
    if facts.kind is not None and facts.kind.id == "other" and not facts.done_text.strip():
        return Finding.unmet("event.words", "Say in words what happened.")
    return Finding.met("event.words")


def _is_newest(facts: EventFacts) -> Finding:
    if facts.replaced_already:
        return Finding.unmet("event.newest", "Someone changed this event in the meantime. Read the newer entry first.")
    return Finding.met("event.newest")


def wants_follow_up(kind: Kind, grade: int | None) -> bool:
    """Severe or worse, or an emergency by its kind: a named person owns and closes it."""
    return kind.emergency or (grade is not None and grade >= SEVERE)
