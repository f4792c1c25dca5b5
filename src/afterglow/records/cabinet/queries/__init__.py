"""What lies on the shelf, what was drawn for whom, and whether it all adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, F, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import NotFound
from afterglow.records.cabinet import rules
from afterglow.records.cabinet.models import Count, Lot, Movement
from afterglow.science.dosing.amounts import micrograms
from afterglow.science.dosing.limits import Product, products_from
from afterglow.science.verdict import Finding

WHAT_NAMES = dict(Movement._meta.get_field("what").flatchoices)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A vial that can be received: `vials_ul` are the volumes it is sold in, the usual one first."""

    product: Product
    vials_ul: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot with what the ledger says lies on the shelf."""

    id: UUID
    site_id: UUID
    site_name: str
    product: str
    product_name: str
    drug: str
    lot_no: str
    strength_ug_per_ml: int
    vial_ul: int
    expires_on: date
    received_at: datetime
    recalled_at: datetime | None
    recall_reason: str
    balance_ul: int

    @property
    def balance_ug(self) -> int:
        return self.balance_ul * self.strength_ug_per_ml // 1000

    @property
    def recalled(self) -> bool:
        return self.recalled_at is not None

    def usable(self, on: date) -> Finding:
        return rules.lot_may_be_used(recalled=self.recalled, expires_on=self.expires_on, on=on)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRow:
    """One line of the ledger.  `running_ul`: what lay on the shelf after it."""

    id: UUID
    what: str
    amount_ug: int
    volume_ul: int
    running_ul: int
    draw_id: UUID | None
    session_id: str
    person_id: UUID | None
    taken_at: datetime
    recorded_at: datetime
    by: str
    witness_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    at: datetime
    expected_ul: int
    found_ul: int
    by: str
    witness_name: str
    note: str

    @property
    def differs(self) -> bool:
        return self.expected_ul != self.found_ul


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All of one lot: movements in the order in which they were recorded, counts, each draw's sum, and the shelf by vials."""

    lot: LotRow
    movements: tuple[MovementRow, ...]
    counts: tuple[CountRow, ...]
    draws: dict[UUID, rules.DrawSum]
    vials: rules.Vials


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRow:
    """One draw and what became of it."""

    id: UUID
    lot_id: UUID
    lot_no: str
    product: str
    product_name: str
    strength_ug_per_ml: int
    session_id: str
    person_id: UUID | None
    volume_ul: int
    taken_at: datetime
    by: str
    witness_name: str
    sum: rules.DrawSum

    @property
    def drawn_ug(self) -> int:
        return self.sum.drawn_ug

    @property
    def open_ug(self) -> int:
        return self.sum.open_ug


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawState:
    """Everything drawn for one session: drawn = given + wasted + returned + open."""

    draws: tuple[DrawRow, ...]

    @property
    def drawn_ug(self) -> int:
        return sum(draw.sum.drawn_ug for draw in self.draws)

    @property
    def given_ug(self) -> int:
        return sum(draw.sum.given_ug for draw in self.draws)

    @property
    def wasted_ug(self) -> int:
        return sum(draw.sum.wasted_ug for draw in self.draws)

    @property
    def returned_ug(self) -> int:
        return sum(draw.sum.returned_ug for draw in self.draws)

    @property
    def open_ug(self) -> int:
        return sum(draw.sum.open_ug for draw in self.draws)

    @property
    def closed(self) -> bool:
        return self.open_ug == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRow:
    """What is left of a vial that was opened for one session: for that session alone, or to be discarded."""

    lot_id: UUID
    lot_no: str
    session_id: str
    person_id: UUID | None
    rest_ul: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One draw of a day, and whether it adds up."""

    draw: DrawRow
    finding: Finding


def products() -> dict[str, ProductRow]:
    """Every enumerated vial by id, from `codes/ketamine_products`."""
    content = library_file("codes", "ketamine_products").content
    named = products_from(content)
    return {
        entry["id"]: ProductRow(product=named[entry["id"]], vials_ul=tuple(micrograms(volume) for volume in entry["vials_ml"]))
        for entry in content["products"]
    }


def lots(clinic_id: UUID) -> list[LotRow]:
    """Every lot of a clinic, by site and expiry, with balances; a fixed number of queries."""
    return _lots(Lot.objects.filter(site__clinic_id=clinic_id))


def lot(lot_id: UUID, clinic_id: UUID) -> LotRow:
    """One lot of the clinic.  Raises NotFound."""
    found = _lots(Lot.objects.filter(id=lot_id, site__clinic_id=clinic_id))
    if not found:
        raise NotFound("lot")
    return found[0]


def vials(lot_id: UUID) -> rules.Vials:
    """The shelf of one lot by vials.  Under `lock_lot` it stays so until the transaction ends.  Raises NotFound."""
    found = vials_of([lot_id])
    if lot_id not in found:
        raise NotFound("lot")
    return found[lot_id]


def vials_of(lot_ids: Iterable[UUID]) -> dict[UUID, rules.Vials]:
    """Each of these lots' shelf by vials, in two queries for all."""
    sizes = dict(Lot.objects.filter(id__in=list(lot_ids)).values_list("id", "vial_ul"))
    moved = defaultdict[UUID, list[rules.MovementFact]](list)
    for row in Movement.objects.filter(lot_id__in=list(sizes)).order_by("lot_id", "seq").values(*_FACT, "lot_id"):
        moved[row["lot_id"]].append(_fact(row))
    return {lot_id: rules.vials(moved[lot_id], vial_ul) for lot_id, vial_ul in sizes.items()}


