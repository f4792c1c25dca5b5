"""A clinic's sites, set by its owner: one more of them, and what each says of itself: where it is, how to reach it, when it is open."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import events, queries
from afterglow.ground.accounts.models import Site
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once

CHANGES = "clinic.settings.edit"


@transaction.atomic
def add_site(
    *, name: str, zone: str, state: str, address: str, phone: str, open_days: str, opens: time, closes: time, key: str, by: Actor, at: datetime
) -> UUID:
    """One more place of the actor's clinic, with nothing in it: rooms, roster, limits and stock are its own.  The same key gives the same site.

    Name, zone and state stand for good.  Raises Refusal `accounts.site_name`, `accounts.unknown_zone`, `accounts.no_state`,
    `accounts.opening_hours`; Forbidden.
    """
    require(by, CHANGES)
    name, state = " ".join(name.split()), state.strip().upper()
    new = {"name": name, "zone": zone, "state": state, "address": address, "phone": phone, "open_days": "".join(sorted(set(open_days)))}
    asked = [*new.values(), opens, closes]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["site"])
    for held in sorted(queries.sites_of(by.clinic_id), key=lambda row: row.id):
        queries.lock_site(held.id)
    _check_place(name, zone, state, by)
    _check_hours(open_days, opens, closes)
    row = Site.objects.create(id=ids.new_id(at), clinic_id=by.clinic_id, opens=opens, closes=closes, **new)
    trail.record(events.site_added, by=by, at=at, objects={"site": row.id}, new={**new, "opens": opens, "closes": closes})
    answer(by, key, {"site": str(row.id)})
    return row.id


def _check_place(name: str, zone: str, state: str, by: Actor) -> None:
    if not name or Site.objects.filter(clinic_id=by.clinic_id, name__iexact=name).exists():
        raise Refusal(
            "accounts.site_name", "A site needs a name that no other site of this clinic has.", "Enter the name people know it by.", field="name"
        )
    if zone not in available_timezones():
        raise Refusal("accounts.unknown_zone", f"There is no time zone called {zone}.", "Use a name such as America/Los_Angeles.", field="zone")
    if not state:
        raise Refusal("accounts.no_state", "Licences hold in one state, so a site needs its own.", "Enter it, such as CA.", field="state")


def _check_hours(open_days: str, opens: time, closes: time) -> None:
    if closes <= opens or not open_days or not set(open_days) <= set("1234567"):
        raise Refusal(
            "accounts.opening_hours", "A site opens on some day, and closes after it opens.", "Correct the days or the times.", field="closes"
        )


@transaction.atomic
def change_site(*, site_id: UUID, address: str, phone: str, open_days: str, opens: time, closes: time, by: Actor, at: datetime) -> None:
    """`open_days`: ISO weekdays, "12345" is Monday to Friday; times in the site's zone.  The same values again change nothing.

    Raises Refusal `accounts.opening_hours`; NotFound; Forbidden.
    """
    queries.site(site_id, clinic_id=by.clinic_id)
    require(by, CHANGES)
    queries.lock_site(site_id)
    _check_hours(open_days, opens, closes)
    row = Site.objects.get(id=site_id)
    new = {"address": address, "phone": phone, "open_days": "".join(sorted(set(open_days))), "opens": opens, "closes": closes}
    old = {name: getattr(row, name) for name in new}
    if old == new:
        return
    Site.objects.filter(id=site_id).update(**new)
    trail.record(events.site_changed, by=by, at=at, objects={"site": site_id}, old=old, new=new)
