"""The gate's question about the days after: is the integration visit booked before the dose (requirements S94, N22)?"""

from __future__ import annotations

from datetime import timedelta

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts
from afterglow.science.verdict import Finding

SLIP = timedelta(hours=2)
"""A start that slips by up to two hours does not undo a booking at the edge of the window (J)."""


def about_the_days_after(facts: GateFacts) -> tuple[Finding, ...]:
    """Nothing where the plan's protocol asks for no visit after this dose."""
    return (integration_booked(facts),) if facts.after.wanted else ()


def integration_booked(facts: GateFacts) -> Finding:
    """A visit in the calendar that begins inside the protocol's window, counted from the end of the infusion if it started now."""
    item, after = "integration_booked", facts.after
    ends_at = facts.at + timedelta(minutes=after.infusion_min)
    opens_at, closes_at = ends_at + timedelta(hours=after.from_h) - SLIP, ends_at + timedelta(hours=after.to_h) + SLIP
    between = f"{after.from_h} to {after.to_h} hours after this dose"
    if any(opens_at <= starts_at <= closes_at for starts_at in after.visits):
        return Finding.met(item, f"A visit is booked {between}.", mark="J")
    return Finding.unmet(
        item, f"No integration visit is booked {between}. Book one, or say why it goes without.", mark="J", lifted_by="two_signatures", who=TWO
    )