def opened_vials(lot_ids: Iterable[UUID]) -> list[OpenedRow]:
    """Every opened vial of these lots with something left in it; a fixed number of queries."""
    held = vials_of(lot_ids)
    left = {(lot_id, session_id): rest for lot_id, each in held.items() for session_id, rest in each.opened_ul.items()}
    heads = Movement.objects.filter(what="drawn", lot_id__in={lot_id for lot_id, _ in left}, session_id__in={session_id for _, session_id in left})
    named = {(row[0], row[1]): row[2:] for row in heads.order_by("-seq").values_list("lot_id", "session_id", "lot__lot_no", "person_id")}
    return [
        OpenedRow(lot_id=lot_id, lot_no=named[lot_id, session_id][0], session_id=session_id, person_id=named[lot_id, session_id][1], rest_ul=rest)
        for (lot_id, session_id), rest in left.items()
    ]


def opened_for(lot_id: UUID, session_id: str) -> UUID | None:
    """The person of the session for which vials of this lot were opened; None for no session."""
    return Movement.objects.filter(lot_id=lot_id, what="drawn", session_id=session_id).values_list("person_id", flat=True).first()


def lots_usable(site_id: UUID, drug: str, on: date) -> list[LotRow]:
    """Lots of a drug at a site that are in date, not recalled and not empty; the one that expires first comes first."""
    rows = _lots(Lot.objects.filter(site_id=site_id, drug=drug, recalled_at__isnull=True, expires_on__gte=on))
    return [row for row in rows if row.balance_ul > 0]


def balance_ul(lot_id: UUID) -> int:
    """What lies on the shelf by the ledger.  Under `lock_lot` it stays so until the transaction ends."""
    total: int = Movement.objects.filter(lot_id=lot_id).aggregate(total=_SHELF)["total"]
    return total


def lock_lot(lot_id: UUID) -> None:
    """The last lock of the fixed order site, person, session, lot.  Raises NotFound."""
    if Lot.objects.select_for_update().filter(id=lot_id).values_list("id", flat=True).first() is None:
        raise NotFound("lot")


def draw_sum(draw_id: UUID) -> rules.DrawSum:
    """What became of one draw.  Raises NotFound."""
    found = _sums(Movement.objects.filter(id=draw_id, what="drawn").values_list("id", "amount_ug", "volume_ul"))
    if draw_id not in found:
        raise NotFound("draw")
    return found[draw_id]


def draws_of(session_id: UUID | str) -> DrawState:
    """Everything drawn for a dosing session."""
    return DrawState(draws=_draws(Movement.objects.filter(what="drawn", session_id=str(session_id))))


def draws_to(lot_id: UUID) -> frozenset[UUID]:
    """The people for whom drug of this lot was drawn: whom to look for when it is recalled."""
    people = Movement.objects.filter(lot_id=lot_id, what="drawn").values_list("person_id", flat=True)
    return frozenset(person_id for person_id in people if person_id is not None)


def ledger(lot_id: UUID, clinic_id: UUID) -> Ledger:
    """Every movement with the running balance, as replayed from the first.  Raises NotFound."""
    head = lot(lot_id, clinic_id)
    rows = list(
        Movement.objects.filter(lot_id=lot_id)
        .order_by("seq")
        .annotate(witness_name=Coalesce(F("witness__name"), Value("")))
        .values(*_FACT, "person_id", "taken_at", "recorded_at", "by", "witness_name", "reason")
    )
    facts = [_fact(row) for row in rows]
    summed = rules.replay(facts)
    return Ledger(
        lot=head,
        movements=tuple(MovementRow(running_ul=running, **row) for row, running in zip(rows, summed.running_ul, strict=True)),
        counts=tuple(
            CountRow(**row)
            for row in Count.objects.filter(lot_id=lot_id)
            .order_by("-at", "-id")
            .annotate(witness_name=F("witness__name"))
            .values("at", "expected_ul", "found_ul", "by", "witness_name", "note")
        ),
        draws=summed.draws,
        vials=rules.vials(facts, head.vial_ul),
    )


