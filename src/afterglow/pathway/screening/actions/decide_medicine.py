"""The prescriber read a high-level interaction and decided, or looked up a medicine that no name matched."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.screening import events, queries
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.models import MedicineDecision
from afterglow.pathway.screening.rules.decision import SHORTEST_REASON


@transaction.atomic
def decide_medicine(*, case_id: UUID, kind: Literal["decided", "looked_up"], subject: str, note: str, key: str, by: Actor, at: datetime) -> UUID:
    """`subject` is the id of a high-level interaction, or a line of the medicine list exactly as it is written there.

    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.nothing_to_decide`, `screening.no_reason`.
    """
    case = lock_case(by, case_id, "screening.case.decide")
    if (earlier := once(by, key, {"case": str(case_id), "kind": kind, "subject": subject, "note": note}, at=at)) is not None:
        return UUID(earlier["decision"])
    refuse_closed(case)
    checked = queries.picture(case_id, at).assessment.checked
    high = set() if checked is None else {match.interaction.id for match in checked.at("high")}
    unmatched = set() if checked is None else {medicine.text for medicine in checked.not_checked}
    if subject not in {"decided": high, "looked_up": unmatched}.get(kind, set()):
        raise Refusal(
            "screening.nothing_to_decide",
            "This is not, or no longer, a high-level interaction or an unmatched medicine of this person.",
            "Reload the page: the medicine list may have changed.",
        )
    if len(note.strip()) < SHORTEST_REASON:
        raise Refusal(
            "screening.no_reason", f"Say what you decided and why, in at least {SHORTEST_REASON} characters.", "Then save it again.", field="note"
        )
    row = MedicineDecision.objects.create(
        id=ids.new_id(at), case_id=case.id, kind=kind, subject=subject, note=note.strip(), recorded_at=at, recorded_by=by.label
    )
    trail.record(
        events.medicine_decided,
        by=by,
        at=at,
        person_id=case.person_id,
        objects={"case": case.id, "decision": row.id},
        new={"kind": kind, "subject": subject},
        reason=note.strip(),
    )
    answer(by, key, {"decision": str(row.id)})
    return row.id
