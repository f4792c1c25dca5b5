"""`afterglow audit verify`: what was changed behind the guards is found, in the chain it belongs to and from the row it begins at."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from afterglow.conf import cli
from afterglow.doors.ops import audit
from afterglow.ground import appendonly
from afterglow.ground.audit.models import AuditRow, AuditSeal
from afterglow.ground.audit.seal import seal_closed_rows
from afterglow.ground.keys.keyring import make_key_file
from afterglow.pathway.session import chain
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.models import Entry, Reading, Session
from afterglow.pathway.session.queries.devices import devices_by_key, key_digest
from tests.support.cast import Cast
from tests.support.live_rooms import LiveRoom, live_room

pytestmark = pytest.mark.django_db


def send(room: LiveRoom, name: str, at: datetime) -> None:
    digest = key_digest(room.key)
    message = Message(id=name, taken_at=at, values={"hr": (71.0, "/min")})
    record_readings([Parcel(device=devices_by_key([digest])[digest], messages=(message,), at=at, clock_ahead=None)])


@pytest.fixture
def room(cast: Cast, at: datetime) -> LiveRoom:
    """A deed, then three readings."""
    made = live_room(cast, at)
    for number in range(3):
        send(made, f"m{number}", at + timedelta(seconds=number))
    return made


@contextmanager
def behind_the_guards() -> Iterator[None]:
    connection.check_constraints()  # PostgreSQL drops no trigger while a foreign key still waits to be checked
    appendonly.remove(connection)
    yield
    connection.check_constraints()
    appendonly.install(connection)


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = audit.run(argparse.Namespace(json=True))
    return code, json.loads(capsys.readouterr().out)


# req: N34
# req: R13
def test_a_whole_record_is_said_to_be_whole(room: LiveRoom, cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    other = live_room(cast, at, 2)
    code, said = verified(capsys)
    assert (code, said["ok"], said["sessions"]) == (0, True, 2)
    assert said["rows"] == room.session.seq + other.session.seq
    assert said["broken_sessions"] == said["broken_seals"] == []


def reading(room: LiveRoom, back: int) -> Any:
    return Reading.objects.filter(session_id=room.session_id, seq=room.session.seq - back)


def of(room: LiveRoom) -> Any:
    return Session.objects.filter(id=room.session_id)


def move_to(room: LiveRoom, other: LiveRoom) -> None:
    reading(room, 0).update(session_id=other.session_id, seq=other.session.seq + 1)


TAMPERED: dict[str, tuple[Callable[[LiveRoom], object], int]] = {
    "a value": (lambda room: reading(room, 1).update(text='{"channels":{}}'), 1),
    "a time": (lambda room: reading(room, 1).update(taken_at=room.session.started_at), 1),
    "a deed's kind": (lambda room: Entry.objects.filter(session_id=room.session_id, seq=1).update(kind="note"), 3),
    "a row gone": (lambda room: reading(room, 1).delete(), 1),
    "the last row gone": (lambda room: reading(room, 0).delete(), 0),
    "the last row gone and the counter set back": (lambda room: (reading(room, 0).delete(), of(room).update(seq=room.session.seq - 1)), -1),
    "the counter set back": (lambda room: of(room).update(seq=room.session.seq - 1), -1),
    "the counter and its hash set back": (
        lambda room: of(room).update(seq=room.session.seq - 1, head_sha256=reading(room, 1).get().sha256),
        0,
    ),
    "the head": (lambda room: of(room).update(head_sha256="0" * 64), -1),
}


# req: N34
# req: R13
@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_behind_the_guards_is_found(room: LiveRoom, cast: Cast, at: datetime, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole, last = live_room(cast, at, 2), room.session.seq
    tamper, back = TAMPERED[name]
    with behind_the_guards():
        tamper(room)
    first = {"the counter set back": last, "the last row gone and the counter set back": last}.get(name, last - back)
    code, said = verified(capsys)
    assert (code, said["ok"], said["sessions"]) == (1, False, 2)
    assert said["broken_sessions"] == [{"session": str(room.session_id), "first_broken": first}]
    assert chain.first_broken_link(whole.session_id) is None


# hazard: H1
def test_a_row_moved_to_another_persons_session_breaks_both(room: LiveRoom, cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    other = live_room(cast, at, 2)
    with behind_the_guards():
        move_to(room, other)
    _, said = verified(capsys)
    assert {each["session"] for each in said["broken_sessions"]} == {str(room.session_id), str(other.session_id)}


def test_a_reading_that_arrives_while_the_chain_is_walked_is_no_break(
    room: LiveRoom, at: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, asked = room.session.seq, chain.links_of

    def meanwhile(session_id: Any, up_to: int | None = None) -> Any:
        send(room, "meanwhile", at + timedelta(minutes=1))
        return asked(session_id, up_to)

    monkeypatch.setattr(chain, "links_of", meanwhile)
    code, said = verified(capsys)
    assert (code, said["rows"], room.session.seq) == (0, before, before + 1)


# req: R13
def test_a_broken_seal_is_said_with_its_rows(room: LiveRoom, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    seal_closed_rows(at + timedelta(days=1))
    with behind_the_guards():
        AuditRow.objects.filter(id=AuditSeal.objects.get().last_row).update(reason="another")
    code, said = verified(capsys)
    seal = AuditSeal.objects.get()
    assert (code, said["broken_sessions"]) == (1, [])
    assert said["broken_seals"] == [{"first": seal.first_row, "last": seal.last_row}]


def test_the_command_answers_in_sentences_with_no_name_in_them(room: LiveRoom, capsys: pytest.CaptureFixture[str]) -> None:
    make_key_file(settings.KEY_FILE)
    assert cli.main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert said == f"1 of 1 sessions are whole; {room.session.seq} rows hold.\nEvery seal of the audit trail holds.\n"
    with behind_the_guards():
        TAMPERED["a value"][0](room)
    assert cli.main(["audit", "verify"]) == 1
    said = capsys.readouterr().out
    assert f"NOT whole: session {room.session_id}, from row {room.session.seq - 1} on." in said
    assert "Person1" not in said
