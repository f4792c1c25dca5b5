"""What waits for a prescriber or the desk: orders, drafts, people without a plan, courses without visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan.models import Order, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries.plans import PURPOSE
from afterglow.pathway.plan.rules.rows import WaitingRow
from afterglow.pathway.screening import queries as screening
from afterglow.records.chart.access import among_own, own_of
from afterglow.records.schedule import queries as schedule

ORDERS_AHEAD_DAYS = 7  # an order is valid that long: signing earlier would waste it


def waiting(actor: Actor, at: datetime) -> list[WaitingRow]:
    """Infusions of the next 7 days without an order, drafts, then cleared and consented people without a plan.  A fixed number of queries."""
    cleared = screening.cleared(actor, among=consent.without_plan(actor, at))
    people = [
        WaitingRow(
            what="plan", person_id=row.person_id, person_name=row.person_name, record_no=row.record_no, plan_id=None, dose_no=None,
            note="cleared and consented, no plan yet", moment=row.cleared_at,
        )
        for row in cleared
    ]  # fmt: skip
    return [*_orders_due(actor, at), *_drafts(actor), *people]


def to_place(actor: Actor) -> list[WaitingRow]:
    """Signed plans of the clinic, their course not over, none of whose infusions stands in the calendar, the longest waiting first.  One query."""
    placed = schedule.standing("dosing", PURPOSE, person=OuterRef("person_id"), since=OuterRef("made_at"))
    rows = TreatmentPlan.objects.filter(~Exists(placed), state="in_force", course_over_at__isnull=True, person__clinic_id=actor.clinic_id)
    fields = ("id", "person_id", "signed_at", "person__given_name", "person__family_name", "person__record_no")
    return [
        WaitingRow(
            what="visits", person_id=person_id, person_name=f"{given} {family}", record_no=record_no, plan_id=key, dose_no=None,
            note="the visits of the course are not in the calendar", moment=signed_at,
        )
        for key, person_id, signed_at, given, family, record_no in rows.order_by("signed_at", "id").values_list(*fields)
        if signed_at is not None
    ]  # fmt: skip


def _drafts(actor: Actor) -> list[WaitingRow]:
    return [
        WaitingRow(
            what="draft", person_id=person_id, person_name=f"{given} {family}", record_no=record_no, plan_id=key, dose_no=None,
            note=f"plan version {version} by {made_by} is not signed", moment=made_at,
        )
        for key, person_id, made_at, made_by, version, given, family, record_no in _drafted(actor.clinic_id, own_of(actor))
    ]  # fmt: skip


@prepared
def _drafted(clinic_id: UUID, own: UUID | None) -> Rows:
    fields = ("id", "person_id", "made_at", "made_by", "version", "person__given_name", "person__family_name", "person__record_no")
    rows = TreatmentPlan.objects.filter(state="draft", person__clinic_id=clinic_id)
    return among_own(rows, own, clinic_id).order_by("made_at", "id").values_list(*fields)


def _orders_due(actor: Actor, at: datetime) -> list[WaitingRow]:
    until = at + timedelta(days=ORDERS_AHEAD_DAYS + 1)
    visits = [
        row
        for row in schedule.visible_between(actor, at, until, kind="dosing")
        if row.purpose_kind == PURPOSE and row.state == "booked" and row.local_on < until.astimezone(ZoneInfo(row.zone)).date()
    ]
    plans = dict(_in_force(sorted({row.person_id for row in visits})))
    held = {(plan_id, dose_no): expires_at for plan_id, dose_no, expires_at in _open_orders(sorted(plans.values()))}
    due = []
    for row in sorted(visits, key=lambda row: row.starts_at):
        plan_id = plans.get(row.person_id)
        expires_at = held.get((plan_id, row.dose_no)) if plan_id and row.dose_no else None
        if plan_id is None or (expires_at is not None and expires_at >= row.starts_at):
            continue
        due.append(
            WaitingRow(
                what="order", person_id=row.person_id, person_name=row.person_name, record_no=row.record_no, plan_id=plan_id, dose_no=row.dose_no,
                note=f"infusion {row.dose_no} has no order that covers it", moment=row.starts_at, strong=row.starts_at - at < timedelta(days=1),
            )
        )  # fmt: skip
    return due


@prepared
def _in_force(person_ids: Sequence[UUID]) -> Rows:
    return TreatmentPlan.objects.filter(state="in_force", person_id__in=person_ids).values_list("person_id", "id")


@prepared
def _open_orders(plan_ids: Sequence[UUID]) -> Rows:
    ended = OrderEnd.objects.filter(order_id=OuterRef("id"))
    return Order.objects.filter(~Exists(ended), plan_id__in=plan_ids).values_list("plan_id", "dose_no", "expires_at")
