"""Every open flag stays in the hands of somebody who can answer it, as long as there is anybody (safety 44).

It joins two rooms that do not know each other: flags say who holds what, the roster says who is here or on call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.doors.portal.invite import on_call_ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import NotFound
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags
from afterglow.records.flags import rules
from afterglow.records.flags.actions.hand_over import hand_over
from afterglow.records.flags.queries import HeldRow
from afterglow.records.staff import queries as staff


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody on call who may own flags; `people` are those they may see, None: everyone of the clinic."""

    user_id: UUID
    name: str
    people: frozenset[UUID] | None

    def sees(self, person_id: UUID) -> bool:
        return self.people is None or person_id in self.people


def settle_owners(at: datetime) -> int:
    """How many flags changed hands now; asked again at the same time, none."""
    moved = 0
    for clinic_id in accounts.clinic_ids():
        if held := flags.held_flags(clinic_id):
            takers = _on_call(clinic_id, at)
            moved += sum(_settle(clinic_id, flag, [taker for taker in takers if taker.sees(flag.person_id)], at) for flag in held)
    return moved


def _settle(clinic_id: UUID, flag: HeldRow, takers: list[Taker], at: datetime) -> int:
    if flag.owner_id is None:
        why = "Nobody owned it."
        if not takers:
            return 0
    else:
        verdict = rules.stays_with_owner(_facts(clinic_id, flag, flag.owner_id, bool(takers), at))
        if verdict.met:
            return 0
        why = verdict.open[0].sentence
        takers = [taker for taker in takers if taker.user_id != flag.owner_id]
    to = takers[0] if takers else None
    by = Actor.job("flags", clinic_id, "flags.flag.read", "flags.flag.own")
    moved = hand_over(flag_id=flag.id, seen=flag.owner_id, to=to.user_id if to else None, to_name=to.name if to else "", why=why, by=by, at=at)
    return int(moved)


def _facts(clinic_id: UUID, flag: HeldRow, owner_id: UUID, somebody_on_call: bool, at: datetime) -> rules.HoldingFacts:
    try:
        owner = accounts.actor_for(owner_id, clinic_id)
    except NotFound:
        owner = None
    return rules.HoldingFacts(
        works_here=owner is not None,
        may_own=owner is not None and owner.may("flags.flag.own"),
        licence_ended=staff.licence_ended(owner_id, clinic_id, _today(clinic_id, at)),
        taken=flag.taken,
        was_on_duty=staff.was_on_duty(owner_id, clinic_id, flag.since),
        on_duty=staff.was_on_duty(owner_id, clinic_id, at),
        somebody_on_call=somebody_on_call,
    )


def _on_call(clinic_id: UUID, at: datetime) -> list[Taker]:
    """Who is on call at any site of the clinic and may own flags, by name, with a licence that holds."""
    found: dict[UUID, Taker] = {}
    today = _today(clinic_id, at)
    for site in accounts.sites_of(clinic_id):
        for user_id in on_call_ids(site.id, at):
            if user_id in found or staff.licence_ended(user_id, clinic_id, today):
                continue
            actor = accounts.actor_for(user_id, clinic_id)
            found[user_id] = Taker(user_id, actor.name, None if actor.scope == "clinic" else frozenset(chart.people_of(actor)))
    return sorted(found.values(), key=lambda taker: (taker.name, str(taker.user_id)))


def _today(clinic_id: UUID, at: datetime) -> date:
    return at.astimezone(ZoneInfo(accounts.clinic(clinic_id).zone)).date()
