"""The fixed cast, made through the real actions: Ana prescribes, Ben is the session nurse, Theo the therapist, Faye runs the desk,
Olga owns the clinic; Cora works at another clinic and must see nothing.  Dan Marsh is the patient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.middleware import CLINIC_KEY
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts import queries as accounts_queries
from afterglow.ground.accounts.models import User
from afterglow.ground.content.queries import library_row, released
from afterglow.pathway.plan.models import GuardrailAcceptance
from afterglow.pathway.plan.rules.guardrails import Guardrail, guardrails_of
from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.register_person import register_person
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.schedule.actions.add_room import add_room
from afterglow.records.staff.actions.record_credential import record_credential
from afterglow.records.staff.actions.roster import roster

PASSWORD = "quiet harbour lamp 7"
ZONE, STATE = "America/Los_Angeles", "CA"
# name, role, credentials (kind, number)
STAFF = {
    "ana": ("Ana Ruiz", "prescriber", (("prescriber_licence", "A-1001"), ("dea", "BR1234563"), ("acls", "ACLS-11"), ("privilege", "P-1"))),
    "ben": ("Ben Okoye", "session_nurse", (("nursing_licence", "RN-2002"), ("acls", "ACLS-12"), ("privilege", "P-2"))),
    "theo": ("Theo Lind", "therapist", (("therapy_licence", "T-3003"),)),
    "faye": ("Faye Grant", "front_desk", ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people of the tests as actors, and the places they work in.  Everyone's password is PASSWORD; addresses are <name>@example.org."""

    clinic_id: UUID
    site_id: UUID
    zone: str
    other_clinic_id: UUID
    other_site_id: UUID
    ana: Actor
    ben: Actor
    theo: Actor
    faye: Actor
    olga: Actor
    cora: Actor
    room_id: UUID
    room_2_id: UUID
    talk_room_id: UUID
    dan_id: UUID

    def client(self, who: str) -> Client:
        """A browser signed in as "ana", "ben", ... (without the sign-in page and its audit row)."""
        actor: Actor = getattr(self, who)
        client = Client()
        _sign_in(client, actor)
        return client


def address(who: str) -> str:
    return f"{who}@example.org"


@cache
def _hashed() -> str:
    """Argon2id is slow by design; the cast shares one password, so it is hashed once per run."""
    return make_password(PASSWORD)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def zone_by_day(at: datetime) -> str:
    """Where it is neither late evening nor midnight at `at`: for tests by the wall clock, whose visits would else cross the end of a day."""
    return ZONE if 1 <= at.astimezone(ZoneInfo(ZONE)).hour < 21 else "Pacific/Auckland"


def build_cast(at: datetime, *, guardrails: bool = True, zone: str = ZONE) -> Cast:
    """The clinic at `at`: everyone licensed for a year and on site from an hour ago for 12 hours, Ana on call for a week, two dosing rooms and a
    consulting room, Dan registered as 0412 with allergies asked (none known), 70 kg measured today and Theo on his care team.  `guardrails`: those of
    every protocol are accepted.
    """
    with _one_hash():
        clinic_id, site_id, olga = _clinic("Harbour", "olga", "Olga Berg", at, zone)
        crew = {who: _colleague(who, site_id, olga, at) for who in STAFF}
        other_clinic_id, other_site_id, oscar = _clinic("Meadow", "oscar", "Oscar Vale", at)
        cora = _add("cora", "Cora Yuen", ("prescriber", "session_nurse"), oscar, at)
    week = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(days=6)}
    roster(site_id=site_id, user_id=crew["ana"].user_id, duty="on_call", **week, by=olga, at=at)
    room_id, room_2_id, talk_room_id = (
        add_room(site_id=site_id, name=name, kind=kind, by=olga, at=at)
        for name, kind in (("Room 1", "dosing"), ("Room 2", "dosing"), ("Blue room", "talk"))
    )
    if guardrails:
        accept_every_guardrail(site_id, crew["ana"], at)
    return Cast(
        clinic_id=clinic_id,
        site_id=site_id,
        zone=zone,
        other_clinic_id=other_clinic_id,
        other_site_id=other_site_id,
        olga=olga,
        cora=cora,
        room_id=room_id,
        room_2_id=room_2_id,
        talk_room_id=talk_room_id,
        dan_id=_dan(crew, at),
        **crew,
    )


