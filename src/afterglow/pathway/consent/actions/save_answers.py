"""One try at the questions: what is right is kept, what is wrong is explained and may be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import library_row
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent import access, events, queries, rules
from afterglow.pathway.consent.models import AnswerTry, Offer
from afterglow.records.chart import access as chart


@transaction.atomic
def save_answers(*, offer_id: UUID, answers: Mapping[str, str], key: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Keep this try; returns the ids of the questions that are not answered right (a question left open is not right).

    Every try is kept and counted.  Raises NotFound, Forbidden; Refusal `consent.not_open`, `consent.unknown_answer`.
    """
    seen = access.fetch_offer(by, offer_id, need="consent.consent.witness")
    chart.lock_person(seen.person_id)
    if (earlier := once(by, key, {"offer": str(offer_id), "answers": dict(answers)}, at=at)) is not None:
        return tuple(earlier["wrong"])
    held = Offer.objects.select_for_update().get(id=offer_id)
    if held.state != "open":
        raise Refusal("consent.not_open", f"This document is {held.state}, so its questions are closed.", "Go back to your documents.")
    questions = queries.reads_for(library_row(held.document_id), held.indication).content["comprehension"]
    offered = {(question["id"], option["id"]) for question in questions for option in question["options"]}
    if not set(answers.items()) <= offered:
        raise Refusal("consent.unknown_answer", "This answer is not one of those on the page.", "Reload the page and choose again.")
    wrong = rules.wrong_answers(questions, answers)
    AnswerTry.objects.create(
        id=ids.new_id(at),
        offer_id=held.id,
        answers_text=canonical(dict(answers)),
        wrong_text=canonical(list(wrong)),
        answered_at=at,
        answered_by=by.label,
    )
    held.answers_text, held.tries = canonical(dict(answers)), held.tries + 1
    held.save(update_fields=["answers_text", "tries"])
    trail.record(
        events.answered, by=by, at=at, person_id=held.person_id, objects={"offer": held.id}, new={"try": held.tries, "not right": list(wrong)}
    )
    answer(by, key, {"wrong": list(wrong)})
    return wrong
