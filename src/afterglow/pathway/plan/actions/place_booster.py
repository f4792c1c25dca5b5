"""Put the visit of one allowed booster into the calendar, as a dosing visit of the plan (S63)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.allow_booster import doses_here
from afterglow.pathway.plan.actions.allowed_boosters import booster_visit, boosters
from afterglow.pathway.plan.actions.propose_visits import minutes_of
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PURPOSE, PlanRow
from afterglow.pathway.plan.rules.boosters import may_place_booster
from afterglow.records.schedule.actions.book import book, lock_calendar
from afterglow.records.schedule.rules import ByHand
from afterglow.records.staff import queries as staff
from afterglow.science.dosing.interval import EarlierDose
from afterglow.science.dosing.limits import interval_rules_from


@transaction.atomic
def place_booster(
    *,
    plan_id: UUID,
    dose_no: int,
    starts_at: datetime,
    room_id: UUID | None,
    staff_user_id: UUID | None = None,
    reason: str = "",
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The appointment's id; `starts_at` is when the person comes, the drug starts after the time before it.  The same key books once.  Outside the
    opening hours or the roster it needs `reason`.

    Raises Refusal `plan.booster_not_placed` with every open item, `plan.no_booster`, `plan.booster_placed`, `plan.not_in_force`,
    `schedule.not_booked`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.BOOK)
    lock_calendar(by, row.person_id)
    plan = queries.plan(plan_id)
    if plan.state != "in_force":
        raise Refusal("plan.not_in_force", "Visits are placed for a plan that is in force; this one is not.", "Sign a plan first.")
    allowed = next((booster for booster in boosters(plan_id) if booster.dose_no == dose_no), None)
    if allowed is None:
        raise Refusal("plan.no_booster", "No booster of this number is allowed.", "A prescriber decides and signs first.")
    standing = booster_visit(plan_id, dose_no)
    if standing is not None and standing.starts_at != starts_at:
        raise Refusal("plan.booster_placed", f"This booster is in the calendar already: {standing.said}.", "Move that visit, or cancel it first.")
    ends_at = starts_at + timedelta(minutes=minutes_of(plan.effective, "infusion"))
    if standing is None:
        _check(plan, starts_at, allowed.earliest_on, by=by)
    made = book(
        person_id=plan.person_id, site_id=plan.site_id, room_id=room_id, staff_user_id=staff_user_id, kind="dosing", starts_at=starts_at,
        ends_at=ends_at, purpose_kind=PURPOSE, purpose_id=str(plan_id), dose_no=dose_no,
        by_hand=ByHand(reason=reason, rostered=staff.rostered(plan.site_id, staff_user_id, starts_at, ends_at)), key=key, by=by, at=at,
    )  # fmt: skip
    if standing is None:
        trail.record(
            events.booster_placed,
            by=by,
            at=at,
            person_id=plan.person_id,
            objects={"plan": plan_id, "appointment": made},
            new={"dose_no": dose_no, "starts_at": starts_at},
            library=plan.protocol.label,
        )
    return made


def _check(plan: PlanRow, starts_at: datetime, earliest_on: date, *, by: Actor) -> None:
    """Not before its day, and not close to another dose: given, or in the calendar of this course."""
    place = ZoneInfo(accounts.site(plan.site_id, clinic_id=by.clinic_id).zone)
    block = plan.effective["block_min"]
    before, over = timedelta(minutes=block["before"]), timedelta(minutes=block["infusion"])
    placed = [
        EarlierDose(last_at=row.starts_at + before + over, where="in the calendar", kind="course")
        for row in queries.visits(plan.id)
        if row.kind == "dosing" and row.state in ("booked", "arrived")
    ]
    verdict = may_place_booster(
        on=starts_at.astimezone(place).date(),
        starts_at=starts_at + before,
        earliest_on=earliest_on,
        around=[*doses_here(plan.person_id), *placed],
        rules=interval_rules_from(plan.effective),
    )
    if not verdict.met:
        raise Refusal("plan.booster_not_placed", f"Nothing was booked. {verdict.sentence}", "Choose another time.", findings=verdict.open)
