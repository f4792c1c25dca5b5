"""One person's walk through care, gathered from the stations for those who may see each part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from afterglow.doors.desk.addresses import address
from afterglow.doors.desk.steps import Step, WalkFacts, walk
from afterglow.ground.access.actor import Actor
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan import queries as plan
from afterglow.pathway.plan.queries import PlanRow
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.session.queries.waiting import DueVisit
from afterglow.pathway.session.queries.waiting import waiting as visits_waiting

# What opens each station's own page, and the permission to read what it says.
_OPENS = {
    "intake": ("measures:of_person", "measures.answer.read"),
    "screening": ("screening:person", "screening.case.read"),
    "consent": ("consent:person", "consent.consent.read"),
    "plan": ("plan:person", "plan.plan.read"),
    "session": ("", "session.session.read"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The steps, the visit that is due today if there is one, its page, and where the visits of the course are placed."""

    steps: tuple[Step, ...]
    visit: DueVisit | None
    visit_url: str
    place_url: str

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.state == "current"), None)


def journey(actor: Actor, person_id: UUID, at: datetime) -> Journey:
    """What each station says about this person; parts the reader may not see keep their place and lose their words."""
    visit = next((row for row in visits_waiting(actor, at) if row.visit.person_id == person_id), None) if actor.may("session.session.read") else None
    held = plan.plan_in_force(person_id)
    facts = _facts(person_id, held, visit, at)
    steps = tuple(_for_reader(step, actor, person_id) for step in walk(facts))
    return Journey(steps=steps, visit=visit, visit_url=_visit_url(visit), place_url=_place_url(actor, held, facts))


def _place_url(actor: Actor, held: PlanRow | None, facts: WalkFacts) -> str:
    """'' when there is no course to place, or for those who do not book."""
    if held is None or facts.doses_given >= facts.doses_planned or not actor.may("schedule.appointment.book"):
        return ""
    return address("plan:visits", held.id)


def _facts(person_id: UUID, held: PlanRow | None, visit: DueVisit | None, at: datetime) -> WalkFacts:
    cases = screening.cases_of(person_id)
    decision = screening.latest_decision(person_id)
    signed = consent.in_force(person_id, at=at)
    plans = plan.plans_of(person_id)
    newest = held or (plans[0] if plans else None)
    return WalkFacts(
        screening="open" if any(case.state == "open" for case in cases) else decision.outcome if decision is not None else "",
        consent=signed.state,
        capacity=signed.capacity_shown,
        plan="" if newest is None else newest.state,
        doses_planned=0 if held is None else held.infusions,
        doses_given=0 if held is None else plan.doses_used(held.id),
        under_way=visit is not None and visit.session_id is not None,
    )


def _for_reader(step: Step, actor: Actor, person_id: UUID) -> Step:
    page, permission = _OPENS[step.id]
    if not actor.may(permission):
        return replace(step, note="")
    return replace(step, url=address(page, person_id) if page else "")


def _visit_url(visit: DueVisit | None) -> str:
    if visit is None:
        return ""
    if visit.session_id is None:
        return address("session:open", visit.visit.id)
    return address("session:room" if visit.started_at else "session:check_in", visit.session_id)
