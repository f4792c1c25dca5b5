"""One person's walk through care, gathered from the stations for those who may see each part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from afterglow.doors.desk.addresses import address
from afterglow.doors.desk.steps import Later, Step, WalkFacts, walk
from afterglow.ground.access.actor import Actor
from afterglow.pathway.aftercare.queries import waiting as aftercare
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration.queries import course as integration
from afterglow.pathway.plan.queries import plans as plan
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.response.queries import reviews
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
    "integration": ("integration:person", "integration.visit.read"),
    "response": ("response:person", "response.trajectory.read"),
    "aftercare": ("aftercare:person", "aftercare.plan.read"),
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
        later=(*_integration(person_id, at), *(() if held is None else (_response(held),)), *_aftercare(person_id, at)),
    )


def _integration(person_id: UUID, at: datetime) -> tuple[Later, ...]:
    """It joins the walk with the first dose that asks for a visit."""
    held, wanted = integration.counts(person_id, at)
    if not wanted:
        return ()
    return (Later(id="integration", label="Integration", note=f"{held} of {wanted} visits held", is_done=held >= wanted),)


def _response(held: PlanRow) -> Later:
    """The reviews of the course: the one that waits, the one to come, or what the last one decided."""
    state = reviews.course_state(held)
    if state.due is not None:
        return Later(id="response", label="Response", note=f"the review after infusion {state.due.after} waits", is_done=False, waits=True)
    if state.upcoming is not None:
        return Later(id="response", label="Response", note=f"next review after infusion {state.upcoming.after}", is_done=False)
    last = state.signed[-1] if state.signed else None
    return Later(id="response", label="Response", note=last.words if last else "no review is planned", is_done=True)


def _aftercare(person_id: UUID, at: datetime) -> tuple[Later, ...]:
    """It joins the walk once a signed review has decided it."""
    told = aftercare.walk_note(person_id, at)
    return () if told is None else (Later(id="aftercare", label="Aftercare", note=told[0], is_done=told[1]),)


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
