"""The change of mood on the day of the first infusion, from the ratings of the room and the check-in of the first day (S111)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.columns import moment
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.registry.queries import day_begins, starters_by_person
from afterglow.pathway.registry.queries.daily import Daily
from afterglow.pathway.registry.rules.counting import Row
from afterglow.pathway.registry.rules.definition import definition_from
from afterglow.pathway.registry.rules.outcome import Starter
from afterglow.pathway.registry.rules.periods import Period, periods_of
from afterglow.pathway.registry.rules.same_day import Day, FirstDay, SameDay, judged, rows, same_day_from
from afterglow.pathway.session.queries.experience import LOW_MOOD, TODAY
from afterglow.pathway.session.queries.first_moods import FirstMood, first_moods
from afterglow.records.measures import queries as measures


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDayRegistry:
    """`of`: what the figures are made by; `rows`: each point, for everyone who started and for those who finished."""

    of: LibraryRecord
    period: Period
    periods: tuple[Period, ...]
    rows: tuple[Row, ...]


def same_day(clinic_id: UUID, *, zone: str, period: Period, at: datetime) -> SameDayRegistry:
    """Of everybody of a clinic whose first infusion was begun in a period, as it stands at `at`.  A fixed number of queries."""
    record = library_file("registry", "outcomes")
    rule, place, moods = same_day_from(record.content), ZoneInfo(zone), first_moods(clinic_id, at)
    later = _later(clinic_id, at)
    days, found = list[date](), list[Day]()
    for person, starter in starters_by_person(clinic_id, definition_from(record.content), at):
        days.append(starter.doses_at[0].astimezone(place).date())
        if period.holds(days[-1]):
            found.append(judged(rule, _first_day(rule, starter, moods[person], later.get(person, ())), at))
    return SameDayRegistry(of=record, period=period, periods=tuple(periods_of(days)), rows=rows(rule, found))


@Daily
def same_day_of_day(clinic_id: UUID, zone: str, period: Period, day: date) -> SameDayRegistry:
    """The same as it stood when this day began at the clinic, worked out once a day and process."""
    return same_day(clinic_id, zone=zone, period=period, at=day_begins(day, zone))


def _first_day(rule: SameDay, starter: Starter, mood: FirstMood, later: Iterable[tuple[datetime, str]]) -> FirstDay:
    """Ratings of another dose than the first of the course say nothing about it: then none is known."""
    started_at = starter.doses_at[0]
    if mood.started_at != started_at:
        return FirstDay(finished=starter.finished, started_at=started_at, ended_at=None, before=None, end=None, later=())
    since = mood.ended_at or started_at
    said = [(when, _mood(text)) for when, text in later if since <= when <= since + rule.closes]
    return FirstDay(
        finished=starter.finished,
        started_at=started_at,
        ended_at=mood.ended_at,
        before=mood.before,
        end=mood.end,
        later=[(when, value) for when, value in said if value is not None],
    )


def _later(clinic_id: UUID, at: datetime) -> dict[str, list[tuple[datetime, str]]]:
    """Every answered check-in about how somebody is today, by person.  One query."""
    found: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for person, when, answers in measures.standing_answers(clinic_id, TODAY, at):
        found[person].append((moment(when), answers))
    return found


def _mood(answers: str) -> int | None:
    """The rating of low mood in a set of answers; anything that is no number is none."""
    value = json.loads(answers).get(LOW_MOOD)
    return value if isinstance(value, int) else None
