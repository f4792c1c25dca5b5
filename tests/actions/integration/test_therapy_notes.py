"""Psychotherapy notes: encrypted, their author's alone, nowhere else in the whole database, and never the only place of a danger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.ground.writes.models import WriteKey
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.write_therapy_note import keep_note_draft, write_therapy_note
from afterglow.pathway.integration.models import NoteDraft, PsychotherapyNote
from afterglow.pathway.integration.queries.notes import own_draft, own_notes
from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.flags import queries as flags
from tests.support.integration import LATER, colleague, stored_anywhere, visit_id
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
SECRET = "heron-under-glass"


def write(way: OnTheWay, **other: Any) -> UUID:
    told: dict[str, Any] = {"text": f"The {SECRET} dream again.", "danger": "no", "key": "note", "by": way.cast.theo, "at": LATER} | other
    if "session_id" not in told:
        told.setdefault("appointment_id", visit_id(way))
    return write_therapy_note(**told)


def read_by(actor: Actor, way: OnTheWay) -> list[str]:
    return [note.text for note in own_notes(access.fetch_subject(actor, appointment_id=visit_id(way)))]


# hazard: H31
def test_its_words_stand_nowhere_in_the_database_as_text(way: OnTheWay) -> None:
    """Every column of every table: the note, its draft, the trail, the write keys, the flags, the chart."""
    keep_note_draft(appointment_id=visit_id(way), text=f"half a {SECRET}", by=way.cast.theo, at=LATER)
    write(way)
    write(way, session_id=way.session_id, key="s")
    keep_note_draft(session_id=way.session_id, text=f"half a {SECRET}", by=way.cast.theo, at=LATER)
    assert stored_anywhere(SECRET) == []
    assert stored_anywhere("Theo Lind"), "the search itself finds plain text"
    assert read_by(way.cast.theo, way) == [f"The {SECRET} dream again."]


# hazard: H31
def test_the_trail_knows_that_a_note_was_written_and_not_what(way: OnTheWay) -> None:
    note = write(way)
    row = AuditRow.objects.get(event="integration.psychotherapy_note_written")
    assert (row.old_text, row.new_text, row.reason) == ("", "", "")
    assert str(note) in row.objects_text and row.person_id == way.person_id


# hazard: H31
def test_a_write_key_gives_nothing_away(way: OnTheWay) -> None:
    """Two notes of other words under other keys have the same fingerprint: none of the words is in it."""
    write(way, key="a")
    write(way, key="b", text="Other words.")
    assert len(set(WriteKey.objects.filter(key__in=["a", "b"]).values_list("fingerprint", flat=True))) == 1


def test_the_same_form_twice_is_one_note_and_other_words_are_refused(way: OnTheWay) -> None:
    assert write(way) == write(way)
    assert PsychotherapyNote.objects.count() == 1
    with pytest.raises(Refusal, match=r"write\.key_reused"):
        write(way, text="Other words.")


# hazard: H31
def test_its_author_alone_reads_it(way: OnTheWay) -> None:
    write(way)
    tess = colleague(way.cast, LATER, "Tess Moor", "therapist")
    with pytest.raises(NotFound):
        read_by(tess, way)
    join_care_team(person_id=way.person_id, user_id=tess.user_id, duty="therapist", by=way.cast.faye, at=LATER)
    assert read_by(tess, way) == [], "another therapist of the same person reads their own notes only"
    for who in (way.cast.ana, way.cast.ben, way.cast.olga, way.cast.faye):
        with pytest.raises(Forbidden):
            read_by(who, way)
    with pytest.raises(NotFound):
        read_by(way.cast.cora, way)


def test_one_text_is_bound_to_its_row(way: OnTheWay) -> None:
    """A ciphertext moved to another row does not open."""
    one, two = write(way, key="a"), write(way, key="b", text="Other words.")
    sealed = PsychotherapyNote.objects.filter(id=one).values_list("text", flat=True).get()
    moved = PsychotherapyNote.objects.get(id=two)
    moved.__dict__["text"] = sealed
    with pytest.raises(Refusal, match=r"keys\.cannot_open"):
        assert moved.text


def test_a_note_is_written_anew_by_its_author_once(way: OnTheWay) -> None:
    first = write(way)
    second = write(way, text="Better words.", replaces=first, key="again", at=LATER + timedelta(minutes=5))
    held = own_notes(access.fetch_subject(way.cast.theo, appointment_id=visit_id(way)))
    assert [(note.id, note.replaced) for note in held] == [(second, False), (first, True)]
    with pytest.raises(Refusal, match=r"integration\.note_replaced"):
        write(way, replaces=first, key="third")
    with pytest.raises(NotFound):
        write(way, session_id=way.session_id, replaces=second, key="about something else")
    tess = colleague(way.cast, LATER, "Tess Moor", "therapist")
    join_care_team(person_id=way.person_id, user_id=tess.user_id, duty="therapist", by=way.cast.faye, at=LATER)
    with pytest.raises(NotFound):
        write(way, replaces=second, by=tess, key="not hers")


# hazard: H31 H32
def test_danger_is_asked_and_a_yes_leaves_the_room_in_words_of_its_own(way: OnTheWay) -> None:
    for danger, words in (("", ""), ("yes", " "), ("yes", "x" * 241)):
        with pytest.raises(Refusal, match=r"integration\.note_not_written"):
            write(way, danger=danger, danger_words=words)
    assert not PsychotherapyNote.objects.exists()
    write(way, danger="yes", danger_words="Spoke of pills at home.")
    flag = next(row for row in flags.open_flags(way.cast.ana, LATER) if row.kind == "danger_in_a_talk")
    assert flag.sentence == "A talk pointed to danger: Spoke of pills at home." and flag.urgency == "urgent"
    assert SECRET not in flag.sentence


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * 20_001])
def test_an_empty_or_endless_note_is_refused(way: OnTheWay, text: str) -> None:
    with pytest.raises(Refusal, match=r"integration\.note_not_written"):
        write(way, text=text)
    assert not PsychotherapyNote.objects.exists()


def test_what_is_typed_is_kept_for_its_author_and_goes_with_the_note(way: OnTheWay) -> None:
    theo, subject = way.cast.theo, access.fetch_subject(way.cast.theo, appointment_id=visit_id(way))
    for text in ("half", f"half a {SECRET}"):
        keep_note_draft(appointment_id=visit_id(way), text=text, by=theo, at=LATER)
    assert own_draft(subject) == f"half a {SECRET}" and NoteDraft.objects.count() == 1
    write(way)
    assert own_draft(subject) == "" and not NoteDraft.objects.exists()
    keep_note_draft(appointment_id=visit_id(way), text="more", by=theo, at=LATER)
    keep_note_draft(appointment_id=visit_id(way), text=" ", by=theo, at=LATER)
    keep_note_draft(appointment_id=visit_id(way), text=" ", by=theo, at=LATER)
    assert not NoteDraft.objects.exists()
    with pytest.raises(Refusal, match=r"integration\.note_not_written"):
        keep_note_draft(appointment_id=visit_id(way), text="x" * 20_001, by=theo, at=LATER)


def test_a_note_is_about_a_visit_or_a_session_of_ones_own_patient(way: OnTheWay) -> None:
    tess = colleague(way.cast, LATER, "Tess Moor", "therapist")
    for about in ({"appointment_id": visit_id(way)}, {"session_id": way.session_id}):
        with pytest.raises(NotFound):
            write_therapy_note(**about, text="x", danger="no", key="k", by=tess, at=LATER)
        with pytest.raises(Forbidden):
            write_therapy_note(**about, text="x", danger="no", key="k", by=way.cast.ana, at=LATER)
    with pytest.raises(NotFound):
        write_therapy_note(text="x", danger="no", key="k", by=way.cast.theo, at=LATER)
    with pytest.raises(NotFound):
        access.fetch_subject(Actor.job("clock", way.cast.clinic_id, access.NOTE_WRITE), appointment_id=visit_id(way))
