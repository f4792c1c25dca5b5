"""From an enquiry to the calendar: the consultation in one step, and the first call whose outcome is what was decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.enquiry import queries
from afterglow.pathway.enquiry.actions.accept import accept
from afterglow.pathway.enquiry.actions.accept_and_book import accept_and_book
from afterglow.pathway.enquiry.actions.decide_against import decline, refer
from afterglow.pathway.enquiry.actions.first_call import book_first_call
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.enquiry.models import Enquiry
from afterglow.pathway.enquiry.rules import Slot
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.access import fetch_appointment
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.models import Appointment
from afterglow.records.schedule.rules import ByHand
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
TEN = timedelta(hours=9)  # after the tests' now, 09:00 UTC: 10:00 in California


def ask(cast: Cast, at: datetime, key: str = "e", **more: Any) -> UUID:
    values = {"channel": "web", "given_name": "Rosa", "family_name": "Klein", "phone": "+1 555 0199", "may_contact": True, "danger_now": "no"}
    return receive_enquiry(**(values | more), key=key, by=public_page(cast.clinic_id), at=at)


def slot(cast: Cast, at: datetime, **more: Any) -> Slot:
    values: dict[str, Any] = {
        "site_id": cast.site_id,
        "room_id": None,
        "staff_user_id": cast.faye.user_id,
        "starts_at": at + TEN,
        "ends_at": at + TEN + timedelta(minutes=30),
        "by_hand": ByHand(reason="", rostered=None),
    }
    return Slot(**(values | more))


# req: S1
def test_a_person_and_a_consultation_in_one_step_once(cast: Cast, at: datetime) -> None:
    enquiry, when = ask(cast, at), slot(cast, at)
    made = [accept_and_book(enquiry_id=enquiry, slot=when, key="k", by=cast.faye, at=at) for _ in range(2)]
    assert made[0] == made[1]
    person_id, appointment_id = made[0]
    (row,) = schedule.of_person(person_id)
    assert (row.id, row.kind, row.state, row.person_name, row.starts_at) == (appointment_id, "consultation", "booked", "Rosa Klein", at + TEN)
    assert Enquiry.objects.get(id=enquiry).person_id == person_id
    with pytest.raises(Refusal, match="enquiry.not_decided"):
        accept_and_book(enquiry_id=enquiry, slot=slot(cast, at, starts_at=at + TEN * 2), key="k2", by=cast.faye, at=at)
    assert Appointment.objects.count() == 1


# req: S1
@pytest.mark.parametrize("wrong", [{}, {"starts_at": timedelta(hours=-2)}, {"ends_at": timedelta(hours=20)}])
def test_a_time_that_cannot_be_leaves_nobody_registered_and_nothing_decided(cast: Cast, at: datetime, wrong: dict[str, timedelta]) -> None:
    book(person_id=cast.dan_id, kind="consultation", **slot(cast, at).place, key="dan", by=cast.faye, at=at)
    enquiry = ask(cast, at)
    moved = {name: at + by for name, by in wrong.items()}
    with pytest.raises(Refusal, match="schedule.not_booked"):
        accept_and_book(enquiry_id=enquiry, slot=slot(cast, at, **moved), key="k", by=cast.faye, at=at)
    assert Enquiry.objects.get(id=enquiry).state == "new"
    assert chart.search(cast.faye, "Klein") == []
    accept_and_book(enquiry_id=enquiry, slot=slot(cast, at, staff_user_id=None), key="k", by=cast.faye, at=at)  # the key is free again


def test_somebody_in_the_chart_already_is_booked_and_not_registered_again(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, given_name="Dan", family_name="Marsh")
    person_id, _ = accept_and_book(enquiry_id=enquiry, person_id=cast.dan_id, slot=slot(cast, at), key="k", by=cast.faye, at=at)
    assert person_id == cast.dan_id
    assert [row.kind for row in schedule.of_person(cast.dan_id)] == ["consultation"]


# req: S2
def test_a_first_call_stands_in_the_calendar_and_names_nobody(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    made = [book_first_call(enquiry_id=enquiry, slot=slot(cast, at), key="k", by=cast.faye, at=at) for _ in range(2)]
    assert made[0] == made[1]
    (row,) = schedule.day_visible_to(cast.faye, cast.site_id, (at + TEN).date(), "America/Los_Angeles")
    assert (row.kind_name, row.is_with_a_person, row.person_name, row.record_no) == ("first call, no charge", False, "", "")
    assert (row.purpose_kind, row.purpose_id) == ("enquiry", str(enquiry))
    assert chart.search(cast.faye, "Klein") == []
    with pytest.raises(Refusal, match="enquiry.no_first_call"):
        book_first_call(enquiry_id=enquiry, slot=slot(cast, at, starts_at=at + timedelta(hours=8)), key="k2", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="schedule.not_booked"):  # the hour of whoever holds the call is taken
        book(person_id=cast.dan_id, kind="consultation", **slot(cast, at).place, key="dan", by=cast.faye, at=at)
    with pytest.raises(NotFound):  # whoever sees own patients only does not see a call that a colleague holds
        fetch_appointment(cast.theo, row.id, need="schedule.appointment.read")
    assert schedule.day_visible_to(cast.theo, cast.site_id, (at + TEN).date(), "America/Los_Angeles") == []
    Appointment.objects.filter(id=row.id).update(staff_user_id=cast.theo.user_id)
    assert fetch_appointment(cast.theo, row.id, need="schedule.appointment.read").id == row.id
    assert len(schedule.day_visible_to(cast.theo, cast.site_id, (at + TEN).date(), "America/Los_Angeles")) == 1
    with pytest.raises(NotFound):
        fetch_appointment(cast.cora, row.id, need="schedule.appointment.read")
    with pytest.raises(Forbidden):
        book_first_call(enquiry_id=enquiry, slot=slot(cast, at), key="k3", by=cast.ben, at=at)


# req: S2
@pytest.mark.parametrize("outcome", ["go", "no-go", "refer"])
@pytest.mark.parametrize(
    ("later", "state", "cause"), [(timedelta(0), "cancelled", "the enquiry was decided before the call"), (timedelta(hours=10), "done", "")]
)
def test_what_is_decided_is_the_outcome_of_the_call(cast: Cast, at: datetime, outcome: str, later: timedelta, state: str, cause: str) -> None:
    enquiry = ask(cast, at)
    book_first_call(enquiry_id=enquiry, slot=slot(cast, at), key="k", by=cast.faye, at=at)
    if outcome == "go":
        accept(enquiry_id=enquiry, key="a", by=cast.faye, at=at + later)
    elif outcome == "refer":
        refer(enquiry_id=enquiry, where="Bay crisis centre", key="a", by=cast.faye, at=at + later)
    else:
        decline(enquiry_id=enquiry, reason="Lives too far away.", key="a", by=cast.faye, at=at + later)
    assert [(row.state, row.cause) for row in queries.first_calls(enquiry)] == [(state, cause)]
    assert queries.standing_call(enquiry) is None
    assert Enquiry.objects.get(id=enquiry).state == {"go": "accepted", "refer": "referred", "no-go": "declined"}[outcome]


def test_a_call_that_was_answered_is_done_and_one_that_was_not_may_be_tried_again(cast: Cast, at: datetime) -> None:
    from afterglow.records.schedule.actions.change import mark

    enquiry, then = ask(cast, at), at + TEN + timedelta(minutes=5)
    first = book_first_call(enquiry_id=enquiry, slot=slot(cast, at), key="k", by=cast.faye, at=at)
    mark(appointment_id=first, state="missed", by=cast.faye, at=then)
    again = slot(cast, at, starts_at=at + TEN + timedelta(hours=1), ends_at=at + TEN + timedelta(hours=2))
    second = book_first_call(enquiry_id=enquiry, slot=again, key="k2", by=cast.faye, at=then)
    mark(appointment_id=second, state="arrived", by=cast.faye, at=then)
    accept(enquiry_id=enquiry, key="a", by=cast.faye, at=then)
    assert [row.state for row in queries.first_calls(enquiry)] == ["missed", "done"]


@pytest.mark.parametrize("more", [{"may_contact": False}, {"phone": "", "contact_by": "email", "email": "rosa@example.org"}])
def test_nobody_is_called_who_did_not_ask_for_it(cast: Cast, at: datetime, more: dict[str, Any]) -> None:
    enquiry = ask(cast, at, **more)
    with pytest.raises(Refusal, match="enquiry.no_first_call"):
        book_first_call(enquiry_id=enquiry, slot=slot(cast, at), key="k", by=cast.faye, at=at)
    assert not AuditRow.objects.filter(event="schedule.appointment_booked").exists()


def test_only_a_first_call_is_with_nobody_and_it_always_is(cast: Cast, at: datetime) -> None:
    place = slot(cast, at).place
    for person_id, kind in ((None, "consultation"), (cast.dan_id, "first_call")):
        with pytest.raises(Refusal, match="schedule.unknown_kind"):
            book(person_id=person_id, kind=kind, **place, key="k", by=cast.faye, at=at)
    made = book(person_id=cast.dan_id, kind="consultation", **place, key="k2", by=cast.faye, at=at)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_schedule_appointment SET person_id = NULL")
    assert Appointment.objects.get(id=made).person_id == cast.dan_id
