"""Receiving, drawing, giving, wasting, returning, discarding, counting, recalling: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.cabinet import queries
from afterglow.records.cabinet.actions.count_lot import count_lot
from afterglow.records.cabinet.actions.discard import discard
from afterglow.records.cabinet.actions.part import give, return_unused, waste
from afterglow.records.cabinet.actions.recall_lot import recall_lot
from afterglow.records.cabinet.models import Lot, Movement
from tests.support.cabinet import TEN, a_draw, a_lot, signature
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def items(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {finding.item for finding in refused.value.findings}


# req: S38
# hazard: H3
def test_a_lot_has_the_strength_of_its_product(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    assert a_lot(cast, at) == lot_id  # the same write again
    row = queries.lot(lot_id, cast.clinic_id)
    assert (row.strength_ug_per_ml, row.vial_ul, row.balance_ul, row.balance_ug) == (10_000, 20_000, 40_000, 400_000)
    a_lot(cast, at, vials=1, key="more")  # more vials of the same lot
    assert queries.lot(lot_id, cast.clinic_id).balance_ul == 60_000
    assert AuditRow.objects.filter(event="cabinet.lot_received").count() == 2
    assert [row.id for row in queries.lots_usable(cast.site_id, "ketamine_racemic", at.date())] == [lot_id]
    assert queries.lots_usable(cast.site_id, "esketamine", at.date()) == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"product": "ketamine_20"}, "cabinet.unknown_product"),
        ({"vial_ul": 10_000}, "cabinet.vial_volume"),
        ({"lot_no": " "}, "cabinet.no_lot_number"),
        ({"expires_on": date(2026, 12, 6)}, "cabinet.expired"),
        ({"vials": 0}, "cabinet.vials"),
        ({"vials": 1001}, "cabinet.vials"),
    ],
)
def test_vials_that_cannot_be_received(cast: Cast, at: datetime, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        a_lot(cast, at, **other)
    assert not Lot.objects.exists()


def test_a_known_lot_must_be_the_same_lot(cast: Cast, at: datetime) -> None:
    a_lot(cast, at)
    with pytest.raises(Refusal, match="cabinet.lot_differs"):
        a_lot(cast, at, expires_on=date(2027, 7, 1), key="other")


def test_who_may_receive_and_draw(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        a_lot(cast, at, by=cast.ana)
    lot_id = a_lot(cast, at)
    with pytest.raises(Forbidden):
        a_draw(cast, at, lot_id, by=cast.theo)
    with pytest.raises(NotFound):
        a_draw(cast, at, lot_id, by=cast.cora)
    with pytest.raises(NotFound):
        queries.lot(lot_id, cast.other_clinic_id)


# hazard: H3, H26, H27
def test_a_draw_names_its_person_and_witness(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    draw_id = a_draw(cast, at, lot_id)
    assert a_draw(cast, at, lot_id) == draw_id
    state = queries.draws_of("s-1")
    assert (state.drawn_ug, state.open_ug, state.closed) == (35_000, 35_000, False)
    drawn = state.draws[0]
    assert (drawn.person_id, drawn.witness_name, drawn.lot_no, drawn.by) == (cast.dan_id, "Ana Ruiz", "K1", "Ben Okoye")
    assert queries.balance_ul(lot_id) == 36_500
    assert AuditRow.objects.filter(event="cabinet.drug_drawn", person_id=cast.dan_id).count() == 1
    assert queries.draws_to(lot_id) == {cast.dan_id}


@pytest.mark.parametrize(
    ("other", "item"),
    [
        ({"volume_ul": 350}, "draw.amount"),  # the tenfold slip
        ({"amount_ug": 0, "volume_ul": 0}, "draw.amount"),
        ({"amount_ug": 410_000, "volume_ul": 41_000}, "draw.stock"),
    ],
)
def test_a_draw_that_does_not_fit(cast: Cast, at: datetime, other: dict[str, Any], item: str) -> None:
    lot_id = a_lot(cast, at)
    with pytest.raises(Refusal, match="cabinet.not_drawn") as refused:
        a_draw(cast, at, lot_id, **other)
    assert items(refused) == {item}
    assert queries.balance_ul(lot_id) == 40_000


# hazard: H26
def test_nobody_draws_alone(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    for witness in (signature(cast.ben, at), signature(cast.theo, at), signature(cast.cora, at)):
        with pytest.raises(Refusal, match="cabinet.not_drawn") as refused:
            a_draw(cast, at, lot_id, witness=witness)
        assert items(refused) == {"witness"}
    with pytest.raises(Refusal, match="cabinet.witness_too_old"):
        a_draw(cast, at, lot_id, witness=signature(cast.ana, at - timedelta(minutes=3)))
    with pytest.raises(Refusal, match="cabinet.no_session"):
        a_draw(cast, at, lot_id, session_id=" ")


# hazard: H27
def test_expired_and_recalled_lots_are_not_used(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, expires_on=date(2026, 12, 7))
    a_draw(cast, at, lot_id)  # the last day still counts
    assert queries.lots_usable(cast.site_id, "ketamine_racemic", date(2026, 12, 8)) == []
    later = at + 2 * DAY
    with pytest.raises(Refusal, match="cabinet.not_drawn") as refused:
        a_draw(cast, later, lot_id, key="draw 2", witness=signature(cast.ana, later))
    assert items(refused) == {"draw.usable"}
    other = a_lot(cast, at, lot_no="K2", key="K2")
    with pytest.raises(Refusal, match="cabinet.no_reason"):
        recall_lot(lot_id=other, reason=" ", by=cast.ben, at=at)
    recall_lot(lot_id=other, reason="Maker's letter of 5 Dec", by=cast.ben, at=at)
    recall_lot(lot_id=other, reason="again", by=cast.ben, at=at)
    assert queries.lot(other, cast.clinic_id).recall_reason == "Maker's letter of 5 Dec"
    assert AuditRow.objects.filter(event="cabinet.lot_recalled").count() == 1
    with pytest.raises(Refusal, match="cabinet.not_drawn"):
        a_draw(cast, at, other, key="draw 3")
    with pytest.raises(Refusal, match="cabinet.lot_differs"):
        a_lot(cast, at, lot_no="K2", key="K2 again")


# hazard: H27
def test_a_vial_opened_for_one_person_is_not_drawn_for_another(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, vials=1)
    a_draw(cast, at, lot_id)
    with pytest.raises(Refusal, match="cabinet.not_drawn") as refused:
        a_draw(cast, at, lot_id, session_id="s-2", key="draw 2")
    assert items(refused) == {"draw.vial"} and "a vial is for one person" in refused.value.sentence
    assert queries.balance_ul(lot_id) == 16_500  # there is enough on the shelf: it is the vial that is not hers
    a_draw(cast, at, lot_id, key="draw 3")  # the same session again
    a_lot(cast, at, vials=1, key="another vial")
    a_draw(cast, at, lot_id, session_id="s-2", key="draw 4")
    assert queries.vials(lot_id).opened_ul == {"s-1": 13_000, "s-2": 16_500}
    with pytest.raises(NotFound):
        queries.vials(uuid4())


# hazard: H26, H27
def test_the_rest_of_an_opened_vial_is_discarded_before_a_witness(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    a_draw(cast, at, lot_id)
    told: dict[str, Any] = {"lot_id": lot_id, "reason": "rest of the vial", "session_id": "s-1", "by": cast.ben, "at": at}
    for wrong in ({"session_id": "s-2"}, {"volume_ul": 16_501}):
        with pytest.raises(Refusal, match="cabinet.not_discarded") as refused:
            discard(**told | {"volume_ul": 16_500, "witness": signature(cast.ana, at), "key": "wrong"} | wrong)
        assert items(refused) == {"discard.rest"}
    with pytest.raises(Refusal, match="cabinet.not_discarded") as refused:
        discard(**told, volume_ul=16_500, witness=None, key="alone")
    assert items(refused) == {"witness"}
    assert [(row.session_id, row.person_id, row.rest_ul) for row in queries.opened_vials([lot_id])] == [("s-1", cast.dan_id, 16_500)]
    moved = discard(**told, volume_ul=16_500, witness=signature(cast.ana, at), key="rest")
    assert Movement.objects.get(id=moved).person_id == cast.dan_id
    assert queries.opened_vials([lot_id]) == [] and queries.balance_ul(lot_id) == 20_000


# req: N28
# hazard: H26
def test_a_draw_is_closed_when_given_and_wasted_add_up(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    draw_id = a_draw(cast, at, lot_id)
    assert not queries.day_match(cast.site_id, at.date(), cast.zone)[0].finding.is_met
    give(draw_id=draw_id, amount_ug=30_001, key="g", by=cast.ben, at=at)
    give(draw_id=draw_id, amount_ug=30_001, key="g", by=cast.ben, at=at)
    with pytest.raises(Refusal, match="cabinet.not_given"):
        give(draw_id=draw_id, amount_ug=5_000, key="g2", by=cast.ben, at=at)
    waste(draw_id=draw_id, amount_ug=4_999, witness=signature(cast.ana, at), reason="rest of the syringe", key="w", by=cast.ben, at=at)
    state = queries.draws_of("s-1")
    assert (state.given_ug, state.wasted_ug, state.open_ug, state.closed) == (30_001, 4_999, 0, True)
    assert state.draws[0].sum.open_ul == 0
    assert queries.day_match(cast.site_id, at.date(), cast.zone)[0].finding.is_met
    assert not queries.day_match(cast.site_id, at.date(), cast.zone, charted={"s-1": 30_000})[0].finding.is_met
    assert {row.event for row in AuditRow.objects.filter(person_id=cast.dan_id, event__startswith="cabinet.")} == {
        "cabinet.drug_drawn",
        "cabinet.drug_given",
        "cabinet.drug_wasted",
    }


def test_waste_needs_a_reason_and_a_second_person(cast: Cast, at: datetime) -> None:
    draw_id = a_draw(cast, at, a_lot(cast, at))
    with pytest.raises(Refusal, match="cabinet.not_wasted") as refused:
        waste(draw_id=draw_id, amount_ug=35_000, witness=None, reason="", key="w", by=cast.ben, at=at)
    assert items(refused) == {"reason", "witness"}
    with pytest.raises(Refusal, match="cabinet.not_wasted"):
        waste(draw_id=draw_id, amount_ug=35_000, witness=signature(cast.ben, at), reason="dropped", key="w", by=cast.ben, at=at)
    with pytest.raises(Refusal, match="clock.future"):
        give(draw_id=draw_id, amount_ug=1, key="g", by=cast.ben, at=at, taken_at=at + timedelta(minutes=1))
    with pytest.raises(Forbidden):
        waste(draw_id=draw_id, amount_ug=35_000, witness=signature(cast.ana, at), reason="dropped", key="w", by=cast.theo, at=at)
    with pytest.raises(NotFound):
        give(draw_id=uuid4(), amount_ug=1, key="g", by=cast.ben, at=at)


def test_who_may_end_an_infusion_may_say_what_went_in(cast: Cast, at: datetime) -> None:
    draw_id = a_draw(cast, at, a_lot(cast, at))
    give(draw_id=draw_id, amount_ug=10_000, key="g", by=cast.theo, at=at)
    assert queries.draws_of("s-1").given_ug == 10_000


def test_only_an_unopened_draw_goes_back(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    draw_id = a_draw(cast, at, lot_id)
    told: dict[str, Any] = {"witness": signature(cast.ana, at), "reason": "called off, seal unbroken", "by": cast.ben, "at": at}
    with pytest.raises(Refusal, match="cabinet.not_returned"):
        return_unused(draw_id=draw_id, amount_ug=30_000, key="r", **told)
    return_unused(draw_id=draw_id, amount_ug=35_000, key="r", **told)
    assert queries.balance_ul(lot_id) == 40_000
    opened = a_draw(cast, at, lot_id, key="draw 2")
    give(draw_id=opened, amount_ug=1_000, key="g", by=cast.ben, at=at)
    with pytest.raises(Refusal, match="cabinet.not_returned"):
        return_unused(draw_id=opened, amount_ug=34_000, key="r2", **told)


def test_stock_is_discarded_and_counted_by_two(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    told: dict[str, Any] = {"lot_id": lot_id, "witness": signature(cast.ana, at), "by": cast.ben, "at": at}
    discard(volume_ul=16_500, reason="rest of an opened vial", key="d", **told)
    discard(volume_ul=16_500, reason="rest of an opened vial", key="d", **told)
    assert queries.balance_ul(lot_id) == 23_500
    with pytest.raises(Refusal, match="cabinet.not_discarded") as refused:
        discard(lot_id=lot_id, volume_ul=30_000, reason="", key="d2", witness=None, by=cast.ben, at=at)
    assert items(refused) == {"draw.stock", "reason", "witness"}
    with pytest.raises(Refusal, match="cabinet.not_discarded"):
        discard(volume_ul=0, reason="nothing", key="d3", **told)
    with pytest.raises(Refusal, match="cabinet.not_counted"):
        count_lot(found_ul=20_000, key="c", **told)
    counted = count_lot(found_ul=20_000, note="3.5 mL short, reported to Ana", key="c", **told)
    assert counted == count_lot(found_ul=20_000, note="3.5 mL short, reported to Ana", key="c", **told)
    assert (counted.expected_ul, counted.found_ul) == (23_500, 20_000)
    ledger = queries.ledger(lot_id, cast.clinic_id)
    assert [(row.what, row.running_ul) for row in ledger.movements] == [("received", 40_000), ("discarded", 23_500)]
    assert ledger.counts[0].differs
    assert AuditRow.objects.filter(event="cabinet.lot_counted").count() == 1


def test_the_database_itself_refuses_a_lonely_draw(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at)
    for fault in (
        {"witness_id": None},
        {"session_id": ""},
        {"amount_ug": 0},
        {"draw_id": Movement.objects.get().id},
        {"witness_id": cast.ben.user_id},
    ):
        told: dict[str, Any] = {
            "lot_id": lot_id, "seq": 2, "what": "drawn", "amount_ug": 1, "volume_ul": 1, "session_id": "s", "taken_at": at, "recorded_at": at,
            "by": "x", "by_user_id": cast.ben.user_id, "witness_id": cast.ana.user_id,
        } | fault  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            Movement.objects.create(id=UUID(int=5), **told)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Movement.objects.update(amount_ug=1)


def test_products_list_their_vials() -> None:
    assert queries.products()[TEN].vials_ul == (20_000, 5_000)
