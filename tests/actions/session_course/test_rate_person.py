"""What the person rated is kept with its time; what was not asked or declined is said, and the evening stands beside it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.rate_person import rate_person
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.experience import Experience, experience
from afterglow.pathway.session.queries.timeline import lines
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.course import finish, gone_home, vitals, waste_rest
from tests.support.session import OnTheWay


def lived(way: OnTheWay) -> Experience:
    session = Session.objects.get(id=way.session_id)
    return experience(session.id, session.person_id, started_at=session.started_at, dose_ended_at=session.dosing_ended_at)


def in_recovery(way: OnTheWay) -> datetime:
    over = way.at + timedelta(minutes=40)
    finish(way, over)
    waste_rest(way, over)
    return over


def put(way: OnTheWay, item: str, value: int | None, at: datetime, *, declined: str = "", by=None, key: str = ""):
    return rate_person(
        session_id=way.session_id, item=item, value=value, declined=declined, key=key or f"{item} {value} {at}", by=by or way.cast.ben, at=at
    )


# req: S53
def test_mood_at_the_end_is_kept_or_declined_and_never_silently_missing(way: OnTheWay) -> None:
    over = in_recovery(way)
    before, end, evening = lived(way).moods
    assert (before.words, end.words, evening.words) == ("not asked", "not asked", "none on record")
    put(way, "mood_end", None, over + timedelta(minutes=50), declined="too tired to say")
    assert lived(way).moods[1].words == "no number: too tired to say"
    kept = put(way, "mood_end", 0, over + timedelta(minutes=60))
    assert lived(way).moods[1].words == "0" and lived(way).moods[1].by == "Ben Okoye"
    assert json.loads(Entry.objects.get(session_id=way.session_id, seq=kept.seq).text) == {"declined": "", "item": "mood_end", "value": 0}
    (line,) = [each for each in lines(deeds(way.session_id)) if each.seq == kept.seq]
    assert line.text == "Low mood at the end, 0 to 10: 0."


# req: S53
def test_the_evening_stands_beside_it(way: OnTheWay) -> None:
    left = gone_home(way)
    evening = left + timedelta(hours=6)
    asked = assign(
        person_id=way.person_id, instrument="today", occasion="evening", channel="staff", site_id=way.cast.site_id, by=way.cast.ben, at=evening
    )
    answers = {"low_mood": 3, "anxiety": 2, "hopelessness": 1, "thoughts": 0}
    answer(assignment_id=asked, answers=answers, taken_at=evening, key="evening", by=way.cast.ben, at=evening)
    assert (lived(way).evening.words, lived(way).evening.at) == ("3", evening)


# req: S77
def test_the_scale_and_the_course_of_being_detached(way: OnTheWay) -> None:
    assert lived(way).detached.peak is None
    for minute, value in ((10, 5), (20, 8), (35, 2)):
        vitals(way, way.at + timedelta(minutes=minute), words={}, detached=value)
    put(way, "cadss_peak", 41, way.at + timedelta(minutes=36))
    over = in_recovery(way)
    put(way, "cadss_end", 3, over + timedelta(minutes=80))
    now = lived(way)
    assert [each.words for each in now.scales] == ["not asked", "41", "3"]
    assert (now.detached.peak, now.detached.at_least_min, now.detached.at_most_min) == (8, 10, 35)


@pytest.mark.parametrize(
    ("item", "value", "declined", "field"),
    [("mood_end", 11, "", "value"), ("mood_end", None, " ", "value"), ("mood_end", 1, "tired", "declined"), ("mood_before", 3, "", "rated")],
)
def test_half_an_answer_or_the_wrong_moment_keeps_nothing(way: OnTheWay, item: str, value: int | None, declined: str, field: str) -> None:
    over = in_recovery(way)
    with pytest.raises(Refusal) as caught:
        put(way, item, value, over, declined=declined)
    assert (caught.value.code, caught.value.field) == ("session.answer_incomplete", field)
    assert not Entry.objects.filter(session_id=way.session_id, kind="rated").exists()


def test_who_may_and_a_retry_and_the_end(way: OnTheWay) -> None:
    at = in_recovery(way) + timedelta(minutes=5)
    with pytest.raises(Forbidden):
        put(way, "mood_end", 3, at, by=way.cast.faye)
    with pytest.raises(NotFound):
        put(way, "mood_end", 3, at, by=way.cast.cora)
    assert put(way, "mood_end", 3, at, key="k") == put(way, "mood_end", 3, at, key="k")
    with pytest.raises(Refusal):
        rate_person(
            session_id=way.session_id, item="mood_end", value=3, taken_at=way.at, key="early", by=way.cast.ben, at=at
        )  # before the dose ended


def test_after_the_end_nothing_more_is_rated(way: OnTheWay) -> None:
    left = gone_home(way)
    with pytest.raises(Refusal) as caught:
        put(way, "mood_end", 3, left)
    assert caught.value.code == "session.ended"


def test_it_costs_the_same_however_much_was_rated(way: OnTheWay) -> None:
    over = in_recovery(way)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            lived(way)
        return len(seen)

    once = cost()
    for number in range(4):
        put(way, "mood_end", number, over + timedelta(minutes=number))
    assert cost() == once
