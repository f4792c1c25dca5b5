"""The bench's clinic: the demo's people, whole courses to copy, and twenty rooms with a dose under way, all at one fixed moment.

Everyone but the twenty rooms comes there by the same actions as in a clinic.  The database is kept in `.bench/` under a name made from the
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
ROOMS = 20
DAYS_APART = 1
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
            house.house_life(world, opened=opened, days=OPENED_DAYS + 4),
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
        rows += [("room", str(room.session_id), room.key) for room in rooms]
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
    from afterglow.simulator.script import Life, Step
    from afterglow.simulator.walk import Someone

    made = []
    for number in range(COURSES):
        one = Someone(100 + number, invent(SEED, 100 + number, AT.date()))
        room, nurse = (("room_4", "ben"), ("room_5", "nia"))[number % 2]
        first = world.clock(world.day_of(AT) - timedelta(days=FIRST_DOSE_DAYS), 5 + 3 * (number // 2))
        course = Course(one=one, now=DOSES, arrives=first + timedelta(days=17), room=room, before=room, after=room, nurse=nurse)
        review = Step(course.visit_at(4) - timedelta(hours=30), "review", _go_on)
        steps = [*course_steps(course), review, *dosing.whole_visit(course.dose(DOSES), course.arrives)[1:]]
        life = Life(name=f"bench {number}", steps=steps)
        life.keep("name", one.who.name)
        made.append(life)
    return made


def _go_on(world: object, life: object, at: datetime) -> None:
    """After the third infusion the prescriber reviews and lets the course go on to its end."""
    from afterglow.pathway.plan.actions.allow_doses import allow_doses

    allow_doses(
        plan_id=life.id_of("plan"),
        up_to=DOSES,
        reason="Sleeps better, PHQ-9 down by a third; goes on.",
        reviewed=True,
        signed=world.sign("ana", at),
        by=world.staff["ana"],
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

    cast = SimpleNamespace(site_id=world.site_id, **world.staff)
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
        cursor.execute("PRAGMA foreign_key_check")
        if broken := cursor.fetchall():
            raise RuntimeError(f"{len(broken)} copied rows name a row that is not there, such as {broken[0]}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.fetchall()
    return added


def notes(database: Path, kind: str) -> dict[str, str]:
    """What the build wrote down: name -> key."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as held:
        return dict(held.execute("SELECT name, value FROM bench_note WHERE kind = ?", (kind,)).fetchall())
