"""The second signature of an override, by another licensed person (safety 4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.answer_item import check_answerable
from afterglow.pathway.session.actions.sign_override import check_licensed
from afterglow.pathway.session.models import SecondSignature
from afterglow.pathway.session.queries.gate_verdict import gate_now, signer


@transaction.atomic
def second_sign(*, override_id: UUID, signed: Signature, by: Actor, at: datetime) -> None:
    """At the second person's own screen (`signed` is the actor's), or at the first one's screen with the second's own address and password.

    One of the two is a prescriber.  Signing again changes nothing.  Raises NotFound, Forbidden; Refusal `session.same_signer`,
    `session.no_prescriber`, `session.not_licensed`, `session.not_checked_in`, `session.may_not_countersign`, `accounts.not_confirmed`.
    """
    override = access.fetch_override(by, override_id, need="session.session.read")
    second = accounts.actor_for(signed.user_id, by.clinic_id, request_id=by.request_id)
    check_signature(signed, by=second, at=at)
    session = access.lock_up_to_session(access.fetch_session(second, override.session_id, need="session.session.countersign"))
    check_answerable(session)
    held = SecondSignature.objects.filter(override_id=override_id).values_list("signed_by_id", flat=True).first()
    if held is not None:
        if held == signed.user_id:
            return
        raise Refusal("session.signed_already", "This override already has its second signature.", "Reload the gate.")
    if override.signed_by_id == signed.user_id:
        raise Refusal(
            "session.same_signer", "Both signatures would be by the same person.", "Ask another licensed colleague to sign.", field="second_email"
        )
    found = gate_now(session, by=by, at=at)
    check_licensed(found, signed)
    if not (signer(override.signed_by_id, found.visit).prescriber or signer(signed.user_id, found.visit).prescriber):
        raise Refusal("session.no_prescriber", "One of the two signatures is a prescriber's, and neither of these is.", "Ask the prescriber to sign.")
    row = SecondSignature.objects.create(id=ids.new_id(at), override_id=override_id, signed_at=at, signed_by_id=signed.user_id)
    trail.record(
        events.override_countersigned,
        by=second,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "override": override_id, "signature": row.id},
        new={"item": override.item, "at_screen_of": by.name},
    )
