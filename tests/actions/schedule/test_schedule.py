"""Booking, moving, cancelling, marking: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.schedule import queries
from afterglow.records.schedule.actions.add_room import add_room, close_room
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import cancel, mark, move
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def asked(cast: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    told = {
        "person_id": cast.dan_id,
        "site_id": cast.site_id,
        "room_id": cast.room_id,
        "staff_user_id": cast.ben.user_id,
        "kind": "dosing",
        "starts_at": at + 24 * HOUR,
        "ends_at": at + 27 * HOUR,
        "key": "k1",
        "by": cast.faye,
        "at": at,
    }
    return told | other


def test_a_booking_is_written_audited_and_repeated_without_effect(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at, purpose_kind="plan", purpose_id="p-1", dose_no=1))
    assert book(**asked(cast, at, purpose_kind="plan", purpose_id="p-1", dose_no=1)) == made
    rows = queries.for_purpose("plan", "p-1")
    assert [(row.id, row.person_name, row.room_name, row.staff_name, row.dose_no, row.state) for row in rows] == [
        (made, "Dan Marsh", "Room 1", "Ben Okoye", 1, "booked")
    ]
    assert AuditRow.objects.filter(event="schedule.appointment_booked", person_id=cast.dan_id).count() == 1
    with pytest.raises(Refusal, match="write.key_reused"):
        book(**asked(cast, at, kind="review"))


# req: C18
@pytest.mark.parametrize("shared", ["room", "staff", "person"])
def test_nothing_and_nobody_is_booked_twice(cast: Cast, at: datetime, shared: str) -> None:
    book(**asked(cast, at))
    eve = register(cast.faye, at, "Eve")
    other = {
        "key": "k2",
        "person_id": eve,
        "room_id": cast.room_2_id,
        "staff_user_id": cast.ana.user_id,
        "starts_at": at + 26 * HOUR,
        "ends_at": at + 28 * HOUR,
    }
    other |= {"room": {"room_id": cast.room_id}, "staff": {"staff_user_id": cast.ben.user_id}, "person": {"person_id": cast.dan_id}}[shared]
    with pytest.raises(Refusal) as refused:
        book(**asked(cast, at, **other))
    assert refused.value.code == "schedule.not_booked"
    assert [finding.item for finding in refused.value.findings] == [f"booking.{shared}_free"]
    assert "7 Dec" not in refused.value.sentence and "8 Dec 2026, 01:00 PST" in refused.value.sentence, "said in the site's zone"
    assert book(**asked(cast, at, **other | {"starts_at": at + 27 * HOUR, "ends_at": at + 29 * HOUR})), "back to back is no clash"


@pytest.mark.parametrize(
    ("other", "item"),
    [
        ({"room_id": None}, "booking.room"),
        (
            {"starts_at": datetime.fromisoformat("2026-12-01T09:00:00+00:00"), "ends_at": datetime.fromisoformat("2026-12-01T10:00:00+00:00")},
            "booking.times",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, at: datetime, other: dict[str, Any], item: str) -> None:
    with pytest.raises(Refusal) as refused:
        book(**asked(cast, at, **other))
    assert [finding.item for finding in refused.value.findings] == [item]


def test_a_dosing_visit_needs_a_dosing_room(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        book(**asked(cast, at, room_id=cast.talk_room_id))
    assert [finding.item for finding in refused.value.findings] == ["booking.room"]
    assert book(**asked(cast, at, room_id=cast.talk_room_id, kind="preparation", key="k2"))
    with pytest.raises(Refusal, match="schedule.unknown_kind"):
        book(**asked(cast, at, kind="party", key="k3"))


# req: S8
def test_strangers_find_nothing(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at))
    for act in (
        lambda: book(**asked(cast, at, by=cast.cora)),
        lambda: cancel(appointment_id=made, cause="x", by=cast.cora, at=at),
        lambda: book(**asked(cast, at, staff_user_id=cast.cora.user_id, key="k4")),
        lambda: book(**asked(cast, at, site_id=cast.other_site_id, key="k5")),
        lambda: queries.appointment(made, cast.other_clinic_id),
        lambda: book(**asked(cast, at, person_id=register(cast.faye, at, "Una"), by=cast.theo, key="k6")),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Forbidden):
        book(**asked(cast, at, by=cast.olga))


# req: C20
def test_a_move_keeps_the_appointment_and_frees_its_time(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at))
    for _ in range(2):
        move(appointment_id=made, starts_at=at + 25 * HOUR, ends_at=at + 28 * HOUR, room_id=cast.room_2_id, staff_user_id=None, by=cast.faye, at=at)
    row = queries.appointment(made, cast.clinic_id)
    assert (row.starts_at, row.room_name, row.staff_name) == (at + 25 * HOUR, "Room 2", None)
    assert AuditRow.objects.filter(event="schedule.appointment_moved").count() == 1
    eve = register(cast.faye, at, "Eve")
    book(**asked(cast, at, person_id=eve, key="k2"))
    with pytest.raises(Refusal, match="schedule.not_booked"):
        move(appointment_id=made, starts_at=at + 26 * HOUR, ends_at=at + 29 * HOUR, room_id=cast.room_id, staff_user_id=None, by=cast.faye, at=at)
    assert queries.appointment(made, cast.clinic_id).starts_at == at + 25 * HOUR


# req: C20
def test_what_happens_to_one_visit_of_a_series_happens_to_no_other(cast: Cast, at: datetime) -> None:
    day = timedelta(days=1)
    first, second, third, fourth = (
        book(
            **asked(
                cast,
                at,
                starts_at=at + day * number,
                ends_at=at + day * number + HOUR,
                purpose_kind="plan",
                purpose_id="p-1",
                dose_no=number,
                key=f"v{number}",
            )
        )
        for number in range(1, 5)
    )
    untouched = queries.appointment(fourth, cast.clinic_id)
    cancel(appointment_id=first, cause="ill", by=cast.faye, at=at)
    move(appointment_id=second, starts_at=at + 9 * day, ends_at=at + 9 * day + HOUR, room_id=cast.room_2_id, staff_user_id=None, by=cast.faye, at=at)
    mark(appointment_id=third, state="arrived", by=cast.faye, at=at + 3 * day)
    assert [queries.appointment(each, cast.clinic_id).state for each in (first, second, third)] == ["cancelled", "booked", "arrived"]
    assert queries.appointment(fourth, cast.clinic_id) == untouched


def test_a_cancelled_appointment_has_a_cause_frees_its_time_and_never_comes_back(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at))
    with pytest.raises(Refusal, match="schedule.no_cause"):
        cancel(appointment_id=made, cause=" ", by=cast.faye, at=at)
    for _ in range(2):
        cancel(appointment_id=made, cause="asked for another week", by=cast.faye, at=at)
    assert queries.appointment(made, cast.clinic_id).cause == "asked for another week"
    assert AuditRow.objects.filter(event="schedule.appointment_cancelled").count() == 1
    assert book(**asked(cast, at, key="k2"))
    with pytest.raises(Refusal, match="schedule.not_movable"):
        move(appointment_id=made, starts_at=at + 50 * HOUR, ends_at=at + 51 * HOUR, room_id=cast.room_id, staff_user_id=None, by=cast.faye, at=at)
    with pytest.raises(Refusal, match="schedule.not_possible"):
        mark(appointment_id=made, state="arrived", by=cast.faye, at=at)


def test_marking_follows_what_happened(cast: Cast, at: datetime) -> None:
    made = book(**asked(cast, at))
    with pytest.raises(Refusal, match="schedule.not_possible"):
        mark(appointment_id=made, state="missed", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="schedule.not_possible"):
        mark(appointment_id=made, state="booked", by=cast.faye, at=at)
    for state in ("arrived", "arrived", "done"):
        mark(appointment_id=made, state=state, by=cast.ben, at=at + 24 * HOUR)
    assert queries.appointment(made, cast.clinic_id).state == "done"
    with pytest.raises(Refusal, match="schedule.not_possible"):
        cancel(appointment_id=made, cause="x", by=cast.faye, at=at + 25 * HOUR)
    late = book(**asked(cast, at, kind="review", room_id=None, starts_at=at + HOUR, ends_at=at + 2 * HOUR, key="k9"))
    mark(appointment_id=late, state="missed", by=cast.faye, at=at + 2 * HOUR)
    assert queries.appointment(late, cast.clinic_id).state == "missed"


# req: C21
@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 12, 8), 24)])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/New_York", "UTC"])
def test_a_day_is_the_sites_own_day(cast: Cast, at: datetime, zone: str, on: date, hours: int) -> None:
    starts, ends = queries.day_span(on, zone)
    length = ends.timestamp() - starts.timestamp()
    assert length == (24 if zone == "UTC" else hours) * 3600


def test_the_day_page_of_the_calendar(cast: Cast, at: datetime) -> None:
    evening = datetime.fromisoformat("2026-12-09T07:30:00+00:00")  # 23:30 on 8 December in Los Angeles
    made = book(**asked(cast, at, kind="review", starts_at=evening, ends_at=evening + HOUR))
    eve = register(cast.faye, at, "Eve")
    gone = book(**asked(cast, at, person_id=eve, key="k2"))
    cancel(appointment_id=gone, cause="ill", by=cast.faye, at=at)
    assert [row.id for row in queries.day(cast.site_id, date(2026, 12, 8), cast.zone)] == [made, gone], "cancelled ones last"
    assert [row.id for row in queries.day(cast.site_id, date(2026, 12, 9), cast.zone)] == [made], "it lasts past midnight"
    assert queries.day(cast.site_id, date(2026, 12, 9), "UTC")[0].local_on == date(2026, 12, 8)
    assert queries.day(cast.other_site_id, date(2026, 12, 8), cast.zone) == []
    assert [row.id for row in queries.day_visible_to(cast.theo, cast.site_id, date(2026, 12, 8), cast.zone)] == [made], "own patients only"


def test_rooms(cast: Cast, at: datetime) -> None:
    assert [row.name for row in queries.rooms_of(cast.site_id)] == ["Blue room", "Room 1", "Room 2"]
    assert [row.name for row in queries.rooms_of(cast.site_id, "dosing")] == ["Room 1", "Room 2"]
    assert add_room(site_id=cast.site_id, name=" Room 1 ", kind="dosing", by=cast.olga, at=at) == cast.room_id
    for name, kind, code in (
        ("", "dosing", "schedule.room_name"),
        ("Room 1", "talk", "schedule.room_name"),
        ("Room 9", "cellar", "schedule.unknown_kind"),
    ):
        with pytest.raises(Refusal, match=code):
            add_room(site_id=cast.site_id, name=name, kind=kind, by=cast.olga, at=at)
    with pytest.raises(Forbidden):
        add_room(site_id=cast.site_id, name="Room 9", kind="talk", by=cast.faye, at=at)
    book(**asked(cast, at))
    with pytest.raises(Refusal, match="schedule.room_in_use"):
        close_room(room_id=cast.room_id, site_id=cast.site_id, reason="leak", by=cast.olga, at=at)
    with pytest.raises(Refusal, match="schedule.no_reason"):
        close_room(room_id=cast.room_2_id, site_id=cast.site_id, reason="", by=cast.olga, at=at)
    close_room(room_id=cast.room_2_id, site_id=cast.site_id, reason="leak", by=cast.olga, at=at)
    assert [row.name for row in queries.rooms_of(cast.site_id, "dosing")] == ["Room 1"]
    with pytest.raises(Refusal, match="schedule.not_booked"):
        book(**asked(cast, at, room_id=cast.room_2_id, starts_at=at + 40 * HOUR, ends_at=at + 43 * HOUR, key="k3"))
    with pytest.raises(NotFound):
        queries.room(cast.room_id, cast.other_clinic_id)


def test_what_is_ahead_at_all_sites_of_the_clinic(cast: Cast, at: datetime) -> None:
    first = book(**asked(cast, at))
    second = book(**asked(cast, at, kind="review", room_id=None, starts_at=at + 30 * HOUR, ends_at=at + 31 * HOUR, key="k2"))
    hers = book(**asked(cast, at, person_id=register(cast.faye, at, "Una"), starts_at=at + 40 * HOUR, ends_at=at + 43 * HOUR, key="k3"))

    def ahead(actor: Actor, **more: str) -> list[object]:
        return [row.id for row in queries.visible_between(actor, at, at + 40 * HOUR + timedelta(seconds=1), **more)]

    assert ahead(cast.ana) == [first, second, hers]
    assert ahead(cast.ana, kind="dosing") == [first, hers]
    assert ahead(cast.theo) == [first, second]
    assert ahead(cast.cora) == []
    assert [row.id for row in queries.visible_between(cast.ana, at + 24 * HOUR, at + 30 * HOUR)] == [first], "its start is in, its end is out"
