"""What is watched late in one person, from the scales that were answered and the days on which doses were begun."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.records.measures.queries.items import answered_readings
from afterglow.science.outcomes.late_effects import LateEffect, Measured, late_effect, watched_from


def late_effects(content: Mapping[str, Any], person_id: UUID, begun: Collection[datetime], *, zone: str, at: datetime) -> tuple[LateEffect, ...]:
    """Each late effect of a follow-up file at `at`.  `begun`: every dose that was started, aware; `zone`: the site's.  One query, none where it watches nothing."""
    watched = watched_from(content)
    if not watched:
        return ()
    told = _measured(person_id, {name: over for each in watched for name, over in each.any_of.items()}, zone, at)
    doses = [_day(moment, zone) for moment in begun if moment <= at]
    today = _day(at, zone)
    return tuple(late_effect(each, [one for name in each.any_of for one in told.get(name, ())], doses, today=today) for each in watched)


def _measured(person_id: UUID, over: dict[str, str], zone: str, at: datetime) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {}
    for name, taken_at, readings in answered_readings(person_id, sorted(over), at):
        reading = readings.get(over[name])
        found.setdefault(name, []).append(Measured(on=_day(taken_at, zone), over=reading if isinstance(reading, bool) else None))
    return found


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
