"""Sign that a hold is passed over, and why.  It counts only with a second signature, and only while the finding reads the same."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.screening import events, queries
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.actions.signers import licensed_signer
from afterglow.pathway.screening.models import Override
from afterglow.pathway.screening.rules.decision import SHORTEST_REASON
from afterglow.science.verdict import Finding


@transaction.atomic
def sign_override(*, case_id: UUID, item: str, saw: str, reason: str, signed: Signature, key: str, by: Actor, at: datetime) -> UUID:
    """The override's id.  `saw` is the sentence that the signer read; when the finding reads differently now, nothing is signed.

    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.never_lifted`, `screening.nothing_to_lift`,
    `screening.changed_meanwhile`, `screening.no_reason`, `screening.not_licensed`.
    """
    case = lock_case(by, case_id, "screening.case.record")
    check_signature(signed, by=by, at=at)
    if (earlier := once(by, key, {"case": str(case_id), "item": item, "saw": saw, "reason": reason}, at=at)) is not None:
        return UUID(earlier["override"])
    refuse_closed(case)
    finding = next((each.finding for each in queries.picture(case_id, at).assessment.items if each.finding.item == item and each.blocks), None)
    _refuse_unless_liftable(finding, saw)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal("screening.no_reason", f"Say why, in at least {SHORTEST_REASON} characters.", "Then sign it again.", field="reason")
    signer = licensed_signer(case, signed, at)
    row = Override.objects.create(
        id=ids.new_id(at),
        case_id=case.id,
        item=item,
        saw=saw,
        reason=reason.strip(),
        signed_at=at,
        signed_by_id=signed.user_id,
        as_prescriber=signer.is_prescriber,
    )
    trail.record(
        events.override_signed,
        by=by,
        at=at,
        person_id=case.person_id,
        objects={"case": case.id, "override": row.id},
        new={"item": item, "saw": saw},
        reason=reason.strip(),
    )
    answer(by, key, {"override": str(row.id)})
    return row.id


def _refuse_unless_liftable(finding: Finding | None, saw: str) -> None:
    if finding is None:
        raise Refusal("screening.nothing_to_lift", "This item stands in nobody's way now.", "Reload the page.")
    if finding.state == "unknown" or finding.lifted_by != "two_signatures":
        nobody = finding.lifted_by == "nobody"
        raise Refusal(
            "screening.never_lifted",
            "Nobody may lift this item." if nobody else "This item is not lifted by signatures: it is settled by finding out.",
            finding.who or "Ask, and record the answer.",
            findings=(finding,),
        )
    if finding.sentence != saw:
        raise Refusal(
            "screening.changed_meanwhile",
            "The finding reads differently now from what you signed for.",
            "Read it again, then sign.",
            findings=(finding,),
        )
