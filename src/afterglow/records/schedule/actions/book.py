"""Book an appointment.  Locks: the clinic's sites in one order, then the person; so two bookings of one thing come one after the other.

Whoever books inside a larger action locks the site before the person, as every action does (site, person, session, lot).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.chart import access as chart
from afterglow.records.schedule import access, events, queries, rules
from afterglow.records.schedule.models import Appointment, Room

KINDS = tuple(name for name, _ in Appointment._meta.get_field("kind").flatchoices)


@transaction.atomic
def book(
    *,
    person_id: UUID | None,
    site_id: UUID,
    room_id: UUID | None,
    staff_user_id: UUID | None,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    purpose_kind: str = "",
    purpose_id: str = "",
    dose_no: int | None = None,
    by_hand: rules.ByHand | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The appointment's id.  With `by_hand` a time outside the opening hours or the roster needs its reason; a first call alone is with no person yet.

    Raises Refusal `schedule.unknown_kind`, `schedule.not_booked` with every open item; NotFound; Forbidden.
    """
    if person_id is not None:
        chart.fetch_person(by, person_id, need="schedule.appointment.book")
    site = access.fetch_site(by, site_id, need="schedule.appointment.book")
    asked = [person_id, site_id, room_id, staff_user_id, kind, starts_at, ends_at, purpose_kind, purpose_id, dose_no]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["appointment"])
    if kind not in KINDS or (kind == queries.FIRST_CALL) != (person_id is None):
        raise Refusal("schedule.unknown_kind", "This kind of appointment is not known here.", "Choose one from the list.", field="kind")
    if staff_user_id is not None:
        accounts.staff_member(staff_user_id, clinic_id=by.clinic_id)
    lock_calendar(by, person_id)
    place: dict[str, Any] = {"kind": kind, "room_id": room_id, "staff_user_id": staff_user_id, "starts_at": starts_at, "ends_at": ends_at}
    outside = may_stand(by, site, person_id=person_id, **place, at=at, by_hand=by_hand)
    row = Appointment.objects.create(
        id=ids.new_id(at), person_id=person_id, site_id=site_id, **place, purpose_kind=purpose_kind, purpose_id=str(purpose_id), dose_no=dose_no,
        booked_at=at, booked_by=by.label, deviation=outside,
    )  # fmt: skip
    trail.record(
        events.booked,
        by=by,
        at=at,
        person_id=person_id,
        objects={"appointment": row.id},
        new={"kind": kind, "dose_no": dose_no, "starts_at": starts_at, "ends_at": ends_at, "room": room_id, "staff": staff_user_id},
        reason=outside,
    )
    answer(by, key, {"appointment": str(row.id)})
    return row.id


def lock_sites(by: Actor) -> None:
    """A room belongs to a site, but a member of staff works at several: all sites of the clinic are locked, by id."""
    for site_id in sorted(row.id for row in accounts.sites_of(by.clinic_id)):
        accounts.lock_site(site_id)


def lock_calendar(by: Actor, person_id: UUID | None) -> None:
    """The sites, then the person, if there is one yet."""
    lock_sites(by)
    if person_id is not None:
        chart.lock_person(person_id)


def may_stand(
    by: Actor,
    site: SiteRow,
    *,
    kind: str,
    room_id: UUID | None,
    staff_user_id: UUID | None,
    person_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
    by_hand: rules.ByHand | None = None,
    but_not: UUID | None = None,
) -> str:
    """What is unusual about it and why, '' for nothing.  Raises Refusal `schedule.not_booked` with everything that stands in the way; NotFound for a room of another site."""
    room: Room | None = None if room_id is None else access.fetch_room(by, room_id, site_id=site.id)
    verdict = rules.may_be_booked(
        rules.BookingFacts(
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            at=at,
            room_kind=None if room is None else room.kind,
            room_is_active=room is not None and room.active,
            busy=queries.clash(
                clinic_id=by.clinic_id,
                starts_at=starts_at,
                ends_at=ends_at,
                zone=site.zone,
                room_id=room_id,
                staff_user_id=staff_user_id,
                person_id=person_id,
                but_not=but_not,
            ),
            hours=rules.OpeningHours(weekdays=site.open_weekdays, opens=site.opens, closes=site.closes, zone=site.zone),
            staff_is_named=staff_user_id is not None,
            by_hand=by_hand,
        )
    )
    if not verdict.met:
        raise Refusal(
            "schedule.not_booked",
            f"Nothing was booked. {verdict.sentence}",
            "Choose another time, room or member of staff; or say why, where that is asked.",
            field="reason" if all(finding.item in rules.TAKES_A_REASON for finding in verdict.open) else "starts",
            findings=verdict.open,
        )
    return "" if by_hand is None else rules.deviation(verdict, by_hand.reason)
