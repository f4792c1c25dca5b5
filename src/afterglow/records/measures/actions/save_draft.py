"""Keep answers as they are given, so that nothing is lost; a self-harm answer is seen before the form is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.records.measures import access, queries
from afterglow.records.measures.actions import raising
from afterglow.records.measures.actions.settle_wording import settled
from afterglow.science.scoring.instrument import Answer
from afterglow.science.scoring.score import score


@transaction.atomic
def save_draft(
    *,
    assignment_id: UUID,
    answers: Mapping[str, Answer],
    said: Mapping[str, str] | None = None,
    wording: UUID | None = None,
    on_call: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> bool:
    """Adds these answers to those kept; True when one of them asks for help at once.  Writes no audit row: an autosave is not a deed.

    `wording`: the translation in which they were shown; None: the file's own words.  The first answers that are kept settle it for the whole form.

    Raises Refusal `measures.not_open`, `measures.in_person_only`, `measures.only_the_person`, `measures.unknown_answer`, `measures.text_refused`,
    `measures.other_wording`, `measures.no_such_wording`; NotFound; Forbidden.
    """
    row = access.fetch_assignment(by, assignment_id, lock=True)
    raising.check_may_answer(row, by, at)
    settled(row, wording, by)
    held = queries.assignment_row(row.id)
    kept = {**held.answers, **answers}
    words = {**held.said, **raising.checked_words(held.paper, said or {})}
    raising.check_only_the_person(row, held.paper, kept, words, by)
    scored = score(held.paper.instrument, kept)
    if getattr(scored, "code", "") in {"unknown_item", "unknown_answer"}:
        raise Refusal("measures.unknown_answer", "One of the answers is not one of the choices.", "Load the page again and choose once more.")
    row.draft_text, row.draft_at = canonical({"answers": kept, "said": words}), at
    row.save(update_fields=["draft_text", "draft_at", "translation"])
    missing = {rule.id for rule in held.paper.instrument.flags if rule.missing}
    alarming = tuple(flag for flag in scored.flags if flag.id not in missing)
    moved = any(held.answers.get(item) != kept.get(item) for flag in alarming for item in flag.items)
    raising.open_for(row.person_id, f"{row.id}", alarming, on_call=on_call, by=by, at=at, sent=False, again=moved)
    return bool(alarming)
