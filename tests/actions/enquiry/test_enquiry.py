"""Enquiries: received confidentially, decided once, turned into a person without retyping, forgotten after a year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.enquiry import queries
from afterglow.pathway.enquiry.actions.accept import accept
from afterglow.pathway.enquiry.actions.decide_against import decline, refer
from afterglow.pathway.enquiry.actions.forget_old import forget_arrivals, forget_old
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.enquiry.models import Arrival, Enquiry
from afterglow.records.chart import access as chart
from afterglow.records.flags import queries as flags
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "I have not slept since the fire."


def ask(cast: Cast, at: datetime, *, by: Actor | None = None, key: str = "e1", **more: Any) -> UUID:
    values: dict[str, Any] = {
        "channel": "web",
        "given_name": "Rosa",
        "family_name": "Klein",
        "phone": "+1 555 0199",
        "may_contact": True,
        "message": SECRET,
        "danger_now": "no",
    }
    return receive_enquiry(**(values | more), key=key, by=by or public_page(cast.clinic_id), at=at)


# req: S1
# req: S3
def test_it_is_confidential_from_the_first_byte(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    with connection.cursor() as cursor:
        cursor.execute('SELECT message FROM "pathway_enquiry_enquiry"')
        (stored,) = cursor.fetchone()
    assert "slept" not in stored
    assert Enquiry.objects.get(id=enquiry).message == SECRET
    row = AuditRow.objects.get(event="enquiry.enquiry_received")
    assert "slept" not in row.new_text + row.objects_text
    assert "Rosa" not in row.new_text + row.objects_text


def test_sent_twice_it_arrives_once(cast: Cast, at: datetime) -> None:
    assert ask(cast, at) == ask(cast, at)
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"given_name": " "}, "enquiry.name_missing"),
        ({"given_name": "R" * 81}, "enquiry.text_refused"),
        ({"message": "a\x00b"}, "enquiry.text_refused"),
        ({"message": "a" * 4001}, "enquiry.text_refused"),
        ({"asker": "robot"}, "enquiry.not_a_choice"),
        ({"phone": ""}, "enquiry.no_contact"),
        ({"contact_by": "email"}, "enquiry.no_contact"),
    ],
)
def test_what_cannot_be_used_is_refused(cast: Cast, at: datetime, more: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        ask(cast, at, **more)
    assert Enquiry.objects.count() == 0


# hazard: H16
def test_danger_stands_first_whenever_it_came(cast: Cast, at: datetime) -> None:
    ask(cast, at - timedelta(days=1), key="a", given_name="Calm")
    ask(cast, at - timedelta(hours=1), key="b", given_name="Unasked", danger_now="unknown")
    ask(cast, at, key="c", given_name="Danger", danger_now="yes")
    waiting = queries.inbox(cast.faye, at + timedelta(minutes=15)).waiting
    assert [row.given_name for row in waiting] == ["Danger", "Unasked", "Calm"]
    assert [row.overdue for row in waiting] == [True, False, False]
    assert queries.waiting_count(cast.clinic_id) == 3
    assert queries.inbox(cast.cora, at).waiting == ()
    with pytest.raises(Forbidden):
        queries.inbox(cast.olga, at)


# req: S1
def test_accepting_makes_a_person_without_retyping(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    person_id = accept(enquiry_id=enquiry, born_on=date(1990, 5, 6), key="acc", by=cast.faye, at=at)
    person = chart.fetch_person(cast.faye, person_id)
    assert (person.name, person.phone, person.contact_by, person.born_on) == ("Rosa Klein", "+1 555 0199", "phone", date(1990, 5, 6))
    assert accept(enquiry_id=enquiry, born_on=date(1990, 5, 6), key="acc", by=cast.faye, at=at) == person_id
    with pytest.raises(Refusal, match="enquiry.not_decided"):
        accept(enquiry_id=enquiry, key="acc2", by=cast.faye, at=at)
    (row,) = queries.inbox(cast.faye, at).decided
    assert (row.state, row.person_id, row.name) == ("accepted", person_id, "Rosa Klein")
    assert flags.open_count(cast.clinic_id) == 0


# req: S4
def test_the_phone_of_a_relative_does_not_become_the_patients(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, asker="relative", asker_name="Paul Klein")
    person = chart.fetch_person(cast.faye, accept(enquiry_id=enquiry, key="acc", by=cast.faye, at=at))
    assert (person.phone, person.contact_by) == ("", "not_asked"), "the wish of the relative is not the patient's"


def test_who_does_not_want_to_be_contacted_is_not(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, may_contact=False)
    assert chart.fetch_person(cast.faye, accept(enquiry_id=enquiry, key="acc", by=cast.faye, at=at)).contact_by == "none"


def test_someone_in_the_chart_already_is_not_registered_again(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, given_name="Dan", family_name="Marsh")
    assert accept(enquiry_id=enquiry, person_id=cast.dan_id, key="acc", by=cast.faye, at=at) == cast.dan_id
    assert not AuditRow.objects.filter(event="chart.person_registered", new_text__contains="Rosa").exists()


def test_a_person_without_a_family_name_is_not_registered_half(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, family_name="")
    with pytest.raises(Refusal, match="chart.name_missing"):
        accept(enquiry_id=enquiry, key="acc", by=cast.faye, at=at)
    assert Enquiry.objects.get(id=enquiry).state == "new"
    accept(enquiry_id=enquiry, family_name="Klein", key="acc2", by=cast.faye, at=at)


# req: N43
# hazard: H16
def test_danger_goes_along_as_a_flag(cast: Cast, at: datetime) -> None:
    by_faye = accept(enquiry_id=ask(cast, at, danger_now="yes"), key="acc", by=cast.faye, at=at)
    (flag,) = flags.open_for(by_faye, at)
    assert (flag.urgency, flag.owner_id) == ("urgent", None), "the front desk cannot answer flags: nobody owns it yet, and it shows"
    by_ana = accept(enquiry_id=ask(cast, at, danger_now="yes", key="e2"), key="acc", by=cast.ana, at=at)
    assert flags.open_for(by_ana, at)[0].owner_id == cast.ana.user_id


# req: N43
# hazard: H16
@pytest.mark.parametrize(
    ("danger", "raised"), [("yes", [("urgent", "is in danger now")]), ("unknown", [("today", "No answer is not no: ask them.")]), ("no", [])]
)
def test_only_a_no_goes_along_without_a_flag(cast: Cast, at: datetime, danger: str, raised: list[tuple[str, str]]) -> None:
    person_id = accept(enquiry_id=ask(cast, at, danger_now=danger), key="acc", by=cast.faye, at=at)
    found = flags.open_for(person_id, at)
    assert [flag.urgency for flag in found] == [urgency for urgency, _ in raised]
    assert all(words in flag.sentence for flag, (_, words) in zip(found, raised, strict=True))


# req: S2
def test_declined_with_a_reason_referred_with_a_place(cast: Cast, at: datetime) -> None:
    one, two = ask(cast, at), ask(cast, at, key="e2")
    with pytest.raises(Refusal, match="enquiry.not_decided"):
        decline(enquiry_id=one, reason="no", key="d1", by=cast.faye, at=at)
    decline(enquiry_id=one, reason="Lives too far away.", key="d2", by=cast.faye, at=at)
    decline(enquiry_id=one, reason="Lives too far away.", key="d2", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="enquiry.not_decided") as refused:
        refer(enquiry_id=two, where=" ", key="r1", by=cast.faye, at=at)
    assert refused.value.field == "where"
    with pytest.raises(Refusal, match="enquiry.text_refused"):
        refer(enquiry_id=two, where="a\x00", key="r2", by=cast.faye, at=at)
    refer(enquiry_id=two, where="Bay crisis centre", reason="Needs care today.", key="r3", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="enquiry.not_decided"):
        decline(enquiry_id=two, reason="Changed my mind.", key="d3", by=cast.faye, at=at)
    assert {row.state for row in queries.inbox(cast.faye, at).decided} == {"declined", "referred"}


def test_who_may_decide(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    with pytest.raises(NotFound):
        decline(enquiry_id=enquiry, reason="Not ours.", key="d", by=cast.cora, at=at)
    for actor in (cast.ben, cast.theo, cast.olga):
        with pytest.raises(Forbidden):
            accept(enquiry_id=enquiry, key="a", by=actor, at=at)
    with pytest.raises(Forbidden):
        ask(cast, at, by=cast.theo, key="t")


# req: S3
def test_a_year_later_it_is_forgotten_unless_danger_was_disclosed(cast: Cast, at: datetime) -> None:
    long_ago = at - timedelta(days=365)
    gone = ask(cast, long_ago, key="a")
    kept = ask(cast, long_ago, key="b", danger_now="yes")
    young = ask(cast, long_ago + timedelta(days=1), key="c")
    accepted = ask(cast, long_ago, key="d")
    accept(enquiry_id=accepted, key="acc", by=cast.faye, at=long_ago)
    assert forget_old(at) == 1
    assert forget_old(at) == 0
    assert set(Enquiry.objects.values_list("id", flat=True)) == {kept, young, accepted}
    assert not Enquiry.objects.filter(id=gone).exists()
    assert AuditRow.objects.get(event="enquiry.enquiries_forgotten").clinic_id == cast.clinic_id


# hazard: H16
def test_the_public_page_takes_so_many_from_one_address_and_danger_always(cast: Cast, at: datetime) -> None:
    for number in range(10):
        ask(cast, at + timedelta(minutes=number), key=f"k{number}", source="203.0.113.7")
    last = at + timedelta(minutes=10)
    with pytest.raises(Refusal, match="enquiry.too_many") as refused:
        ask(cast, last, key="more", source="203.0.113.7")
    assert "not sent" in refused.value.sentence
    assert Enquiry.objects.count() == 10
    assert ask(cast, last, key="k9", source="203.0.113.7"), "what arrived is answered again, not refused"
    danger = ask(cast, last, key="more", source="203.0.113.7", danger_now="yes")
    assert Enquiry.objects.get(id=danger).urgency == "emergency"
    assert ask(cast, last, key="neighbour", source="203.0.113.8")
    assert ask(cast, last, key="by phone", channel="phone", by=cast.faye)
    assert ask(cast, at + timedelta(hours=1, minutes=1), key="later", source="203.0.113.7")
    assert not Arrival.objects.filter(source_hmac__contains="203.0.113").exists()


def test_a_clinic_is_not_flooded_from_many_addresses_and_the_next_one_is_not_touched(cast: Cast, at: datetime) -> None:
    for number in range(60):
        ask(cast, at, key=f"k{number}", source=f"2001:db8::{number}")
    with pytest.raises(Refusal, match="enquiry.too_many"):
        ask(cast, at, key="one more", source="2001:db8:1::1")
    assert ask(cast, at, key="danger", source="2001:db8:1::1", danger_now="yes")
    assert ask(cast, at, key="there", source="2001:db8:1::1", by=public_page(cast.other_clinic_id))


def test_who_sent_from_where_is_forgotten_after_a_day(cast: Cast, at: datetime) -> None:
    ask(cast, at, key="old", source="203.0.113.7")
    ask(cast, at + timedelta(hours=1), key="new", source="203.0.113.7")
    assert forget_arrivals(at + timedelta(minutes=1)) == 1
    assert Arrival.objects.count() == 1
    assert Enquiry.objects.count() == 2
