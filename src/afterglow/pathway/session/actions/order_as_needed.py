"""A prescriber signs an order against nausea for one infusion, to be used as needed or before the dose; and ends one (S74).

The software never orders: every amount is typed by the prescriber, and nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.give_medicine import ROUTES
from afterglow.pathway.session.models import AsNeededOrder, Session
from afterglow.pathway.session.queries.as_needed import antiemetics, open_orders
from afterglow.pathway.session.queries.rescue import before_ordering
from afterglow.pathway.session.rules.rescue import RescueChecked
from afterglow.pathway.session.rules.states import ENDED
from afterglow.records.chart import access as chart
from afterglow.records.staff import queries as staff

USES = ("as_needed", "before")
LONGEST_MIN = 1440
"""A day: longer than any session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is ordered, as the prescriber typed it; amounts in whole micrograms."""

    use: str
    drug: str
    dose_ug: int
    route: str
    what_for: str
    most_ug: int
    least_min: int


@transaction.atomic
def order_as_needed(*, plan_id: UUID, dose_no: int, wish: Wish, reason: str = "", signed: Signature, key: str, by: Actor, at: datetime) -> UUID:
    """The order's id.  Where something is known against the drug, or could not be checked, `reason` says why it is right all the same;
    what is contraindicated, an allergy included, is not signed.

    Raises Refusal `session.order_as_needed`, `session.contraindicated`, `session.say_why`, `session.ended`, `accounts.not_confirmed`;
    NotFound; Forbidden.
    """
    row = plan_access.fetch_plan(by, plan_id, plan_access.ORDER_SIGN)
    asked = [plan_id, dose_no, wish.use, wish.drug, wish.dose_ug, wish.route, wish.what_for, wish.most_ug, wish.least_min, reason.strip()]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["order"])
    check_signature(signed, by=by, at=at)
    accounts.lock_site(row.site_id)
    chart.lock_person(row.person_id)
    plan_access.fetch_plan(by, plan_id, plan_access.ORDER_SIGN, lock=True)
    plan = plans.plan(plan_id)
    _may(plan, dose_no, wish, signed, by=by, at=at)
    (found,) = checked(plan, dose_no, [wish.drug], clinic_id=by.clinic_id, at=at)
    _weigh(found, reason)
    order = _store(plan, dose_no, wish, found, reason, signed, at)
    trail.record(
        events.as_needed_signed,
        by=by,
        at=at,
        person_id=plan.person_id,
        objects={"order": order.id, "plan": plan.id},
        new={"dose_no": dose_no, "use": wish.use, "drug": wish.drug, "dose_ug": wish.dose_ug, "route": wish.route, "what_for": wish.what_for}
        | {"most_ug": wish.most_ug, "least_min": wish.least_min, "saw": list(found.sentences)},
        reason=order.reason,
        library=antiemetics().label,
    )
    answer(by, key, {"order": str(order.id)})
    return order.id


@transaction.atomic
def end_as_needed(*, order_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Nothing more is given under it.  Ending it again changes nothing.  Raises Refusal `session.no_words`; NotFound; Forbidden."""
    order = access.fetch_as_needed(by, order_id, need=plan_access.ORDER_SIGN)
    if not reason.strip():
        raise Refusal("session.no_words", "An order is ended for a reason, and none was given.", "Write why in a few words.", field="reason")
    chart.lock_person(order.plan.person_id)
    order = AsNeededOrder.objects.select_for_update().get(id=order_id)
    if order.ended_at is not None:
        return
    order.ended_at, order.ended_by, order.end_reason = at, by.label, reason.replace("\x00", "").strip()[:200]
    order.save(update_fields=["ended_at", "ended_by", "end_reason"])
    person_id = plans.plan(order.plan_id).person_id
    trail.record(
        events.as_needed_ended, by=by, at=at, person_id=person_id, objects={"order": order.id, "plan": order.plan_id}, reason=order.end_reason
    )


