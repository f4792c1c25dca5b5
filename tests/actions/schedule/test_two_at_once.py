"""Many bookings of one thing at the same moment: exactly one is made (C18).  PostgreSQL: SQLite lets one writer in at a time anyway."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections

from afterglow.ground.errors import Refusal
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.models import Appointment
from tests.support.cast import build_cast, register

TOGETHER = 100


# req: C18, R42
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", ["room", "staff", "person"])
def test_a_hundred_bookings_of_one_slot_make_one_appointment(at: datetime, shared: str) -> None:
    cast = build_cast(at)
    people = [register(cast.faye, at, f"Person{number:03d}") for number in range(TOGETHER)]
    crew = [cast.ana.user_id, cast.ben.user_id, cast.theo.user_id]
    answers: list[object] = []
    ready = threading.Barrier(TOGETHER)

    def one(number: int) -> None:
        room, kind = (cast.room_id, "dosing") if shared == "room" else (None, "review")
        person: UUID = cast.dan_id if shared == "person" else people[number]
        staff = crew[0] if shared == "staff" else None
        ready.wait()
        try:
            answers.append(
                book(
                    person_id=person,
                    site_id=cast.site_id,
                    room_id=room,
                    staff_user_id=staff,
                    kind=kind,
                    starts_at=at + timedelta(days=1),
                    ends_at=at + timedelta(days=1, hours=3),
                    key=f"slot {number}",
                    by=cast.faye,
                    at=at,
                )
            )
        except Refusal as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Appointment.objects.count() == 1
    assert sorted(str(answer) for answer in answers if isinstance(answer, str)) == ["schedule.not_booked"] * (TOGETHER - 1)
    assert [answer for answer in answers if isinstance(answer, UUID)] == [Appointment.objects.get().id]
