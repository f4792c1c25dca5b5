"""What room and board both need of a session: how often to look, what was last seen, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.devices import DeviceRow
from afterglow.pathway.session.queries.standing import Source, merged
from afterglow.pathway.session.queries.trace import Message, Trace
from afterglow.pathway.session.rules.due import Due, DueFacts, due_next
from afterglow.pathway.session.rules.silence import may_be_quiet
from afterglow.science.vitals.channels import CHANNELS, number_text, shown
from afterglow.science.vitals.devices import BY_HAND, DeviceProfile
from afterglow.science.vitals.limits import SiteLimits

PHASES = {
    "scheduled": "Not here yet",
    "checked_in": "Checked in",
    "dosing": "Dosing",
    "paused": "Paused",
    "recovery": "Recovery",
    "discharged": "Discharged",
    "transferred": "Transferred",
    "left_against_advice": "Left against advice",
    "not_started": "Not started",
}
ALWAYS_SHOWN = ("pressure", "hr", "spo2", "rr", "moaas")
SOMETIMES_SHOWN = ("pulse", "etco2", "temp", "detached", "nausea", "pain")
Age = Literal["fresh", "stale", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Minutes between two sets of vital signs, from the plan's protocol."""

    dosing_min: int
    recovery_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The latest value of a channel.  `text` is what may be shown: a zero or an impossible number is words, never a number.

    `state`: fresh; stale, older than two intervals; silent, never read, nothing read, or quiet for longer than its source may be.
    `interval_s`: how often it is expected; `silent_after_s`: 0 where silence is not awaited (entered by hand).
    """

    channel: str
    label: str
    text: str
    unit: str
    taken_at: datetime | None
    state: Age
    interval_s: float
    silent_after_s: float
    by_device: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One value with its time and whether a device sent it."""

    value: float
    at: datetime
    by_device: bool


def intervals(protocol: Mapping[str, Any]) -> Intervals:
    """The protocol's own; a protocol that says nothing is asked every 10 and 15 minutes (the protocols' usual)."""
    found = {
        str(each["phase"]): int(each["every_min"])
        for each in protocol.get("monitoring", ())
        if "every_min" in each and "bp" in each.get("measure", ())
    }
    return Intervals(dosing_min=found.get("during", 10), recovery_min=found.get("after", 15))


def latest(all_deeds: Sequence[Deed], held: Trace) -> dict[str, Seen]:
    """The newest value of each channel by true time, zeros included."""
    found = {channel: Seen(message.values.values[channel], message.values.taken_at, True) for channel, message in held.latest.items()}
    for deed in deeds.standing(all_deeds, "vitals"):
        for channel, value in deeds.values(deed.payload, deed.taken_at).values.items():
            before = found.get(channel)
            if before is None or deed.taken_at >= before.at:
                found[channel] = Seen(value, deed.taken_at, False)
    return found


def numbers(
    seen: Mapping[str, Seen], *, device: DeviceRow | None, every: Intervals, state: str, limits: SiteLimits, at: datetime
) -> tuple[Number, ...]:
    """The numbers of the room: the vital ones always, the others where somebody read them."""
    wanted = [*ALWAYS_SHOWN, *(channel for channel in SOMETIMES_SHOWN if channel in seen)]
    profile = device.profile if device is not None else BY_HAND
    by_hand_s = 60.0 * (every.recovery_min if state == "recovery" else every.dosing_min)
    return tuple(
        _pressure(seen, by_hand_s, at) if each == "pressure" else _number(each, seen.get(each), profile, by_hand_s, limits, at) for each in wanted
    )


