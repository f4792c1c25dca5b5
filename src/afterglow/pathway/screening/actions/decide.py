"""The prescriber decides; the decision is stored with everything it saw, and the case is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.screening import events, queries
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.actions.note_candidacy import note_decision
from afterglow.pathway.screening.models import ScreeningDecision
from afterglow.pathway.screening.queries.signers import signer_on
from afterglow.pathway.screening.rules.decision import Decision, may_decide
from afterglow.pathway.screening.rules.saw import saw

DECISIONS: Final[dict[str, Decision]] = {"cleared": "clear", "declined": "decline", "referred": "refer", "postponed": "postpone"}


@transaction.atomic
def decide(*, case_id: UUID, outcome: str, reason: str = "", signed: Signature, key: str, by: Actor, at: datetime) -> UUID:
    """The decision's id.  `outcome`: cleared, declined, referred or postponed; only the first needs everything settled.

    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.unknown_outcome`, `screening.not_decided` with every open item.
    """
    case = lock_case(by, case_id, "screening.case.decide")
    check_signature(signed, by=by, at=at)
    if outcome not in DECISIONS:
        raise Refusal("screening.unknown_outcome", "There is no such decision.", "Choose one from the list.", field="outcome")
    if (earlier := once(by, key, {"case": str(case_id), "outcome": outcome, "reason": reason}, at=at)) is not None:
        return UUID(earlier["decision"])
    refuse_closed(case)
    seen = queries.picture(case_id, at)
    on = at.astimezone(ZoneInfo(seen.site.zone)).date()
    signer = signer_on(signed.user_id, signed.name, clinic_id=seen.site.clinic_id, state=seen.site.state, on=on)
    verdict = may_decide(seen.assessment, DECISIONS[outcome], seen.standing, reason=reason, signed=signer)
    if not verdict.met:
        first = (verdict.never or verdict.open)[0]
        raise Refusal(
            "screening.not_decided",
            f"{len(verdict.open)} {'item is' if len(verdict.open) == 1 else 'items are'} open. {first.sentence}",
            first.who or "Settle each item below, or decide otherwise with a reason.",
            field="reason" if first.item == "decision.reason" else None,
            findings=verdict.open,
        )
    row = ScreeningDecision.objects.create(
        id=ids.new_id(at),
        case_id=case.id,
        outcome=outcome,
        reason=reason.strip(),
        saw_text=canonical(saw(seen.case.indication, seen.assessment, seen.facts, seen.standing, verdict, seen.library)),
        pdmp_checked_on=seen.pdmp_checked_on,
        signed_at=at,
        signed_by_id=signed.user_id,
    )
    case.state = outcome
    case.save(update_fields=["state"])
    note_decision(case.person_id, by.clinic_id)
    trail.record(
        events.case_decided,
        by=by,
        at=at,
        person_id=case.person_id,
        objects={"case": case.id, "decision": row.id},
        old={"state": "open"},
        new={"state": outcome, "overridden": [override.item for override in seen.standing]},
        reason=reason.strip(),
    )
    answer(by, key, {"decision": str(row.id)})
    return row.id
