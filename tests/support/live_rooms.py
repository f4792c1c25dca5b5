"""Rooms with a session under way, many at once and at once: rows written directly, for tests of what monitors send and screens show.

The walk to a start, with every gate item and by real actions, is `tests/support/session.py`; here nothing depends on how somebody got in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from afterglow.ground import ids
from afterglow.ground.accounts.models import Membership, User
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.models import LibraryRow
from afterglow.pathway.plan.models import Order, TreatmentPlan
from afterglow.pathway.session.actions.register_device import register_device
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import CheckInAnswer, Session
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.records.chart.models import BodyMeasure
from afterglow.records.schedule.actions.add_room import add_room
from afterglow.records.schedule.models import Appointment
from afterglow.records.staff.models import Credential
from tests.support.cast import STATE, Cast, register

MIXTURE = {"drug": "ketamine_racemic", "dose_ug": 35_000, "over_min": 40, "drug_ug": 35_000, "total_ul": 35_000, "rate_ul_per_h": 52_500}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRoom:
    """One session, the room it is in, and the monitor there with its key."""

    session_id: UUID
    person_id: UUID
    room_id: UUID
    device_id: UUID
    key: str

    @property
    def session(self) -> Session:
        return Session.objects.get(id=self.session_id)


def live_room(
    cast: Cast, at: datetime, number: int = 1, *, state: str = "dosing", started_ago: timedelta = timedelta(minutes=10), **device: Any
) -> LiveRoom:
    """A person of their own, checked in half an hour before the start; `state` dosing or checked_in; a monitor that sends each second."""
    person_id = register(cast.faye, at, f"Person{number}")
    room_id = add_room(site_id=cast.site_id, name=f"Live {number}", kind="dosing", by=cast.olga, at=at)
    session = _session(cast, at, person_id, room_id, started_at=at - started_ago)
    if state == "dosing":
        start(cast, session, at - started_ago)
    made = register_device(
        **{"site_id": cast.site_id, "room_id": room_id, "name": f"Monitor {number}", "profile": "bedside_seconds", "by": cast.ben, "at": at, **device}
    )
    return LiveRoom(session_id=session.id, person_id=person_id, room_id=room_id, device_id=made.device_id, key=made.key)


def _session(cast: Cast, at: datetime, person_id: UUID, room_id: UUID, *, started_at: datetime) -> Session:
    protocol = LibraryRow.objects.filter(kind="protocols", file_id="iv_mdd_standard").order_by("-version")[0]
    plan = TreatmentPlan.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=cast.site_id,
        protocol=protocol,
        allowed_doses=3,
        state="in_force",
        made_at=at,
        made_by="Ana Ruiz",
        signed_at=at,
        signed_by_id=cast.ana.user_id,
    )
    appointment = Appointment.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=cast.site_id,
        room_id=room_id,
        kind="dosing",
        dose_no=1,
        starts_at=started_at,
        ends_at=started_at + timedelta(minutes=160),
        booked_at=at,
        booked_by="Faye Grant",
    )
    session = Session.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=cast.site_id,
        room_id=room_id,
        plan=plan,
        appointment=appointment,
        dose_no=1,
        state="checked_in",
        scheduled_at=started_at,
        checked_in_at=started_at - timedelta(minutes=30),
    )
    before = started_at - timedelta(minutes=20)
    _answer(session, "pressure", {"sbp": 122, "dbp": 76}, before)
    _answer(session, "pressure", {"sbp": 118, "dbp": 74}, before + timedelta(minutes=10))
    _answer(session, "values_before", {"hr": 68, "rr": 14, "spo2": 98}, before)
    return session


def _answer(session: Session, item: str, value: dict[str, Any], taken_at: datetime) -> None:
    CheckInAnswer.objects.create(
        id=ids.new_id(taken_at),
        session=session,
        item=item,
        value_text=canonical(value),
        taken_at=taken_at,
        recorded_at=taken_at,
        recorded_by="Ben Okoye",
    )


def start(cast: Cast, session: Session, at: datetime) -> None:
    """The dose runs from `at`: 35 mg over 40 minutes, with the site's limits as they stand, each session watched by somebody of its own."""
    weight = BodyMeasure.objects.create(
        id=ids.new_id(at),
        person_id=session.person_id,
        kind="weight",
        value=70_000,
        taken_at=at,
        recorded_at=at,
        recorded_by="Ben Okoye",
        on_site=True,
    )
    session.order = Order.objects.create(
        id=ids.new_id(at),
        plan_id=session.plan_id,
        dose_no=1,
        drug="ketamine_racemic",
        route="iv",
        dose_ug=35_000,
        over_min=40,
        dose_ug_per_kg=500,
        weight=weight,
        weight_g=70_000,
        dose_basis="actual weight",
        saw_text="[]",
        signed_at=at,
        signed_by_id=cast.ana.user_id,
        expires_at=at + timedelta(days=7),
    )
    session.monitor = a_nurse(cast, at, f"{session.id}@example.org")
    session.state, session.started_at, session.started_by = "dosing", at, "Ben Okoye"
    session.limits_text = site_limits(session.site_id).snapshot()
    session.save()
    append_entry(session, "started", dict(MIXTURE), taken_at=at, at=at, by=cast.ben)


def a_nurse(cast: Cast, at: datetime, email: str, name: str = "Ben Okoye") -> User:
    """One more nurse of the clinic, licensed for a year; nobody can sign in as them."""
    user = User.objects.create(id=ids.new_id(at), email=email, name=name, password=_PASSWORD, created_at=at)
    Membership.objects.create(id=ids.new_id(at), user=user, clinic_id=cast.clinic_id, role="session_nurse", started_at=at)
    Credential.objects.create(
        id=ids.new_id(at),
        clinic_id=cast.clinic_id,
        user=user,
        kind="nursing_licence",
        number=f"RN {user.id}"[:40],
        state=STATE,
        expires_on=at.date() + timedelta(days=365),
        recorded_at=at,
        recorded_by="Olga Berg",
    )
    return user


_PASSWORD = make_password(None)
