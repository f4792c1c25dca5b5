"""The gate's questions about the person: who, able to consent, sober, safe, and going home with somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from afterglow.pathway.session.rules.gate_facts import TWO, GateFacts, Pregnancy
from afterglow.pathway.session.rules.gate_taken_back import nothing_taken_back
from afterglow.pathway.session.rules.staffing import somebody_stays
from afterglow.pathway.session.rules.suicide import may_go_on
from afterglow.science.verdict import Finding
from afterglow.science.vitals.limits import SiteLimits

IDENTIFIERS = frozenset({"full name", "birth date", "record number", "photo"})
ADULT_AGE = 18
"""Under 18 is a hard stop in every shipped protocol: no model, dose or consent here is made for a child."""
HELD_SUBSTANCES = "A stimulant, alcohol or other drug taken today raises the risk of pressure, airway and rhythm trouble."


def about_the_person(facts: GateFacts, limits: SiteLimits) -> tuple[Finding, ...]:
    """All findings about the person, in the order in which they are asked at check-in."""
    return (
        identity(facts),
        age(facts),
        allergies_reread(facts),
        ketamine_allergy(facts),
        capacity(facts),
        sober(facts),
        no_withdrawal(facts),
        substances(facts),
        pregnancy(facts, limits),
        may_go_on(facts.suicide, today=facts.today),
        escort(facts),
        night(facts),
        nothing_taken_back(facts),
        decided(facts),
    )


def identity(facts: GateFacts) -> Finding:
    """Two different identifiers, said by the person and compared with the chart."""
    item, source = "identity", "Two patient identifiers: Joint Commission NPSG.01.01.01"
    known = set(facts.identifiers or ()) & IDENTIFIERS
    if len(known) < 2:
        sentence = f"{len(known)} of 2 identifiers confirmed. Ask the person to say full name and birth date, and compare."
        return Finding.unknown(item, sentence, source=source, mark="W", lifted_by="nobody")
    return Finding.met(item, f"Confirmed by {' and '.join(sorted(known))}.", source=source)


def age_on(born_on: date, today: date) -> int:
    """Whole years; someone born on 29 February has the birthday on 1 March in a common year."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def age(facts: GateFacts) -> Finding:
    if facts.born_on is None:
        return Finding.unknown("age", "The birth date is not recorded.", lifted_by="nobody")
    years = age_on(facts.born_on, facts.today)
    if years < ADULT_AGE:
        return Finding.unmet(
            "age", f"{years} years old. No protocol of this site is made for anyone under {ADULT_AGE}.", mark="J", lifted_by="nobody"
        )
    return Finding.met("age", f"{years} years.")


def allergies_reread(facts: GateFacts) -> Finding:
    if not facts.allergies_reread:
        return Finding.unknown("allergies", "Allergies have not been read item by item with the person today.")
    return Finding.met("allergies", "Read with the person today.")


def ketamine_allergy(facts: GateFacts) -> Finding:
    item, source = "ketamine_allergy", "Ketalar label, contraindications"
    if facts.ketamine_allergy is None:
        return Finding.unknown(
            item, "Nobody recorded whether there is an allergy to ketamine or esketamine.", source=source, mark="V", lifted_by="nobody"
        )
    if facts.ketamine_allergy:
        return Finding.unmet(item, "Allergic to ketamine or esketamine.", source=source, mark="V", lifted_by="nobody")
    return Finding.met(item)


def capacity(facts: GateFacts) -> Finding:
    if facts.capacity is None:
        return Finding.unknown("capacity", "Capacity to consent today has not been recorded.", mark="J", lifted_by="nobody")
    if facts.capacity == "not_shown":
        return Finding.unmet("capacity", "Capacity to consent is not shown today. No dose.", mark="J", lifted_by="nobody")
    return Finding.met("capacity", "Shown today.")


def sober(facts: GateFacts) -> Finding:
    if facts.intoxicated is None:
        return Finding.unknown("intoxication", "Nobody recorded whether the person is intoxicated.", mark="J", lifted_by="nobody")
    if facts.intoxicated:
        return Finding.unmet("intoxication", "Acutely intoxicated. No dose today.", mark="J", lifted_by="nobody")
    return Finding.met("intoxication")


