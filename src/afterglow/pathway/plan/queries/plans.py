"""Plans, orders and what stands between a person and the next dose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from afterglow.ground.columns import as_text
from afterglow.ground.content.queries import LibraryRecord, library_row
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.plan.models import Allowance, BoosterAllowance, Order, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.rules import changes, orders
from afterglow.pathway.plan.rules.baseline import Baseline, from_stored
from afterglow.pathway.plan.rules.changes import Change, Difference, Individualised
from afterglow.pathway.plan.rules.rows import AllowanceRow
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.queries.known import indication_of
from afterglow.pathway.screening.rules.indications import Indication
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow
from afterglow.science.dosing.amounts import kilograms_text
from afterglow.science.dosing.limits import weight_rules_from
from afterglow.science.verdict import Verdict

PURPOSE = "plan"
DRUG_NAMES = dict(Order._meta.get_field("drug").flatchoices)
ROUTE_NAMES = dict(Order._meta.get_field("route").flatchoices)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One version of a plan: the protocol it points at, what was individualised, and the content the two give."""

    id: UUID
    person_id: UUID
    site_id: UUID
    version: int
    replaces_id: UUID | None
    protocol: LibraryRecord
    made: Individualised
    changes: tuple[Change, ...]
    allowed_doses: int
    boosters: int
    carried: int
    state: str
    made_at: datetime
    made_by: str
    signed_at: datetime | None
    signed_by: str
    second_by: str
    ended_at: datetime | None
    end_reason: str
    baseline: Baseline | None

    @property
    def effective(self) -> dict[str, Any]:
        """The protocol's content with this plan's changes."""
        return self.made.content

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.made.differences

    @property
    def infusions(self) -> int:
        return int(self.made.content["course"]["infusions"])

    @property
    def rule_state(self) -> orders.PlanState:
        """The state in the words of the rules: a draft that was dropped is over."""
        return "draft" if self.state == "draft" else "in_force" if self.state == "in_force" else "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One signed order, and whether it holds at the moment that was asked for: `verdict` has every reason."""

    id: UUID
    plan_id: UUID
    person_id: UUID
    dose_no: int
    drug: str
    route: str
    dose_ug: int
    over_min: int
    dose_ug_per_kg: int
    weight_id: UUID
    weight_g: int
    dose_basis: str
    reason: str
    second_by: str
    second_by_id: UUID | None
    signed_at: datetime
    signed_by_id: UUID
    signed_by: str
    expires_at: datetime
    ended: orders.OrderEnd | None
    ended_at: datetime | None
    end_reason: str
    saw: tuple[dict[str, Any], ...]
    verdict: Verdict

    @property
    def drug_name(self) -> str:
        return DRUG_NAMES[self.drug]

    @property
    def route_name(self) -> str:
        return ROUTE_NAMES[self.route]

    @property
    def weight_text(self) -> str:
        return kilograms_text(self.weight_g)

    @property
    def is_open(self) -> bool:
        """Neither used, cancelled nor void by decision; it may still have expired."""
        return self.ended is None

    @property
    def holds(self) -> bool:
        return self.verdict.met


def _signed(rows: QuerySet[TreatmentPlan]) -> Rows:
    return rows.annotate(signed_name=F("signed_by__name"), second_name=F("second_by__name"))


@prepared
def _plans_of(person_id: UUID) -> Rows:
    return _signed(TreatmentPlan.objects.filter(person_id=person_id).order_by("-made_at", "-version"))


@once_a_page
def plan(plan_id: UUID) -> PlanRow:
    """One version of a plan.  Raises NotFound."""
    found = first(_plan(plan_id))
    if found is None:
        raise NotFound("plan")
    return _plan_row(found)


@prepared
def _plan(plan_id: UUID) -> Rows:
    return _signed(TreatmentPlan.objects.filter(id=plan_id))


def plan_in_force(person_id: UUID) -> PlanRow | None:
    """The signed plan that this person is treated by, if there is one."""
    return next((_plan_row(row) for row in _plans_of(person_id) if row.state == "in_force"), None)


def cleared_for(person_id: UUID) -> Indication | None:
    """What the newest screening decision cleared this person for; None when it did not, or there is none."""
    decision = screening.latest_decision(person_id)
    return indication_of(decision.indication) if decision is not None and decision.outcome == "cleared" else None


def protocols_of(plan_ids: Iterable[UUID]) -> dict[UUID, LibraryRecord]:
    """The protocol version of each of these plans, without what was individualised.  One query."""
    return {plan_id: library_row(protocol_id) for plan_id, protocol_id in _protocols(list(plan_ids))}


