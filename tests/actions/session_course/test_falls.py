"""The note of fall risk: what the record says, what a nurse notes, and when each of it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.note_falls import note_falls
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.falls import FallNote, fall_note
from afterglow.pathway.session.queries.timeline import lines
from afterglow.records.adverse.actions.record_event import record_event
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.course import finish, gone_home, tap, waste_rest
from tests.support.session import OnTheWay

MINUTE = timedelta(minutes=1)


def note_at(way: OnTheWay, at: datetime) -> FallNote:
    return fall_note(Session.objects.get(id=way.session_id), at=at)


def reasons(way: OnTheWay, at: datetime) -> dict[str, str]:
    return {finding.item: finding.sentence for finding in note_at(way, at).reasons}


def put(way: OnTheWay, at: datetime, *, key: str = "falls", by=None, **told):
    return note_falls(session_id=way.session_id, key=key, by=by or way.cast.ben, at=at, **told)


# req: S75
# hazard: H55
def test_while_drug_runs_the_note_stands_with_its_reasons_and_what_nobody_asked(way: OnTheWay) -> None:
    at = way.at + MINUTE
    assert reasons(way, at) == {"falls.ketamine": "Ketamine given, and nobody has seen steady walking since."}
    assert {finding.item for finding in note_at(way, at).not_known} == {"falls.fell"}
    chart_event(session_id=way.session_id, kind="dizziness", grade=2, key="dizzy", by=way.cast.ben, at=at)
    midazolam = Dose(name="midazolam", amount="1", unit="mg", route="iv")
    give_medicine(session_id=way.session_id, dose=midazolam, ordered_by="Ana Ruiz", key="m", by=way.cast.ben, at=at)
    found = reasons(way, at)
    assert found["falls.now"] == "In this visit: dizziness, moderate."
    assert found["falls.given"] == "Given in this visit: midazolam."


# req: S75
def test_an_earlier_fall_and_a_sedating_medicine_that_nobody_asked_about(way: OnTheWay) -> None:
    at = way.at + MINUTE
    before = at - timedelta(days=7)
    record_event(person_id=way.person_id, session_id="", kind="fall", grade=1, began_at=before, done_text="", key="fell", by=way.cast.ben, at=at)
    record_medicine(person_id=way.person_id, name="lorazepam", dose_text="1 mg", taken_text="at night", by=way.cast.ben, at=at)
    assert reasons(way, at)["falls.earlier"] == "In an earlier visit: fall, mild on 30 Nov 2026."
    (medicines,) = [finding for finding in note_at(way, at).not_known if finding.item == "falls.medicines"]
    assert medicines.sentence.endswith("not recorded: lorazepam.")


# req: S75
# hazard: H55
def test_steady_walking_seen_after_the_dose_takes_the_reason_away_and_a_later_no_brings_it_back(way: OnTheWay) -> None:
    over = way.at + timedelta(minutes=40)
    finish(way, over)
    waste_rest(way, over)
    assert "falls.ketamine" in reasons(way, over)
    tap(way, "gait", over + MINUTE, {"ok": True})
    assert reasons(way, over + MINUTE) == {}
    tap(way, "gait", over + 2 * MINUTE, {"ok": False})
    assert "falls.ketamine" in reasons(way, over + 2 * MINUTE)
    tap(way, "gait", over + 3 * MINUTE, {"ok": True})
    midazolam = Dose(name="midazolam", amount="1", unit="mg", route="iv")
    give_medicine(session_id=way.session_id, dose=midazolam, ordered_by="Ana Ruiz", key="m", by=way.cast.ben, at=over + 4 * MINUTE)
    assert "falls.ketamine" in reasons(way, over + 4 * MINUTE), "seen before the sedative counts no more"


# req: S75
def test_what_is_done_is_kept_with_its_time_and_the_newest_note_counts(way: OnTheWay) -> None:
    at = way.at + MINUTE
    first = note_at(way, at)
    assert (first.done, first.at, first.walks_with) == ((), None, "")
    charted = put(way, at, done=("bell", "rails"), fell="yes")
    assert put(way, at, done=("bell", "rails"), fell="yes") == charted, "the same press again"
    put(way, at + MINUTE, key="second", done=("rails",), walks_with="Nia Park")
    held = note_at(way, at + MINUTE)
    assert held.done == ("Rails up, or the chair locked",)
    assert (held.walks_with, held.by, held.at) == ("Nia Park", "Ben Okoye", at + MINUTE)
    assert held.fell == "yes", "an answer stands until another one"
    assert reasons(way, at + MINUTE)["falls.fell"] == "Fell in the last twelve months."
    (line,) = [each for each in lines(deeds(way.session_id)) if each.seq == charted.seq]
    assert line.text == "Against a fall: Rails up, or the chair locked. Call bell in reach, and tried. Fell in the last twelve months."
    assert AuditRow.objects.filter(event="session.falls_noted", person_id=way.person_id).count() == 2
    assert first_broken_link(way.session_id) is None


# req: S75
def test_who_may_note_it_and_what_is_refused(way: OnTheWay) -> None:
    at = way.at + MINUTE
    with pytest.raises(Refusal, match=r"session.answer_incomplete"):
        put(way, at)
    with pytest.raises(Refusal, match=r"session.answer_incomplete"):
        put(way, at, key="other", done=("parachute",))
    with pytest.raises(Forbidden):
        put(way, at, done=("rails",), by=way.cast.faye)
    with pytest.raises(NotFound):
        put(way, at, done=("rails",), by=way.cast.cora)
    assert not Entry.objects.filter(session_id=way.session_id, kind="falls").exists()
    left = gone_home(way)
    with pytest.raises(Refusal, match=r"session.ended"):
        put(way, left + MINUTE, done=("rails",))


# req: S75
def test_it_costs_the_same_however_much_is_on_record(way: OnTheWay) -> None:
    at = way.at + MINUTE
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as seen:
            note_at(way, at)
        counts.append(len(seen))
        for more in range(3):
            chart_event(session_id=way.session_id, kind="dizziness", grade=1, key=f"d{number}{more}", by=way.cast.ben, at=at)
            put(way, at, key=f"n{number}{more}", done=("rails",))
    assert counts[0] == counts[1]
