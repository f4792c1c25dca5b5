"""Put the visits of a course into the calendar: all of them, or none (C18; S48-S50)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.propose_visits import APPOINTMENT_KIND, placed_visits, propose_visits
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PURPOSE, PlanRow
from afterglow.pathway.plan.rules.course import pattern_from
from afterglow.pathway.plan.rules.slots import Placed, explained, may_place
from afterglow.records.schedule.actions.book import book, lock_calendar
from afterglow.records.schedule.rules import ByHand
from afterglow.records.staff import queries as staff
from afterglow.science.dosing.limits import interval_rules_from


@transaction.atomic
def place_visits(
    *, plan_id: UUID, first_on: date | None = None, visits: Sequence[Placed] | None = None, reason: str = "", key: str, by: Actor, at: datetime
) -> tuple[UUID, ...]:
    """The appointments' ids, in the order of `visits`; with `first_on` alone, what is proposed for that day is placed.

    What deviates from the plan's pattern, the opening hours or the roster needs `reason`; too close together is a hard stop.  Any clash leaves
    the calendar as it was.
    Raises Refusal `plan.not_placed` with every open item, `plan.not_in_force`, `plan.no_visits`, `schedule.not_booked`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.BOOK)
    asked = [plan_id, first_on, [[visit.kind, visit.number, visit.starts_at, visit.room_id, visit.staff_user_id] for visit in visits or ()]]
    if earlier := once(by, key, asked, at=at):
        return tuple(UUID(held) for held in earlier["appointments"])
    lock_calendar(by, row.person_id)
    plan = queries.plan(plan_id)
    if plan.state != "in_force":
        raise Refusal("plan.not_in_force", "Visits are placed for a plan that is in force; this one is not.", "Sign the plan first.")
    if visits is None:
        if first_on is None:
            raise Refusal("plan.no_visits", "No day and no visits were given.", "Choose the first day.", field="first_on")
        visits = _proposed(plan, first_on, by=by, at=at)
    if not visits:
        raise Refusal("plan.no_visits", "No visit was chosen, so nothing was placed.", "Choose at least one visit.")
    _check(plan, visits, reason, by=by)
    made = tuple(_book(plan, visit, reason, f"{key[:70]}:{number}", by=by, at=at) for number, visit in enumerate(visits))
    trail.record(
        events.visits_placed,
        by=by,
        at=at,
        person_id=plan.person_id,
        objects={"plan": plan_id},
        new=[{"kind": visit.kind, "number": visit.number, "starts_at": visit.starts_at} for visit in visits],
        reason=reason.strip(),
        library=plan.protocol.label,
    )
    answer(by, key, {"appointments": [str(appointment) for appointment in made]})
    return made


def _proposed(plan: PlanRow, first_on: date, *, by: Actor, at: datetime) -> Sequence[Placed]:
    proposal = propose_visits(plan_id=plan.id, first_on=first_on, by=by, at=at)
    if not proposal.verdict.met:
        raise Refusal(
            "plan.not_placed", f"Nothing was placed. {proposal.verdict.sentence}", "Place the visits by hand.", findings=proposal.verdict.open
        )
    return proposal.visits


def _check(plan: PlanRow, visits: Sequence[Placed], reason: str, *, by: Actor) -> None:
    """The new visits together with those that stand already, against the pattern."""
    content = plan.effective
    verdict = may_place(
        [*placed_visits(plan.id), *visits],
        pattern_from(content),
        hard_under=interval_rules_from(content).hard_under,
        before_min=content["block_min"]["before"],
        infusion_min=content["block_min"]["infusion"],
        zone=accounts.site(plan.site_id, clinic_id=by.clinic_id).zone,
    )
    verdict = explained(verdict, reason)
    if not verdict.met:
        raise Refusal(
            "plan.not_placed", f"Nothing was placed. {verdict.sentence}", "Move the visit, or say why.", field="reason", findings=verdict.open
        )


def _book(plan: PlanRow, visit: Placed, reason: str, key: str, *, by: Actor, at: datetime) -> UUID:
    return book(
        person_id=plan.person_id,
        site_id=plan.site_id,
        room_id=visit.room_id,
        staff_user_id=visit.staff_user_id,
        kind=APPOINTMENT_KIND[visit.kind],
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        purpose_kind=PURPOSE,
        purpose_id=str(plan.id),
        dose_no=None if visit.kind == "preparation" else visit.number,
        by_hand=ByHand(reason=reason, rostered=staff.rostered(plan.site_id, visit.staff_user_id, visit.starts_at, visit.ends_at)),
        key=key,
        by=by,
        at=at,
    )
