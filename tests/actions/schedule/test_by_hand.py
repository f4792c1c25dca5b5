"""A time chosen by hand outside the opening hours or the roster: it takes a reason, and the reason stays (issue: never silently accepted)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.sites import change_site
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from afterglow.records.schedule import queries
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import move
from afterglow.records.schedule.rules import ByHand
from afterglow.records.staff.actions.roster import roster
from afterglow.records.staff.queries import rostered
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
TUESDAY_TEN = datetime(2026, 12, 8, 18, 0, tzinfo=UTC)  # 10:00 in Los Angeles
SUNDAY_TEN = datetime(2026, 12, 13, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def asked(cast: Cast, at: datetime, starts_at: datetime, **other: Any) -> dict[str, Any]:
    told = {
        "person_id": cast.dan_id,
        "site_id": cast.site_id,
        "room_id": cast.talk_room_id,
        "staff_user_id": cast.theo.user_id,
        "kind": "preparation",
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "by_hand": ByHand(reason="", rostered=None),
        "key": "k1",
        "by": cast.faye,
        "at": at,
    }
    return told | other


def test_a_closed_day_is_refused_without_a_reason_and_the_reason_stays(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        book(**asked(cast, at, SUNDAY_TEN))
    assert [finding.item for finding in refused.value.findings] == ["booking.hours"]
    assert "closed on Sundays" in refused.value.sentence and queries.of_person(cast.dan_id) == []
    made = book(**asked(cast, at, SUNDAY_TEN, by_hand=ByHand(reason=" Dan works all week. ", rostered=None)))
    assert queries.appointment(made, cast.clinic_id).deviation == "The site is closed on Sundays. Because: Dan works all week."
    row = AuditRow.objects.get(event="schedule.appointment_booked")
    assert row.reason == "The site is closed on Sundays. Because: Dan works all week."


def test_inside_the_hours_nothing_is_asked(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at, TUESDAY_TEN, by_hand=ByHand(reason="a word too many", rostered=True)))
    assert queries.appointment(made, cast.clinic_id).deviation == ""


def test_the_hours_are_the_sites_own(cast: Cast, at: datetime) -> None:
    change_site(site_id=cast.site_id, address="", phone="", open_days="7", opens=time(8), closes=time(12), by=cast.olga, at=at)
    assert book(**asked(cast, at, SUNDAY_TEN))
    with pytest.raises(Refusal, match="schedule.not_booked") as refused:
        book(**asked(cast, at, TUESDAY_TEN, key="k2"))
    assert "closed on Tuesdays" in refused.value.sentence


def test_a_colleague_who_is_not_on_the_roster_then(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        book(**asked(cast, at, TUESDAY_TEN, by_hand=ByHand(reason="", rostered=False)))
    assert [finding.item for finding in refused.value.findings] == ["booking.roster"]
    made = book(**asked(cast, at, TUESDAY_TEN, by_hand=ByHand(reason="by telephone from home", rostered=False)))
    assert "not on the roster" in queries.appointment(made, cast.clinic_id).deviation
    nobody = asked(cast, at, TUESDAY_TEN + 2 * HOUR, staff_user_id=None, by_hand=ByHand(reason="", rostered=None), key="k2")
    assert book(**nobody), "nobody named, nobody to look for"


def test_moving_asks_the_same_and_forgets_what_no_longer_holds(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at, SUNDAY_TEN, by_hand=ByHand(reason="Dan works all week.", rostered=None)))
    to: dict[str, Any] = {"appointment_id": made, "room_id": cast.talk_room_id, "staff_user_id": cast.theo.user_id, "by": cast.faye, "at": at}
    evening = TUESDAY_TEN + 8 * HOUR
    with pytest.raises(Refusal, match="schedule.not_booked") as refused:
        move(starts_at=evening, ends_at=evening + HOUR, by_hand=ByHand(reason="", rostered=None), **to)
    assert "open from 09:00 to 17:00; this is from 18:00 to 19:00" in refused.value.sentence
    assert queries.appointment(made, cast.clinic_id).starts_at == SUNDAY_TEN
    move(starts_at=TUESDAY_TEN, ends_at=TUESDAY_TEN + HOUR, by_hand=ByHand(reason="", rostered=None), **to)
    assert queries.appointment(made, cast.clinic_id).deviation == ""


def on_site(cast: Cast, at: datetime, user_id: UUID | None, starts_at: datetime, hours: int) -> None:
    roster(site_id=cast.site_id, user_id=user_id, duty="on_site", starts_at=starts_at, ends_at=starts_at + hours * HOUR, by=cast.olga, at=at)


def test_what_the_roster_says(cast: Cast, at: datetime) -> None:
    theo, ben, end = cast.theo.user_id, cast.ben.user_id, TUESDAY_TEN + 2 * HOUR
    assert rostered(cast.site_id, theo, TUESDAY_TEN, end) is None, "nobody is on that day's roster yet: it says nothing"
    on_site(cast, at, ben, TUESDAY_TEN - HOUR, 8)
    assert rostered(cast.site_id, theo, TUESDAY_TEN, end) is False and rostered(cast.site_id, ben, TUESDAY_TEN, end) is True
    assert rostered(cast.site_id, None, TUESDAY_TEN, end) is None
    on_site(cast, at, theo, TUESDAY_TEN, 1)
    assert rostered(cast.site_id, theo, TUESDAY_TEN, end) is False, "on site for half of it"
    on_site(cast, at, theo, TUESDAY_TEN + HOUR, 1)
    assert rostered(cast.site_id, theo, TUESDAY_TEN, end) is True, "two shifts that follow each other"
    roster(site_id=cast.site_id, user_id=cast.faye.user_id, duty="on_call", starts_at=TUESDAY_TEN, ends_at=end, by=cast.olga, at=at)
    assert rostered(cast.site_id, cast.faye.user_id, TUESDAY_TEN, end) is False, "on call is not here"


def test_a_long_summer_day_counts_on_the_sites_clock(cast: Cast, at: datetime) -> None:
    """Clocks in California go back on 1 November 2027: 09:00 is 16:00 UTC the day before and 17:00 UTC the day after."""
    friday, monday = datetime(2027, 10, 29, 16, 0, tzinfo=UTC), datetime(2027, 11, 8, 16, 0, tzinfo=UTC)
    assert book(**asked(cast, at, friday))
    with pytest.raises(Refusal, match="schedule.not_booked") as refused:
        book(**asked(cast, at, monday, key="k2"))
    assert "this is from 08:00 to 09:00" in refused.value.sentence
    assert accounts.site(cast.site_id, clinic_id=cast.clinic_id).opens == time(9)
