"""Record answers: scored, kept with the wording that was shown, and raised to a person where they ask for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes import once as writes
from afterglow.records.chart import access as chart
from afterglow.records.measures import access, events, queries
from afterglow.records.measures.actions import raising
from afterglow.records.measures.actions.settle_wording import settled
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.measures.queries import Paper
from afterglow.science.scoring.instrument import Answer
from afterglow.science.scoring.score import Scored, ScoreRefused, called, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was recorded.  `total` and `band` are None and "" when it cannot be scored; `crisis`: show help before anything else."""

    response_id: UUID
    total: int | None
    band: str
    complete: bool
    flags: tuple[str, ...]
    crisis: bool


@transaction.atomic
def answer(
    *,
    assignment_id: UUID,
    answers: Mapping[str, Answer],
    said: Mapping[str, str] | None = None,
    wording: UUID | None = None,
    taken_at: datetime,
    replaces: UUID | None = None,
    on_call: Sequence[UUID] = (),
    key: str,
    by: Actor,
    at: datetime,
) -> Answered:
    """Answers by item; what is left out is not answered (null), never zero.  `replaces`: a correction of these earlier answers, by staff.
    `wording`: the translation in which the questions were shown; None: the file's own words.

    Raises Refusal `measures.not_open`, `measures.in_person_only`, `measures.only_the_person`, `measures.unknown_answer`, `measures.text_refused`,
    `measures.already_corrected`, `measures.other_wording`, `measures.no_such_wording`, `clock.future`; NotFound; Forbidden.
    """
    row = access.fetch_assignment(by, assignment_id)
    chart.lock_person(row.person_id)
    fingerprint = {"assignment": str(assignment_id), "answers": dict(answers), "said": dict(said or {}), "replaces": str(replaces or "")}
    if wording is not None:
        fingerprint["wording"] = str(wording)
    if earlier := writes.once(by, key, fingerprint, at=at):
        return _told(earlier)
    row = access.fetch_assignment(by, assignment_id, lock=True)
    check_taken(taken_at, at)
    _check_turn(row, replaces, by, at)
    paper = settled(row, wording, by)
    words = raising.checked_words(paper, said or {})
    raising.check_only_the_person(row, paper, answers, words, by)
    given = {question.id: answers.get(question.id) for question in paper.questions} | dict(answers)
    scored = score(paper.instrument, given, _previous(row, replaces))
    if isinstance(scored, ScoreRefused) and scored.code in {"unknown_item", "unknown_answer"}:
        raise Refusal("measures.unknown_answer", scored.sentence, scored.now)
    response = _store(row, paper, given, words, scored, taken_at=taken_at, replaces=replaces, by=by, at=at)
    source = str(row.id if replaces is None else response.id)
    raising.open_for(row.person_id, source, scored.flags, on_call=on_call, by=by, at=at, sent=True, again=True)
    raising.call_prescriber(row.person_id, source, called(paper.instrument, scored), by=by, at=at)
    told = Answered(
        response_id=response.id,
        total=response.total,
        band=response.band,
        complete=response.complete,
        flags=tuple(flag.id for flag in scored.flags),
        crisis=bool(scored.flags),
    )
    writes.answer(by, key, _plain(told))
    return told


def _check_turn(row: Assignment, replaces: UUID | None, by: Actor, at: datetime) -> None:
    """First answers need an open assignment; a correction needs the answers that stand, and staff."""
    if replaces is None:
        raising.check_may_answer(row, by, at)
        return
    if by.kind == "link" or not Response.objects.filter(id=replaces, assignment_id=row.id).exists():
        raise NotFound("answer")
    if Response.objects.filter(replaces_id=replaces).exists():
        raise Refusal(
            "measures.already_corrected", "Someone corrected these answers since you opened them.", "Reload the page to see what stands now."
        )


def _previous(row: Assignment, replaces: UUID | None) -> Mapping[str, Answer] | None:
    """The answers before these, to see a self-harm answer rise; never the ones being corrected."""
    earlier = [one for one in queries.answered(row.person_id, row.instrument.file_id) if one.id != replaces]
    return earlier[0].answers if earlier else None


def _store(
    row: Assignment,
    paper: Paper,
    given: Mapping[str, Answer],
    words: Mapping[str, str],
    scored: Scored | ScoreRefused,
    *,
    taken_at: datetime,
    replaces: UUID | None,
    by: Actor,
    at: datetime,
) -> Response:
    named = dict(scored.named())
    if isinstance(scored, ScoreRefused):
        named |= {"sentence": scored.sentence, "now": scored.now}
    response = Response.objects.create(
        id=ids.new_id(at),
        person_id=row.person_id,
        assignment_id=row.id,
        instrument_id=row.instrument_id,
        translation_id=paper.translation_id,
        language=paper.language,
        worded=paper.worded,
        instrument_name=paper.instrument.id,
        answers_text=canonical(dict(given)),
        said_text=canonical({name: text for name, text in words.items() if text}) if any(words.values()) else "",
        taken_at=taken_at,
        recorded_at=at,
        recorded_by=by.label,
        asked_by="proxy" if by.proxy_id else "self" if by.kind == "link" else "staff",
        total=scored.total if isinstance(scored, Scored) else None,
        band=(scored.band or scored.result or "") if isinstance(scored, Scored) else "",
        complete=isinstance(scored, Scored) and scored.complete,
        score_text=canonical(named),
        replaces_id=replaces,
    )
    row.state, row.draft_text, row.draft_at = "answered", "", None
    row.save(update_fields=["state", "draft_text", "draft_at", "translation"])
    trail.record(
        events.answered if replaces is None else events.corrected,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"response": response.id, "assignment": row.id} | ({"replaces": replaces} if replaces else {}),
        new={"instrument": paper.instrument.id, "total": response.total, "band": response.band, "flags": [flag.id for flag in scored.flags]}
        | ({} if paper.translation is None else {"language": paper.language, "worded": paper.worded, "wording": paper.translation.record.label}),
        library=paper.record.label,
    )
    return response


def _plain(told: Answered) -> dict[str, Any]:
    return {
        "response_id": str(told.response_id),
        "total": told.total,
        "band": told.band,
        "complete": told.complete,
        "flags": list(told.flags),
        "crisis": told.crisis,
    }


def _told(earlier: Mapping[str, Any]) -> Answered:
    return Answered(**{**earlier, "response_id": UUID(earlier["response_id"]), "flags": tuple(earlier["flags"])})
