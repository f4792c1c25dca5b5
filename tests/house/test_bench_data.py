"""The bench database's copies: as many as asked, whole in every key, readable, and guarded again."""

from __future__ import annotations

import ast
import inspect
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from afterglow.ground import appendonly
from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.enquiry.models import Enquiry
from afterglow.pathway.session.models import Entry, Session
from afterglow.records.cabinet.models import Movement
from afterglow.records.chart.models import Person
from afterglow.simulator import house
from tests.support.cabinet import a_draw, a_lot
from tests.support.cast import Cast
from tests.support.live_rooms import live_room
from tools import bench_base
from tools.bench_clone import clone, name_of, plans_of_tables

pytestmark = [pytest.mark.django_db, pytest.mark.engine("sqlite")]
COPIES = 70  # more than one piece


@pytest.fixture
def base(cast: Cast, at: datetime) -> list[Person]:
    """Dan, and somebody whose session has an entry; their session is over, because two doses cannot run in one room."""
    room = live_room(cast, at)
    Session.objects.filter(id=room.session_id).update(state="discharged", dosing_ended_at=at, ended_at=at)
    enquiry = receive_enquiry(
        channel="web",
        given_name="Dan",
        phone="+1 555 0100",
        message="I need help.",
        may_contact=True,
        danger_now="no",
        key="k",
        by=public_page(cast.clinic_id),
        at=at,
    )
    Enquiry.objects.filter(id=enquiry).update(person_id=cast.dan_id, state="accepted", decided_at=at)
    return list(Person.objects.filter(id__in=[cast.dan_id, room.person_id]))


def counts() -> dict[str, int]:
    return {plan.table: plan.model._base_manager.count() for plan in plans_of_tables()}


def broken_keys() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        return cursor.fetchall()


def test_copies_are_as_many_as_asked_and_whole_in_every_key(base: list[Person]) -> None:
    before = counts()
    added = clone(connection, [person.id for person in base], COPIES, days_apart=2)
    assert {table: before[table] + added.get(table, 0) for table in before} == counts()
    assert added[Person._meta.db_table] == len(base) * COPIES
    assert added[Session._meta.db_table] == COPIES
    assert added[Entry._meta.db_table] == COPIES
    assert broken_keys() == []
    connection.check_constraints()


def test_a_copy_is_the_same_course_earlier_under_another_name(base: list[Person], at: datetime) -> None:
    clone(connection, [person.id for person in base], COPIES, days_apart=2)
    session = Session.objects.get(scheduled_at__lt=at - timedelta(days=2 * COPIES - 1))
    first = Session.objects.order_by("-scheduled_at")[0]
    assert first.scheduled_at - session.scheduled_at == timedelta(days=2 * COPIES)
    person = Person.objects.get(id=session.person_id)
    assert person.family_name == f"Example-{name_of(COPIES)}"
    assert person.search_name.startswith(f"example-{name_of(COPIES).lower()} ")
    assert Entry.objects.get(session_id=session.id).text == Entry.objects.get(session_id=first.id).text
    assert len(set(Person.objects.values_list("record_no", flat=True))) == Person.objects.count()


def test_encrypted_text_of_a_copy_opens(base: list[Person]) -> None:
    clone(connection, [person.id for person in base], 3, days_apart=1)
    assert [row.message for row in Enquiry.objects.all()] == ["I need help."] * 4


def test_the_guards_are_back_and_the_trail_keeps_its_upward_end(base: list[Person]) -> None:
    last = AuditRow.objects.order_by("-id").values_list("id", flat=True)[0]
    clone(connection, [person.id for person in base], 3, days_apart=1)
    assert appendonly.missing(connection) == []
    assert AuditRow.objects.order_by("-id").values_list("id", flat=True)[0] == last
    assert AuditRow.objects.filter(id__lt=0).count() > 0


def test_a_thinned_table_is_copied_thinner(base: list[Person]) -> None:
    added = clone(connection, [person.id for person in base], 3, days_apart=1, thin={Entry._meta.db_table: "seq > 1"})
    assert Entry._meta.db_table not in added
    assert added[Session._meta.db_table] == 3


def test_a_lot_comes_with_what_was_received_and_drawn(base: list[Person], cast: Cast, at: datetime) -> None:
    a_draw(cast, at, a_lot(cast, at))
    clone(connection, [person.id for person in base], 3, days_apart=1)
    rows = Movement.objects.values_list("lot__lot_no", "what").annotate(volume_ul=Sum("volume_ul"))
    held = {(lot_no, what): volume_ul for lot_no, what, volume_ul in rows}
    lots = {"K1", "K1-000001", "K1-000002", "K1-000003"}
    assert held == {(lot_no, what): volume_ul for lot_no in lots for what, volume_ul in (("received", 40_000), ("drawn", 3_500))}


def test_no_copies_is_an_error() -> None:
    with pytest.raises(ValueError, match="copies"):
        clone(connection, [], 0, days_apart=1)


def test_a_room_of_the_bench_opens_in_a_clinic_that_the_simulator_founds(db: None) -> None:
    opened_at = bench_base.AT - timedelta(days=bench_base.OPENED_DAYS)
    world = house.found(bench_base.SEED, opened_at.date(), opened_at, zone=bench_base.ZONE, state=bench_base.STATE)
    rooms = [bench_base._live_room(world, number) for number in (1, 2)]
    sessions = Session.objects.filter(id__in=[room.session_id for room in rooms], person__clinic_id=world.clinic_id, site_id=world.site_id)
    assert [(session.state, session.started_at) for session in sessions] == [("dosing", bench_base.AT - timedelta(minutes=5))] * 2
    assert len({room.key for room in rooms}) == 2


def deeds_called() -> list[tuple[str, str, list[str | None]]]:
    """Every call of an action in the bench's own steps: module, name, and the words it is called with."""
    tree = ast.parse(Path(bench_base.__file__).read_text(encoding="utf-8"))
    found = []
    for step in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        imports = [node for node in ast.walk(step) if isinstance(node, ast.ImportFrom) and node.module and ".actions." in node.module]
        source = {alias.asname or alias.name: (str(node.module), alias.name) for node in imports for alias in node.names}
        for call in ast.walk(step):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in source:
                found.append((*source[call.func.id], [each.arg for each in call.keywords]))
    return found


@pytest.mark.parametrize(("module", "name", "words"), deeds_called(), ids=lambda each: each if isinstance(each, str) else "")
def test_a_step_of_the_bench_calls_an_action_as_it_is_now(module: str, name: str, words: list[str | None]) -> None:
    """The whole database takes two minutes to build, so that no test builds it: an action that changed would only show at the next bench."""
    wanted = inspect.signature(getattr(import_module(module), name)).parameters
    assert set(words) <= set(wanted)
    assert {each.name for each in wanted.values() if each.default is each.empty} <= set(words)
