"""The figures of a clinic: how many started, finished, responded and remitted, with their denominators.  Few queries, whatever the size.

Each station gives one light list; people are put together here and counted by the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.columns import moment
from afterglow.ground.content.queries import LibraryRecord, library_file, released
from afterglow.ground.errors import NotFound
from afterglow.pathway.integration.queries.kept import visits_by
from afterglow.pathway.plan.queries import kept as plan_kept
from afterglow.pathway.plan.queries import plans as plan
from afterglow.pathway.registry.queries.daily import Daily
from afterglow.pathway.registry.rules.beside import FACTORS, Beside, Split, Written, antidepressant, on_list, split, talked
from afterglow.pathway.registry.rules.counting import Figures, figures
from afterglow.pathway.registry.rules.definition import Definition, definition_from
from afterglow.pathway.registry.rules.diagnoses import several
from afterglow.pathway.registry.rules.evidence import Expectations, about_of, evidence_for, expectations_from
from afterglow.pathway.registry.rules.fidelity import Course, Given, Protocol, Visit, judged, protocol_from
from afterglow.pathway.registry.rules.kept import Fidelity, Parts, fidelity
from afterglow.pathway.registry.rules.outcome import Judge, Starter, Stood
from afterglow.pathway.registry.rules.periods import Period, periods_of
from afterglow.pathway.response.queries import completed
from afterglow.pathway.screening.queries.known import indication_of, knowledge
from afterglow.pathway.screening.rules.indications import FIRST
from afterglow.pathway.session.queries import starters as begun
from afterglow.records.chart.queries import history
from afterglow.records.measures import queries as measures
from afterglow.science.interactions.names import recognise

EVIDENCE = "iv_ketamine_depression"
Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """`of`: what the figures are made by; `periods`: every one in which somebody begun.  `elsewhere`: how many began ever who are treated for
    something else than depression, and are not counted."""

    of: LibraryRecord
    instrument: str
    period: Period
    periods: tuple[Period, ...]
    figures: Figures
    elsewhere: int


def registry(clinic_id: UUID, *, zone: str, period: Period, at: datetime) -> Registry:
    """What the registry says at `at` about those of a clinic who started in a period, on the calendar of `zone`."""
    record = library_file("registry", "outcomes")
    definition = definition_from(record.content)
    everybody = _begun(clinic_id, definition, at)
    people = [starter for _, starter, counts in everybody if counts]
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
        elsewhere=len(everybody) - len(people),
    )


def starters(clinic_id: UUID, definition: Definition, at: datetime) -> list[Starter]:
    """Everybody of a clinic whose first infusion for depression was begun by `at`, each with the first course alone.  Five queries."""
    return [starter for _, starter in starters_by_person(clinic_id, definition, at)]


def starters_by_person(clinic_id: UUID, definition: Definition, at: datetime) -> list[tuple[str, Starter]]:
    """The same with the person's key, as `ground.columns` reads it."""
    return [(person, starter) for person, starter, counts in _begun(clinic_id, definition, at) if counts]


def _begun(clinic_id: UUID, definition: Definition, at: datetime) -> list[tuple[str, Starter, bool]]:
    """Everybody whose first infusion was begun, and whether it was for depression: what the definitions were made in, and nothing else is pooled."""
    courses, counted = _courses(clinic_id), frozenset(indication_of(FIRST).protocols)
    complete = completed.sent_to_aftercare(clinic_id, at)
    apart = measures.not_pooled(clinic_id, definition.instrument, at)
    left_out = {key for _, _, key in apart}
    scores = _by_person(row for row in measures.totals(clinic_id, definition.instrument, at) if row[2] not in left_out)
    others = _by_person(apart)
    found: list[tuple[str, Starter, bool]] = []
    for person, doses in _by_person(begun.doses_begun(clinic_id, at)).items():
        course = courses[doses[0][3]]
        mine: dict[int, datetime] = {}
        for _, began_at, _, version, dose_no in doses:
            if dose_no <= course.infusions and dose_no not in mine and courses[version] is course:
                mine[dose_no] = moment(began_at)
        if mine:
            given = scores.get(person, ())
            times, totals = tuple([moment(row[1]) for row in given]), tuple([row[3] for row in given])
            starter = Starter(
                tuple(mine.values()), course.infusions, course.open, course.first in complete, times, totals, _times(others.get(person, ()))
            )
            found.append((person, starter, course.protocol in counted))
    return found