def no_withdrawal(facts: GateFacts) -> Finding:
    if facts.withdrawal is None:
        return Finding.unknown("withdrawal", "Nobody asked about alcohol or sedative withdrawal.", mark="J", lifted_by="nobody")
    if facts.withdrawal:
        return Finding.unmet("withdrawal", "In alcohol or sedative withdrawal. No dose today.", mark="J", lifted_by="nobody")
    return Finding.met("withdrawal")


def substances(facts: GateFacts) -> Finding:
    if facts.substances_today is None:
        return Finding.unknown(
            "substances", "Nobody asked what was taken today: alcohol, cannabis, stimulants, nitrous oxide, psychedelics.", mark="J"
        )
    if facts.substances_today:
        sentence = f"Taken today: {', '.join(facts.substances_today)}. {HELD_SUBSTANCES}"
        return Finding.unmet("substances", sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met("substances", "Nothing taken today.")


def pregnancy(facts: GateFacts, limits: SiteLimits) -> Finding:
    """A positive test never shows as such: the sentence on the shared screen only asks for a private talk."""
    item, held = "pregnancy", facts.pregnancy
    if held is None or held.applies is None:
        return Finding.unknown(item, "The organ inventory does not say whether a pregnancy test is needed. Ask.", mark="J")
    if not held.applies:
        return Finding.met(item, "No test is needed.")
    if held.result == "positive":
        return Finding.unmet("private_talk", "Stop here. The prescriber speaks with the person alone first.", mark="J", lifted_by="nobody")
    if held.result == "declined":
        sentence = "The test was declined. The prescriber talks it over with the person and signs."
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return _test_in_date(item, held, facts.today, int(limits.at("start_ages", "pregnancy_test_days")))


def _test_in_date(item: str, held: Pregnancy, today: date, days: int) -> Finding:
    if held.result != "negative" or held.tested_on is None or held.tested_on > today:
        return Finding.unknown(item, "No dated urine test (hCG). Test today.", mark="J", lifted_by="two_signatures", who=TWO)
    if held.at_risk_since is None:
        return Finding.unknown(item, "Nobody asked whether pregnancy is possible since the last test.", mark="J")
    old = (today - held.tested_on).days
    if old > days or (held.at_risk_since and old > 0):
        sentence = f"The last test is {old} days old{' and pregnancy is possible since' if held.at_risk_since else ''}. Test today."
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met(item, f"Negative {old} days ago." if old else "Negative today.")


def escort(facts: GateFacts) -> Finding:
    """A named adult, or a documented other way; the driver of a ride service is nobody's escort (hazard H21)."""
    item, held = "escort", facts.escort
    if held is None:
        return Finding.unknown(item, "Nobody asked who takes the person home.", mark="J")
    if held.kind == "adult" and held.adult_name.strip():
        return Finding.met(item, f"{held.adult_name} takes the person home.")
    if held.kind == "stay" and held.documented:
        return Finding.met(item, "Stays here until the next-day criteria are met; the arrangement is documented.")
    if held.kind == "medical_transport" and held.documented and held.adult_name.strip():
        return Finding.met(item, f"Medical transport home to {held.adult_name}; documented.")
    sentence = {
        "adult": "The escort has no name. Write it down.",
        "stay": "The stay until next-day criteria is not documented.",
        "medical_transport": "Medical transport needs a document and a named adult at home.",
        "ride_share": "The driver of a ride service is not an escort. A named adult is needed.",
        "none": "Nobody takes the person home.",
    }[held.kind]
    return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)


def night(facts: GateFacts) -> Finding:
    """Who stays this night; open, it may be lifted before the dose (after it, somebody is found or the person stays)."""
    found = somebody_stays(facts.night_reasons, facts.night_person)
    return found if found.is_met else replace(found, lifted_by="two_signatures", who=TWO)


def decided(facts: GateFacts) -> Finding:
    """A score that calls the prescriber the same day holds the dose till then.  The scale is not named: the list is read on a shared screen."""
    item = "prescriber_decides"
    if not facts.waits_for_prescriber:
        return Finding.met(item)
    sentence = "A score of this person waits for the prescriber's decision. It is in the open flag; closing it with what was decided frees the dose."
    return Finding.unmet(item, sentence, source="Afterglow safety rule 47", mark="J", lifted_by="two_signatures", who=TWO)
