"""The clinic itself: its people, rooms, vials, shifts and limits, set up by the same actions that a real clinic uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts import queries as accounts_queries
from afterglow.ground.content.queries import library_file, released
from afterglow.pathway.plan.actions.accept_guardrails import accept_guardrails
from afterglow.pathway.plan.rules.guardrails import guardrails_of
from afterglow.pathway.session.actions.accept_limit import accept_limits
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.actions.register_device import register_device
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.actions.count_lot import count_lot
from afterglow.records.cabinet.actions.receive import receive
from afterglow.records.schedule.actions.add_room import add_room
from afterglow.records.staff.actions.record_credential import record_credential
from afterglow.records.staff.actions.roster import roster
from afterglow.simulator.replay import CAUTION
from afterglow.simulator.script import Life, Step, World

PASSWORD = "quiet harbour lamp 7"
CLINIC, SITE = "Harbour Clinic", "Harbour"
# who -> name, role, credentials (kind, number)
STAFF: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "ana": ("Ana Ruiz", "prescriber", (("prescriber_licence", "A-1001"), ("dea", "BR1234563"), ("acls", "ACLS-11"), ("privilege", "P-1"))),
    "sol": ("Sol Haddad", "prescriber", (("prescriber_licence", "A-1002"), ("dea", "BH2345677"), ("acls", "ACLS-13"), ("privilege", "P-3"))),
    "ben": ("Ben Okoye", "session_nurse", (("nursing_licence", "RN-2002"), ("acls", "ACLS-12"), ("privilege", "P-2"))),
    "nia": ("Nia Brooks", "session_nurse", (("nursing_licence", "RN-2003"), ("acls", "ACLS-14"), ("privilege", "P-4"))),
    "mei": ("Mei Tan", "session_nurse", (("nursing_licence", "RN-2004"), ("acls", "ACLS-15"), ("privilege", "P-5"))),
    "raj": ("Raj Patel", "session_nurse", (("nursing_licence", "RN-2005"), ("acls", "ACLS-16"), ("privilege", "P-6"))),
    "theo": ("Theo Lind", "therapist", (("therapy_licence", "T-3003"),)),
    "faye": ("Faye Grant", "front_desk", ()),
}
AT_FIRST = ("ana", "ben", "mei", "raj", "theo")
"""Who was there in the first weeks, when the clinic opened only on some days."""
ROOMS = {**{f"room_{number}": (f"Room {number}", "dosing") for number in range(1, 8)}, "blue": ("Blue room", "talk")}
INVENTED = "A virtual monitor: every number here is invented."
# room -> name of its monitor, profile, what the room says about it
MONITORS = {
    "room_1": ("Virtual monitor 1", "bedside_seconds", INVENTED),
    "room_2": ("Recorded monitor", "bedside_minutes", CAUTION),
    "room_3": ("Virtual monitor 3", "bedside_seconds", INVENTED),
    "room_4": ("Virtual monitor 4", "bedside_minutes", INVENTED),
    **{f"room_{number}": (f"Virtual monitor {number}", "bedside_minutes", INVENTED) for number in range(5, 8)},
}
PRODUCTS = {"ketamine_racemic_50": ("K2611-04", 200), "ketamine_racemic_10": ("K2609-17", 10)}
"""What the cabinet got when the clinic opened: product -> lot number, vials."""
COUNTED_ON = 0
"""Mondays."""
DAY_BEGINS = 4
"""The hour at which everyone of the cast is on site, until midnight: a demo may be started early or late."""


def zone_of_day(at: datetime) -> tuple[str, str]:
    """(zone, state) of a United States site where it is day now, so that whoever starts the demo meets a clinic at work."""
    hour = at.hour + at.minute / 60
    if hour >= 16 or hour < 4:  # 08:00 to 20:00 in winter
        return "America/Los_Angeles", "CA"
    if hour >= 11:
        return "America/New_York", "NY"
    return "Pacific/Guam", "GU"


def found(seed: int, opened: date, at: datetime, *, zone: str, state: str) -> World:
    """The clinic with its staff; and a second one, where Cora works, so that a stranger exists."""
    clinic, site, olga = accounts.create_clinic(
        name=CLINIC,
        site_name=SITE,
        zone=zone,
        state=state,
        owner_name="Olga Berg",
        owner_email=address("olga"),
        owner_password=PASSWORD,
        is_demo=True,
        at=at,
    )
    world = World(seed=seed, zone=zone, clinic_id=clinic.id, site_id=site.id, staff={"olga": accounts_queries.actor_for(olga.id, clinic.id)})
    until = opened + timedelta(days=365)
    for who, (name, role, credentials) in STAFF.items():
        user = accounts.add_staff(name=name, email=address(who), password=PASSWORD, role_ids=(role,), by=world.staff["olga"], at=at)
        world.staff[who] = accounts_queries.actor_for(user.id, clinic.id)
        for kind, number in credentials:
            record_credential(user_id=user.id, kind=kind, number=number, state=state, expires_on=until, by=world.staff["olga"], at=at)
    other, _, oscar = accounts.create_clinic(
        name="Meadow Clinic",
        site_name="Meadow",
        zone=zone,
        state=state,
        owner_name="Oscar Vale",
        owner_email=address("oscar"),
        owner_password=PASSWORD,
        is_demo=True,
        at=at,
    )
    accounts.add_staff(
        name="Cora Yuen", email=address("cora"), password=PASSWORD, role_ids=("prescriber",), by=accounts_queries.actor_for(oscar.id, other.id), at=at
    )
    for place, (name, kind) in ROOMS.items():
        world.places[place] = add_room(site_id=site.id, name=name, kind=kind, by=world.staff["olga"], at=at)
    return world


def address(who: str) -> str:
    return f"{who}@example.org"


def house_life(world: World, *, opened: date, full_from: date, until: date, on_call: Collection[date] = (), dosing: Collection[date] = ()) -> Life:
    """What the house does on its own: shifts, the first delivery, the limits, the check of the equipment every morning, the weekly count.

    It is open daily from `full_from`.  Before, the clinic was small: it opened on its days of `dosing`, and was `on_call` on some more.
    """
    first = world.clock(opened, DAY_BEGINS)
    every_day = [opened + timedelta(days=count) for count in range((until - opened).days)]
    days = [day for day in every_day if day >= full_from or day in dosing or day == opened]
    called = [day for day in every_day if day in days or day in on_call]
    steps = [
        Step(first, "roster", lambda world, life, at: _roster(world, days, called, full_from, at)),
        Step(first + timedelta(minutes=20), "accept limits", _accept_limits),
        Step(first + timedelta(minutes=30), "accept guardrails", _accept_guardrails),
        Step(first + timedelta(minutes=40), "receive vials", _receive),
        Step(first + timedelta(minutes=50), "register monitors", _register_monitors),
    ]
    steps += [Step(world.clock(day, DAY_BEGINS, 30), "check equipment", _check_equipment) for day in days if day > opened]
    steps += [Step(world.clock(day, DAY_BEGINS, 45), "count the cabinet", _count) for day in days if day > opened and day.weekday() == COUNTED_ON]
    return Life(name="house", steps=steps)


def _roster(world: World, days: Iterable[date], called: Iterable[date], full_from: date, at: datetime) -> None:
    """Everyone on site in the day's hours, before `full_from` only who gives doses; Ana and Sol are on call by turns, a day each."""
    for day in days:
        for who in STAFF if day >= full_from else AT_FIRST:
            _shift(world, who, "on_site", world.clock(day, DAY_BEGINS), world.clock(day + timedelta(days=1), 0), at)
    for day in called:
        midnight = world.clock(day + timedelta(days=1), 0)
        _shift(world, ("ana", "sol")[day.toordinal() % 2], "on_call", world.clock(day, 0), midnight, at)


