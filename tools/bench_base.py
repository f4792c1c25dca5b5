"""The bench's clinic: the demo's people, whole courses to copy, and rooms with a dose under way, all at one fixed moment.

Everyone but those in the rooms comes there by the same actions as in a clinic.  The database is kept in `.bench/` under a name made from the
schema and the code that builds it; each run works on a copy, with the clock set back to the moment at which it was built.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

PROJECT = Path(__file__).resolve().parents[1]
KEPT = PROJECT / ".bench"
AT = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
"""The moment at which every bench takes place: a Monday, 10:00 at the site."""
ZONE, STATE, SEED = "America/Los_Angeles", "CA", 20261207
COURSES, DECLINED, DOSES = 5, 1, 6
"""People who are copied: whole courses of six infusions, and people who were not cleared.  Five sessions a person on average."""
OPENED_DAYS, FIRST_DOSE_DAYS = 70, 52
ON_AFTERCARE = (0, 1, 2)
"""Which courses go on to aftercare; the others are stopped at the last review."""
ROOMS, SENDING = 38, 20
"""With the demo's two, forty rooms with a dose under way; the monitors of twenty send while the stream is measured."""
DAYS_APART = 1
MOST_ROUNDS = 40
AFTERCARE_DAYS = 365
"""Copies whose aftercare began longer ago have it behind them; of the others, checks up to today are done."""
THIN = {
    "pathway_session_reading": 40,
    "ground_audit_auditrow": 10,
    "pathway_session_gatedecision": 5,
    "pathway_session_entry": 4,
    "pathway_session_checkinanswer": 4,
}
"""Table -> of how many rows a copied session keeps one: the file would be twice as large by what only that session's own page and its trail read.
People, sessions, appointments, plans, orders, decisions, consents, answers and flags are all copied, and what is measured is whole."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """A built pair: the simulated clinic alone, and with its copies.  Both hold the same sessions of today under the same keys."""

    folder: Path
    people: int

    @property
    def small(self) -> Path:
        return self.folder / "small.sqlite3"

    @property
    def large(self) -> Path:
        return self.folder / f"people-{self.people}.sqlite3"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def ready(self) -> Path:
        """Written last: how many seconds the simulation and the copies took, and how many rows were copied."""
        return self.folder / f"people-{self.people}.ready"

    @property
    def simulated(self) -> Path:
        """Written when the clinic alone is whole: in how many seconds."""
        return self.folder / "small.ready"

    def counts(self) -> dict[str, int]:
        with sqlite3.connect(f"file:{self.large}?mode=ro", uri=True) as held:
            tables = ("records_chart_person", "pathway_session_session", "pathway_session_entry", "pathway_session_reading", "ground_audit_auditrow")
            return {table: held.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608


def kept(people: int) -> Kept:
    """Where the database of so many people is, or will be: another schema, library, simulator or bench is another folder."""
    digest = hashlib.sha256(AT.isoformat().encode())
    source = PROJECT / "src" / "afterglow"
    files = [
        *source.rglob("migrations/*.py"),
        *source.rglob("models.py"),
        *(source / "simulator").glob("*.py"),
        *(source / "library").rglob("*.yaml"),
    ]
    for file in [*sorted(files), PROJECT / "tools" / "bench_base.py", PROJECT / "tools" / "bench_clone.py"]:
        digest.update(file.read_bytes())
    return Kept(KEPT / digest.hexdigest()[:16], people)


def build(place: Kept, progress: Progress) -> None:
    """Build what is not there.  Django must be set up on `place.small`, with the clock set to AT."""
    from django.db import connection

    if not place.simulated.exists():
        began = time.monotonic()
        _simulate(lambda done, all_: progress("simulating", done, all_))
        _sweep(connection)
        place.simulated.write_text(f"{time.monotonic() - began:.1f}")
    began = time.monotonic()
    shutil.copyfile(place.small, place.large)
    connection.close()
    connection.settings_dict["NAME"] = str(place.large)
    added = _multiply(connection, place.people, lambda done, all_: progress("copying", done, all_))
    connection.close()
    _settle(lambda done, all_: progress("catching up", done, all_))
    connection.close()
    place.ready.write_text(f"{place.simulated.read_text()} {time.monotonic() - began:.1f} {sum(added.values())}")


def _sweep(connection: object) -> None:
    """Everything into the one file, so that a copy of it is whole."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
    connection.close()


