"""Sign for an open item of the gate: a reason and the first of two signatures (safety 4)."""

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
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.answer_item import check_answerable
from afterglow.pathway.session.models import Override
from afterglow.pathway.session.queries.gate_verdict import Gate, gate_now, signer
from afterglow.pathway.session.rules.gate import LEAST_REASON
from afterglow.science.verdict import Finding


@transaction.atomic
def sign_override(*, session_id: UUID, item: str, saw: str, reason: str, signed: Signature, key: str, by: Actor, at: datetime) -> UUID:
    """The override, waiting for its second signature.  `saw`: what the signature covers (`Finding.covers`), as it stood on the signer's screen.

    Raises NotFound, Forbidden; Refusal `session.never_lifted`, `session.not_liftable`, `session.gate_changed`, `session.override_no_reason`,
    `session.not_licensed`, `session.not_checked_in`, `accounts.not_confirmed`.
    """
    session = access.fetch_session(by, session_id, need="session.session.override")
    check_signature(signed, by=by, at=at)
    if earlier := once(by, key, [session_id, item, saw, reason], at=at):
        return UUID(earlier["override"])
    session = access.lock_up_to_session(session)
    check_answerable(session)
    found = gate_now(session, by=by, at=at)
    _may_be_lifted(found.found(item), saw)
    if len(reason.strip()) < LEAST_REASON:
        raise Refusal(
            "session.override_no_reason",
            f"The reason has fewer than {LEAST_REASON} characters.",
            "Say why it is right for this person today.",
            field="reason",
        )
    check_licensed(found, signed)
    row = Override.objects.create(
        id=ids.new_id(at), session_id=session.id, item=item, saw=saw, reason=reason.strip(), signed_at=at, signed_by_id=signed.user_id
    )
    trail.record(
        events.override_signed,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "override": row.id},
        new={"item": item},
        reason=row.reason,
    )
    answer(by, key, {"override": str(row.id)})
    return row.id


def _may_be_lifted(finding: Finding | None, saw: str) -> None:
    """It is open, two signatures lift it, and the signer read what stands there now."""
    if finding is None or finding.is_met:
        raise Refusal("session.not_liftable", "This item is not open, so there is nothing to sign for.", "Reload the gate.")
    if finding.lifted_by == "nobody":
        raise Refusal(
            "session.never_lifted", f"Nobody may lift this. {finding.sentence}", "Put it right, or call the visit off.", findings=(finding,)
        )
    if finding.lifted_by != "two_signatures":
        raise Refusal("session.not_liftable", f"No signature stands in for this: it is done first. {finding.sentence}", "Do it.", findings=(finding,))
    if saw != finding.covers:
        raise Refusal(
            "session.gate_changed",
            "What stands at the gate has changed since this page was made, so the signature would cover something else.",
            "Read it again, then sign.",
            findings=(finding,),
        )


def check_licensed(found: Gate, signed: Signature) -> None:
    """A signer is licensed today and works here.  Raises Refusal `session.not_licensed`."""
    who = signer(signed.user_id, found.visit)
    if not (who.licensed and who.of_this_site):
        raise Refusal(
            "session.not_licensed",
            f"{signed.name} has no licence in date at this site, so the signature would not count.",
            "Ask a licensed colleague.",
        )
