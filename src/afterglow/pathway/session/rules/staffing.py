"""Who watches whom: one named monitor for one dosing room and no other; in recovery a site's number of people for each (hazard H45)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.limits import SiteLimits

Profession = Literal["RN", "NP", "PA", "MD", "LPN", "LMFT", "nurse", "prescriber", "other"]
MAY_MONITOR: frozenset[str] = frozenset({"RN", "NP", "PA", "MD", "nurse", "prescriber"})
"""`nurse` and `prescriber`: what the kind of the licence says where nobody recorded the profession."""
SOURCE = "One monitor per dosed patient without other duties: ASA/ASRA 2018 (Cohen, Reg Anesth Pain Med 43:521); ASKP 2020"
WHO = "the prescriber, with a reason, and a second licensed member of this site's staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The named monitor as the roster and the other rooms show at this moment, this session left out of both counts."""

    name: str
    profession: Profession
    licence_current: bool | None
    is_this_sessions_therapist: bool
    other_dosing_rooms: int
    other_recovering: int


def may_monitor_dose(monitor: Monitor | None) -> Verdict:
    """May this person watch this dose?  Named, licensed for it, not the therapist, and nobody else's monitor."""
    if monitor is None:
        return Verdict.of(Finding.unknown("monitor.named", "No monitor is named for this room. Name one.", source=SOURCE, mark="W"))
    return Verdict.of(_profession(monitor), _not_the_therapist(monitor), _no_other_duty(monitor))


def may_monitor_recovery(monitor: Monitor | None, limits: SiteLimits) -> Verdict:
    """May this person watch one more in recovery?  Not while they monitor a dose, and not above the site's number."""
    if monitor is None:
        return Verdict.of(Finding.unknown("monitor.named", "No monitor is named for this recovery. Name one.", source=SOURCE, mark="W"))
    return Verdict.of(_profession(monitor), _recovery_share(monitor, limits))


def watches_now(monitor: Monitor | None, *, dosing: bool, limits: SiteLimits | None) -> Verdict:
    """What stands about the person who monitors this session now: shown in the room and on the board until it is put right.  It stops no deed.

    `dosing`: the drug still goes in here, running or paused; otherwise this session is in recovery.  `limits`: None where the session's own cannot
    be read.  Whether the monitor is the therapist was decided at the gate or at the hand-over, and is not asked again.
    """
    if monitor is None:
        return Verdict.of(Finding.unknown("monitor.named", "Nobody who works here monitors this person. Hand over.", source=SOURCE, mark="W"))
    return Verdict.of(_hand_over(_profession(monitor)), _share_now(monitor, dosing=dosing, limits=limits))


def somebody_stays(reasons: tuple[str, ...], person: str) -> Finding:
    """Who stays this night, where age, a first dose, the indication or a sedative asks for somebody (hazard H22)."""
    if not reasons:
        return Finding.met("night", "Nobody need stay overnight.")
    if person.strip():
        return Finding.met("night", f"{person} stays this night.")
    return Finding.unmet("night", f"Somebody must stay this night ({', '.join(reasons)}) and nobody is named.", mark="J")


def night_reasons(*, age_years: int, first_dose: bool, suicidal_indication: bool, rescue_sedative: bool) -> tuple[str, ...]:
    """Why somebody must stay this night, in words; empty where nobody need."""
    asked = (
        (age_years >= 65, "65 or older"),
        (first_dose, "first dose"),
        (suicidal_indication, "suicidal thoughts"),
        (rescue_sedative, "a sedative was given"),
    )
    return tuple(words for applies, words in asked if applies)


def _profession(monitor: Monitor) -> Finding:
    item = "monitor.licensed"
    if monitor.profession not in MAY_MONITOR:
        sentence = f"{monitor.name} ({monitor.profession}) may not monitor an infusion: a nurse, NP, PA or physician is needed."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W", lifted_by="nobody")
    if monitor.licence_current is None:
        return Finding.unknown(item, f"Nobody recorded until when {monitor.name}'s licence runs.", source=SOURCE, mark="W")
    if not monitor.licence_current:
        return Finding.unmet(item, f"{monitor.name}'s licence has ended.", source=SOURCE, mark="W", lifted_by="nobody")
    return Finding.met(item, f"{monitor.name} ({monitor.profession}) monitors.")


def _not_the_therapist(monitor: Monitor) -> Finding:
    item = "monitor.not_therapist"
    if monitor.is_this_sessions_therapist:
        sentence = f"{monitor.name} is this session's therapist and does not count as its monitor. Name somebody else."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W", lifted_by="two_signatures", who=WHO)
    return Finding.met(item)


def _no_other_duty(monitor: Monitor) -> Finding:
    item = "monitor.only_here"
    if monitor.other_dosing_rooms:  # never two doses for one monitor: the database refuses it too
        sentence = f"{monitor.name} already monitors a dose in another room. Name somebody who is free."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W", lifted_by="nobody")
    if monitor.other_recovering:
        sentence = f"{monitor.name} already monitors {monitor.other_recovering} in recovery. Name somebody who is free."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W", lifted_by="two_signatures", who=WHO)
    return Finding.met(item)


def _recovery_share(monitor: Monitor, limits: SiteLimits) -> Finding:
    item = "monitor.recovery_share"
    most = int(limits.at("recovery_staff", "people_per_monitor"))
    if monitor.other_dosing_rooms:
        sentence = f"{monitor.name} monitors a dose in another room. Name somebody else for this recovery."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="two_signatures", who=WHO)
    if monitor.other_recovering + 1 > most:
        sentence = f"{monitor.name} already monitors {monitor.other_recovering} in recovery; the site allows {most}."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="two_signatures", who=WHO)
    return Finding.met(item)


def _hand_over(finding: Finding) -> Finding:
    """The same finding, where the session runs already: it says what to do."""
    return finding if finding.is_met else replace(finding, sentence=f"{finding.sentence} Hand over.")


def _share_now(monitor: Monitor, *, dosing: bool, limits: SiteLimits | None) -> Finding:
    """Everybody this person watches, this session among them."""
    item = "monitor.only_here" if dosing else "monitor.recovery_share"
    if monitor.other_dosing_rooms:
        sentence = f"{monitor.name} monitors a dose in another room too: hand one over."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W")
    if dosing and monitor.other_recovering:
        sentence = f"{monitor.name} monitors this dose and {monitor.other_recovering} in recovery: hand one over."
        return Finding.unmet(item, sentence, source=SOURCE, mark="W")
    if dosing:
        return Finding.met(item)
    if limits is None:
        return Finding.unknown(item, "How many people one person may monitor in recovery cannot be read from this session's limits.", mark="J")
    most, now = int(limits.at("recovery_staff", "people_per_monitor")), monitor.other_recovering + 1
    if now > most:
        sentence = f"{monitor.name} monitors {now} in recovery; the site allows {most}: hand one over."
        return Finding.unmet(item, sentence, mark="J")
    return Finding.met(item)
