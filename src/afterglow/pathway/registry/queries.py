"""The figures of a clinic: how many started, finished, responded and remitted, with their denominators.  Few queries, whatever the size.

Each station gives one light list; people are put together here and counted by the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.columns import moment
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.plan.queries import plans as plan
from afterglow.pathway.registry.rules.counting import Figures, figures
from afterglow.pathway.registry.rules.definition import Definition, definition_from
from afterglow.pathway.registry.rules.evidence import Expectations, expectations_from
from afterglow.pathway.registry.rules.outcome import Judge, Starter
from afterglow.pathway.registry.rules.periods import EVERYBODY, Period, periods_of
from afterglow.pathway.response.queries import completed
from afterglow.pathway.session.queries import starters as begun
from afterglow.records.measures import queries as measures

EVIDENCE = "iv_ketamine_depression"
Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """`of`: what the figures are made by; `periods`: every one in which somebody started."""

    of: LibraryRecord
    instrument: str
    period: Period
    periods: tuple[Period, ...]
    figures: Figures


def registry(clinic_id: UUID, *, zone: str, period: Period, at: datetime) -> Registry:
    """What the registry says at `at` about those of a clinic who started in a period, on the calendar of `zone`."""
    record = library_file("registry", "outcomes")
    definition = definition_from(record.content)
    people = starters(clinic_id, definition, at)
    place = ZoneInfo(zone)
    days = [person.doses_at[0].astimezone(place).date() for person in people]
    held = {day for day in set(days) if period.holds(day)}
    mine = [person for person, day in zip(people, days, strict=True) if day in held]
    paper = measures.paper(definition.instrument)
    rules = paper.instrument.change
    if rules is None:
        raise LookupError(f"{definition.instrument} has no rules of change")
    return Registry(
        of=record,
        instrument=paper.short_name,
        period=period,
        periods=tuple(periods_of(days)),
        figures=figures(definition, Judge(definition, rules, at), mine),
    )


def starters(clinic_id: UUID, definition: Definition, at: datetime) -> list[Starter]:
    """Everybody of a clinic whose first infusion was begun by `at`, each with the first course alone.  Four queries."""
    courses = _courses(clinic_id)
    complete = completed.sent_to_aftercare(clinic_id, at)
    scores = _by_person(measures.totals(clinic_id, definition.instrument, at))
    found = []
    for person, doses in _by_person(begun.doses_begun(clinic_id, at)).items():
        course = courses[doses[0][3]]
        mine: dict[int, datetime] = {}
        for _, began_at, _, version, dose_no in doses:
            if dose_no <= course.infusions and dose_no not in mine and courses[version] is course:
                mine[dose_no] = moment(began_at)
        if mine:
            given = scores.get(person, ())
            times, totals = tuple([moment(row[1]) for row in given]), tuple([row[3] for row in given])
            found.append(Starter(tuple(mine.values()), course.infusions, course.open, course.first in complete, times, totals))
    return found


def _by_person(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows that begin with person, time and key: each person's, in order of time."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    for mine in found.values():
        mine.sort()
    return found


@dataclass(frozen=True, slots=True)
class _Course:
    """One course: its first version, the infusions of the version signed last, and whether a version is still open."""

    first: str
    infusions: int
    open: bool


def _courses(clinic_id: UUID) -> dict[str, _Course]:
    """Version of a plan -> its course, for every version."""
    versions = {key: (before, state, infusions) for key, before, state, infusions in plan.every_version(clinic_id)}
    after = {before: key for key, (before, _, _) in versions.items() if before}
    found: dict[str, _Course] = {}
    for key, (before, _, _) in versions.items():
        if before in versions:
            continue
        chain = [key]
        while (later := after.get(chain[-1])) is not None:
            chain.append(later)
        signed = [one for one in chain if versions[one][1] != "draft"] or chain
        course = _Course(key, versions[signed[-1]][2], any(versions[one][1] != "ended" for one in chain))
        found |= dict.fromkeys(chain, course)
    return found


def expectations(figures_: Figures | None) -> tuple[LibraryRecord, Expectations]:
    """What is published, with a clinic's own figures beside it where a clinic is meant."""
    record = library_file("evidence", EVIDENCE)
    return record, expectations_from(record.content, figures_)


@lru_cache(maxsize=64)
def of_day(clinic_id: UUID, zone: str, day: date) -> Figures:
    """Everyone's figures as they stood when this day began at the clinic: what the public page shows, worked out once a day and process.

    A public page may be asked for by anybody, as often as they like; the figures move slowly, and carry the day.
    """
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return registry(clinic_id, zone=zone, period=EVERYBODY, at=begins).figures
