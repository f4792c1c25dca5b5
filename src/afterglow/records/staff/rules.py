"""May this person be rostered, and is a credential in date?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from afterglow.science.verdict import Finding, Verdict

# Which licence a role works under; a role that is not here works under none.
LICENCE_OF_ROLE = {"prescriber": "prescriber_licence", "session_nurse": "nursing_licence", "therapist": "therapy_licence"}
LICENCES = frozenset(LICENCE_OF_ROLE.values())
PROFESSIONS = {
    "prescriber_licence": {"MD": "physician (MD or DO)", "NP": "nurse practitioner", "PA": "physician assistant"},
    "nursing_licence": {"RN": "registered nurse", "NP": "nurse practitioner", "LPN": "licensed practical or vocational nurse"},
    "therapy_licence": {
        "LMFT": "marriage and family therapist",
        "LCSW": "clinical social worker",
        "LPCC": "clinical counsellor",
        "PSY": "psychologist",
    },
}
"""What each licence may make of its holder: who may watch an infusion is asked of the profession, not of the licence (safety 49)."""
LONGEST_SHIFT = {"on_site": timedelta(hours=24), "on_call": timedelta(days=7)}  # a longer one is a slip of the pen (judgement)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFact:
    """One credential: its kind, the jurisdiction it holds in, and the last day on which it is good."""

    kind: str
    state: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFacts:
    """Everything `may_be_rostered` looks at.  `last_on` is the shift's last day in the site's zone; `clashes` are shifts already there, in words."""

    duty: str
    starts_at: datetime
    ends_at: datetime
    last_on: date
    site_state: str
    roles: frozenset[str]
    licences: tuple[LicenceFact, ...]
    clashes: tuple[str, ...]


def may_be_rostered(facts: ShiftFacts) -> Verdict:
    """Every reason at once: times that make sense, a licence in date to the end, and nowhere else at that time."""
    return Verdict.of(times_make_sense(facts), licence_holds(facts), is_free(facts))


def times_make_sense(facts: ShiftFacts) -> Finding:
    longest = LONGEST_SHIFT[facts.duty]
    if facts.ends_at <= facts.starts_at:
        return Finding.unmet("shift.times", "The shift ends before it starts.")
    if facts.ends_at - facts.starts_at > longest:
        return Finding.unmet("shift.times", f"The shift is longer than {longest.total_seconds() / 3600:g} hours. Enter it day by day.")
    return Finding.met("shift.times")


def licence_holds(facts: ShiftFacts) -> Finding:
    """Someone with a licensed role needs one of its licences for this jurisdiction, in date to the end of the shift."""
    needed = {LICENCE_OF_ROLE[role] for role in facts.roles if role in LICENCE_OF_ROLE}
    if not needed:
        return Finding.met("shift.licence", "This role works without a licence.")
    held = [licence for licence in facts.licences if licence.kind in needed and licence.state == facts.site_state]
    if not held:
        return Finding.unmet("shift.licence", f"There is no licence for {facts.site_state} on record. Record it first.")
    latest = max(licence.expires_on for licence in held)
    if latest < facts.last_on:
        return Finding.unmet(
            "shift.licence", f"The licence for {facts.site_state} ends on {latest:%-d %b %Y}, before the shift does. Record its renewal first."
        )
    return Finding.met("shift.licence")


def is_free(facts: ShiftFacts) -> Finding:
    if facts.clashes:
        return Finding.unmet("shift.free", f"Already on the roster then: {'; '.join(facts.clashes)}.")
    return Finding.met("shift.free")


def credential_is_whole(kind: str, state: str, expires_on: date, on: date, profession: str = "") -> Verdict:
    """A licence names its jurisdiction, a profession is one that this licence gives ("" where nobody recorded it), and nothing recorded is over."""
    place = Finding.met("credential.state")
    if kind in LICENCES and not state:
        place = Finding.unmet("credential.state", "A licence holds in one jurisdiction. Enter its state, such as CA.")
    end = Finding.met("credential.expires_on")
    if expires_on < on:
        end = Finding.unmet("credential.expires_on", "This credential has already ended. Enter the one that is in force.")
    given = Finding.met("credential.profession")
    if profession and profession not in PROFESSIONS.get(kind, {}):
        given = Finding.unmet("credential.profession", "This licence does not make its holder that. Choose what the document says.")
    return Verdict.of(place, given, end)


def phone_number(typed: str) -> tuple[str, Finding]:
    """A number in its international form ('+' and 8 to 15 digits, ITU-T E.164), without the signs people put between digits; '' takes it back."""
    number = re.sub(r"[\s().\-/]", "", typed)
    if number and not re.fullmatch(r"\+[1-9]\d{7,14}", number):
        return "", Finding.unmet("phone.number", "A number for pages starts with + and the country, such as +1 555 0100.")
    return number, Finding.met("phone.number")