def _times(rows: Iterable[Row]) -> tuple[datetime, ...]:
    return tuple([moment(row[1]) for row in rows])


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
    """One course: its first version, its protocol, the infusions of the version signed last, and whether a version is still open."""

    first: str
    protocol: str
    infusions: int
    open: bool


def _courses(clinic_id: UUID) -> dict[str, _Course]:
    """Version of a plan -> its course, for every version."""
    versions = {key: (before, state, infusions, protocol) for key, before, state, infusions, protocol in plan.every_version(clinic_id)}
    after = {before: key for key, (before, *_) in versions.items() if before}
    found: dict[str, _Course] = {}
    for key, (before, *_) in versions.items():
        if before in versions:
            continue
        chain = [key]
        while (later := after.get(chain[-1])) is not None:
            chain.append(later)
        signed = [one for one in chain if versions[one][1] != "draft"] or chain
        course = _Course(key, versions[key][3], versions[signed[-1]][2], any(versions[one][1] != "ended" for one in chain))
        found |= dict.fromkeys(chain, course)
    return found


def expectations(figures_: Figures | None, name: str = EVIDENCE) -> tuple[LibraryRecord, Expectations]:
    """What is published about one illness and one way of giving it, with a clinic's own figures beside it where a clinic is meant.

    Raises NotFound for a file that is none.
    """
    record = next((each for each in published() if each.id == name), None)
    if record is None:
        raise NotFound("evidence")
    return record, expectations_from(record.content, figures_)


def published() -> list[LibraryRecord]:
    """Every evidence file, the first one before the others."""
    return sorted(released("evidence"), key=lambda record: (record.id != EVIDENCE, about_of(record.content).in_words.lower()))


def published_about(indication: str, route: str = "iv") -> str | None:
    """The file about this indication by this route; None where the library has none."""
    return evidence_for({record.id: record.content for record in published()}, indication, route)


def published_of(programme: str) -> str | None:
    """The file about what this programme does; None where the library has none."""
    return next((record.id for record in published() if programme in about_of(record.content).programmes), None)


def day_begins(day: date, zone: str) -> datetime:
    """Midnight on the calendar of the clinic."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


@Daily
def of_day(clinic_id: UUID, zone: str, period: Period, day: date) -> Registry:
    """What the registry says as it stood when this day began at the clinic: a public page may be asked for by anybody, as often as they like."""
    return registry(clinic_id, zone=zone, period=period, at=day_begins(day, zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`of`: the file whose least number holds; `protocols`: each version under which somebody began."""

    of: LibraryRecord
    period: Period
    periods: tuple[Period, ...]
    protocols: tuple[Fidelity, ...]


