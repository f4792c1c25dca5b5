"""The gate's facts about the place: who is here, what was checked, which monitor watches, and whether the limits are accepted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.session.models import EquipmentCheck, Session
from afterglow.pathway.session.queries.devices import devices_in
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules import gate_facts as shapes
from afterglow.pathway.session.rules.staffing import Monitor
from afterglow.pathway.session.rules.states import MONITORED
from afterglow.records.chart import queries as chart
from afterglow.records.staff import queries as staff
from afterglow.records.staff.queries import CredentialRow

MONITOR_LICENCES = {"prescriber_licence": "prescriber", "nursing_licence": "nurse"}
"""Licences under which a person may watch an infusion; a therapist's is none (safety 49)."""


def about_the_place(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_place` of the gate."""
    return {
        "place": "site",
        "site_certified_esketamine": False,
        "airway_person": _airway_person(held),
        "equipment": equipment_of(held.session.site_id, held.today),
        "monitor": _monitor(held),
        "therapist_present": held.given.yes("both_roles"),
        "device": _device(held.session),
        "limits_open": held.limits.open,
    }


def _airway_person(held: Visit) -> shapes.AirwayPerson | None:
    """The person named at check-in, as the roster and the credentials show them now."""
    named = held.given.said("airway_person", "user_id")
    if not named:
        return None
    try:
        member = accounts.staff_member(UUID(named), clinic_id=held.site.clinic_id)
    except NotFound:
        return None
    here = {row.user_id for row in staff.on_site(held.site.id, held.at)}
    ends = [row.expires_on for row in staff.credentials_of(member.user_id, held.site.clinic_id) if row.kind == "acls" and row.ended_at is None]
    return shapes.AirwayPerson(name=member.name, on_site=member.user_id in here, certified_until=max(ends, default=None))


@prepared
def _newest_check(site_id: UUID, today: date) -> Rows:
    rows = EquipmentCheck.objects.filter(site_id=site_id, checked_on__lte=today).order_by("-at", "-id")
    return rows.values_list("checked_on", "by", "items_text")[:1]


def equipment_of(site_id: UUID, today: date) -> shapes.EquipmentCheck | None:
    """The newest check of the site's equipment, of whatever day; the rule says whether it is today's."""
    row = first(_newest_check(site_id, today))
    if row is None:
        return None
    titles = {item["id"]: item["title"] for item in library_file("alerts", "equipment").content["items"]}
    said = json.loads(row[2])
    missing = tuple(title for item, title in titles.items() if said.get(item) is not True)
    return shapes.EquipmentCheck(checked_on=row[0], checked_by=row[1], missing=missing)


def _monitor(held: Visit) -> Monitor | None:
    if held.session.monitor_id is None:
        return None
    return monitor_as_seen(held.session, held.session.monitor_id, clinic_id=held.site.clinic_id, state=held.site.state, today=held.today)


@prepared
def _watches(user_id: UUID, clinic_id: UUID, but_not: UUID) -> Rows:
    rows = Session.objects.filter(monitor_id=user_id, state__in=MONITORED, site__clinic_id=clinic_id)
    return rows.exclude(id=but_not).values_list("state", flat=True)


def monitor_as_seen(session: Session, user_id: UUID, *, clinic_id: UUID, state: str, today: date) -> Monitor | None:
    """The named monitor with licence and other duties, this session left out; None when they no longer work here."""
    try:
        member = accounts.staff_member(user_id, clinic_id=clinic_id)
    except NotFound:
        return None
    newest = watching_licence(staff.credentials_of(user_id, clinic_id), state)
    others = _watches(user_id, clinic_id, session.id)
    return Monitor(
        name=member.name,
        profession=profession_of(newest),
        licence_current=None if newest is None else newest.expires_on >= today,
        is_this_sessions_therapist=any(row.user_id == user_id and row.duty == "therapist" for row in chart.care_team(session.person_id)),
        other_dosing_rooms=sum(each in ("dosing", "paused") for each in others),
        other_recovering=others.count("recovery"),
    )


def watching_licence(credentials: Iterable[CredentialRow], state: str) -> CredentialRow | None:
    """The licence of that state under which its holder may watch an infusion, the one that runs longest; None where there is none."""
    held = [row for row in credentials if row.kind in MONITOR_LICENCES and row.ended_at is None and row.state == state]
    return max(held, key=lambda row: row.expires_on, default=None)


def profession_of(licence: CredentialRow | None) -> Any:
    """What the licence makes of its holder; its kind where nobody recorded the profession.  A practical nurse holds a nursing licence and is no RN."""
    if licence is None:
        return "other"
    return licence.profession or MONITOR_LICENCES[licence.kind]


def _device(session: Session) -> str | None:
    """Which monitor sends to this session's room, and whether somebody else there is still being monitored."""
    if session.room_id is None:
        return None
    if _monitored_in(session.room_id, session.id):
        return "bound_elsewhere"
    return "bound_here" if session.room_id in devices_in([session.room_id]) else "none"


@prepared
def _monitored_in(room_id: UUID, but_not: UUID) -> Rows:
    return Session.objects.filter(room_id=room_id, state__in=MONITORED).exclude(id=but_not).values_list("id", flat=True)[:1]
