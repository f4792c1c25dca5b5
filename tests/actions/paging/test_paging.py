"""The tick pages: at night at once, again after a quarter of an hour, everyone after half an hour; once each, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db.models import F

from afterglow.doors.jobs import senders
from afterglow.doors.jobs.tick import tick
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import actions as accounts
from afterglow.records.flags import queries as flags
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.messages.models import Message
from afterglow.records.staff.actions.record_paging_phone import record_paging_phone
from afterglow.records.staff.actions.roster import roster
from afterglow.records.staff.models import Shift
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def night(cast: Cast, at: datetime) -> datetime:
    """After everyone went home; Ana is on call all week."""
    return at + timedelta(hours=14)


def a_flag(cast: Cast, at: datetime, **changed: Any) -> UUID:
    told: dict[str, Any] = {"kind": "suicide_item", "urgency": "urgent", "sentence": "PHQ-9 item 9 was answered above 0.", "source_kind": "response"}
    told |= {"source_id": "r-1", "by": Actor.job("portal", cast.clinic_id)}
    return open_flag(person_id=cast.dan_id, **{**told, **changed}, at=at)


def paged() -> list[str]:
    """'Ana Ruiz email 1' for each page, in the order of their making; the last figure is the step."""
    rows = Message.objects.order_by("id").values_list("user__name", "channel", "window")
    return [f"{name} {channel} {window.partition('.')[2]}" for name, channel, window in rows]


# req: N43
# hazard: H16
def test_at_night_the_one_on_call_is_paged_at_once_and_everyone_after_half_an_hour(cast: Cast, night: datetime) -> None:
    a_flag(cast, night)
    for minute in range(45):
        tick(night + minute * MIN)
    everyone = ["Ana Ruiz email 3", "Ben Okoye email 3", "Theo Lind email 3"]
    assert paged()[:2] == ["Ana Ruiz email 1", "Ana Ruiz email 2"]
    assert sorted(paged()[2:]) == everyone
    times = [(moment - night) // MIN for moment in Message.objects.order_by("id").values_list("queued_at", flat=True)]
    assert times == [0, 15, 30, 30, 30]


# hazard: H16
def test_a_number_for_pages_is_paged_as_well(cast: Cast, night: datetime) -> None:
    record_paging_phone(user_id=cast.ana.user_id, number="+1 555 010 0200", by=cast.ana, at=night)
    a_flag(cast, night)
    tick(night)
    assert paged() == ["Ana Ruiz email 1", "Ana Ruiz sms 1"]
    assert senders.staff_address(cast.ana.user_id, cast.clinic_id, "sms") == "+15550100200"
    assert senders.staff_address(cast.ana.user_id, cast.clinic_id, "email") == "ana@example.org"
    assert senders.staff_address(cast.cora.user_id, cast.clinic_id, "email") == ""


# hazard: H16
def test_after_an_outage_only_the_step_that_is_due_now(cast: Cast, night: datetime) -> None:
    a_flag(cast, night)
    tick(night + 50 * MIN)
    assert sorted(paged()) == ["Ana Ruiz email 3", "Ben Okoye email 3", "Theo Lind email 3"]


def test_by_day_its_owner_is_paged_only_when_it_was_not_taken_in_time(cast: Cast, at: datetime) -> None:
    a_flag(cast, at, owner_id=cast.ben.user_id)
    tick(at + 14 * MIN)
    assert paged() == []
    tick(at + 15 * MIN)
    assert sorted(paged()) == ["Ana Ruiz email 2", "Ben Okoye email 2"]


def test_what_a_colleague_opened_for_themselves_or_what_is_for_today_pages_nobody(cast: Cast, night: datetime) -> None:
    a_flag(cast, night, by=cast.ben, owner_id=cast.ben.user_id)
    a_flag(cast, night, source_id="r-2", urgency="today")
    tick(night + 60 * MIN)
    assert paged() == []


# req: N43
# hazard: H16
@pytest.mark.parametrize("named", [False, True])
def test_taking_it_ends_the_paging_and_takes_back_what_waits(cast: Cast, night: datetime, named: bool) -> None:
    """With `named`, the software had made Ana its owner: she is paged until she says herself that she has it."""
    flag = a_flag(cast, night, owner_id=cast.ana.user_id if named else None)
    tick(night)
    assert Message.objects.get().state == "queued"
    own_flag(flag_id=flag, by=cast.ana, at=night + MIN)
    own_flag(flag_id=flag, by=cast.ana, at=night + 2 * MIN)
    assert [event.what for event in flags.story(flag)].count("owned") == 1
    tick(night + 60 * MIN)
    assert (Message.objects.get().state, paged()) == ("cancelled", ["Ana Ruiz email 1"])


def test_closing_it_takes_back_what_waits(cast: Cast, night: datetime) -> None:
    flag = a_flag(cast, night)
    tick(night)
    own_flag(flag_id=flag, by=cast.ana, at=night)
    close_flag(flag_id=flag, note="Spoke to Dan for ten minutes; safe tonight.", key="c", by=cast.ana, at=night)
    tick(night + MIN)
    assert Message.objects.get().state == "cancelled"


# hazard: H16
def test_a_flag_given_back_by_an_owner_who_left_pages_again(cast: Cast, night: datetime) -> None:
    flag = a_flag(cast, night)
    own_flag(flag_id=flag, by=cast.ben, at=night)
    tick(night + MIN)
    assert paged() == []
    accounts.end_membership(user_id=cast.ben.user_id, by=cast.olga, at=night + 2 * MIN)
    tick(night + 3 * MIN)
    assert "Ana Ruiz" in paged()[0]
    assert flag in {row.id for row in flags.untaken_urgent()}


# req: N43
# hazard: H16
def test_handing_it_on_to_the_next_on_call_does_not_start_the_clock_anew(cast: Cast, night: datetime) -> None:
    Shift.objects.filter(duty="on_call").update(ends_at=night + 20 * MIN)
    roster(
        site_id=cast.site_id, user_id=cast.ben.user_id, duty="on_call",
        starts_at=night + 20 * MIN, ends_at=night + timedelta(hours=8), by=cast.olga, at=night,
    )  # fmt: skip
    a_flag(cast, night)
    for minute in range(32):
        tick(night + minute * MIN)
    assert paged()[:3] == ["Ana Ruiz email 1", "Ana Ruiz email 2", "Ben Okoye email 2"]
    assert sorted(paged()[3:]) == ["Ana Ruiz email 3", "Ben Okoye email 3", "Theo Lind email 3"]
    assert set(Message.objects.filter(window__endswith=".3").values_list("queued_at", flat=True)) == {night + 30 * MIN}


def test_with_nobody_on_call_everyone_who_may_take_it_is_paged(cast: Cast, night: datetime) -> None:
    Shift.objects.filter(duty="on_call").update(cancelled_at=F("recorded_at"))
    a_flag(cast, night)
    tick(night)
    assert sorted(paged()) == ["Ana Ruiz email 1", "Ben Okoye email 1", "Theo Lind email 1"]


# hazard: H31
def test_a_therapist_is_paged_about_own_patients_only(cast: Cast, night: datetime) -> None:
    accounts.add_staff(name="Tess Moor", email="tess@example.org", password="quiet harbour lamp 7", role_ids=("therapist",), by=cast.olga, at=night)
    a_flag(cast, night)
    tick(night + 30 * MIN)
    assert "Theo Lind email 3" in paged()
    assert not [one for one in paged() if "Tess" in one or "Faye" in one or "Olga" in one or "Cora" in one]


# req: N43
# hazard: H16
# hazard: H53
def test_the_page_leaves_through_djangos_mail_and_says_nothing_of_the_patient(
    cast: Cast, night: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAIL, settings.MAIL_FROM = {"host": "mail.example"}, "notices@example.net"
    asked: list[dict[str, Any]] = []
    real = senders.get_connection
    monkeypatch.setattr(senders, "get_connection", lambda **options: asked.append(options) or real(fail_silently=False))
    a_flag(cast, night)
    for minute in range(3):
        tick(night + minute * MIN)
    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["ana@example.org"], '"Office" <notices@example.net>')
    assert sent.extra_headers == {"Message-ID": f"<{Message.objects.get().id}@example.net>", "Auto-Submitted": "auto-generated"}
    assert asked == [{"fail_silently": False, "timeout": senders.TIMEOUT_S, "host": "mail.example"}]
    whole = f"{sent.message().as_string()}\n{caplog.text}".casefold()
    for private in ("dan", "marsh", "0412", "phq", "item 9", "suicid", "ketamin", "harbour", "afterglow"):
        assert private not in whole.replace("stands", ""), private


def test_a_mail_server_that_takes_nothing_is_a_failure(cast: Cast, night: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAIL, settings.MAIL_FROM = {"host": "127.0.0.1", "port": 9}, "notices@example.net"
    monkeypatch.setattr(senders.EmailMessage, "send", lambda mail: 0)
    a_flag(cast, night)
    tick(night)
    assert (Message.objects.get().state, Message.objects.get().last_error) == ("queued", "ConnectionError")