def kept(clinic_id: UUID, *, zone: str, period: Period, at: datetime) -> Kept:
    """How the first course of each person who started in a period kept to the protocol version it began under, as it stands at `at`.

    A fixed number of queries: one light list of each station, and one of each questionnaire that a protocol asks for.
    """
    record = library_file("registry", "outcomes")
    courses, protocols = _courses(clinic_id), plan_kept.protocols_begun(clinic_id)
    rules = {_named(planned): protocol_from(planned.content) for planned in {one.pk: one for one, _ in protocols.values()}.values()}
    beside = _beside(clinic_id, courses, rules.values(), at)
    place = ZoneInfo(zone)
    found: Counter[tuple[str, Parts]] = Counter()
    days = []
    for person, given in _by_person(begun.doses_begun(clinic_id, at)).items():
        course = courses[given[0][3]]
        doses: dict[int, Given] = {}
        for _, began_at, key, version, number in given:
            if number <= course.infusions and number not in doses and courses[version] is course:
                doses[number] = _given(number, moment(began_at), beside.orders[key], protocols[version][1], place)
        if not doses:
            continue
        mine = tuple(doses[number] for number in sorted(doses))
        days.append(min(dose.day for dose in mine))
        if period.holds(days[-1]):
            label = _named(protocols[given[0][3]][0])
            found[label, judged(rules[label], beside.course(person, course.first, mine), at)] += 1
    least = definition_from(record.content).least
    return Kept(of=record, period=period, periods=tuple(periods_of(days)), protocols=fidelity(found, least))


