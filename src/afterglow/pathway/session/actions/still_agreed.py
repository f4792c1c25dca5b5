"""No deed gives more drug once the consent was taken back; stop and pause are never asked."""

from __future__ import annotations

from datetime import datetime

from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.rules.consent_now import NOW


def check_still_agreed(session: Session, *, said_for: datetime | None = None, at: datetime) -> None:
    """The caller holds the person, as a withdrawal does.  `said_for`: the time that somebody gives for what is charted; a deed of
    before the withdrawal may still be written down, one without a time of its own is a deed of now.

    Raises Refusal `session.consent_withdrawn`, `session.capacity_not_shown`.
    """
    found = consent.taken_back([session.person_id]).get(session.person_id)
    if found is None:
        if consent.in_force(session.person_id, at=at).state == "absent":
            raise Refusal("session.consent_withdrawn", "There is no consent for this treatment, so no more drug is given.", NOW)
        return
    if said_for is not None and said_for < found.at:
        return
    if found.what == "withdrawn":
        raise Refusal("session.consent_withdrawn", "Consent was withdrawn, so no more drug is given.", NOW)
    raise Refusal("session.capacity_not_shown", f"{found.by} stated that this person cannot decide, so no more drug is given.", NOW)
