"""Everything the gate asks, gathered at one moment.  Start calls this under its locks; the page calls it to show the same list."""

from __future__ import annotations

from dataclasses import replace

from afterglow.pathway.session.queries import (
    gate_facts_after,
    gate_facts_body,
    gate_facts_late,
    gate_facts_order,
    gate_facts_person,
    gate_facts_place,
    gate_facts_scale,
)
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_facts import GateFacts

PARTS = (
    gate_facts_person.about_the_person,
    gate_facts_body.about_the_body,
    gate_facts_order.about_the_order,
    gate_facts_place.about_the_place,
    gate_facts_scale.about_the_scale,
    gate_facts_late.about_late_effects,
    gate_facts_after.about_the_days_after,
)


def gate_facts(held: Visit) -> GateFacts:
    """All facts; what nobody asked, measured or recorded stays None."""
    facts = GateFacts(at=held.at, today=held.today)
    for part in PARTS:
        facts = replace(facts, **part(held))
    return facts
