"""Put the second signature under an override: a different licensed person, and one of the two a prescriber."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.screening import access, events
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.actions.signers import licensed_signer
from afterglow.pathway.screening.models import SecondSignature


@transaction.atomic
def second_sign(*, override_id: UUID, signed: Signature, by: Actor, at: datetime) -> None:
    """A different licensed person signs the same override, under their own name; signing it again changes nothing.

    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.same_signer`, `screening.already_countersigned`,
    `screening.no_prescriber`, `screening.not_licensed`.
    """
    override = access.fetch_override(by, override_id, "screening.case.countersign")
    case = lock_case(by, override.case_id, "screening.case.countersign")
    check_signature(signed, by=by, at=at)
    held = SecondSignature.objects.filter(override_id=override.id).values_list("signed_by_id", flat=True).first()
    if held == signed.user_id:
        return
    refuse_closed(case)
    if held is not None:
        raise Refusal("screening.already_countersigned", "This override has its second signature already.", "Reload the page.")
    if override.signed_by_id == signed.user_id:
        raise Refusal(
            "screening.same_signer",
            "You signed this override first, and one person counts once.",
            "Ask another licensed member of staff to read and sign it.",
            field="password",
        )
    signer = licensed_signer(case, signed, at)
    if not (override.as_prescriber or signer.is_prescriber):
        raise Refusal(
            "screening.no_prescriber", "One of the two signatures is a prescriber's.", "Ask a prescriber to read and sign it.", field="password"
        )
    row = SecondSignature.objects.create(
        id=ids.new_id(at), override_id=override.id, signed_at=at, signed_by_id=signed.user_id, as_prescriber=signer.is_prescriber
    )
    trail.record(
        events.override_countersigned,
        by=by,
        at=at,
        person_id=case.person_id,
        objects={"case": case.id, "override": override.id, "signature": row.id},
        new={"item": override.item},
    )
