"""Record answers to screening questions; an answer is never overwritten, the newest counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.screening import events, queries
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.models import CaseFact
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.screening.rules.told import FROM_RECORDS
from afterglow.science.criteria.catalogue import BadFact, Catalogue, read_facts, stored_facts


@transaction.atomic
def record_facts(*, case_id: UUID, answers: Mapping[str, object], details: Mapping[str, str] | None = None, key: str, by: Actor, at: datetime) -> int:
    """How many answers are new.  `answers` maps fact keys to what was said; None or "unknown" is kept as asked and not known.

    An answer that is the same as the newest one is not written again.
    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.bad_answer` (its field is the fact).
    """
    case = lock_case(by, case_id, "screening.case.record")
    said = {fact: detail.strip() for fact, detail in (details or {}).items()}
    if (earlier := once(by, key, {"case": str(case_id), "answers": dict(answers), "details": said}, at=at)) is not None:
        return int(earlier["new"])
    refuse_closed(case)
    catalogue = knowledge(case.indication)[0].catalogue
    values = _read(catalogue, answers)
    held = queries.answers(case_id)
    fresh = [
        CaseFact(
            id=ids.new_id(at),
            case_id=case.id,
            key=fact,
            value_text=canonical(value),
            detail=said.get(fact, "")[:300],
            recorded_at=at,
            recorded_by=by.label,
        )
        for fact, value in values.items()
        if fact not in held or held[fact].value != value or held[fact].detail != said.get(fact, "")
    ]
    CaseFact.objects.bulk_create(fresh)
    if fresh:
        # Which questions, not what was said: the answers are kept once, in the case, and some of them are private.
        trail.record(
            events.facts_recorded, by=by, at=at, person_id=case.person_id, objects={"case": case.id}, new={"facts": [row.key for row in fresh]}
        )
    answer(by, key, {"new": len(fresh)})
    return len(fresh)


def _read(catalogue: Catalogue, answers: Mapping[str, object]) -> dict[str, bool | str | int | None]:
    """Each answer as it is stored; None for asked and not known."""
    for fact in answers:
        asked = catalogue.facts.get(fact)
        if asked is None or asked.asked_of == "computed" or fact in FROM_RECORDS:
            raise Refusal("screening.bad_answer", f"{fact} is not asked on this form.", "Reload the page and answer again.", field=fact)
    try:
        known = stored_facts(read_facts(catalogue, answers))
    except BadFact as bad:
        raise Refusal("screening.bad_answer", bad.sentence, "Correct it and save again; nothing was saved.", field=bad.key) from bad
    return {fact: known.get(fact) for fact in answers}
