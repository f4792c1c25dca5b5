"""As-needed orders against nausea of one infusion, and how they stand with what was given (S74)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.session.models import AsNeededOrder, Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.rules import as_needed as rules
from afterglow.pathway.session.rules.as_needed import AsNeeded, GivenDose
from afterglow.science.interactions.names import recognise
from afterglow.science.quantities import Quantity, QuantityRefused
from afterglow.science.verdict import Verdict

Reader = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStanding:
    """One order with what counts against it.  `total_ug`, `left_ug`: None when a dose was charted by volume."""

    order: AsNeeded
    reason: str
    total_ug: int | None
    left_ug: int | None
    next_at: datetime | None

    @property
    def route_words(self) -> str:
        return rules.route_words(self.order.route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The order that covers a dose and the count after it; None with the reasons."""

    order: AsNeeded | None
    verdict: Verdict
    count: str


def antiemetics() -> LibraryRecord:
    """The library's list of drugs against nausea."""
    return library_file("codes", "antiemetics")


def reader() -> Reader:
    """Which listed drug a name is, brand names read too; "" for any other.  The lists are read once, for however many names."""
    known, _ = knowledge()
    listed = {row["id"] for row in antiemetics().content["drugs"]}

    def read(name: str) -> str:
        return next((generic for generic in recognise(name, known.names).generics if generic in listed), "")

    return read


def orders_for(plan_id: UUID, dose_no: int) -> list[tuple[AsNeeded, AsNeededOrder]]:
    """Every order for this infusion of the course, by whichever version of the plan, ended ones too; oldest first."""
    return [(_as_needed(row), row) for row in _orders(sorted(plans.course_of(plan_id)), dose_no)]


def open_orders(plan_id: UUID, dose_no: int, at: datetime) -> list[tuple[AsNeeded, AsNeededOrder]]:
    """Those that hold at this moment."""
    return [(order, row) for order, row in orders_for(plan_id, dose_no) if order.ended_at is None and at < order.expires_at]


def standing_orders(session: Session, *, at: datetime, all_deeds: Iterable[Deed] | None = None) -> tuple[OrderStanding, ...]:
    """The open orders of a session's infusion with what was given; nothing is read of the timeline where no order is signed."""
    found = open_orders(session.plan_id, session.dose_no, at)
    if not found:
        return ()
    charted = deeds.deeds(session.id) if all_deeds is None else tuple(all_deeds)
    read = reader()
    return tuple(_standing(order, row, given(charted, order.drug, read=read)) for order, row in found)


def given(all_deeds: Iterable[Deed], drug: str, *, read: Reader, but_not: int | None = None) -> list[GivenDose]:
    """Every dose of this drug that is charted and stands, whoever ordered it."""
    charted = deeds.standing(all_deeds, "medicine")
    return [as_dose(deed.payload, deed.taken_at) for deed in charted if deed.seq != but_not and read(str(deed.payload["name"])) == drug]


def as_dose(payload: Any, at: datetime) -> GivenDose:
    """An entry as the rule reads it: micrograms, or None when it was charted by volume."""
    try:
        ug: int | None = Quantity(payload["amount"], payload["unit"]).whole("ug")
    except QuantityRefused:
        ug = None
    return GivenDose(ug=ug, route=str(payload["route"]), at=at)


def cover(session: Session, payload: Any, at: datetime, *, but_not: int | None = None) -> Cover | None:
    """What covers this dose; None for a drug that needs no such order."""
    read = reader()
    drug = read(str(payload["name"]))
    if not drug:
        return None
    dose, before = as_dose(payload, at), given(deeds.deeds(session.id), drug, read=read, but_not=but_not)
    signed = [order for order, _ in orders_for(session.plan_id, session.dose_no) if order.drug == drug]
    found = rules.covered(signed, dose, before, started_at=session.started_at)
    return Cover(order=found.order, verdict=found.verdict, count=_count(found.order, dose, before))


def _count(order: AsNeeded | None, dose: GivenDose, before: Sequence[GivenDose]) -> str:
    total = rules.total_ug([*before, dose])
    return "" if order is None or total is None else f"{rules.mg_words(total)} of at most {rules.mg_words(order.most_ug)} in this session."


def _standing(order: AsNeeded, row: AsNeededOrder, before: Sequence[GivenDose]) -> OrderStanding:
    return OrderStanding(
        order=order,
        reason=row.reason,
        total_ug=rules.total_ug(before),
        left_ug=rules.left_ug(order, before),
        next_at=rules.next_at(order, before),
    )


@prepared
def _orders(versions: Sequence[UUID], dose_no: int) -> Rows:
    rows = AsNeededOrder.objects.filter(plan_id__in=versions, dose_no=dose_no)
    return rows.annotate(signed_name=F("signed_by__name")).order_by("signed_at", "id")


def _as_needed(row: Any) -> AsNeeded:
    return AsNeeded(
        id=row.id,
        drug=row.drug,
        use=row.use,
        dose_ug=row.dose_ug,
        route=row.route,
        what_for=row.what_for,
        most_ug=row.most_ug,
        least_min=row.least_min,
        signed_at=row.signed_at,
        signed_by=row.signed_name,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
