"""From mark to answer to what was done and how it ended: tied together, append-only, each with its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.follow_mark import follow_mark
from afterglow.pathway.session.models import Entry
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.followed import MarkCourse, courses_of_marks, may_be_named
from afterglow.pathway.session.queries.room import room
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db


def later(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def answered(way: OnTheWay) -> int:
    """A saturation of 88 at ten past, seen by Ben a minute later; the number of his answer."""
    vitals(way, later(10), spo2=88, words={})
    return acknowledge(session_id=way.session_id, saw="Mask off; on it.", key="seen", by=way.cast.ben, at=later(11)).seq


def note(way: OnTheWay, at: datetime, text: str = "Chin lifted, oxygen 2 L.") -> int:
    return chart_note(session_id=way.session_id, text=text, key=f"note {at}", by=way.cast.ben, at=at).seq


def follow(way: OnTheWay, at: datetime, **other: Any) -> Charted:
    told: dict[str, Any] = {"session_id": way.session_id, "key": f"follow {at}", "by": way.cast.ben, "at": at} | other
    return follow_mark(**told)


def course(way: OnTheWay) -> MarkCourse:
    return courses_of_marks(deeds.deeds(way.session_id))[0]


# req: S71
def test_a_mark_shows_what_was_done_for_it_and_how_it_ended_with_every_time(way: OnTheWay) -> None:
    answer = answered(way)
    assert course(way).is_open and course(way).done == () and course(way).ended == ""
    entry = note(way, later(12))
    follow(way, later(13), answer=answer, entries=[entry], ended="goes_on")
    assert course(way).is_open
    follow(way, later(20), answer=answer, did="Mask left on.", ended="over", taken_at=later(19))
    found = course(way)
    assert "88" in found.sentence and (found.raised_at, found.answered_at, found.answered_by) == (later(10), later(11), "Ben Okoye")
    assert [(step.seq, step.taken_at, step.text) for step in found.done] == [
        (entry, later(12), "Chin lifted, oxygen 2 L."),
        (0, later(19), "Mask left on."),
    ]
    assert (found.ended, found.ended_at, found.ended_by, found.is_open) == ("over, as before", later(19), "Ben Okoye", False)
    assert room(way.session_id, later(21)).answered_marks[0] == found
    line = room(way.session_id, later(21)).timeline[0].text
    assert line.startswith("For the mark “") and line.endswith(": Mask left on. How it ended: over, as before.")


# req: S71
def test_it_is_append_only_audited_and_sent_twice_it_is_one(way: OnTheWay) -> None:
    answer = answered(way)
    before = Entry.objects.filter(session_id=way.session_id).count()
    first = follow(way, later(12), answer=answer, did="Head raised.")
    assert follow(way, later(12), answer=answer, did="Head raised.") == first
    assert Entry.objects.filter(session_id=way.session_id).count() == before + 1
    row = AuditRow.objects.get(event="session.mark_followed")
    assert row.person_id == way.person_id and "Head raised." in row.new_text
    with pytest.raises(Refusal, match=r"write\.key_reused"):
        follow(way, later(12), answer=answer, did="Feet raised.")


# req: S71
def test_an_entry_that_was_corrected_says_what_counts_and_one_taken_back_is_not_named(way: OnTheWay) -> None:
    answer, entry = answered(way), note(way, later(12))
    follow(way, later(13), answer=answer, entries=[entry])
    correct: dict[str, Any] = {"session_id": way.session_id, "seq": entry, "by": way.cast.ben}
    told = {"text": "Chin lifted, no oxygen.", "about": "note"}
    correct_entry(replacement=told, reason="Misheard.", key="one", at=later(14), **correct)
    assert [step.text for step in course(way).done] == ["Chin lifted, no oxygen."]
    correct_entry(replacement=None, reason="Wrong room.", key="two", at=later(15), **correct)
    assert course(way).done == ()
    with pytest.raises(Refusal, match=r"session\.not_tied"):
        follow(way, later(16), answer=answer, entries=[entry])


# req: S71
@pytest.mark.parametrize(
    ("other", "code", "items"),
    [
        ({"answer": None, "did": "Head raised."}, "session.not_tied", ["followed.answer"]),
        ({"answer": 1, "did": "Head raised."}, "session.not_tied", ["followed.answer"]),
        ({}, "session.not_tied", ["followed.did"]),
        ({"did": " \x00"}, "session.not_tied", ["followed.did"]),
        ({"entries": [9999]}, "session.not_tied", ["followed.entries"]),
        ({"ended": "well"}, "session.not_tied", ["followed.did"]),
        ({"did": "Head raised.", "taken_at": later(60)}, "clock.future", []),
        ({"did": "Head raised.", "taken_at": later(-600)}, "session.too_early", []),
    ],
)
def test_half_a_line_is_refused_and_nothing_is_written(way: OnTheWay, other: dict[str, Any], code: str, items: list[str]) -> None:
    answer = answered(way)
    before = Entry.objects.filter(session_id=way.session_id).count()
    with pytest.raises(Refusal) as refused:
        follow(way, later(12), **{"answer": answer, **other})
    assert (refused.value.code, [finding.item for finding in refused.value.findings]) == (code, items)
    assert Entry.objects.filter(session_id=way.session_id).count() == before


def test_only_what_can_be_a_deed_is_offered(way: OnTheWay) -> None:
    answered(way)
    entry = note(way, later(12))
    assert [deed.kind for deed in may_be_named(deeds.deeds(way.session_id))] == ["note", "vitals"]
    assert may_be_named(deeds.deeds(way.session_id))[0].seq == entry


def test_who_may_chart_may_say_it(way: OnTheWay) -> None:
    answer = answered(way)
    for actor, error in ((way.cast.faye, Forbidden), (way.cast.cora, NotFound)):
        with pytest.raises(error):
            follow(way, later(12), answer=answer, did="Head raised.", by=actor)


# req: S71
def test_saying_what_was_done_answers_no_mark_and_raises_none(way: OnTheWay) -> None:
    answer = answered(way)
    vitals(way, later(12), spo2=87, words={})
    standing = [each.mark.code for each in room(way.session_id, later(13)).act]
    assert standing, "it came again"
    follow(way, later(13), answer=answer, did="Head raised.", ended="over")
    assert [each.mark.code for each in room(way.session_id, later(13)).act] == standing


def test_an_answer_from_before_has_no_time_of_its_mark(way: OnTheWay) -> None:
    answered(way)
    kept = deeds.deeds(way.session_id)
    rows = tuple(replace(deed, payload={name: value for name, value in deed.payload.items() if name != "raised_at"}) for deed in kept)
    assert rows != kept
    assert courses_of_marks(rows)[0].raised_at is None