@prepared
def _protocols(plan_ids: Sequence[UUID]) -> Rows:
    return TreatmentPlan.objects.filter(id__in=plan_ids).values_list("id", "protocol_id")


def plans_of(person_id: UUID) -> list[PlanRow]:
    """Every plan of a person, newest first; versions of one course follow each other."""
    return [_plan_row(row) for row in _plans_of(person_id)]


@prepared
def _links(plan_id: UUID) -> Rows:
    """Every version of whoever this one belongs to, with the one it replaces."""
    person = TreatmentPlan.objects.filter(id=plan_id).values("person_id")[:1]
    return TreatmentPlan.objects.filter(person_id__in=Subquery(person)).values_list("id", "replaces_id")


@once_a_page
def course_of(plan_id: UUID) -> frozenset[UUID]:
    """The versions that belong to one course: those this plan replaces, and those that replace it."""
    links = _links(plan_id)
    course, grown = {plan_id}, True
    while grown:
        more = {mine for mine, before in links if before in course} | {before for mine, before in links if mine in course and before}
        grown = not more <= course
        course |= more
    return frozenset(course)


def versions_of(person_ids: Iterable[UUID]) -> list[tuple[UUID, UUID, UUID | None, str]]:
    """(version, person, the version it replaces, state) of every plan of these people.  One query."""
    return _versions(list(person_ids))


@prepared
def _versions(person_ids: Sequence[UUID]) -> Rows:
    return TreatmentPlan.objects.filter(person_id__in=person_ids).values_list("id", "person_id", "replaces_id", "state")


def visits(plan_id: UUID) -> list[AppointmentRow]:
    """Every appointment of the course, whichever version placed it, by start."""
    found = [row for version in sorted(course_of(plan_id)) for row in schedule.for_purpose(PURPOSE, str(version))]
    return sorted(found, key=lambda row: (row.starts_at, row.id))


def order_for(plan_id: UUID, dose_no: int, at: datetime) -> OrderRow | None:
    """The order for one infusion: the one that is open, else the one signed last; with whether it holds at `at`."""
    rows = orders_of(plan_id, at, dose_no=dose_no)
    return next((row for row in rows if not row.ended), rows[0] if rows else None)


def order(order_id: UUID, at: datetime) -> OrderRow:
    """One order.  Raises NotFound."""
    found = _orders(list(_told(Order.objects.filter(id=order_id))), at)
    if not found:
        raise NotFound("order")
    return found[0]


def orders_of(plan_id: UUID, at: datetime, *, dose_no: int | None = None) -> list[OrderRow]:
    """The orders of one version of a plan, newest first."""
    return _orders(_orders_of(plan_id, dose_no), at)


@once_a_page
def doses_used(plan_id: UUID) -> int:
    """How many infusions of the course were started: used orders of every version, each dose number once.  Boosters are not of the course."""
    return len(_numbers_used(sorted(course_of(plan_id))))


@prepared
def _numbers_used(versions: Sequence[UUID]) -> Rows:
    boosters = BoosterAllowance.objects.filter(plan_id__in=versions).values("dose_no")
    used = OrderEnd.objects.filter(why="used", order__plan_id__in=versions).exclude(order__dose_no__in=boosters)
    return used.values_list("order__dose_no", flat=True).distinct()


def allowances(plan_id: UUID) -> list[AllowanceRow]:
    """Each time the course was let go further, the last first."""
    return [AllowanceRow(**row) for row in _allowances(sorted(course_of(plan_id)))]


@prepared
def _allowances(versions: Sequence[UUID]) -> Rows:
    rows = Allowance.objects.filter(plan_id__in=versions).order_by("-at", "-id")
    return rows.values("at", "by", "before", "up_to", "bridging", "reason")


def bridging_used(plan_id: UUID) -> int:
    return Allowance.objects.filter(plan_id__in=course_of(plan_id), bridging=True).count()


def version_in_force(plan_id: UUID) -> UUID | None:
    """The version of this plan's course that is in force now: a visit keeps the version that placed it."""
    return TreatmentPlan.objects.filter(id__in=course_of(plan_id), state="in_force").values_list("id", flat=True).first()


def every_version(clinic_id: UUID) -> list[tuple[str, str | None, str, int, str]]:
    """(version, the version it replaces, its state, its infusions, its protocol) of every plan of a clinic.  One query; keys as `ground.columns`."""
    return [
        (key, before, state, _infusions(protocol, wishes), _protocol(protocol)) for key, before, state, protocol, wishes in _every_version(clinic_id)
    ]


@prepared
def _every_version(clinic_id: UUID) -> Rows:
    rows = TreatmentPlan.objects.filter(person__clinic_id=clinic_id).exclude(state="dropped")
    return rows.values_list(as_text("id"), as_text("replaces_id"), "state", as_text("protocol_id"), "changes_text")


