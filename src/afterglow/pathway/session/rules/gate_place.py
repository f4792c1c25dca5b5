"""The gate's questions about the place: right setting for the route, people, equipment, device and accepted limits."""

from __future__ import annotations

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts
from afterglow.pathway.session.rules.staffing import may_monitor_dose
from afterglow.science.verdict import Finding

INJECTED = frozenset({"iv", "im", "sc"})
REMS = "Spravato REMS: certified site only, patient monitored there"


def about_the_place(facts: GateFacts) -> tuple[Finding, ...]:
    """All findings about the place."""
    return (
        setting(facts),
        airway_person(facts),
        equipment(facts),
        *may_monitor_dose(facts.monitor),
        both_roles(facts),
        device(facts),
        limits_accepted(facts),
    )


def setting(facts: GateFacts) -> Finding:
    """Injected drug only where staff are; esketamine only at a certified site, never at home."""
    item = "setting"
    if facts.drug is None or facts.route is None or facts.place is None:
        return Finding.unknown(item, "Drug, route or place is not stated.", lifted_by="nobody")
    if facts.drug == "esketamine" and (facts.place == "home" or not facts.site_certified_esketamine):
        return Finding.unmet(item, "Esketamine is given at a certified site only, never at home.", source=REMS, mark="V", lifted_by="nobody")
    if facts.place == "home" and facts.route in INJECTED:
        sentence = "An injected dose is given only with a licensed clinician present who can manage an airway, not at home."
        return Finding.unmet(item, sentence, mark="J", lifted_by="nobody")
    return Finding.met(item)


def airway_person(facts: GateFacts) -> Finding:
    item, held = "airway_person", facts.airway_person
    source = "Someone able to manage airway and resuscitation at hand: ASA/ASRA 2018; APA 2017 (Sanacora)"
    if held is None or held.certified_until is None:
        return Finding.unknown(
            item, "Nobody is named who can manage an airway, with a certificate date.", source=source, mark="W", lifted_by="nobody"
        )
    if not held.on_site:
        return Finding.unmet(item, f"{held.name} is not on site.", source=source, mark="W", lifted_by="nobody")
    if held.certified_until < facts.today:
        sentence = f"{held.name}'s certificate ended on {held.certified_until:%d %b %Y}."
        return Finding.unmet(item, sentence, source=source, mark="W", lifted_by="nobody")
    return Finding.met(item, f"{held.name}, on site.", source=source)


def equipment(facts: GateFacts) -> Finding:
    """Oxygen, suction, bag and mask, defibrillator and rescue drugs, checked today and complete (hazard H46)."""
    item, held = "equipment", facts.equipment
    if held is None:
        return Finding.unknown(item, "The emergency equipment has not been checked.", mark="J", lifted_by="nobody")
    if held.checked_on != facts.today:
        sentence = f"The last check of the emergency equipment is of {held.checked_on:%d %b %Y}. Check it today."
        return Finding.unmet(item, sentence, mark="J", lifted_by="nobody")
    if held.missing:
        return Finding.unmet(item, f"Missing at today's check: {', '.join(held.missing)}.", mark="J", lifted_by="nobody")
    return Finding.met(item, f"Checked today by {held.checked_by}.")


def both_roles(facts: GateFacts) -> Finding:
    """Medical and mental-health care both present, as every programme promises."""
    if facts.therapist_present is None:
        return Finding.unknown("both_roles", "Nobody recorded whether the therapist is present.", mark="J")
    if not facts.therapist_present:
        return Finding.unmet("both_roles", "No therapist is present for this session.", mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met("both_roles")


def device(facts: GateFacts) -> Finding:
    """A monitor bound elsewhere would show one person's numbers in another's room (hazard H1)."""
    if facts.device is None:
        return Finding.unknown("device", "Nobody recorded which monitor this room uses.")
    if facts.device == "bound_elsewhere":
        return Finding.unmet("device", "The monitor of this room is bound to another session. Release it there first.")
    if facts.device == "none":
        sentence = "No monitor sends to this room: every value would be typed by hand."
        return Finding.unmet("device", sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met("device", "The monitor is bound to this session.")


def limits_accepted(facts: GateFacts) -> Finding:
    """Every limit that is a judgement was accepted or changed by a named prescriber of this site (hazard H50)."""
    if facts.limits_open is None:
        return Finding.unknown("limits", "Nobody looked whether this site's limits are accepted.")
    if facts.limits_open:
        sentence = f"{len(facts.limits_open)} limits of this site are not accepted: {', '.join(facts.limits_open)}. A prescriber accepts or changes them on the Limits page."
        return Finding.unmet("limits", sentence)
    return Finding.met("limits", "All accepted by a named prescriber.")
