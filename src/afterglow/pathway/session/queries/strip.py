"""The session's strip: every value, score, deed and gap as minutes from the start of dosing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from afterglow.ground.face.strip_series import Dose, Event, Pressure, Reading, Score, Series, Threshold
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.devices import DeviceRow
from afterglow.pathway.session.queries.given import DoseLine
from afterglow.pathway.session.queries.timeline import Line
from afterglow.pathway.session.queries.trace import Trace
from afterglow.pathway.session.rules.silence import may_be_quiet
from afterglow.science.dosing.amounts import milligrams_text
from afterglow.science.vitals.channels import CHANNELS, is_nothing, is_possible, number_text
from afterglow.science.vitals.limits import SiteLimits

RULES = (
    ("pressure", "sbp", "notify_above", "notify above {}"),
    ("pressure", "sbp", "notify_below", "notify below {}"),
    ("saturation", "spo2", "notify_below", "notify below {}"),
    ("breathing", "rr", "notify_below", "notify below {}"),
)
SCORES = (("moaas", "awake (5 = fully)"), ("detached", "detached, 0 to 10"), ("nausea", "nausea, 0 to 10"))
SHORTEST_MIN = 60.0
"""The strip is never narrower than an hour, so that its first minutes do not jump."""
WITHOUT_DEVICE_GAP_MIN = 30.0
"""By hand, longer silence than two of the longest intervals is drawn as a gap."""


def series(
    session: Session,
    all_deeds: Sequence[Deed],
    held: Trace,
    lines: Sequence[Line],
    *,
    dose: DoseLine | None,
    device: DeviceRow | None,
    limits: SiteLimits,
    at: datetime,
) -> Series:
    """Everything on the strip at `at`; after the end, as it was."""
    origin = session.started_at or session.checked_in_at or at
    end = session.ended_at or at

    def minute(moment: datetime) -> float:
        return (moment - origin).total_seconds() / 60

    sets = deeds.standing(all_deeds, "vitals")
    cuffs = sorted(
        [*(each.values for each in held.cuffs), *(deeds.values(deed.payload, deed.taken_at) for deed in sets)], key=lambda each: each.taken_at
    )
    moments = [*(each.taken_at for each in cuffs), *(each.values.taken_at for each in held.messages[:1])]
    first = min([0.0, *(minute(moment) for moment in moments)])
    return Series(
        first_min=first,
        last_min=max(first + SHORTEST_MIN, minute(end) + 5),
        now_min=None if session.ended_at else minute(at),
        gap_min=_gap_min(device, limits),
        pressures=tuple(
            Pressure(minute=minute(each.taken_at), systolic=_drawn("sbp", each.values["sbp"]), diastolic=_drawn("dbp", each.values.get("dbp")))
            for each in cuffs
            if "sbp" in each.values
        ),
        pulse=_trace("pulse", held, origin),
        heart_rate=_trace("hr", held, origin),
        saturation=_trace("spo2", held, origin),
        breathing=_trace("rr", held, origin),
        scores=tuple(score for code, label in SCORES if (score := _score(code, label, sets, origin)).values),
        doses=() if dose is None else (_dose(dose, origin, at),),
        events=tuple(Event(number=line.number, minute=minute(line.taken_at), text=line.text) for line in lines if line.number),
        thresholds=tuple(
            Threshold(panel=panel, value=limits.at(limit, name), label=label.format(number_text(limits.at(limit, name))))  # type: ignore[arg-type]
            for panel, limit, name, label in RULES
        ),
    )


def _trace(code: str, held: Trace, origin: datetime) -> tuple[Reading, ...]:
    """One channel, drawn on from where it was drawn before.  A zero is no number, and what no body gives is not drawn as one."""
    count, done = held.drawn.get((origin, code), (0, ()))
    new = []
    for message in held.messages[count:]:
        value = message.values.values.get(code)
        if value is not None:
            new.append(Reading(minute=(message.values.taken_at - origin) / timedelta(minutes=1), value=_drawn(code, value)))
    whole = (*done, *new)
    held.drawn[(origin, code)] = (len(held.messages), whole)
    return whole


def _drawn(code: str, value: float | None) -> float | None:
    if value is None or is_nothing(code, value) or not is_possible(code, value):
        return None
    return value


def _score(code: str, label: str, sets: Sequence[Deed], origin: datetime) -> Score:
    values = tuple(
        ((deed.taken_at - origin) / timedelta(minutes=1), str(deed.payload["channels"][code]["shown"]))
        for deed in sets
        if code in deed.payload["channels"]
    )
    return Score(label=label, values=values)


def _dose(line: DoseLine, origin: datetime, at: datetime) -> Dose:
    held = line.infusion
    name = {"ketamine_racemic": "ketAMINE", "esketamine": "esKETAMINE"}.get(held.drug, held.drug)
    ended = held.ended_at

    def minute(moment: datetime) -> float:
        return (moment - origin).total_seconds() / 60

    start = held.segments[0].started_at
    return Dose(
        label=f"{name} {milligrams_text(held.dose_ug)} over {held.over_min} min, {line.given.dose_ug / 1000:.1f} mg given",
        start_min=minute(start),
        planned_end_min=minute(line.finishes_at or start + timedelta(minutes=held.over_min)),
        ended_min=minute(ended) if ended is not None else None,
        pauses=tuple((minute(before), minute(after)) for before, after in line.pauses),
    )


def _gap_min(device: DeviceRow | None, limits: SiteLimits) -> float:
    """Longer silence than the room's device may have is a gap."""
    streams = device.profile.streams if device is not None else ()
    if device is None or not streams:
        return WITHOUT_DEVICE_GAP_MIN
    quiet = [allowed for code in streams if code in CHANNELS and (allowed := may_be_quiet(device.profile, code, limits)) is not None]
    return max((each.total_seconds() for each in quiet), default=60 * WITHOUT_DEVICE_GAP_MIN) / 60
