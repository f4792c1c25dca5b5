"""Dan after his first dose, with an integration visit booked for the afternoon of the next day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts import queries as accounts_queries
from afterglow.pathway.integration.actions.give_practice import give_practice
from afterglow.pathway.integration.actions.record_visit import record_visit
from afterglow.pathway.integration.actions.set_goal import set_goal
from afterglow.records.schedule import queries as schedule
from tests.support.cast import PASSWORD, ZONE, Cast
from tests.support.contact import five
from tests.support.course import AT, gone_home, one_world
from tests.support.session import OnTheWay

VISIT_AT = AT + timedelta(hours=31)
"""When the booked visit begins: four in the afternoon, 30 hours after the dose's end."""
LATER = VISIT_AT + timedelta(hours=1)
HAPPENED = "Spoke about the sea; calm, slept well."


@contextmanager
def after_the_dose() -> Iterator[OnTheWay]:
    """Dan went home after his first dose; everything done inside is taken back."""
    with one_world(AT) as way:
        gone_home(way)
        yield way


def visit_id(way: OnTheWay) -> UUID:
    """The booked integration visit."""
    return next(row.id for row in schedule.of_person(way.person_id) if row.kind == "integration")


def held(way: OnTheWay, **other: Any) -> UUID:
    """Theo holds the visit as booked; nothing points to danger."""
    told = {"state": "held", "held_at": VISIT_AT, "happened": HAPPENED, "danger": "no", "key": "visit", "by": way.cast.theo, "at": LATER} | other
    if told["state"] == "held":
        told.setdefault("asked", five())
    return record_visit(appointment_id=told.pop("appointment_id", None) or visit_id(way), **told)


def a_goal(way: OnTheWay, **other: Any) -> UUID:
    told = {"text": "Swim again", "insight": "I miss the sea.", "theme": "joy", "key": "goal", "by": way.cast.theo, "at": LATER} | other
    return set_goal(person_id=way.person_id, **told)


def a_practice(way: OnTheWay, goal_id: UUID, **other: Any) -> UUID:
    """Three days of the week that begins with the visit."""
    told = {
        "text": "Walk by the water",
        "times_a_week": 3,
        "starts_on": local_day(LATER),
        "key": "practice",
        "by": way.cast.theo,
        "at": LATER,
    } | other
    return give_practice(goal_id=goal_id, **told)


def local_day(at: datetime) -> date:
    """The clinic's calendar day."""
    return at.astimezone(ZoneInfo(ZONE)).date()


def course_link(cast: Cast, at: datetime, person_id: UUID | None = None) -> tuple[Actor, str]:
    """The holder of a link to the practice, as the portal makes one, and its token."""
    made, token = links.make_link(
        clinic_id=cast.clinic_id, person_id=person_id or cast.dan_id, holder="Dan Marsh", purpose="course", lasts=timedelta(days=28),
        by=cast.theo, at=at,
    )  # fmt: skip
    opened, _ = links.open_by_token(token, at=at)
    return opened.actor(), token


def colleague(cast: Cast, at: datetime, name: str, role: str) -> Actor:
    """One more member of staff, on nobody's care team."""
    email = f"{name.split()[0].lower()}@example.org"
    user = accounts.add_staff(name=name, email=email, password=PASSWORD, role_ids=(role,), by=cast.olga, at=at)
    return accounts_queries.actor_for(user.id, cast.clinic_id)


def stored_anywhere(words: str) -> list[str]:
    """Every table and column of the whole database in which these words stand as plain text."""
    found = []
    with connection.cursor() as cursor, transaction.atomic():
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE CAST("{column.name}" AS TEXT) LIKE %s', [f"%{words}%"])  # noqa: S608
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
    return found
