"""What is silent in a room: marks that no message raised, made anew each time somebody looks (hazards H11, H13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, standing, trace
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.devices import DeviceRow, devices_in
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.standing import REMIND_AFTER
from afterglow.pathway.session.queries.trace import Trace
from afterglow.pathway.session.rules.consent_now import RUNS
from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.rules.silence import LIFE_SIGNS, Heard, no_signal, silences, unheard_from
from afterglow.pathway.session.rules.states import MONITORED
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import NO_SIGNAL


def silent(
    session: Session, all_deeds: Iterable[Deed], held: Trace, device: DeviceRow | None, limits: SiteLimits, *, at: datetime
) -> tuple[Raised, ...]:
    """Channels of the room's device that give nothing, while somebody may have drug on board.

    While drug goes in or may go in again, no saturation and no breathing together ask for action: until the device is heard again, or for
    `REMIND_AFTER` after somebody said what they saw at the bedside or charted one of the two.
    """
    if device is None or session.started_at is None or session.state not in MONITORED:
        return ()
    since = session.started_at
    last = {channel: message.values.taken_at for channel, message in held.latest.items()}
    heard = Heard(profile=device.profile, last_at=last, since=since)
    found = [Raised(mark=mark, first_at=last.get(mark.channel, since), last_at=at) for mark in silences(heard, limits, at=at)]
    begins = unheard_from(heard, limits)
    if begins is not None and session.state in RUNS and not _looked_at(all_deeds, begins, at):
        found += [Raised(mark=mark, first_at=begins, last_at=at) for mark in no_signal(heard, limits, at=at)]
    return tuple(found)


def _looked_at(all_deeds: Iterable[Deed], begins: datetime, at: datetime) -> bool:
    """Did somebody look at the person since the silence began, and not too long ago?"""
    all_deeds = tuple(all_deeds)
    looks = [one.answer.at for one in standing.answers(all_deeds) if (NO_SIGNAL, "") in one.keys and one.answer.saw]
    looks += [deed.taken_at for deed in deeds.standing(all_deeds, "vitals") if any(channel in deed.payload["channels"] for channel in LIFE_SIGNS)]
    return any(begins <= look and at - look <= REMIND_AFTER for look in looks)


def asking(session: Session, *, at: datetime, upto: int | None = None) -> tuple[Raised, ...]:
    """Every mark that asks for an answer: those raised by what was sent and charted (see `standing_marks`), and silence."""
    stored = tuple(raised for raised in standing.standing_marks(session, at=at, upto=upto) if raised.mark.level == "act")
    device = devices_in([session.room_id]).get(session.room_id) if session.room_id is not None else None
    quiet = silent(session, deeds.deeds(session.id), trace.trace(session.id), device, limits_of(session), at=at)
    known = {(raised.mark.code, raised.mark.channel) for raised in stored}
    return (*stored, *(raised for raised in quiet if raised.mark.level == "act" and (raised.mark.code, raised.mark.channel) not in known))
