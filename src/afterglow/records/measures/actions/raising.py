"""What answers raise: one flag with one owner and a clock, opened once for one questionnaire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags_queries
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.measures import rules
from afterglow.records.measures.models import Assignment
from afterglow.records.measures.queries import Paper
from afterglow.science.scoring.instrument import Answer, CallRule
from afterglow.science.scoring.score import Flag

LONGEST_WORDS = 2000
SOURCE_KIND = "measures.assignment"


def check_may_answer(row: Assignment, by: Actor, at: datetime) -> None:
    """Not answered yet, begun, and not one that only staff may ask.  Whose time is over may still be answered: nobody's words are turned away.

    Raises Refusal `measures.not_open`, `measures.not_yet`, `measures.in_person_only`.
    """
    if row.channel == "staff" and by.kind == "link":
        raise Refusal("measures.in_person_only", "These questions are asked by a person at the clinic.", "They will ask you when you meet.")
    if row.state not in ("open", "expired"):
        raise Refusal("measures.not_open", "These questions were answered or taken back since you opened them.", "Go back to see what is recorded.")
    if row.opens_at is not None and at < row.opens_at:
        raise Refusal("measures.not_yet", "These questions open later: they ask about a time that is not over.", "Come back when they open.")


def check_only_the_person(row: Assignment, paper: Paper, answers: Mapping[str, Answer], words: Mapping[str, str], by: Actor) -> None:
    """Whoever acts for somebody says nothing about self-harm in their name, and finishes no form on which the person said it themselves.

    Raises Refusal `measures.only_the_person`.
    """
    if by.proxy_id is None:
        return
    held = json.loads(row.draft_text)["answers"] if row.draft_text else {}
    if any(held.get(name) is not None or answers.get(name) is not None or words.get(name) for name in paper.only_the_person):
        raise Refusal("measures.only_the_person", "Only the person can answer this.", "Leave it open: the clinic asks them.")


def checked_words(paper: Paper, said: Mapping[str, str]) -> dict[str, str]:
    """Own words to questions that ask for them.  Raises Refusal `measures.text_refused`."""
    known = {question.id for question in paper.questions}
    for name, text in said.items():
        if name not in known or "\x00" in text or len(text) > LONGEST_WORDS:
            raise Refusal("measures.text_refused", "A text is too long, or holds a sign that cannot be stored.", "Shorten it and send it again.")
    return {name: text.strip() for name, text in said.items()}


def open_for(
    person_id: UUID, source_id: str, flags: Sequence[Flag], *, on_call: Sequence[UUID], by: Actor, at: datetime, sent: bool, again: bool
) -> UUID | None:
    """The flag, or None when nothing was raised.  `sent` False: the form is still open, and the flag says when it was seen.

    `again`: this is said anew (sent, or changed since).  Whoever closed the earlier flag of the same form did not read it, so it opens a fresh one;
    while a flag of the same form and kind is open it is that flag.
    """
    found = rules.raised(flags)
    if found is None:
        return None
    if again and (closed := flags_queries.closed_count(SOURCE_KIND, source_id, found.kind)):
        source_id = f"{source_id}.{closed}"
    asker = str(by.user_id) if by.kind == "person" and by.may("flags.flag.own") else None
    owner = rules.owner_of(asker, [str(one) for one in on_call], [str(one) for one in _prescribers(person_id)])
    sentence = found.sentence if sent else f"While the form was being filled in: {found.sentence}"
    return open_flag(
        person_id=person_id,
        kind=found.kind,
        urgency=found.urgency,
        sentence=sentence[: rules.LONGEST_FLAG_SENTENCE],
        source_kind=SOURCE_KIND,
        source_id=source_id,
        due_at=at + found.due_after,
        owner_id=UUID(owner) if owner else None,
        by=by,
        at=at,
    )


def call_prescriber(person_id: UUID, source_id: str, calls: Sequence[CallRule], *, by: Actor, at: datetime) -> None:
    """A flag of today for the prescriber of the care team, one for each thing to decide; for nobody yet where the team has none."""
    prescriber = next(iter(_prescribers(person_id)), None)
    for call in calls:
        open_flag(
            person_id=person_id,
            kind=call.id,
            urgency="today",
            sentence=call.sentence,
            source_kind=SOURCE_KIND,
            source_id=source_id,
            owner_id=prescriber,
            by=by,
            at=at,
        )


def _prescribers(person_id: UUID) -> list[UUID]:
    """Of the person's care team, in its order."""
    return [row.user_id for row in chart.care_team(person_id) if row.duty == "prescriber"]
