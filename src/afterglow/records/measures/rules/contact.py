"""What is asked at a contact: the suicide interview, and a scale where it is due; or why not.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from afterglow.records.measures.rules import RepeatFacts, may_repeat
from afterglow.science.scoring.instrument import UNANSWERED, Answer
from afterglow.science.verdict import Finding, Verdict

INTERVIEW: Final = "suicide_since_last_contact"
"""Asked by a person at every contact (safety 3)."""
SCALE: Final = "phq9"
"""The scale with a question about self-harm that is asked at a contact where it is due (requirement S105)."""
FROM_FIRST_DOSE: Final = timedelta(days=7)
"""Its two weeks lie mostly before the first dose until then (safety 23)."""
SAME_CONTACT: Final = timedelta(hours=12)
"""Answers this old belong to the contact that is being recorded (J: half a day)."""
LONGEST_WHY: Final = 300
Doses = Sequence[tuple[int, datetime]]
"""Each dose by its number and when it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAtContact:
    """What a clinician asked: each question of the interview to 0, 1, "declined" or "not_asked", and why something was not asked."""

    said: Mapping[str, Answer]
    why_not_asked: str = ""
    why_no_scale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """`spoken`: somebody talked with the person; `questions`: the interview's, in its order; `scale_due`: it is due and was not asked yet."""

    spoken: bool
    questions: tuple[str, ...]
    asked: AskedAtContact
    scale: str
    scale_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """`last_complete_at`, `last_at`: the last answers that were whole, and any; `first_dose_at` None: no dose yet."""

    name: str
    min_interval_days: int | None
    last_complete_at: datetime | None
    last_at: datetime | None
    first_dose_at: datetime | None
    at: datetime


def suicide_is_told(facts: ContactFacts) -> Finding:
    """Each question of the interview has its own answer, none is filled in; one that was not asked says why (safety 3)."""
    item, said = "contact.suicide", facts.asked.said
    if not facts.spoken:
        if any(value is not None for value in said.values()) or facts.asked.why_not_asked.strip():
            return Finding.unmet(item, "Nobody was spoken to, so nobody was asked about suicide. Choose one of the two.")
        return Finding.met(item)
    if any(said.get(question) is None for question in facts.questions):
        sentence = "Ask the five questions about suicide at every contact, and record each one: what was said, or that it was not asked."
        return Finding.unknown(item, sentence, source="Afterglow safety rule 3")
    unasked = any(said[question] == "not_asked" for question in facts.questions)
    return _why(item, facts.asked.why_not_asked, "Write why a question about suicide was not asked.", needed=unasked)


def scale_is_told(facts: ContactFacts) -> Finding:
    """A scale that is due was asked at this contact, or it says why not."""
    sentence = f"{facts.scale} is due. Ask it at this contact, or write why it was not asked."
    return _why("contact.scale", facts.asked.why_no_scale, sentence, needed=facts.spoken and facts.scale_due)


def _why(item: str, why: str, sentence: str, *, needed: bool) -> Finding:
    if needed and not why.strip():
        return Finding.unknown(item, sentence)
    if len(why.strip()) > LONGEST_WHY or "\x00" in why:
        return Finding.unmet(item, f"Why it was not asked is longer than {LONGEST_WHY} letters, or holds a sign that cannot be stored.")
    return Finding.met(item)


def in_short(said: Mapping[str, Answer]) -> str:
    """The gravest of the answers in one word: yes, declined, not_asked, or no where every question was answered so."""
    values = list(said.values())
    if 1 in values:
        return "yes"
    return "declined" if "declined" in values else "not_asked" if not values or any(value in UNANSWERED for value in values) else "no"


def may_be_asked_now(facts: DueFacts) -> Verdict:
    """Not sooner than its questions look back, and not in the first week after the first dose, which it could not tell from the time before."""
    repeat = may_repeat(RepeatFacts(name=facts.name, min_interval_days=facts.min_interval_days, last_complete_at=facts.last_complete_at, at=facts.at))
    week = Finding.met("measures.first_week")
    if facts.first_dose_at is not None and facts.at < facts.first_dose_at + FROM_FIRST_DOSE:
        free_at = facts.first_dose_at + FROM_FIRST_DOSE
        sentence = f"{facts.name} looks back over the time before the first dose. It can be asked from {free_at.day} {free_at:%b %Y}."
        week = Finding.unmet("measures.first_week", sentence, source="Afterglow safety rule 23")
    return Verdict.of(*repeat.findings, week)


def is_due(facts: DueFacts) -> bool:
    """It may be asked, and it was not asked at this contact already, whole or in part."""
    asked = facts.last_at is not None and facts.last_at >= facts.at - SAME_CONTACT
    return may_be_asked_now(facts).met and not asked


def looks_over(taken_at: datetime, recall_days: int, doses: Doses) -> tuple[int, ...]:
    """The doses inside the days that these answers are about (safety 23)."""
    return tuple(number for number, began_at in doses if taken_at - timedelta(days=recall_days) < began_at <= taken_at)