def checked(plan: PlanRow, dose_no: int, drugs: Sequence[str], *, clinic_id: UUID, at: datetime) -> tuple[RescueChecked, ...]:
    """Each drug against this person's allergies, medicines and conditions, by the engine that screens what is given in the room."""
    zone = ZoneInfo(accounts.site(plan.site_id, clinic_id=clinic_id).zone)
    session = Session.objects.filter(plan_id__in=plans.course_of(plan.id), dose_no=dose_no).exclude(state__in=ENDED).first()
    return before_ordering(session, plan.person_id, drugs, at=at, zone=zone)


def _may(plan: PlanRow, dose_no: int, wish: Wish, signed: Signature, *, by: Actor, at: datetime) -> None:
    if not 1 <= dose_no <= plan.infusions + plan.boosters:
        raise NotFound("infusion")
    if plan.state != "in_force":
        raise _no("No plan is in force that this infusion belongs to.", "Sign the plan first.")
    site = accounts.site(plan.site_id, clinic_id=by.clinic_id)
    today = at.astimezone(ZoneInfo(site.zone)).date()
    if staff.credential_in_date(signed.user_id, by.clinic_id, "prescriber_licence", today, site.state) is None:
        raise _no("Your licence to prescribe at this site is not on record or not in date.", "Have it entered, or ask another prescriber.")
    if wish.drug not in {row["id"] for row in antiemetics().content["drugs"]}:
        raise _no("This drug is not on the library's list.", "Choose from the list.", field="drug")
    if wish.use not in USES or wish.route not in ROUTES:
        raise _no("When or how it is given is not said.", "Choose both.", field="route")
    if not wish.what_for.strip():
        raise _no("What it is for is not said.", "Write it in a few words.", field="what_for")
    if not 0 < wish.dose_ug <= wish.most_ug:
        raise _no("The most in one session is less than one dose, or one of them is not above zero.", "Enter both again.", field="most_mg")
    if not 0 < wish.least_min <= LONGEST_MIN:
        raise _no("The least time between two doses is 1 to 1440 minutes.", "Enter it again.", field="least_min")
    if any((order.drug, order.route) == (wish.drug, wish.route) for order, _ in open_orders(plan.id, dose_no, at)):
        raise _no("An order for this drug and route is open for this infusion.", "End it before you sign another.", field="drug")
    gone = Session.objects.filter(plan_id__in=plans.course_of(plan.id), dose_no=dose_no, state__in=[each for each in ENDED if each != "not_started"])
    if gone.exists():
        raise Refusal("session.ended", "This infusion's session has ended.", "Sign the order for the next infusion.")


def _no(sentence: str, now: str, *, field: str = "") -> Refusal:
    return Refusal("session.order_as_needed", f"The order was not signed. {sentence}", now, field=field)


def _weigh(found: RescueChecked, reason: str) -> None:
    never = [each.sentence for each in found.against if each.level == "contraindicated"]
    if never:
        raise Refusal("session.contraindicated", f"The order was not signed. {' '.join(never)}", "Choose another drug.", field="drug")
    if found.sentences and not reason.strip():
        sentence = f"The order was not signed. {' '.join(found.sentences)}"
        raise Refusal("session.say_why", sentence, "Say why it is right for this person all the same.", field="reason")


def _store(plan: PlanRow, dose_no: int, wish: Wish, found: RescueChecked, reason: str, signed: Signature, at: datetime) -> AsNeededOrder:
    """An expired order of the same drug and route makes room: it is ended by the new one."""
    stale = AsNeededOrder.objects.filter(plan_id=plan.id, dose_no=dose_no, drug=wish.drug, route=wish.route, ended_at__isnull=True)
    stale.update(ended_at=at, ended_by=signed.name, end_reason="It had expired, and a new order was signed.")
    return AsNeededOrder.objects.create(
        id=ids.new_id(at),
        plan_id=plan.id,
        dose_no=dose_no,
        use=wish.use,
        drug=wish.drug,
        dose_ug=wish.dose_ug,
        route=wish.route,
        what_for=wish.what_for.replace("\x00", "").strip()[:200],
        most_ug=wish.most_ug,
        least_min=wish.least_min,
        reason=reason.replace("\x00", "").strip(),
        saw_text=trail.canonical(list(found.sentences)),
        signed_at=at,
        signed_by_id=signed.user_id,
        expires_at=at + timedelta(days=plan.effective["order"]["valid_days"]),
    )
