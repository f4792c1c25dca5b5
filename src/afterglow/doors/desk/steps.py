"""The walk of one person as steps, and which of them is next.  Pure: it reads what the stations say and decides nothing clinical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["done", "current", "next", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A station beside or after the doses, as it speaks for itself.  `waits`: no dose goes on before it, so it comes first (a review)."""

    id: str
    label: str
    note: str
    is_done: bool
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFacts:
    """What each station says.  `screening`: "" never opened, "open", or the outcome; `consent`: absent, in_force, superseded, withdrawn;
    `capacity`: None when nobody stated it; `plan`: "" none, "draft", "in_force", "ended"; `under_way`: a session is going on now;
    `later`: the stations after the doses, in walking order."""

    screening: str
    consent: str
    capacity: bool | None
    plan: str
    doses_planned: int
    doses_given: int
    under_way: bool
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station on the walk; `url` is filled in by the view for those who may open it."""

    id: str
    label: str
    note: str
    state: State
    url: str = ""


_CONSENT = {"absent": "not signed", "superseded": "an older version is signed", "withdrawn": "withdrawn", "in_force": "signed"}


def walk(facts: WalkFacts) -> tuple[Step, ...]:
    """Registered, screening, consent, plan, sessions and what follows: each done, current, next or later; exactly one is current unless all are done."""
    cleared = facts.screening == "cleared"
    consented = facts.consent == "in_force" and facts.capacity is True
    planned = facts.plan == "in_force"
    finished = planned and 0 < facts.doses_planned <= facts.doses_given and not facts.under_way
    told = (
        ("intake", "Registered and intake", "", True),
        ("screening", "Screening", _screening_note(facts.screening), cleared),
        ("consent", "Consent", _consent_note(facts), consented),
        ("plan", "Plan", {"": "no plan yet", "draft": "waits for a signature", "in_force": "signed", "ended": "ended"}[facts.plan], planned),
        ("session", "Dosing sessions", _session_note(facts), finished),
        *((each.id, each.label, each.note, each.is_done) for each in facts.later),
    )
    waiting = next((each.id for each in facts.later if each.waits), "") if planned and not facts.under_way else ""
    steps: list[Step] = []
    reached = False
    for name, label, note, is_done in told:
        state: State = "done" if is_done and not reached else "later"
        if not is_done and not reached and waiting and name == "session":
            state = "next"  # doses are not over, and the next one waits for the station that is current
        elif not is_done and not reached and (not waiting or name in (waiting, "intake", "screening", "consent", "plan")):
            state, reached = "current", True
        elif reached and steps[-1].state == "current":
            state = "next"
        steps.append(Step(id=name, label=label, note=note, state=state))
    return tuple(steps)


def _screening_note(outcome: str) -> str:
    return {
        "": "not opened yet",
        "open": "open",
        "cleared": "cleared",
        "declined": "not for this person",
        "referred": "referred elsewhere",
        "postponed": "not yet",
    }[outcome]


def _consent_note(facts: WalkFacts) -> str:
    said = _CONSENT[facts.consent]
    if facts.consent == "in_force" and facts.capacity is not True:
        return f"{said}, capacity is not shown"
    return said


def _session_note(facts: WalkFacts) -> str:
    if facts.under_way:
        return "a session is under way"
    if facts.doses_planned:
        return f"{facts.doses_given} of {facts.doses_planned} given"
    return "none planned"
