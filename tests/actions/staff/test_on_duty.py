"""On duty means: rostered, and still working here."""

from __future__ import annotations

from datetime import datetime

import pytest

from afterglow.doors.portal.invite import on_call_ids
from afterglow.ground.accounts import actions as accounts
from afterglow.records.staff import queries
from afterglow.records.staff.actions.roster import roster
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


# hazard: H16
def test_whoever_left_the_clinic_is_not_on_call_there(cast: Cast, at: datetime) -> None:
    assert [row.user_id for row in queries.on_call(cast.site_id, at)] == [cast.ana.user_id]
    accounts.end_membership(user_id=cast.ana.user_id, by=cast.olga, at=at)
    assert queries.on_call(cast.site_id, at) == []
    assert on_call_ids(cast.site_id, at) == ()


# hazard: H16
def test_a_shift_of_somebody_who_may_not_take_flags_is_no_cover(cast: Cast, at: datetime) -> None:
    ends_at = at.replace(hour=at.hour + 1)
    roster(site_id=cast.site_id, user_id=cast.faye.user_id, duty="on_call", starts_at=at, ends_at=ends_at, by=cast.olga, at=at)
    assert on_call_ids(cast.site_id, at) == (cast.ana.user_id,)
