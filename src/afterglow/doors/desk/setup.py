"""What a site still lacks before a first dose can start, item by item, and where each is done.  It repeats what the stations say; the gate decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from afterglow.doors.desk.addresses import address
from afterglow.ground.access import roles
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.queries import SiteRow
from afterglow.pathway.plan.queries.guardrails import guardrails_at, protocols_at
from afterglow.pathway.session.queries.devices import devices_of
from afterglow.pathway.session.queries.gate_facts_place import equipment_of
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.schedule import queries as schedule
from afterglow.records.staff import queries as staff
from afterglow.records.staff.queries import MemberRow
from afterglow.records.staff.rules import LICENCE_OF_ROLE

AT_SITE = frozenset({"staff:roster", "schedule:rooms", "session:devices", "cabinet:receive"})  # pages that open at the site asked for
DRUG = "ketamine_racemic"  # the one drug of the course that this version knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a site needs.  `url` is '' for those who may not do it; then `who` says who can."""

    title: str
    done: bool
    says: str
    url: str
    who: str


def setup(actor: Actor, site: SiteRow, at: datetime) -> list[Item]:
    """Every item of one site in the order in which they are done; a fixed number of queries, however many people work there."""
    on = at.astimezone(ZoneInfo(site.zone)).date()
    return [
        _item(actor, site, title, done, says, page, permission, *ids)
        for title, done, says, page, permission, *ids in (*_people(site, on, at), *_place(site), *_today(site, on))
    ]


def _people(site: SiteRow, on: date, at: datetime) -> Iterator[tuple[str, bool, str, str, str]]:
    members = staff.members(site.clinic_id, on)
    for role, title in (("prescriber", "A prescriber with a licence"), ("session_nurse", "A session nurse with a licence")):
        held = [row.member.name for row in members if row.member.has(role) and _licensed(row, role, site.state, on)]
        said = ", ".join(held) or f"Nobody in this role holds one for {site.state} that is in date."
        yield title, bool(held), said, "staff:people", "staff.credential.record"
    here, able = staff.on_site(site.id, at), staff.airway_competent_on_site(site.id, at)
    said = ", ".join(row.name for row in able) or (
        "Nobody here now holds an airway credential in date." if here else "Nobody is on the roster for now."
    )
    yield "Someone airway competent on site now", bool(able), said, "staff:roster", "staff.roster.record"
    called = staff.on_call(site.id, at)
    said = ", ".join(row.name for row in called) or "Nobody. The question about self-harm goes out by link only while someone is."
    yield "Someone on call now", bool(called), said, "staff:roster", "staff.roster.record"


def _place(site: SiteRow) -> Iterator[tuple[str, bool, str, str, str, object] | tuple[str, bool, str, str, str]]:
    said = f"{site.phone}. Open {site.opens:%H:%M} to {site.closes:%H:%M}." if site.phone else "No telephone: patients' pages and leaflets lack it."
    yield "Telephone and opening hours", bool(site.phone), said, "accounts:site", "clinic.settings.edit", site.id
    rooms = schedule.rooms_of(site.id)
    dosing = [room.name for room in rooms if room.kind == "dosing"]
    yield "A dosing room", bool(dosing), ", ".join(dosing) or "None yet.", "schedule:rooms", "clinic.settings.edit"
    talk = [room.name for room in rooms if room.kind == "talk"]
    said = ", ".join(talk) or "None yet: preparation and integration visits find no room."
    yield "A consulting room", bool(talk), said, "schedule:rooms", "clinic.settings.edit"
    monitors = {line.room_name for line in devices_of(site.id)}
    lacking = [name for name in dosing if name not in monitors]
    said = f"None writes to {', '.join(lacking)}." if lacking else "Every dosing room has one." if dosing else "Add the dosing rooms first."
    yield "A monitor for each dosing room", bool(dosing) and not lacking, said, "session:devices", "session.device.register"
    limits = site_limits(site.id)
    said = f"{len(limits.open)} of {len(limits.rows)} are open." if limits.open else f"All {len(limits.rows)} accepted."
    yield "Limits accepted by a prescriber", not limits.open, said, "session:limits_of", "session.limits.accept", site.id
    usable = [each for each in guardrails_at(site.id, protocols_at(site.id)) if not each.open]
    said = f"{len(usable)} protocols can be planned with." if usable else "No protocol can be planned with yet."
    yield "Guardrails of a protocol accepted by a prescriber", bool(usable), said, "plan:guardrails", "session.limits.accept"


def _today(site: SiteRow, on: date) -> Iterator[tuple[str, bool, str, str, str, object] | tuple[str, bool, str, str, str]]:
    lots = cabinet.lots_usable(site.id, DRUG, on)
    said = ", ".join(f"lot {row.lot_no}" for row in lots) or "No lot that is in date and not empty."
    yield "Ketamine in the cabinet", bool(lots), said, "cabinet:receive", "cabinet.lot.receive"
    check = equipment_of(site.id, on)
    fresh = check is not None and check.checked_on == on
    said = "Not checked today." if check is None or not fresh else f"Missing: {'; '.join(check.missing)}." if check.missing else "Complete today."
    yield (
        "Emergency equipment checked today",
        fresh and check is not None and not check.missing,
        said,
        "session:equipment_of",
        "session.equipment.check",
        site.id,
    )


def _licensed(row: MemberRow, role: str, state: str, on: date) -> bool:
    return any(held.kind == LICENCE_OF_ROLE[role] and held.state == state and held.expires_on >= on for held in row.credentials)


def _item(actor: Actor, site: SiteRow, title: str, done: bool, says: str, page: str, permission: str, *ids: object) -> Item:
    may = actor.may(permission)
    url = f"{address(page, *ids)}{f'?site={site.id}' if page in AT_SITE else ''}" if may else ""
    return Item(title=title, done=done, says=says, url=url, who="" if may else roles.who_may(permission))
