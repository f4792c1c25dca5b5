"""What a site says of itself, set by the clinic's owner: where it is, how to reach it, and when it is open."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import events, queries
from afterglow.ground.accounts.models import Site
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal

CHANGES = "clinic.settings.edit"


@transaction.atomic
def change_site(*, site_id: UUID, address: str, phone: str, open_days: str, opens: time, closes: time, by: Actor, at: datetime) -> None:
    """`open_days`: ISO weekdays, "12345" is Monday to Friday; times in the site's zone.  The same values again change nothing.

    Raises Refusal `accounts.opening_hours`; NotFound; Forbidden.
    """
    queries.site(site_id, clinic_id=by.clinic_id)
    require(by, CHANGES)
    queries.lock_site(site_id)
    if closes <= opens or not open_days or not set(open_days) <= set("1234567"):
        raise Refusal(
            "accounts.opening_hours", "A site opens on some day, and closes after it opens.", "Correct the days or the times.", field="closes"
        )
    row = Site.objects.get(id=site_id)
    new = {"address": address, "phone": phone, "open_days": "".join(sorted(set(open_days))), "opens": opens, "closes": closes}
    old = {name: getattr(row, name) for name in new}
    if old == new:
        return
    Site.objects.filter(id=site_id).update(**new)
    trail.record(events.site_changed, by=by, at=at, objects={"site": site_id}, old=old, new=new)
