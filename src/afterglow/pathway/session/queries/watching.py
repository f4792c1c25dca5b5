"""Who watches whom now: what stands about each session's monitor, and whom its room may be handed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.gate_facts_place import profession_of, watching_licence
from afterglow.pathway.session.queries.limits import limits_at_start
from afterglow.pathway.session.rules.staffing import Monitor, watches_now
from afterglow.pathway.session.rules.states import MONITORED
from afterglow.records.staff import queries as staff
from afterglow.records.staff.queries import MemberRow
from afterglow.science.verdict import Finding
from afterglow.science.vitals.limits import SiteLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One session in which somebody may have drug on board, and who monitors it."""

    session_id: UUID
    site_id: UUID
    monitor_id: UUID | None
    dosing: bool
    limits_text: str


def site_watch(site: SiteRow, at: datetime) -> dict[UUID, tuple[Finding, ...]]:
    """What stands about the monitor of each session of a site, by session; nothing where all is well.  Three queries, however many rooms."""
    rows = _watched(site.clinic_id)
    return _standing([row for row in rows if row.site_id == site.id], rows, site, at)


def room_watch(session_id: UUID, site_id: UUID, *, clinic_id: UUID, at: datetime) -> tuple[Finding, ...]:
    """The same for one session."""
    site, rows = accounts.site(site_id, clinic_id=clinic_id), _watched(clinic_id)
    return _standing([row for row in rows if row.session_id == session_id], rows, site, at).get(session_id, ())


def watch_in_recovery(session: Session, *, clinic_id: UUID, at: datetime) -> tuple[str, ...]:
    """What will stand about this session's monitor once its dose has ended, in words, for the entry that ends it.  It stops nothing."""
    site = accounts.site(session.site_id, clinic_id=clinic_id)
    rows = [replace(row, dosing=False) if row.session_id == session.id else row for row in _watched(clinic_id)]
    found = _standing([row for row in rows if row.session_id == session.id], rows, site, at).get(session.id, ())
    return tuple(finding.sentence for finding in found)


def monitor_name(session_id: UUID) -> str:
    """Who monitors now; "" where nobody is named."""
    return Session.objects.filter(id=session_id).values_list("monitor__name", flat=True).first() or ""


def may_take_over(session: Session, *, clinic_id: UUID, actor_id: UUID | None, at: datetime) -> list[tuple[UUID, str]]:
    """Who may be asked to take over: everybody on site and whoever asks, less who monitors already; each with what else they watch, in words."""
    rows = [row for row in _watched(clinic_id) if row.session_id != session.id]
    doses = Counter(row.monitor_id for row in rows if row.dosing)
    recoveries = Counter(row.monitor_id for row in rows if not row.dosing)
    here = {row.user_id: row.name for row in staff.on_site(session.site_id, at)}
    here |= {row.user_id: row.name for row in accounts.staff_of(clinic_id) if row.user_id == actor_id}
    return [
        (user_id, f"{name}{_duties(doses[user_id], recoveries[user_id])}")
        for user_id, name in sorted(here.items(), key=lambda pair: pair[1])
        if user_id != session.monitor_id
    ]


def _duties(doses: int, recoveries: int) -> str:
    said = (["a dose in another room"] if doses else []) + ([f"{recoveries} in recovery"] if recoveries else [])
    return f" (monitors {' and '.join(said)})" if said else ""


def _watched(clinic_id: UUID) -> list[Watched]:
    """Every session of the clinic in which somebody is monitored: one query."""
    return [
        Watched(session_id=pk, site_id=site_id, monitor_id=monitor_id, dosing=state != "recovery", limits_text=text)
        for pk, site_id, monitor_id, state, text in _monitored(clinic_id)
    ]


@prepared
def _monitored(clinic_id: UUID) -> Rows:
    rows = Session.objects.filter(site__clinic_id=clinic_id, state__in=MONITORED)
    return rows.values_list("id", "site_id", "monitor_id", "state", "limits_text")


def _standing(asked: Iterable[Watched], rows: Iterable[Watched], site: SiteRow, at: datetime) -> dict[UUID, tuple[Finding, ...]]:
    """The open findings of each session asked about, with the duties of its monitor in all `rows`; two queries."""
    today = at.astimezone(ZoneInfo(site.zone)).date()
    members = {row.member.user_id: row for row in staff.members(site.clinic_id, today)}
    duties = Counter((row.monitor_id, row.dosing) for row in rows)
    found = {}
    for row in asked:
        member = None if row.monitor_id is None else members.get(row.monitor_id)
        monitor = None if member is None else _monitor(member, row, duties, state=site.state, today=today)
        found[row.session_id] = watches_now(monitor, dosing=row.dosing, limits=_limits(row.limits_text)).open
    return found


def _monitor(member: MemberRow, row: Watched, duties: Counter[tuple[UUID | None, bool]], *, state: str, today: date) -> Monitor:
    """This session's monitor, its own place left out of both counts."""
    licence = watching_licence(member.credentials, state)
    return Monitor(
        name=member.member.name,
        profession=profession_of(licence),
        licence_current=None if licence is None else licence.expires_on >= today,
        is_this_sessions_therapist=False,  # asked at the gate and at a hand-over, not again
        other_dosing_rooms=duties[row.monitor_id, True] - row.dosing,
        other_recovering=duties[row.monitor_id, False] - (not row.dosing),
    )


@lru_cache(maxsize=64)
def _limits(limits_text: str) -> SiteLimits | None:
    """The limits that a session keeps; None where they cannot be read, which must not keep a dose from being ended."""
    try:
        return limits_at_start(limits_text)
    except (LookupError, ValueError):
        return None