@Daily
def kept_of_day(clinic_id: UUID, zone: str, period: Period, day: date) -> Kept:
    """The same as it stood when this day began at the clinic, worked out once a day and process: everything of every course is read for it."""
    return kept(clinic_id, zone=zone, period=period, at=day_begins(day, zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRegistry:
    """`of`: what the figures are made by; `splits`: each other treatment that is looked at."""

    of: LibraryRecord
    instrument: str
    period: Period
    periods: tuple[Period, ...]
    splits: tuple[Split, ...]


def beside(clinic_id: UUID, *, zone: str, period: Period, at: datetime) -> BesideRegistry:
    """The registry's outcomes of those who started in a period, apart for those with and without another treatment, and with one or several diagnoses.

    A fixed number of queries: those of the registry, the lists of medicines and problems, and the integration visits.
    """
    record = library_file("registry", "outcomes")
    definition, place = definition_from(record.content), ZoneInfo(zone)
    paper = measures.paper(definition.instrument)
    if paper.instrument.change is None:
        raise LookupError(f"{definition.instrument} has no rules of change")
    judge, groups = Judge(definition, paper.instrument.change, at), _groups(clinic_id, at, place)
    stood: dict[str, defaultdict[Beside, Counter[Stood]]] = {factor.id: defaultdict(Counter) for factor in FACTORS}
    days = []
    for person, starter in starters_by_person(clinic_id, definition, at):
        days.append(starter.doses_at[0].astimezone(place).date())
        if period.holds(days[-1]):
            one = judge.stood(starter)
            for factor, group in groups(person, starter.doses_at[0]).items():
                stood[factor][group][one] += 1
    splits = tuple(split(definition, factor, stood[factor.id]) for factor in FACTORS)
    return BesideRegistry(of=record, instrument=paper.short_name, period=period, periods=tuple(periods_of(days)), splits=splits)


@Daily
def beside_of_day(clinic_id: UUID, zone: str, period: Period, day: date) -> BesideRegistry:
    """The same as it stood when this day began at the clinic, worked out once a day and process."""
    return beside(clinic_id, zone=zone, period=period, at=day_begins(day, zone))


def _groups(clinic_id: UUID, at: datetime, place: ZoneInfo) -> Callable[[str, datetime], dict[str, Beside]]:
    """Into which group of each factor somebody falls, from the person and the time of the first infusion.  Six queries, asked once."""
    lines: defaultdict[str, list[Written]] = defaultdict(list)
    for person, when, key, replaces, withdrawn, name, stopped_on in history.medicines_written(clinic_id, at):
        lines[person].append(Written(moment(when), key, replaces, withdrawn, name, stopped_on))
    problems: defaultdict[str, list[Written]] = defaultdict(list)
    for person, when, key, replaces, withdrawn, code in history.problems_written(clinic_id, at):
        problems[person].append(Written(moment(when), key, replaces, withdrawn, code, None))
    asked = {name: _first_asked(clinic_id, name, at) for name in ("medicines", "problems")}
    visits: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for person, when, state, _ in visits_by(clinic_id, at):
        visits[person].append((moment(when), state))
    listed = frozenset(row["drug"] for row in library_file("codes", "antidepressant_min_dose").content["antidepressants"])
    names, known = knowledge()[0].names, dict[str, bool | None]()

    def kind(name: str) -> bool | None:
        if name not in known:
            generics = recognise(name, names).generics
            known[name] = any(generic in listed for generic in generics) if generics else None
        return known[name]

    def of(person: str, first_at: datetime) -> dict[str, Beside]:
        on = on_list(lines.get(person, ()), first_at, first_at.astimezone(place).date())
        codes = on_list(problems.get(person, ()), first_at, first_at.astimezone(place).date())
        gone_through = {name: person in times and times[person] <= first_at for name, times in asked.items()}
        return {
            "antidepressant": antidepressant(on, gone_through["medicines"], kind),
            "psychotherapy": talked(visits.get(person, ()), first_at, at),
            "diagnoses": several(codes, gone_through["problems"]),
        }

    return of


def _first_asked(clinic_id: UUID, list_name: str, at: datetime) -> dict[str, datetime]:
    """When somebody first went through that list with each person.  One query."""
    first: dict[str, datetime] = {}
    for person, text in history.gone_through(clinic_id, list_name, at):
        when = moment(text)
        first[person] = min(when, first.get(person, when))
    return first


def _named(protocol: LibraryRecord) -> str:
    return f"{protocol.content['title']} ({protocol.id}, version {protocol.version})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """Everything beside the infusions, by session, by person, and by the first version of a course."""

    orders: Mapping[str, tuple[Any, ...]]
    visits: Mapping[str, list[Visit]]
    measured: Mapping[str, Mapping[str, list[datetime]]]
    signed: Mapping[str, Mapping[int, datetime]]
    bridged: Mapping[str, set[int]]

    def course(self, person: str, first: str, doses: tuple[Given, ...]) -> Course:
        return Course(
            doses=doses,
            visits=tuple(self.visits.get(person, ())),
            measured={name: times.get(person, ()) for name, times in self.measured.items()},
            signed=self.signed.get(first, {}),
            bridged=frozenset(self.bridged.get(first, ())),
        )


def _beside(clinic_id: UUID, courses: Mapping[str, _Course], protocols: Iterable[Protocol], at: datetime) -> _Beside:
    visits: defaultdict[str, list[Visit]] = defaultdict(list)
    signed: defaultdict[str, dict[int, datetime]] = defaultdict(dict)
    bridged: defaultdict[str, set[int]] = defaultdict(set)
    for person, when, state, dose_no in visits_by(clinic_id, at):
        visits[person].append(Visit(moment(when), state, dose_no))
    for first, after, when in completed.signed(clinic_id, at):
        signed[first][after] = moment(when)
    for version, after in plan_kept.bridging_doses(clinic_id, at):
        bridged[courses[version].first].add(after)
    names = sorted({name for each in protocols for name in (*each.at_baseline, *each.at_review)})
    measured: dict[str, Mapping[str, list[datetime]]] = {}
    for name in names:
        times: defaultdict[str, list[datetime]] = defaultdict(list)
        for row in measures.totals(clinic_id, name, at):
            times[row[0]].append(moment(row[1]))
        measured[name] = times
    orders = {row[0]: row[1:] for row in begun.orders_begun(clinic_id, at)}
    return _Beside(orders=orders, visits=visits, measured=measured, signed=signed, bridged=bridged)


def _given(number: int, began_at: datetime, order: tuple[Any, ...], planned_apart: tuple[int, int], place: ZoneInfo) -> Given:
    ended_at, drug, ug_per_kg, ug, minutes, explained = order
    return Given(
        number=number, began_at=began_at, ended_at=moment(ended_at) if ended_at else None, day=began_at.astimezone(place).date(), drug=drug,
        ug_per_kg=ug_per_kg, ug=ug, minutes=minutes, explained=bool(explained), planned_apart=planned_apart,
    )  # fmt: skip