@lru_cache(maxsize=64)
def _protocol(pk: str) -> str:
    return library_row(UUID(pk)).id


@lru_cache(maxsize=512)
def _infusions(protocol: str, changes_text: str) -> int:
    return int(_frozen(UUID(protocol), changes_text)[1].content["course"]["infusions"])


@lru_cache(maxsize=512)
def _frozen(protocol_id: UUID, changes_text: str) -> tuple[tuple[Change, ...], Individualised]:
    """What was written into a plan, and what the protocol becomes by it.  Read by every page, changed by none: both are frozen."""
    wishes = tuple(Change(**wish) for wish in json.loads(changes_text))
    return wishes, individualised(library_row(protocol_id), wishes)


def individualised(protocol: LibraryRecord, wishes: Iterable[Change]) -> Individualised:
    """The protocol with these changes, each judged; nothing is stored."""
    return changes.individualise(protocol.content, tuple(wishes))


def _plan_row(row: Any) -> PlanRow:
    wishes, made = _frozen(row.protocol_id, row.changes_text)
    return PlanRow(
        id=row.id,
        person_id=row.person_id,
        site_id=row.site_id,
        version=row.version,
        replaces_id=row.replaces_id,
        protocol=library_row(row.protocol_id),
        made=made,
        changes=wishes,
        allowed_doses=row.allowed_doses,
        boosters=row.boosters,
        carried=row.carried,
        state=row.state,
        made_at=row.made_at,
        made_by=row.made_by,
        signed_at=row.signed_at,
        signed_by=row.signed_name or "",
        second_by=row.second_name or "",
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        baseline=from_stored(json.loads(row.baseline_text)),
    )


def _told(rows: QuerySet[Order]) -> Rows:
    """Orders, the one signed last first, with the names around them and how they ended."""
    end = OrderEnd.objects.filter(order_id=OuterRef("id"))
    return rows.order_by("-signed_at", "-id").annotate(
        person=F("plan__person_id"),
        signed_name=F("signed_by__name"),
        second_name=F("second_by__name"),
        protocol=F("plan__protocol_id"),
        ended=Subquery(end.values("why")[:1]),
        end_at=Subquery(end.values("at")[:1]),
        end_why=Subquery(end.values("reason")[:1]),
    )


@prepared
def _orders_of(plan_id: UUID, dose_no: int | None) -> Rows:
    rows = Order.objects.filter(plan_id=plan_id)
    return _told(rows if dose_no is None else rows.filter(dose_no=dose_no))


@prepared
def used_orders(person_id: UUID) -> Rows:
    """(plan, dose number, micrograms, minutes, micrograms per kg, grams of weight, why outside a band) of every order by which a dose was begun."""
    used = OrderEnd.objects.filter(order_id=OuterRef("id"), why="used")
    rows = Order.objects.filter(Exists(used), plan__person_id=person_id).order_by("signed_at", "id")
    return rows.values_list("plan_id", "dose_no", "dose_ug", "over_min", "dose_ug_per_kg", "weight_g", "reason")


def _orders(found: list[Any], at: datetime) -> list[OrderRow]:
    latest = {person: chart.latest_weight(person) for person in {row.person for row in found}}
    weights = {person: weight.grams if weight else None for person, weight in latest.items()}
    return [_order_row(row, weights[row.person], at) for row in found]


def _order_row(row: Any, weight_g: int | None, at: datetime) -> OrderRow:
    state = orders.OrderState(dose_number=row.dose_no, signed_at=row.signed_at, expires_at=row.expires_at, ended=row.ended, weight_g=row.weight_g)
    rules_of_weight = weight_rules_from(library_row(row.protocol).content)
    return OrderRow(
        id=row.id,
        plan_id=row.plan_id,
        person_id=row.person,
        dose_no=row.dose_no,
        drug=row.drug,
        route=row.route,
        dose_ug=row.dose_ug,
        over_min=row.over_min,
        dose_ug_per_kg=row.dose_ug_per_kg,
        weight_id=row.weight_id,
        weight_g=row.weight_g,
        dose_basis=row.dose_basis,
        reason=row.reason,
        second_by=row.second_name or "",
        second_by_id=row.second_by_id,
        signed_at=row.signed_at,
        signed_by_id=row.signed_by_id,
        signed_by=row.signed_name,
        expires_at=row.expires_at,
        ended=row.ended,
        ended_at=row.end_at,
        end_reason=row.end_why or "",
        saw=tuple(json.loads(row.saw_text)),
        verdict=orders.order_in_force(state, dose_number=row.dose_no, weight_g=weight_g, at=at, weights=rules_of_weight),
    )
