"""Who signs: licences are looked up on the site's own day, never taken from the role."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from afterglow.ground.accounts.actions import Signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.models import Case
from afterglow.pathway.screening.queries.signers import signer_on
from afterglow.pathway.screening.rules.decision import Signature as SignerFacts


def licensed_signer(case: Case, signed: Signature, at: datetime) -> SignerFacts:
    """The signer's licences on the site's own day.  Raises Refusal `screening.not_licensed`."""
    site = queries.site_of(case.id)
    on = at.astimezone(ZoneInfo(site.zone)).date()
    signer = signer_on(signed.user_id, signed.name, clinic_id=site.clinic_id, state=site.state, on=on)
    if not signer.is_licensed:
        raise Refusal(
            "screening.not_licensed",
            f"{signed.name} has no licence in date, and only licensed staff sign an override.",
            "Ask a licensed colleague to sign.",
            field="password",
        )
    return signer
