"""What became of an integration visit: the record, the calendar, the chart, the flag, and who may say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.integration.models import Visit
from afterglow.pathway.integration.queries.course import counts, course
from afterglow.pathway.integration.queries.windows import waiting
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.change import cancel, mark
from afterglow.records.schedule.models import Appointment
from tests.support.integration import HAPPENED, LATER, VISIT_AT, colleague, held, visit_id
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db


# req: S93 S94
def test_a_visit_that_was_held(way: OnTheWay) -> None:
    assert counts(way.person_id, LATER) == (0, 1)
    row = Visit.objects.get(id=held(way))
    assert (row.state, row.held_at, row.session_id, row.recorded_by) == ("held", VISIT_AT, way.session_id, "Theo Lind")
    assert schedule.appointment(visit_id(way), way.cast.clinic_id).state == "done"
    assert counts(way.person_id, LATER) == (1, 1)
    now = course(way.person_id, way.cast.clinic_id, LATER).now
    assert now is not None and now.standing is not None and now.standing.what == "held"
    assert waiting(way.cast.theo, LATER) == [], "a window whose visit was held is not on the list"


def test_what_happened_goes_to_the_chart_for_the_whole_team(way: OnTheWay) -> None:
    visit = Visit.objects.get(id=held(way))
    note = chart.notes(way.person_id)[0]
    assert (note.id, note.kind, note.recorded_by) == (visit.note_id, "integration", "Theo Lind")
    assert note.text == f"Integration visit after infusion 1, held 8 Dec 2026, 16:00 PST. {HAPPENED}"


def test_it_is_audited_without_the_words(way: OnTheWay) -> None:
    visit = held(way)
    row = AuditRow.objects.get(event="integration.visit_recorded")
    assert row.person_id == way.person_id and str(visit) in row.objects_text and "held" in row.new_text
    assert HAPPENED not in row.new_text + row.old_text + row.reason + row.objects_text


def test_the_same_form_twice_is_one_visit(way: OnTheWay) -> None:
    assert held(way) == held(way)
    assert Visit.objects.count() == 1
    with pytest.raises(Refusal, match=r"write\.key_reused"):
        held(way, happened="Something else.")


@pytest.mark.parametrize("before", ["booked", "arrived", "done"])
def test_what_the_desk_marked_already_stays(way: OnTheWay, before: str) -> None:
    for state in {"booked": (), "arrived": ("arrived",), "done": ("arrived", "done")}[before]:
        mark(appointment_id=visit_id(way), state=state, by=way.cast.faye, at=LATER)
    held(way)
    assert schedule.appointment(visit_id(way), way.cast.clinic_id).state == "done"


def test_a_missed_visit_needs_no_words_and_asks_for_another(way: OnTheWay) -> None:
    row = Visit.objects.get(id=held(way, state="missed", happened=""))
    assert (row.state, row.held_at, row.note_id) == ("missed", None, None)
    assert schedule.appointment(visit_id(way), way.cast.clinic_id).state == "missed"
    assert [(line.alert, line.sentence) for line in waiting(way.cast.theo, LATER)] == [
        (True, "The visit was missed. Book another before the window closes.")
    ]


# hazard: H31
def test_danger_becomes_an_urgent_flag_that_nobody_owns_yet(way: OnTheWay) -> None:
    held(way, danger="yes", danger_words="Spoke of a bridge; wife is with him tonight.")
    flag = next(row for row in flags.open_flags(way.cast.ana, LATER) if row.kind == "danger_in_a_talk")
    assert flag.person_id == way.person_id and flag.owner_name == "" and flag.urgency == "urgent"
    assert flag.sentence == "A talk pointed to danger: Spoke of a bridge; wife is with him tonight."


@pytest.mark.parametrize(
    ("other", "code", "items"),
    [
        ({"happened": " "}, "integration.visit_not_recorded", ["integration.words"]),
        ({"danger": ""}, "integration.visit_not_recorded", ["integration.danger"]),
        ({"danger": "yes"}, "integration.visit_not_recorded", ["integration.danger"]),
        ({"held_at": None}, "integration.visit_not_recorded", ["integration.time"]),
        ({"held_at": VISIT_AT - timedelta(hours=13)}, "integration.visit_not_recorded", ["integration.time"]),
        ({"state": "missed", "at": VISIT_AT - timedelta(hours=1), "held_at": None}, "integration.visit_not_recorded", ["integration.time"]),
        ({"held_at": LATER + timedelta(hours=1)}, "clock.future", []),
    ],
)
def test_a_visit_is_not_recorded_half(way: OnTheWay, other: dict[str, Any], code: str, items: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        held(way, **other)
    assert (refused.value.code, [finding.item for finding in refused.value.findings]) == (code, items)
    assert not Visit.objects.exists()
    assert schedule.appointment(visit_id(way), way.cast.clinic_id).state == "booked"


def test_it_is_recorded_once(way: OnTheWay) -> None:
    held(way)
    with pytest.raises(Refusal) as refused:
        held(way, key="another")
    assert [finding.item for finding in refused.value.findings] == ["integration.once"]


def test_a_cancelled_visit_is_booked_anew(way: OnTheWay) -> None:
    cancel(appointment_id=visit_id(way), cause="the person asked for it", by=way.cast.theo, at=LATER)
    with pytest.raises(Refusal) as refused:
        held(way)
    assert [finding.item for finding in refused.value.findings] == ["integration.calendar"]


# req: S94
def test_the_list_counts_down_and_asks_for_what_is_missing(way: OnTheWay) -> None:
    """Booked: nothing to do; its time passed: say what became of it; cancelled: none is booked; closed: still said for some days."""
    ended = way.at + timedelta(minutes=40)

    def line(at: Any) -> tuple[str, bool, str]:
        row = waiting(way.cast.theo, at)[0]
        return row.countdown, row.alert, row.sentence

    assert line(ended + timedelta(hours=2)) == ("opens in 22 h", False, "A visit is booked inside the window.")
    assert line(VISIT_AT + timedelta(hours=1))[1:] == (True, "The visit's time has passed. Say whether it was held.")
    cancel(appointment_id=visit_id(way), cause="the person asked for it", by=way.cast.theo, at=LATER)
    assert line(ended + timedelta(hours=30)) == ("open, 42 h left", True, "No visit is booked inside the window.")
    assert line(ended + timedelta(hours=80)) == ("closed 8 h ago", True, "The window closed without a visit.")
    assert waiting(way.cast.theo, ended + timedelta(hours=72, days=4, minutes=1)) == []


# req: N22
def test_a_dose_ahead_without_a_visit_is_named_before_it(way: OnTheWay) -> None:
    held(way)
    soon = LATER + timedelta(days=1)
    dose = Appointment.objects.get(person_id=way.person_id, kind="dosing")
    dose.pk, dose.dose_no, dose.state, dose.starts_at, dose.ends_at = None, 2, "booked", soon + timedelta(days=2), soon + timedelta(days=2, hours=3)
    dose.id = visit_id(way).__class__(int=77)
    dose.save(force_insert=True)
    rows = waiting(way.cast.theo, soon)
    assert [(row.what, row.dose_no, row.alert) for row in rows] == [("ahead", 2, True)]
    talk = Appointment.objects.get(id=visit_id(way))
    talk.id, talk.dose_no, talk.state = visit_id(way).__class__(int=78), 2, "booked"
    talk.starts_at, talk.ends_at = dose.starts_at + timedelta(hours=30), dose.starts_at + timedelta(hours=31)
    talk.save(force_insert=True)
    assert waiting(way.cast.theo, soon) == []


def test_who_may(way: OnTheWay) -> None:
    tess = colleague(way.cast, LATER, "Tess Moor", "therapist")
    for who in (tess, way.cast.cora):
        with pytest.raises(NotFound):
            held(way, by=who)
    for who in (way.cast.ana, way.cast.ben, way.cast.faye):
        with pytest.raises(Forbidden):
            held(way, by=who)
    dosing = next(row.id for row in schedule.of_person(way.person_id) if row.kind == "dosing")
    with pytest.raises(NotFound):
        held(way, appointment_id=dosing)
    assert waiting(tess, LATER) == [] and waiting(way.cast.cora, LATER) == []
    assert [row.person_id for row in waiting(way.cast.ana, LATER)] == [way.person_id]