def _pressure(seen: Mapping[str, Seen], by_hand_s: float, at: datetime) -> Number:
    upper, lower = seen.get("sbp"), seen.get("dbp")
    whole = upper is not None and lower is not None and upper.at == lower.at
    texts = [shown(code, each.value) for code, each in (("sbp", upper), ("dbp", lower)) if each is not None] if whole else []
    numbers_read = [each.number for each in texts if each.number is not None]
    text = "/".join(number_text(each) for each in numbers_read) if len(numbers_read) == 2 else "no reading"
    moment = max((each.at for each in (upper, lower) if each is not None), default=None)
    return Number(
        channel="pressure",
        label="Pressure",
        text=text if moment else "",
        unit="mmHg",
        taken_at=moment,
        state="silent" if len(numbers_read) != 2 else _age(moment, by_hand_s, 0.0, at),
        interval_s=by_hand_s,
        silent_after_s=0.0,
        by_device=bool(upper and upper.by_device),
    )


def _number(code: str, held: Seen | None, profile: DeviceProfile, by_hand_s: float, limits: SiteLimits, at: datetime) -> Number:
    streamed = code in profile.streams
    quiet = may_be_quiet(profile, code, limits) if streamed else None
    every_s = float(profile.interval_s or by_hand_s) if streamed else by_hand_s
    silent_s = quiet.total_seconds() if quiet is not None else 0.0
    said = shown(code, held.value if held else None)
    return Number(
        channel=code,
        label=CHANNELS[code].title,
        text=said.text if held else "",
        unit=CHANNELS[code].unit,
        taken_at=held.at if held else None,
        state="silent" if held is None or said.word != "number" else _age(held.at, every_s, silent_s, at),
        interval_s=every_s,
        silent_after_s=silent_s,
        by_device=bool(held and held.by_device),
    )


def _age(moment: datetime | None, every_s: float, silent_s: float, at: datetime) -> Age:
    if moment is None:
        return "silent"
    old = (at - moment).total_seconds()
    if silent_s and old > silent_s:
        return "silent"
    return "stale" if old > 2 * every_s else "fresh"


def repeat_asked_at(all_deeds: Sequence[Deed], held: Trace) -> datetime | None:
    """When the latest cuff that read something asked for its repeat; None where it did not, or the repeat is there."""
    found = _last_cuff(all_deeds, held)
    return found.at if found is not None and any(mark.code == "repeat_cuff" for mark in found.marks) else None


def _last_cuff(all_deeds: Sequence[Deed], held: Trace) -> Source | Message | None:
    """The latest cuff, by device or by hand, that gave a number: one that read nothing is no pressure taken."""
    sent = next(([message] for message in reversed(held.cuffs) if message.values.number("sbp") is not None), [])
    return next((source for source in reversed(merged(all_deeds, sent)) if source.values.number("sbp") is not None), None)


def due(
    session: Session,
    all_deeds: Sequence[Deed],
    held: Trace,
    *,
    every: Intervals,
    limits: SiteLimits,
    at: datetime,
) -> tuple[Due, ...]:
    """What is due next, most overdue first; nothing before the start and after the end."""
    sets = deeds.standing(all_deeds, "vitals")

    def when(*names: str) -> datetime | None:
        """The latest set that holds one of these words or channels."""
        said = [
            deed.taken_at for deed in sets if any(name in (deed.payload.get("words") or {}) or name in deed.payload["channels"] for name in names)
        ]
        return max(said, default=None)

    cuff = _last_cuff(all_deeds, held)
    removed = [deed for deed in sets if "iv_site" in (deed.payload.get("words") or {})]
    return due_next(
        DueFacts(
            state=session.state,  # type: ignore[arg-type]  # the database holds the closed list
            started_at=session.started_at,
            dosing_every_min=every.dosing_min,
            recovery_every_min=every.recovery_min,
            pressure_at=None if cuff is None else cuff.at,
            alertness_at=when("moaas"),
            contact_at=when("contact", "moaas"),
            iv_site_at=when("iv_site"),
            iv_line_in=not removed or removed[-1].payload["words"]["iv_site"] != "removed",
            rescue_at=session.last_rescue_at,
            repeat_asked_at=repeat_asked_at(all_deeds, held),
        ),
        limits,
        at=at,
    )


def since(moment: datetime | None, at: datetime) -> timedelta | None:
    """How long ago; None where it has not happened."""
    return None if moment is None else max(at - moment, timedelta())