def day_match(site_id: UUID, on: date, zone: str, charted: Mapping[str, int] | None = None) -> list[MatchRow]:
    """Each draw of a site's day and whether it adds up; `charted`: micrograms given by the chart, by session id."""
    place = ZoneInfo(zone)
    starts, ends = datetime.combine(on, time(0), place), datetime.combine(on + timedelta(days=1), time(0), place)
    draws = _draws(Movement.objects.filter(what="drawn", lot__site_id=site_id, taken_at__gte=starts, taken_at__lt=ends))
    return [MatchRow(draw=draw, finding=rules.draws_agree(draw.sum, (charted or {}).get(draw.session_id))) for draw in draws]


_SHELF = Coalesce(
    Sum(Case(When(what__in=sorted(rules.ADDS), then=F("volume_ul")), When(what__in=sorted(rules.TAKES), then=-F("volume_ul")), default=Value(0))), 0
)


def _lots(rows: QuerySet[Lot]) -> list[LotRow]:
    names = {key: row.product.name for key, row in products().items()}
    found = list(
        rows.annotate(site_name=F("site__name"))
        .order_by("site_name", "expires_on", "lot_no")
        .values(
            "id",
            "site_id",
            "site_name",
            "product",
            "drug",
            "lot_no",
            "strength_ug_per_ml",
            "vial_ul",
            "expires_on",
            "received_at",
            "recalled_at",
            "recall_reason",
        )
    )
    shelf = dict(
        Movement.objects.filter(lot_id__in=[row["id"] for row in found]).values("lot_id").annotate(total=_SHELF).values_list("lot_id", "total")
    )
    return [LotRow(**row, product_name=names.get(row["product"], row["product"]), balance_ul=shelf.get(row["id"], 0)) for row in found]


def _draws(rows: QuerySet[Movement]) -> tuple[DrawRow, ...]:
    names = {key: row.product.name for key, row in products().items()}
    found = list(
        rows.order_by("taken_at", "id").values(
            "id", "lot_id", "lot__lot_no", "lot__product", "lot__strength_ug_per_ml", "session_id", "person_id", "amount_ug", "volume_ul", "taken_at", "by",
            "witness__name",
        )
    )  # fmt: skip
    sums = _sums((row["id"], row["amount_ug"], row["volume_ul"]) for row in found)
    return tuple(
        DrawRow(
            id=row["id"],
            lot_id=row["lot_id"],
            lot_no=row["lot__lot_no"],
            product=row["lot__product"],
            product_name=names.get(row["lot__product"], row["lot__product"]),
            strength_ug_per_ml=row["lot__strength_ug_per_ml"],
            session_id=row["session_id"],
            person_id=row["person_id"],
            volume_ul=row["volume_ul"],
            taken_at=row["taken_at"],
            by=row["by"],
            witness_name=row["witness__name"] or "",
            sum=sums[row["id"]],
        )
        for row in found
    )


def _sums(drawn: Iterable[tuple[UUID, int, int]]) -> dict[UUID, rules.DrawSum]:
    """Each draw with its parts, in one query for all."""
    heads = {draw_id: (amount, volume) for draw_id, amount, volume in drawn}
    parts: defaultdict[UUID | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for draw_id, what, amount, volume in Movement.objects.filter(draw_id__in=list(heads)).values_list("draw_id", "what", "amount_ug", "volume_ul"):
        parts[draw_id][f"{what}_ug"] += amount
        parts[draw_id]["left_ul"] += volume
    return {key: rules.DrawSum(id=key, drawn_ug=amount, drawn_ul=volume, **parts[key]) for key, (amount, volume) in heads.items()}


_FACT = ("id", "what", "amount_ug", "volume_ul", "draw_id", "session_id")


def _fact(row: Mapping[str, Any]) -> rules.MovementFact:
    return rules.MovementFact(
        id=row["id"], what=row["what"], amount_ug=row["amount_ug"], volume_ul=row["volume_ul"], draw=row["draw_id"], session=row["session_id"]
    )
