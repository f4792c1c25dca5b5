"""The gate's question about harm that comes late: the bladder before a further dose (requirement S115, safety 38)."""

from __future__ import annotations

from afterglow.pathway.session.rules.gate_facts import GateFacts
from afterglow.science.outcomes.late_effects import before_a_dose
from afterglow.science.verdict import Finding


def about_late_effects(facts: GateFacts) -> tuple[Finding, ...]:
    """One finding for each that a scale measures; nothing where the protocol has no follow-up that watches for it."""
    if facts.late_effects is None:
        return (Finding.unknown("late_effects", "Harm that comes late was not looked for.", lifted_by="nobody"),)
    found = (before_a_dose(effect, decided=facts.is_booster) for effect in facts.late_effects)
    return tuple(finding for finding in found if finding is not None)