def accept_every_guardrail(site_id: UUID, by: Actor, at: datetime) -> None:
    """Rows, not actions: accepting is the plan's own test, and nearly every test wants it done."""
    GuardrailAcceptance.objects.bulk_create(
        GuardrailAcceptance(
            id=ids.new_id(at), site_id=site_id, protocol_id=protocol.pk, protocol_name=protocol.id, part=each.id, part_text=each.text,
            signed_at=at, signed_by_id=by.user_id,
        )
        for protocol in released("protocols")
        for each in _parts(protocol.pk)
    )  # fmt: skip


@cache
def _parts(protocol_id: UUID) -> tuple[Guardrail, ...]:
    return guardrails_of(library_row(protocol_id).content)


def _clinic(name: str, owner: str, owner_name: str, at: datetime, zone: str = ZONE) -> tuple[UUID, UUID, Actor]:
    """A clinic with one site and its owner."""
    clinic, site, user = accounts.create_clinic(
        name=f"{name} Clinic",
        site_name=name,
        zone=zone,
        state=STATE,
        owner_name=owner_name,
        owner_email=address(owner),
        owner_password=PASSWORD,
        at=at,
    )
    return clinic.id, site.id, accounts_queries.actor_for(user.id, clinic.id)


def _add(who: str, name: str, roles: tuple[str, ...], by: Actor, at: datetime) -> Actor:
    user = accounts.add_staff(name=name, email=address(who), password=PASSWORD, role_ids=roles, by=by, at=at)
    return accounts_queries.actor_for(user.id, by.clinic_id)


def _colleague(who: str, site_id: UUID, by: Actor, at: datetime) -> Actor:
    """One of STAFF, with credentials for a year and on site from an hour ago for 12 hours."""
    name, role, credentials = STAFF[who]
    actor = _add(who, name, (role,), by, at)
    for kind, number in credentials:
        record_credential(user_id=actor.user_id, kind=kind, number=number, state=STATE, expires_on=at.date() + timedelta(days=365), by=by, at=at)
    roster(site_id=site_id, user_id=actor.user_id, duty="on_site", starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=11), by=by, at=at)
    return actor


def register(by: Actor, at: datetime, given_name: str, family_name: str = "Example", born_on: date = date(1980, 1, 2)) -> UUID:
    """One more synthetic person, for tests that need several."""
    return register_person(
        given_name=given_name, family_name=family_name, born_on=born_on, key=f"register {given_name} {family_name} {born_on}", by=by, at=at
    )


def _dan(crew: dict[str, Actor], at: datetime) -> UUID:
    dan = register_person(
        given_name="Dan",
        family_name="Marsh",
        born_on=date(1982, 3, 4),
        phone="+1 555 0100",
        email="dan@example.org",
        contact_by="phone",
        more={"pronouns": "he/him", "could_be_pregnant": "no", "state": STATE, "emergency_name": "Mia Marsh", "emergency_phone": "+1 555 0101"},
        record_no="0412",
        key="register dan",
        by=crew["faye"],
        at=at,
    )
    join_care_team(person_id=dan, user_id=crew["theo"].user_id, duty="therapist", by=crew["faye"], at=at)
    review_list(person_id=dan, list_name="allergies", none_known=True, by=crew["ben"], at=at)
    record_weight(person_id=dan, value="70", unit="kg", on_site=True, taken_at=at, by=crew["ben"], at=at)
    return dan


@contextmanager
def _one_hash() -> Iterator[None]:
    """Inside, hashing PASSWORD gives the one hash of this run; any other password would be hashed for real."""
    real = accounts.make_password
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "make_password", lambda password: _hashed() if password == PASSWORD else real(password))
        yield


def _sign_in(client: Client, actor: Actor) -> None:
    user = User.objects.get(id=actor.user_id)
    client.force_login(user, backend="afterglow.ground.accounts.backend.LoginBackend")
    login = client.session
    login[CLINIC_KEY] = str(actor.clinic_id)
    login.save()
