"""What a site must have before any dose: accepted limits, and today's equipment check."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.accept_limit import accept_limits
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.models import EquipmentCheck, LimitAcceptance
from afterglow.pathway.session.queries.limits import limits_at_start, site_limits
from afterglow.records.staff.models import Credential
from afterglow.science.vitals.limits import LimitMissing
from tests.support import session as steps
from tests.support.cast import Cast
from tests.support.session import EQUIPMENT, signature

SBP = {"notify_below": 100.0, "notify_above": 160.0, "act_below": 90.0, "act_from": 180.0}


def accept(cast: Cast, at: datetime, values: Any, reasons: Any = None, *, by: Any = None, key: str = "limits") -> int:
    who = by or cast.ana
    return accept_limits(site_id=cast.site_id, values=values, reasons=reasons or {}, signed=signature(who, at), key=key, by=who, at=at)


# req: N39
# hazard: H50
def test_nothing_is_accepted_until_a_prescriber_says_so(cast: Cast, at: datetime) -> None:
    before = site_limits(cast.site_id)
    assert len(before.open) == len(before.rows) == 21
    assert steps.accept_all_limits(cast.site_id, cast.ana, at) == 21
    after = site_limits(cast.site_id)
    assert after.open == ()
    assert all(row.accepted is not None and row.accepted.signed_by == "Ana Ruiz" and not row.accepted.changed for row in after.rows)
    assert AuditRow.objects.filter(event="session.limit_accepted", library="alerts/site_limits version 1").count() == 21
    assert site_limits(cast.other_site_id).open == before.open


def test_a_changed_number_carries_its_reason_and_counts_from_then_on(cast: Cast, at: datetime) -> None:
    tighter = {**SBP, "act_from": 170.0}
    with pytest.raises(Refusal) as refused:
        accept(cast, at, {"sbp": tighter})
    assert (refused.value.code, refused.value.field) == ("session.limit_says_no_why", "sbp")
    accept(cast, at, {"sbp": tighter}, {"sbp": "Our cuffs read low."})
    assert site_limits(cast.site_id).in_force.at("sbp", "act_from") == 170
    accept(cast, at + timedelta(hours=1), {"sbp": SBP}, key="later")
    assert site_limits(cast.site_id).in_force.at("sbp", "act_from") == 180
    assert LimitAcceptance.objects.filter(limit_id="sbp").count() == 2


@pytest.mark.parametrize(
    "values",
    [
        {"sbp": {**SBP, "act_from": 200.0}},
        {"sbp": {"act_from": 180.0}},
        {"sbp": {**SBP, "act_often": 1.0}},
        {"sbp": {**SBP, "notify_below": 90.0, "act_below": 95.0}},
        {"luck": {"at_least": 7.0}},
    ],
)
def test_numbers_outside_the_librarys_range_are_refused_whole(cast: Cast, at: datetime, values: Any) -> None:
    with pytest.raises(Refusal) as refused:
        accept(cast, at, {"dbp": {"notify_above": 100.0, "act_below": 50.0, "act_from": 110.0}, **values}, {"sbp": "why not"})
    assert refused.value.code == "session.limit_refused"
    assert not LimitAcceptance.objects.filter(limit_id="sbp").exists()


def test_the_licence_is_in_date_here_and_the_signature_ones_own(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        accept_limits(site_id=cast.site_id, values={"sbp": SBP}, reasons={}, signed=signature(cast.ben, at), key="k", by=cast.ana, at=at)
    assert refused.value.code == "accounts.not_confirmed"
    with pytest.raises(Forbidden):
        accept(cast, at, {"sbp": SBP}, by=cast.ben)
    with pytest.raises(NotFound):
        accept(cast, at, {"sbp": SBP}, by=cast.cora)
    Credential.objects.filter(user=cast.ana.user_id, kind="prescriber_licence").update(expires_on=(at - timedelta(days=2)).date())
    with pytest.raises(Refusal) as refused:
        accept(cast, at, {"sbp": SBP})
    assert refused.value.code == "session.not_a_prescriber"


def test_the_same_page_sent_twice_is_one_acceptance(cast: Cast, at: datetime) -> None:
    assert accept(cast, at, {"sbp": SBP}) == accept(cast, at, {"sbp": SBP}) == 1
    assert LimitAcceptance.objects.count() == 1


def test_a_session_that_never_started_has_no_limits_of_its_own() -> None:
    with pytest.raises(LimitMissing):
        limits_at_start("")


# req: N9
# hazard: H46
def test_the_equipment_check_says_each_item(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        check_equipment(site_id=cast.site_id, items={"oxygen": True}, key="half", by=cast.ben, at=at)
    assert refused.value.code == "session.equipment_unsaid"
    whole = dict.fromkeys(EQUIPMENT, True)
    with pytest.raises(Refusal):
        check_equipment(site_id=cast.site_id, items={**whole, "kettle": True}, key="more", by=cast.ben, at=at)
    assert check_equipment(site_id=cast.site_id, items=whole, key="whole", by=cast.ben, at=at)
    assert check_equipment(site_id=cast.site_id, items=whole, key="whole", by=cast.ben, at=at)
    assert not check_equipment(site_id=cast.site_id, items={**whole, "suction": False}, key="broken", by=cast.ben, at=at)
    assert list(EquipmentCheck.objects.order_by("at", "id").values_list("complete", flat=True)) == [True, False]
    assert AuditRow.objects.filter(event="session.equipment_checked").count() == 2
    with pytest.raises(Forbidden):
        check_equipment(site_id=cast.site_id, items=whole, key="desk", by=cast.faye, at=at)
    with pytest.raises(NotFound):
        check_equipment(site_id=cast.site_id, items=whole, key="cora", by=cast.cora, at=at)
