"""Signing, cancelling, using an order: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.plan.actions.cancel_order import cancel_order
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.plan.models import Order
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.changes import Change
from afterglow.records.chart.actions.record_weight import record_weight
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, an_order, ready

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def plan_id(cast: Cast, at: datetime) -> UUID:
    """Dan's standard plan, in force."""
    ready(cast, at)
    return a_plan(cast, at)


def items(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {finding.item for finding in refused.value.findings}


def weigh(cast: Cast, at: datetime, kilograms: str) -> None:
    record_weight(person_id=cast.dan_id, value=kilograms, unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)


# req: S32
# hazard: H2
def test_an_order_is_in_mg_over_minutes_from_a_weight_with_its_date(cast: Cast, at: datetime, plan_id: UUID) -> None:
    order_id = an_order(cast, at, plan_id)
    assert an_order(cast, at, plan_id) == order_id
    row = queries.order_for(plan_id, 1, at)
    assert row is not None
    assert (row.id, row.drug, row.route, row.dose_ug, row.over_min, row.dose_ug_per_kg) == (order_id, "ketamine_racemic", "iv", 35_000, 40, 500)
    assert (row.weight_g, row.dose_basis, row.signed_by, row.expires_at) == (70_000, "actual weight", "Ana Ruiz", at + 7 * DAY)
    assert row.holds and row.is_open
    assert {finding["state"] for finding in row.saw} == {"met"}
    assert "dose.total" in {finding["item"] for finding in row.saw}
    audited = AuditRow.objects.get(event="plan.order_signed", person_id=cast.dan_id)
    assert '"dose_ug":35000' in audited.new_text and audited.library.startswith("protocols/iv_mdd_standard")
    with pytest.raises(Refusal, match="write.key_reused"):
        an_order(cast, at, plan_id, dose_ug=30_000)


def test_one_order_for_one_infusion(cast: Cast, at: datetime, plan_id: UUID) -> None:
    an_order(cast, at, plan_id)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, key="again")
    assert items(refused) == {"order.only_one"}
    an_order(cast, at, plan_id, 2)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"dose_ug": 80_000}, {"dose.per_weight", "order.as_planned", "dose.total"}),
        ({"dose_ug": 0}, {"dose.per_weight", "dose.total", "order.as_planned"}),
        ({"over_min": 29}, {"dose.minutes", "order.as_planned"}),
    ],
)
# hazard: H2
def test_past_a_hard_stop_no_reason_helps(cast: Cast, at: datetime, plan_id: UUID, asked: dict[str, Any], found: set[str]) -> None:
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, **asked)
    assert items(refused) == found
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, reason="She asked for it.", second=signature(cast.ben, at), **asked)
    assert items(refused) <= found and items(refused)
    assert not Order.objects.exists()


# req: S36
def test_another_dose_inside_the_hard_stop_takes_a_reason_and_a_second_signature(cast: Cast, at: datetime, plan_id: UUID) -> None:
    told: dict[str, Any] = {"dose_ug": 28_000, "over_min": 50}
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, **told)
    assert items(refused) == {"order.as_planned"}
    for second in (None, signature(cast.faye, at)):
        with pytest.raises(Refusal, match="plan.order_not_signed"):
            an_order(cast, at, plan_id, reason="Dizzy last time.", second=second, **told)
    an_order(cast, at, plan_id, reason="Dizzy last time.", second=signature(cast.theo, at), **told)
    row = queries.order_for(plan_id, 1, at)
    assert row is not None and (row.dose_ug, row.over_min, row.reason, row.second_by) == (28_000, 50, "Dizzy last time.", "Theo Lind")


# hazard: H2
def test_an_order_is_void_when_the_weight_changes_by_more_than_five_percent(cast: Cast, at: datetime, plan_id: UUID) -> None:
    first = an_order(cast, at, plan_id)
    later = at + 2 * DAY
    weigh(cast, later, "73.5")  # exactly 5%
    assert queries.order(first, later).holds
    weigh(cast, later + timedelta(minutes=1), "73.6")
    then = later + timedelta(minutes=2)
    held = queries.order(first, then)
    assert not held.holds and [finding.item for finding in held.verdict.open] == ["weight.unchanged"]
    with pytest.raises(Refusal, match="plan.order_not_in_force"):
        use_order(order_id=first, by=cast.ben, at=then)
    second = an_order(cast, then, plan_id, key="anew", signed=signature(cast.ana, then))
    assert queries.order(first, then).ended == "void"
    row = queries.order_for(plan_id, 1, then)
    assert row is not None and (row.id, row.dose_ug) == (second, 36_500)
    assert AuditRow.objects.filter(event="plan.order_voided", person_id=cast.dan_id).count() == 1


def test_an_order_is_valid_for_seven_days(cast: Cast, at: datetime, plan_id: UUID) -> None:
    order_id = an_order(cast, at, plan_id)
    assert queries.order(order_id, at + 7 * DAY).holds
    late = at + 7 * DAY + timedelta(seconds=1)
    assert [finding.item for finding in queries.order(order_id, late).verdict.open] == ["order.in_time"]
    with pytest.raises(Refusal, match="plan.order_not_in_force"):
        use_order(order_id=order_id, by=cast.ben, at=late)


