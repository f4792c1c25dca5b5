"""A paper's table with the people of a clinic beside it, from the same starters as the registry's own figures (S113)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.columns import moment
from afterglow.ground.content.queries import LibraryRecord, library_file, released
from afterglow.ground.errors import NotFound
from afterglow.pathway.registry.queries import day_begins, starters_by_person
from afterglow.pathway.registry.queries.daily import Daily
from afterglow.pathway.registry.rules.definition import definition_from
from afterglow.pathway.registry.rules.outcome import Starter, is_over
from afterglow.pathway.registry.rules.paper import Paper, Series, Subject, paper_from
from afterglow.pathway.registry.rules.paper_counting import Line, lines
from afterglow.pathway.registry.rules.periods import Period, periods_of
from afterglow.records.measures import queries as measures

FIRST = "mcinnes2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRegistry:
    """`of`: the paper's file; `counted_by`: the file that says who started and finished."""

    of: LibraryRecord
    counted_by: LibraryRecord
    period: Period
    periods: tuple[Period, ...]
    lines: tuple[Line, ...]


def papers() -> list[LibraryRecord]:
    """Every paper with a table, in order of its name; the one that is shown first before the others."""
    held = [record for record in released("registry") if "measures" in record.content]
    return sorted(held, key=lambda record: (record.id != FIRST, record.id))


def paper_table(clinic_id: UUID, *, name: str, zone: str, period: Period, at: datetime) -> PaperRegistry:
    """The table of one paper for those who started in a period, as it stands at `at`.  A fixed number of queries.

    Raises NotFound for a paper that the library has no table of.
    """
    record = next((each for each in papers() if each.id == name), None)
    if record is None:
        raise NotFound("paper")
    paper, counted_by = paper_from(record.content), library_file("registry", "outcomes")
    definition, place = definition_from(counted_by.content), ZoneInfo(zone)
    series = _series(clinic_id, paper, definition.instrument, at)
    days, people = list[date](), list[Subject]()
    for person, starter in starters_by_person(clinic_id, definition, at):
        days.append(starter.doses_at[0].astimezone(place).date())
        if period.holds(days[-1]):
            mine = {held: rows[person] for held, rows in series.items() if person in rows} | {definition.instrument: _of_starter(starter)}
            over = is_over(definition, starter, at)
            people.append(Subject(doses_at=tuple(sorted(starter.doses_at)), over=over, finished=starter.finished, series=mine))
    return PaperRegistry(
        of=record, counted_by=counted_by, period=period, periods=tuple(periods_of(days)),
        lines=lines(record.content, paper, people, at),
    )  # fmt: skip


@Daily
def paper_of_day(clinic_id: UUID, name: str, zone: str, period: Period, day: date) -> PaperRegistry:
    """The same as it stood when this day began at the clinic, worked out once a day and process."""
    return paper_table(clinic_id, name=name, zone=zone, period=period, at=day_begins(day, zone))


def _of_starter(starter: Starter) -> Series:
    return Series(starter.times, starter.totals, starter.apart)


def _series(clinic_id: UUID, paper: Paper, known: str, at: datetime) -> dict[str, Mapping[str, Series]]:
    """Every other scale and item of the paper, by person.  Two queries for a scale, one for the items of one."""
    wanted = {measure.series for measure in paper.measures} - {known}
    found: dict[str, Mapping[str, Series]] = {name: _totals(clinic_id, name, at) for name in wanted if "." not in name}
    for scale in {name.partition(".")[0] for name in wanted if "." in name}:
        items = [name.partition(".")[2] for name in sorted(wanted) if name.startswith(f"{scale}.")]
        found |= {f"{scale}.{item}": rows for item, rows in _items(clinic_id, scale, items, at).items()}
    return found


def _totals(clinic_id: UUID, scale: str, at: datetime) -> dict[str, Series]:
    apart: defaultdict[str, list[datetime]] = defaultdict(list)
    left_out = set()
    for person, when, key in measures.not_pooled(clinic_id, scale, at):
        apart[person].append(moment(when))
        left_out.add(key)
    held: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for person, when, key, total in measures.totals(clinic_id, scale, at):
        if key not in left_out:
            held[person].append((moment(when), total))
    return {person: _in_order(held[person], apart[person]) for person in {*held, *apart}}


def _items(clinic_id: UUID, scale: str, items: Iterable[str], at: datetime) -> dict[str, dict[str, Series]]:
    """Answers in a translation not known to be validated are not among them, as with the totals; an item nobody answered is no answer."""
    held: dict[str, defaultdict[str, list[tuple[datetime, int]]]] = {item: defaultdict(list) for item in items}
    for person, when, text in measures.standing_answers(clinic_id, scale, at):
        answers = json.loads(text)
        for item, mine in held.items():
            if isinstance(answers.get(item), int):
                mine[person].append((moment(when), answers[item]))
    return {item: {person: _in_order(rows, ()) for person, rows in mine.items()} for item, mine in held.items()}


def _in_order(rows: list[tuple[datetime, int]], apart: Iterable[datetime]) -> Series:
    rows.sort()
    return Series(tuple([when for when, _ in rows]), tuple([value for _, value in rows]), tuple(sorted(apart)))