def _simulate(progress: Callable[[int, int], None]) -> None:
    from django.db import connection, transaction

    from afterglow.doors.ops import migrate
    from afterglow.ground import ids
    from afterglow.simulator import house, lives
    from afterglow.simulator.script import play

    migrate.bring_up_to_date()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    opened = AT.date() - timedelta(days=OPENED_DAYS)
    with ids.source(random.Random(SEED)), transaction.atomic():
        world = house.found(SEED, opened, AT - timedelta(days=OPENED_DAYS, hours=10), zone=ZONE, state=STATE)
        copied = [*_courses(world), *_declined(world)]
        everyone = [
            house.house_life(world, opened=opened, full_from=opened, until=opened + timedelta(days=OPENED_DAYS + 4)),
            *copied,
            *lives.fixed_lives(world, AT),
            *lives.live_lives(world, AT, start_no=0),
        ]
        due = sum(1 for life in everyone for step in life.steps if step.at <= AT)
        for done, _ in enumerate(play(world, everyone, until=AT), start=1):
            progress(done, due)
        rooms = [_live_room(world, number) for number in range(1, ROOMS + 1)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_note (kind text, name text, value text)")
        rows = [("copied", life.name, life.id_of("person").hex) for life in copied]
        rows += [("room", str(room.session_id), room.key) for room in rooms[:SENDING]]
        rows += [(kind, life, str(session)) for kind, life, session in _of_today(everyone)]
        cursor.executemany("INSERT INTO bench_note VALUES (%s, %s, %s)", rows)


def _of_today(everyone: list[object]) -> Iterator[tuple[str, str, str]]:
    """The keys of what the pages are measured on."""
    by_name = {life.name: life for life in everyone}
    yield "person", "in session", str(by_name["live 0 monitor"].id_of("person"))
    yield "person", "after a course", str(by_name["bench 0"].id_of("person"))
    yield "session", "under way", str(by_name["live 0 monitor"].id_of("session 3"))
    yield "session", "arriving", str(by_name["live 0 arriving"].id_of("session 2"))
    yield "session", "over", str(by_name["bench 0"].id_of("session 6"))


def _courses(world: object) -> list[object]:
    """Two rooms, three visits a day each at most, three hours apart; everybody's six infusions fall on the same six days."""
    from afterglow.simulator import dosing
    from afterglow.simulator.lives import Course, course_steps
    from afterglow.simulator.people import invent
    from afterglow.simulator.script import Life
    from afterglow.simulator.walk import Someone

    made = []
    for number in range(COURSES):
        one = Someone(100 + number, invent(SEED, 100 + number, AT.date()))
        room, nurse = (("room_4", "ben"), ("room_5", "nia"))[number % 2]
        first = world.clock(world.day_of(AT) - timedelta(days=FIRST_DOSE_DAYS), 5 + 3 * (number // 2))
        course = Course(one=one, now=DOSES, arrives=first + timedelta(days=17), room=room, before=room, after=room, nurse=nurse)
        steps = [*course_steps(course), *_reviewed(course, number), *dosing.whole_visit(course.dose(DOSES), course.arrives)[1:]]
        life = Life(name=f"bench {number}", steps=steps)
        life.keep("name", one.who.name)
        made.append(life)
    return made


def _reviewed(course: object, number: int) -> list[object]:
    """What a clinic that keeps up does besides the doses: the PHQ-9 every week, both reviews, and aftercare for those who go on to it."""
    from afterglow.simulator.script import Step

    asked = [
        Step(course.visit_at(1) + timedelta(days=days, hours=-1), "ask the PHQ-9", partial(_ask, score=score))
        for days, score in zip((7, 14, 21, 28, 45), (2, 1, 1, 0, 1), strict=True)
    ]
    goes_on = number in ON_AFTERCARE
    end = course.visit_at(DOSES)
    steps = [
        *asked,
        Step(course.visit_at(4) - timedelta(hours=30), "review", partial(_review, decision="continue")),
        Step(end + timedelta(hours=30), "review", partial(_review, decision="aftercare" if goes_on else "stop")),
    ]
    if goes_on:
        steps += [Step(end + timedelta(days=2), "begin aftercare", _begin_aftercare), Step(end + timedelta(days=28), "look after a month", _look)]
    return steps


def _ask(world: object, life: object, at: datetime, *, score: int) -> None:
    """Nine answers of the same height, which is all that a page's speed depends on."""
    from afterglow.records.measures.actions.assign import assign
    from afterglow.simulator import walk

    nurse = world.staff["ben"]
    asked = assign(person_id=life.id_of("person"), instrument="phq9", occasion=f"{at:%d %b}", channel="staff", site_id=world.site_id, by=nurse, at=at)
    told = {f"q{item}": 0 if item == 9 else score for item in range(1, 10)}
    walk.give_answers(world, life, asked, told, by=nurse, at=at, key=f"phq9 {at:%Y%m%d}")


def _review(world: object, life: object, at: datetime, *, decision: str) -> None:
    from afterglow.pathway.response.actions.sign_review import sign_review

    sign_review(
        plan_id=life.id_of("plan"),
        decision=decision,
        reason="Sleeps better, PHQ-9 down by a third.",
        signed=world.sign("ana", at),
        key=life.key(f"review {decision}"),
        by=world.staff["ana"],
        at=at,
    )


def _begin_aftercare(world: object, life: object, at: datetime) -> None:
    from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare

    life.keep("aftercare", start_aftercare(person_id=life.id_of("person"), by=world.staff["ana"], at=at))


def _look(world: object, life: object, at: datetime) -> None:
    from afterglow.pathway.aftercare.actions.record_check import record_check
    from afterglow.pathway.aftercare.queries import aftercare
    from afterglow.records.measures import queries as measures
    from afterglow.records.measures.rules.contact import INTERVIEW, AskedAtContact

    said = {question.id: 0 for question in measures.paper(INTERVIEW).questions}
    check = next(row for row in aftercare.page(life.id_of("aftercare"), at).checks if row.state in ("due", "overdue"))
    record_check(
        check_id=check.id,
        reached=True,
        how="phone",
        asked=AskedAtContact(said=said, why_no_scale="It is asked by link."),
        note="Works half days, walks, sees friends.",
        next_step="continue",
        key=life.key("look"),
        by=world.staff["ben"],
        at=at,
    )


def _declined(world: object) -> list[object]:
    """Somebody whose screening found what nobody may lift."""
    from afterglow.simulator import walk
    from afterglow.simulator.people import invent
    from afterglow.simulator.script import Life, Step
    from afterglow.simulator.walk import Someone

    made = []
    for number in range(COURSES, COURSES + DECLINED):
        one = Someone(100 + number, invent(SEED, 100 + number, AT.date()))
        called = world.clock(world.day_of(AT) - timedelta(days=FIRST_DOSE_DAYS), 9)

        def found(world: object, life: object, at: datetime, one: Someone = one) -> None:
            walk.open_and_answer(world, life, at, one, different={"history.aneurysm_or_avm": "yes"})

        steps = [*walk.enquiry_steps(one, called), *walk.intake_steps(one, called + timedelta(days=2))]
        steps += [Step(called + timedelta(days=5), "open the case", found), Step(called + timedelta(days=5, hours=1), "decline", walk.decline)]
        life = Life(name=f"bench {number}", steps=steps)
        life.keep("name", one.who.name)
        made.append(life)
    return made


def _live_room(world: object, number: int) -> object:
    from tests.support.live_rooms import live_room

    cast = SimpleNamespace(clinic_id=world.clinic_id, site_id=world.site_id, **world.staff)
    return live_room(cast, AT, number, started_ago=timedelta(minutes=5))


def _multiply(connection: object, people: int, progress: Callable[[int, int], None]) -> dict[str, int]:
    from tools.bench_clone import clone

    with connection.cursor() as cursor:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1500000", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
            cursor.fetchall()
        cursor.execute("SELECT value FROM bench_note WHERE kind = 'copied'")
        copied = [UUID(value) for (value,) in cursor.fetchall()]
    copies = -(-people // len(copied))
    added = clone(
        connection, copied, copies, days_apart=DAYS_APART, thin={table: f"rowid % {every} = 0" for table, every in THIN.items()}, progress=progress
    )
    with connection.cursor() as cursor:
        _keep_up(cursor)
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchall():
            raise RuntimeError(f"{len(broken)} copied rows name a row that is not there, such as {broken[0]}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.fetchall()
    return added


def _settle(progress: Callable[[int, int], None]) -> None:
    """The clinic's own rounds until nothing is left to do: else the server begins with minutes of work that a running clinic has behind it."""
    from afterglow.doors.jobs.tick import tick

    for count in range(1, MOST_ROUNDS + 1):
        done = tick(AT)
        progress(count, MOST_ROUNDS)
        if not done.get("check_ins_planned") and not done.get("messages_sent"):
            break


def _keep_up(cursor: object) -> None:
    """Copies lie up to ten years back, and nobody looked after them since: what such a clinic has done by today is entered."""
    cursor.execute(
        "UPDATE pathway_aftercare_aftercareplan SET state = 'ended', ended_at = %s, ended_by = 'bench', end_reason = 'a year' WHERE state = 'on' AND made_at < %s",
        [AT, AT - timedelta(days=AFTERCARE_DAYS)],
    )
    cursor.execute(
        "UPDATE pathway_aftercare_check SET state = 'dropped' WHERE state = 'due' AND aftercare_id IN "
        "(SELECT id FROM pathway_aftercare_aftercareplan WHERE state = 'ended')"
    )
    cursor.execute("UPDATE pathway_aftercare_check SET state = 'done', done_at = %s WHERE state = 'due' AND due_on < %s", [AT, AT.date()])


def notes(database: Path, kind: str) -> dict[str, str]:
    """What the build wrote down: name -> key."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as held:
        return dict(held.execute("SELECT name, value FROM bench_note WHERE kind = ?", (kind,)).fetchall())