def test_an_older_weight_is_confirmed_or_measured_again(cast: Cast, at: datetime, plan_id: UUID) -> None:
    later = at + 3 * DAY
    told: dict[str, Any] = {"signed": signature(cast.ana, later)}
    for confirmed in (None, False):
        with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
            an_order(cast, later, plan_id, weight_confirmed=confirmed, **told)
        assert items(refused) == {"weight.current"}
    an_order(cast, later, plan_id, weight_confirmed=True, **told)


def test_who_may_order(cast: Cast, at: datetime, plan_id: UUID) -> None:
    for actor in (cast.ben, cast.theo, cast.faye, cast.olga):
        with pytest.raises(Forbidden):
            an_order(cast, at, plan_id, by=actor, signed=signature(actor, at))
    with pytest.raises(NotFound):
        an_order(cast, at, plan_id, by=cast.cora, signed=signature(cast.cora, at))
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        an_order(cast, at, plan_id, signed=signature(cast.ben, at))


def test_a_draft_cannot_be_ordered_from(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    draft = a_draft(cast, at)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, draft)
    assert items(refused) == {"order.plan"}
    assert queries.order_for(draft, 1, at) is None


def test_an_adjusted_weight_is_written_on_the_order(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    adjusted = Change(path="dose.basis", value="adjusted weight", reason="Body mass index above the trials' range.")
    plan_id = a_draft(cast, at, changes=[adjusted])
    sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), second=signature(cast.ben, at), by=cast.ana, at=at)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id)
    assert "weight.basis" in items(refused)
    an_order(cast, at, plan_id, dosing_weight_g=64_000)
    row = queries.order_for(plan_id, 1, at)
    assert row is not None and (row.dose_ug, row.dose_basis, row.weight_g) == (32_000, "adjusted weight, 64 kg", 70_000)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, 2, dosing_weight_g=71_000)
    assert "weight.basis" in items(refused)


def test_an_order_is_cancelled_with_a_reason(cast: Cast, at: datetime, plan_id: UUID) -> None:
    order_id = an_order(cast, at, plan_id)
    with pytest.raises(Refusal, match="plan.no_reason"):
        cancel_order(order_id=order_id, reason="", by=cast.ana, at=at)
    with pytest.raises(Forbidden):
        cancel_order(order_id=order_id, reason="x", by=cast.ben, at=at)
    cancel_order(order_id=order_id, reason="Started on another medicine.", by=cast.ana, at=at)
    cancel_order(order_id=order_id, reason="Started on another medicine.", by=cast.ana, at=at)
    row = queries.order(order_id, at)
    assert (row.ended, row.end_reason, row.holds) == ("cancelled", "Started on another medicine.", False)
    assert AuditRow.objects.filter(event="plan.order_cancelled").count() == 1
    an_order(cast, at, plan_id, key="anew")


# hazard: H5
def test_an_order_is_used_once(cast: Cast, at: datetime, plan_id: UUID) -> None:
    order_id = an_order(cast, at, plan_id)
    with pytest.raises(Forbidden):
        use_order(order_id=order_id, by=cast.theo, at=at)
    use_order(order_id=order_id, by=cast.ben, at=at)
    assert queries.doses_used(plan_id) == 1
    assert AuditRow.objects.filter(event="plan.order_used", person_id=cast.dan_id).count() == 1
    with pytest.raises(Refusal, match="plan.order_not_in_force") as refused:
        use_order(order_id=order_id, by=cast.ben, at=at)
    assert items(refused) == {"order.open"}
    with pytest.raises(Refusal, match="plan.order_used"):
        cancel_order(order_id=order_id, reason="too late", by=cast.ana, at=at)


# hazard: H5
def test_a_number_that_was_started_is_never_ordered_again(cast: Cast, at: datetime, plan_id: UUID) -> None:
    use_order(order_id=an_order(cast, at, plan_id), by=cast.ben, at=at)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, key="again")
    assert items(refused) == {"order.not_given"}
    newer = a_draft(cast, at, replaces=plan_id, changes=[Change(path="block_min.before", value=40, reason="Slow veins.")], key="revise")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, newer, key="by another version")
    assert items(refused) == {"order.not_given"}
    assert an_order(cast, at, newer, 2, key="the next one")


def test_an_order_of_an_ended_plan_is_not_used(cast: Cast, at: datetime, plan_id: UUID) -> None:
    order_id = an_order(cast, at, plan_id)
    end_plan(plan_id=plan_id, reason="Moved away.", by=cast.ana, at=at)
    with pytest.raises(Refusal, match="plan.order_not_in_force"):
        use_order(order_id=order_id, by=cast.ben, at=at)
    with pytest.raises(NotFound):
        use_order(order_id=UUID(int=3), by=cast.ben, at=at)


def test_the_database_keeps_an_order_as_it_was_signed(cast: Cast, at: datetime, plan_id: UUID) -> None:
    an_order(cast, at, plan_id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Order.objects.update(dose_ug=50_000)
    held = Order.objects.get()
    held.id, held.second_by_id = UUID(int=9), held.signed_by_id
    with pytest.raises(DatabaseError), transaction.atomic():
        held.save(force_insert=True)
