"""What is watched late in one person: the scales that were answered, every dose that was started here, and when the next look is due."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import library_file
from afterglow.pathway.aftercare.queries.aftercare import AftercareRow
from afterglow.pathway.session.queries.doses_given import doses_given
from afterglow.records.measures.queries.items import answered_readings
from afterglow.science.outcomes.late_effects import LateEffect, Measured, late_effect, watched_from


def late_effects(row: AftercareRow, at: datetime) -> tuple[LateEffect, ...]:
    """By the newest follow-up file, whichever version this aftercare began by: a watch for harm is not frozen.  Two queries."""
    watched = watched_from(library_file("follow_up", row.follow_up.id).content)
    told = _measured(row.person_id, {name: over for each in watched for name, over in each.any_of.items()}, row.zone, at)
    doses = [_day(dose.started_at, row.zone) for dose in doses_given([row.person_id]).get(row.person_id, ()) if dose.started_at <= at]
    return tuple(late_effect(each, [one for name in each.any_of for one in told.get(name, ())], doses, today=row.today) for each in watched)


def _measured(person_id: UUID, over: dict[str, str], zone: str, at: datetime) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {}
    for name, taken_at, readings in answered_readings(person_id, sorted(over), at):
        reading = readings.get(over[name])
        found.setdefault(name, []).append(Measured(on=_day(taken_at, zone), over=reading if isinstance(reading, bool) else None))
    return found


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