def _shift(world: World, who: str, duty: str, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    roster(site_id=world.site_id, user_id=world.user_id(who), duty=duty, starts_at=starts_at, ends_at=ends_at, by=world.staff["olga"], at=at)


def _accept_limits(world: World, life: Life, at: datetime) -> None:
    """Ana accepts each proposed limit by the same action as at any clinic."""
    listed = library_file("alerts", "site_limits").content["limits"]
    values = {limit["id"]: {name: bounds["proposed"] for name, bounds in limit["values"].items()} for limit in listed}
    accept_limits(
        site_id=world.site_id, values=values, reasons={}, signed=world.sign("ana", at), key=life.key("limits"), by=world.staff["ana"], at=at
    )


def _accept_guardrails(world: World, life: Life, at: datetime) -> None:
    """Ana accepts the guardrails of each protocol as they are written, by the same action as at any clinic."""
    for protocol in released("protocols"):
        parts = [guardrail.id for guardrail in guardrails_of(protocol.content)]
        accept_guardrails(
            site_id=world.site_id, protocol_id=protocol.pk, parts=parts, signed=world.sign("ana", at),
            key=life.key(f"guardrails of {protocol.id}"), by=world.staff["ana"], at=at,
        )  # fmt: skip


def _receive(world: World, life: Life, at: datetime) -> None:
    until = world.day_of(at) + timedelta(days=500)
    for product, (lot, vials) in PRODUCTS.items():
        lot_id = receive(
            site_id=world.site_id, product=product, lot_no=lot, expires_on=until, vials=vials, key=life.key(lot), by=world.staff["ben"], at=at
        )
        life.keep(f"lot {product}", lot_id)
        world.places[product] = lot_id


def _register_monitors(world: World, life: Life, at: datetime) -> None:
    """Their keys are kept beside the demo's data, for the processes that send."""
    for place, (name, profile, caution) in MONITORS.items():
        made = register_device(
            site_id=world.site_id, room_id=world.places[place], name=name, profile=profile, caution=caution, by=world.staff["ben"], at=at
        )
        life.keep(f"device key {place}", made.key)


def _count(world: World, life: Life, at: datetime) -> None:
    """Two nurses count every lot once a week and find what the ledger says."""
    for product in PRODUCTS:
        lot_id = world.places[product]
        count_lot(
            lot_id=lot_id,
            found_ul=cabinet.balance_ul(lot_id),
            witness=world.sign("ben", at),
            key=life.key(f"count {product} {world.day_of(at)}"),
            by=world.staff["mei"],
            at=at,
        )


def _check_equipment(world: World, life: Life, at: datetime) -> None:
    listed = library_file("alerts", "equipment").content["items"]
    check_equipment(
        site_id=world.site_id,
        items={item["id"]: True for item in listed},
        key=life.key(f"equipment {world.day_of(at)}"),
        by=world.staff["mei"],
        at=at,
    )
