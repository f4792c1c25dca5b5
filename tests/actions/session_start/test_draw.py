"""The draw: strength from the lot, read back by another, one syringe for one dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan.actions.cancel_order import cancel_order
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.draw_drug import draw_drug
from afterglow.pathway.session.models import CheckInAnswer, Entry
from afterglow.pathway.session.queries.gate_verdict import gate_now
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.actions.part import waste
from afterglow.records.cabinet.models import Lot, Movement
from afterglow.records.staff.models import Credential
from tests.support import session as steps
from tests.support.session import OnTheWay, drawn, signature


@pytest.fixture
def lot(way: OnTheWay, at: datetime) -> UUID:
    return steps.a_lot(way.cast, at)


# req: S38
# hazard: H3, H7, H26
def test_a_draw_is_in_the_ledger_on_the_timeline_and_in_the_check_in(way: OnTheWay, lot: UUID, at: datetime) -> None:
    draw_id = drawn(way, lot, at)
    state = cabinet.draws_of(way.session_id)
    assert (state.drawn_ug, state.open_ug) == (35_000, 35_000)
    assert [(row.id, row.volume_ul, row.by, row.witness_name) for row in state.draws] == [(draw_id, 700, "Ben Okoye", "Ana Ruiz")]
    entry = Entry.objects.get(session_id=way.session_id, kind="drawn")
    kept = CheckInAnswer.objects.get(session_id=way.session_id, item="draw")
    assert entry.text == kept.value_text and '"rate_ul_per_h":30000' in entry.text


# hazard: H3
@pytest.mark.parametrize(
    ("product", "volume_ul", "rate"), [("ketamine_racemic_10", 3_500, 5_250), ("ketamine_racemic_50", 700, 1_050), ("ketamine_racemic_100", 350, 520)]
)
def test_volume_and_rate_come_from_the_lot(way: OnTheWay, at: datetime, product: str, volume_ul: int, rate: int) -> None:
    found = steps.prepared(way, steps.a_lot(way.cast, at, product=product, lot_no="X1"), at)
    assert (found.volume_ul, found.rate_ul_per_h, found.drug_ug) == (volume_ul, rate, 35_000)
    assert found.verdict.met


# hazard: H1, H3
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"strength_ug_per_ml": 5_000}, "said_strength"),
        ({"volume_ul": 7_000}, "said_volume"),
        ({"rate_ul_per_h": 60_000}, "said_rate"),
        ({"record_no": "0413"}, "said_record_no"),
        ({"drug": "esketamine"}, "said_drug"),
        ({"volume_ul": None}, "said_volume"),
    ],
)
def test_a_read_back_that_differs_draws_nothing(way: OnTheWay, lot: UUID, at: datetime, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        drawn(way, lot, at, **said)
    assert (refused.value.code, refused.value.field) == ("session.read_back_differs", field)
    assert not Movement.objects.filter(what="drawn").exists()
    assert not CheckInAnswer.objects.filter(item="draw").exists()


def attempt(way: OnTheWay, lot: UUID, at: datetime, *, by: Any = None, reader: Any = None, signed_at: datetime | None = None, key: str = "d") -> UUID:
    cast = way.cast
    said = steps.read_from(steps.prepared(way, lot, at, 20_000))
    return draw_drug(
        session_id=way.session_id, lot_id=lot, made_up_to_ul=20_000, said=said, reader=signature(reader or cast.ana, signed_at or at),
        key=key, by=by or cast.ben, at=at,
    )  # fmt: skip


# req: S38
# hazard: H3
def test_who_draws_does_not_read_back(way: OnTheWay, lot: UUID, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        attempt(way, lot, at, reader=way.cast.ben)
    assert refused.value.code == "session.reader_same"


# hazard: H3
def test_the_reader_is_licensed_today(way: OnTheWay, lot: UUID, at: datetime) -> None:
    Credential.objects.filter(user=way.cast.ana.user_id, kind="prescriber_licence").update(expires_on=(at - timedelta(days=2)).date())
    with pytest.raises(Refusal) as refused:
        attempt(way, lot, at)
    assert refused.value.code == "session.not_licensed"


def test_the_readers_signature_is_of_this_moment(way: OnTheWay, lot: UUID, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        attempt(way, lot, at, signed_at=at - timedelta(minutes=5))
    assert refused.value.code == "accounts.not_confirmed"


def test_strangers_find_no_session_and_the_desk_may_not_draw(way: OnTheWay, lot: UUID, at: datetime) -> None:
    with pytest.raises(NotFound):
        attempt(way, lot, at, by=way.cast.cora)
    with pytest.raises(Refusal) as refused:
        attempt(way, lot, at, by=way.cast.faye)
    assert refused.value.code == "access.forbidden"


# hazard: H3
def test_a_reader_whose_licence_ended_since_holds_the_dose(ready: OnTheWay, at: datetime) -> None:
    licences = Credential.objects.filter(user=ready.cast.ana.user_id, kind="prescriber_licence")
    assert open_at_the_gate(ready, at) == set()
    licences.update(expires_on=(at - timedelta(days=2)).date())
    assert open_at_the_gate(ready, at) == {"read_back", "credential.licence"}


# hazard: H3, H7
def test_a_syringe_that_was_drawn_for_another_dose_is_not_given(ready: OnTheWay, at: datetime) -> None:
    cast, order = ready.cast, plans.order_for(ready.plan_id, 1, at)
    assert order is not None and order.dose_ug == 35_000
    cancel_order(order_id=order.id, reason="Less, after all.", by=cast.ana, at=at)
    told = {"dose_ug": 30_000, "reason": "Sleepy all evening the last time.", "second": signature(cast.ben, at)}
    steps.ordered(cast, ready.plan_id, at + timedelta(seconds=1), **told)
    assert {"draw.volume", "pump.agrees"} <= open_at_the_gate(ready, at + timedelta(seconds=2))


# hazard: H50
def test_limits_that_nobody_accepted_hold_the_dose(way: OnTheWay, at: datetime) -> None:
    assert "limits" in open_at_the_gate(way, at)
    steps.accept_all_limits(way.cast.site_id, way.cast.ana, at)
    assert "limits" not in open_at_the_gate(way, at)


def open_at_the_gate(way: OnTheWay, at: datetime) -> set[str]:
    gate = gate_now(access.fetch_session(way.cast.ben, way.session_id), by=way.cast.ben, at=at)
    return {finding.item for finding in gate.verdict.open}


# hazard: H5
def test_a_second_syringe_for_the_same_dose_is_refused(way: OnTheWay, lot: UUID, at: datetime) -> None:
    drawn(way, lot, at)
    with pytest.raises(Refusal) as refused:
        drawn(way, lot, at + timedelta(minutes=1))
    assert refused.value.code == "session.already_drawn"
    assert "Ben Okoye drew for this session" in refused.value.sentence
    assert Movement.objects.filter(what="drawn").count() == 1


# hazard: H5
def test_the_same_request_draws_once(way: OnTheWay, lot: UUID, at: datetime) -> None:
    assert attempt(way, lot, at, key="one form") == attempt(way, lot, at, key="one form")
    assert Movement.objects.filter(what="drawn").count() == 1


# hazard: H27
@pytest.mark.parametrize("wrong", ["expired", "recalled"])
def test_a_lot_that_is_expired_or_recalled_is_not_drawn_from(way: OnTheWay, lot: UUID, at: datetime, wrong: str) -> None:
    change = {"expires_on": (at - timedelta(days=2)).date()} if wrong == "expired" else {"recalled_at": at, "recall_reason": "particles"}
    Lot.objects.filter(id=lot).update(**change)
    with pytest.raises(Refusal) as refused:
        attempt(way, lot, at)
    assert refused.value.code == "session.lot_refused"


# hazard: H4
def test_another_drug_is_not_drawn_for_this_order(way: OnTheWay, at: datetime) -> None:
    other = steps.a_lot(way.cast, at, product="esketamine_25", lot_no="E1")
    with pytest.raises(Refusal) as refused:
        attempt(way, other, at)
    assert refused.value.code == "session.lot_refused"


def test_a_dilution_below_the_drawn_volume_is_refused(way: OnTheWay, lot: UUID, at: datetime) -> None:
    said = steps.read_from(steps.prepared(way, lot, at, 20_000))
    with pytest.raises(Refusal) as refused:
        draw_drug(
            session_id=way.session_id, lot_id=lot, made_up_to_ul=500, said=said, reader=signature(way.cast.ana, at), key="k", by=way.cast.ben, at=at
        )
    assert (refused.value.code, refused.value.field) == ("session.lot_refused", "made_up_to")


# req: S32
def test_no_order_in_force_no_draw(way: OnTheWay, lot: UUID, at: datetime) -> None:
    late = at + timedelta(days=8)
    said = replace(steps.read_from(steps.prepared(way, lot, at, 20_000)))
    with pytest.raises(Refusal) as refused:
        draw_drug(
            session_id=way.session_id,
            lot_id=lot,
            made_up_to_ul=20_000,
            said=said,
            reader=signature(way.cast.ana, late),
            key="k",
            by=way.cast.ben,
            at=late,
        )
    assert refused.value.code == "session.no_order"
    assert [finding.item for finding in refused.value.findings] == ["order.in_time"]


# hazard: H26
def test_a_wasted_draw_no_longer_opens_the_gate(ready: OnTheWay, at: datetime) -> None:
    (draw,) = cabinet.draws_of(ready.session_id).draws
    later = at + timedelta(minutes=1)
    waste(draw_id=draw.id, amount_ug=35_000, witness=signature(ready.cast.ana, later), reason="dropped", key="waste", by=ready.cast.ben, at=later)
    with pytest.raises(Refusal) as refused:
        steps.started(ready, later)
    assert {finding.item for finding in refused.value.findings} == {"stock", "draw", "read_back", "pump"}
    drawn(ready, draw.lot_id, later)
    assert steps.started(ready, later).dose_ug == 35_000
