"""The limits that hold in one session: those it started with; before the start the site's as they stand now."""

from __future__ import annotations

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.limits import limits_at_start, site_limits
from afterglow.science.vitals.limits import SiteLimits


def limits_of(session: Session) -> SiteLimits:
    """No query once started, two before."""
    return limits_at_start(session.limits_text) if session.limits_text else site_limits(session.site_id).in_force
