"""The gate's questions about the order: cleared, consented, signed, inside its bounds, drawn from a known lot and on a pump that agrees."""

from __future__ import annotations

from afterglow.pathway.session.rules.gate_facts import TWO, Credential, GateFacts
from afterglow.pathway.session.rules.taking_over import taken_over
from afterglow.science.verdict import Finding
from afterglow.science.vitals.limits import SiteLimits

CREDENTIALS = {"licence": "licence", "dea": "DEA registration", "privilege": "privilege at this site"}


def about_the_order(facts: GateFacts, limits: SiteLimits) -> tuple[Finding, ...]:
    """All findings about consent, order, drug and pump."""
    return (
        *screening(facts, limits),
        consent(facts),
        *taken_over("order", facts.order, "There is no signed order for this dose.", never=True),
        *(credential(kind, facts) for kind in CREDENTIALS),
        *taken_over("dose", facts.dose, "The dose has not been held against its bounds."),
        *taken_over("interval", facts.interval, "Earlier doses, here and elsewhere, have not been asked and read."),
        plan_allows(facts),
        stock(facts),
        *taken_over("draw", facts.draw, "The drug has not been drawn from a received lot."),
        read_back(facts),
        *taken_over("pump", facts.pump_agreement, "The pump has not been set and held against the order."),
        iv_site(facts),
    )


def screening(facts: GateFacts, limits: SiteLimits) -> tuple[Finding, ...]:
    """Cleared by a prescriber, not too long ago, with a prescription-monitoring look-up that is not too old either."""
    held = facts.screening
    if held is None:
        return (Finding.unknown("screening", "No screening decision is on file.", lifted_by="nobody"),)
    if not held.cleared:
        return (Finding.unmet("screening", "Screening did not clear this person for treatment.", lifted_by="nobody"),)
    most, age_days = int(limits.at("start_ages", "screening_days")), (facts.today - held.decided_on).days
    decided = Finding.met("screening", f"Cleared {age_days} days ago.")
    if age_days > most:
        sentence = f"The screening decision is {age_days} days old; at most {most} are allowed. Review it."
        decided = Finding.unmet("screening", sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return decided, _monitoring_looked_up(facts, limits)


def _monitoring_looked_up(facts: GateFacts, limits: SiteLimits) -> Finding:
    item = "prescription_monitoring"
    looked = facts.screening.pdmp_checked_on if facts.screening else None
    if looked is None:
        return Finding.unknown(item, "The prescription-monitoring programme has not been looked up.", mark="J", lifted_by="two_signatures", who=TWO)
    most, age_days = int(limits.at("start_ages", "pdmp_days")), (facts.today - looked).days
    if age_days > most:
        sentence = f"The prescription-monitoring look-up is {age_days} days old; at most {most} are allowed."
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met(item, f"Looked up {age_days} days ago.")


def consent(facts: GateFacts) -> Finding:
    held = facts.consent
    if held is None or held.state == "absent":
        return Finding.unknown("consent", "There is no consent for this treatment.", lifted_by="nobody")
    if held.state == "withdrawn":
        return Finding.unmet("consent", "Consent was withdrawn. No dose.", lifted_by="nobody")
    if held.state == "other_course":
        return Finding.unmet(
            "consent", "The signed consent does not cover the course of this plan. No dose before one is signed.", lifted_by="nobody"
        )
    if held.state == "superseded":
        sentence = f"The consent on file is version {held.signed_version}; version {held.current_version} is in force. Ask the person to read and sign it, or say why not today."
        return Finding.unmet("consent", sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met("consent", f"Version {held.signed_version} is in force.")


def credential(kind: str, facts: GateFacts) -> Finding:
    """One kind of credential of the prescriber who signed: it must be on file, with an end that has not passed."""
    item, words = f"credential.{kind}", CREDENTIALS[kind]
    held: list[Credential] = [each for each in facts.credentials if each.kind == kind]
    ends = [each.ends_on for each in held if each.ends_on is not None]
    if not ends:
        return Finding.unknown(item, f"The prescriber's {words} is not on file with an end date.", lifted_by="nobody")
    if max(ends) < facts.today:
        return Finding.unmet(item, f"The {words} of {held[0].holder} ended on {max(ends):%d %b %Y}.", lifted_by="nobody")
    return Finding.met(item, f"{held[0].holder}: until {max(ends):%d %b %Y}.")


def plan_allows(facts: GateFacts) -> Finding:
    """Is this dose number inside what the plan, or a signed review, allows?  A bridging dose may be lifted with a reason."""
    item = "plan_allows"
    if facts.dose_number is None or facts.doses_allowed is None:
        return Finding.unknown(item, "Which dose of the plan this is, or how many are allowed, is not known.")
    if facts.dose_number > facts.doses_allowed:
        sentence = (
            f"This is dose {facts.dose_number}; the plan allows {facts.doses_allowed} until the review is signed. One bridging dose needs a reason."
        )
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO)
    return Finding.met(item, f"Dose {facts.dose_number} of {facts.doses_allowed} allowed.")


def stock(facts: GateFacts) -> Finding:
    """The lot in the cabinet: in date, not recalled, enough.  Signatures do not make a vial good: another lot is used."""
    held = facts.stock
    if held is None:
        return Finding.unknown("stock", "No lot is chosen from the cabinet.")
    wrong = [
        words
        for bad, words in (
            (held.recalled, "is recalled"),
            (held.expires_on < facts.today, f"expired on {held.expires_on:%d %b %Y}"),
            (not held.enough, "does not hold enough"),
        )
        if bad
    ]
    if wrong:
        return Finding.unmet("stock", f"Lot {held.lot} {' and '.join(wrong)}. Take another lot.")
    return Finding.met("stock", f"Lot {held.lot}.")


def read_back(facts: GateFacts) -> Finding:
    """A second licensed person reads back drug, strength, volume, rate and patient: done, never signed away (hazard H3)."""
    item, held = "read_back", facts.read_back
    if held is None:
        return Finding.unknown(item, "Nobody has read back drug, strength, mL, rate and patient. A second licensed person does.")
    if held.drawn_by_id is None or held.drawn_by_id == held.read_by_id:
        return Finding.unmet(item, f"{held.read_by} drew the drug and cannot read it back. A second person does.")
    if not held.reader_licensed:
        return Finding.unmet(item, f"{held.read_by} is not licensed to read back.")
    return Finding.met(item, f"Drawn by {held.drawn_by}, read back by {held.read_by}.")


def iv_site(facts: GateFacts) -> Finding:
    if facts.iv_site_sound is None:
        return Finding.unknown("iv_site", "The IV site has not been looked at.")
    if not facts.iv_site_sound:
        return Finding.unmet("iv_site", "The IV site is not sound. Place another line.")
    return Finding.met("iv_site", "Looked at, sound.")
