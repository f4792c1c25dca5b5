"""Signatures under plans and orders: whose they are, what they lift, and what was seen when they were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.rules.lifting import Lift, lift
from afterglow.records.staff import queries as staff
from afterglow.science.verdict import Verdict

SIGNED_WITHIN = timedelta(minutes=2)


def check_both(signed: Signature, second: Signature | None, *, by: Actor, at: datetime) -> None:
    """The first is the actor's own, the second somebody else's, both of this moment.  Raises Refusal `accounts.not_confirmed`, `plan.second_signer`."""
    check_signature(signed, by=by, at=at)
    if second is None:
        return
    if second.user_id == signed.user_id:
        raise Refusal(
            "plan.second_signer", "The second signature is yours as well.", "Ask another licensed colleague to sign with you.", field="second_email"
        )
    if not timedelta(0) <= at - second.at <= SIGNED_WITHIN:
        raise Refusal("plan.second_signer", "The second signature belongs to another moment.", "Ask for it again.", field="second_password")


def lifted(verdict: Verdict, reasons: Mapping[str, str], signed: Signature, second: Signature | None, *, by: Actor, today: date) -> Verdict:
    """The verdict with every liftable item that has a reason and two signers lifted; `reasons` by item, "" for all others."""
    licensed = second is not None and staff.is_licensed(second.user_id, by.clinic_id, today)
    return lift(
        verdict,
        tuple(
            Lift(
                item=finding.item,
                reason=reasons.get(finding.item, reasons.get("", "")),
                first_by=signed.name,
                first_id=signed.user_id,
                second_by=_second_name(signed, second),
                second_id=second.user_id if second else None,
                second_licensed=licensed,
            )
            for finding in verdict.liftable
        ),
    )


def _second_name(signed: Signature, second: Signature | None) -> str:
    """Two people may share a name: the sentence says so, or it would read as one person twice."""
    if second is None:
        return ""
    return second.name if second.name != signed.name else f"{second.name} (another person)"


def seen(verdict: Verdict) -> list[dict[str, Any]]:
    """Every finding as it was read when signing, for the record."""
    return [asdict(finding) for finding in verdict]
