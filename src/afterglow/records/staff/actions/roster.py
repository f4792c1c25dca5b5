"""Put someone on the roster of a site, and take them off."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.clock import shown
from afterglow.ground.errors import Refusal
from afterglow.records.staff import access, events, queries, rules
from afterglow.records.staff.models import Shift


@transaction.atomic
def roster(*, site_id: UUID, user_id: UUID, duty: str, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime) -> UUID:
    """A shift, `on_site` or `on_call`.  The same shift entered again is the same row.

    Raises Refusal `staff.unknown_duty`, `staff.not_rostered` with every open item; NotFound for a site or person of another clinic.
    """
    site = access.fetch_site(by, site_id, need="staff.roster.record")
    member = access.fetch_member(by, user_id, need="staff.roster.record")
    if duty not in rules.LONGEST_SHIFT:
        raise Refusal("staff.unknown_duty", "Duty is on site or on call.", "Choose one of the two.", field="duty")
    # The roster of a clinic is small and read by every start of a dose: all its sites are locked, in one order, so that nobody is in two places.
    for place in sorted(accounts.sites_of(by.clinic_id), key=lambda row: row.id):
        accounts.lock_site(place.id)
    held = queries.shifts_of(user_id, by.clinic_id, duty, starts_at, ends_at)
    for shift, place_id, _ in held:
        if (place_id, shift.starts_at, shift.ends_at) == (site_id, starts_at, ends_at):
            return shift.shift_id
    verdict = rules.may_be_rostered(
        rules.ShiftFacts(
            duty=duty,
            starts_at=starts_at,
            ends_at=ends_at,
            last_on=(ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(site.zone)).date(),
            site_state=site.state,
            roles=frozenset(member.roles),
            licences=tuple(
                rules.LicenceFact(kind=row.kind, state=row.state, expires_on=row.expires_on)
                for row in queries.credentials_of(user_id, by.clinic_id)
                if row.ended_at is None
            ),
            clashes=tuple(f"{name}, {shown(shift.starts_at, site.zone)} to {shown(shift.ends_at, site.zone)}" for shift, _, name in held),
        )
    )
    if not verdict.met:
        raise Refusal(
            "staff.not_rostered",
            f"{member.name} was not put on the roster. {verdict.sentence}",
            "Change the times, or ask someone else.",
            findings=verdict.open,
        )
    row = Shift.objects.create(
        id=ids.new_id(at), site_id=site_id, user_id=user_id, duty=duty, starts_at=starts_at, ends_at=ends_at, recorded_at=at, recorded_by=by.label
    )
    trail.record(
        events.rostered,
        by=by,
        at=at,
        objects={"shift": row.id, "user": user_id, "site": site_id},
        new={"name": member.name, "duty": duty, "starts_at": starts_at, "ends_at": ends_at},
    )
    return row.id


@transaction.atomic
def cancel_shift(*, shift_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Take a shift off the roster; it counts no longer from now on.  Raises Refusal `staff.no_reason`, NotFound."""
    row = access.fetch_shift(by, shift_id, need="staff.roster.record")
    if not reason.strip():
        raise Refusal("staff.no_reason", "A shift is cancelled for a reason, and none was given.", "Write why in a few words.", field="reason")
    if row.cancelled_at is not None:
        return
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    trail.record(events.shift_cancelled, by=by, at=at, objects={"shift": row.id, "user": row.user_id, "site": row.site_id}, reason=reason)
