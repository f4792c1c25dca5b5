"""Distress and touch as they are charted: what is kept, what is refused, what goes to somebody else, a retry, two at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_touch import chart_touch
from afterglow.pathway.session.actions.note_setting import note_setting
from afterglow.pathway.session.actions.support_person import support_person
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.comfort import comfort_now, distress_of
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.setting import setting_now
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.pathway.session.queries.timeline import lines
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.flags.models import Flag
from tests.support.course import gone_home, vitals
from tests.support.session import OnTheWay


def session(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def felt(way: OnTheWay, rating: int | None, minutes: int = 5, **more: object):
    told = {"key": f"felt {rating} {minutes}", "by": way.cast.ben, "at": way.at + timedelta(minutes=minutes), **more}
    return support_person(session_id=way.session_id, rating=rating, **told)


def touched(way: OnTheWay, stamp: str, minutes: int = 5, **more: object):
    told = {"key": f"touched {stamp} {minutes}", "by": way.cast.ben, "at": way.at + timedelta(minutes=minutes), **more}
    return chart_touch(session_id=way.session_id, stamp=stamp, **told)


def line_of(way: OnTheWay, seq: int) -> str:
    return next(line.text for line in lines(deeds(way.session_id)) if line.seq == seq)


# req: S80
def test_distress_is_kept_with_what_was_done_and_asks_for_an_answer(way: OnTheWay) -> None:
    kept = felt(way, 8, did=["quieter", "stayed"], words="eyeshade off")
    assert felt(way, 8, did=["stayed", "quieter"], words="eyeshade off").seq == kept.seq, "the same write again"
    told = json.loads(Entry.objects.get(session_id=way.session_id, seq=kept.seq).text)
    assert (told["rating"], told["did"], told["plan"]) == (8, ["Stayed beside them and spoke", "Made it quieter: light, music, people"], 1)
    assert line_of(way, kept.seq) == ("Distress: 8 of 10. Stayed beside them and spoke; Made it quieter: light, music, people. eyeshade off")
    (raised,) = standing_marks(session(way), at=way.at + timedelta(minutes=6))
    assert (raised.mark.sentence, raised.mark.level) == ("Distress 8 of 10.", "act")
    row = AuditRow.objects.get(event="session.distress_charted")
    assert (row.person_id, row.actor_id) == (way.person_id, way.cast.ben.id)
    vitals(way, way.at + timedelta(minutes=9), words={"distress": "3"})
    course = distress_of(deeds(way.session_id), started_at=session(way).started_at)
    assert (course.highest, course.last, course.count) == (8, 3, 2), "the rating charted with vital signs counts too"


# req: S80
def test_what_was_not_asked_is_said_and_nothing_is_not_kept(way: OnTheWay) -> None:
    assert line_of(way, felt(way, None, declined="does not answer").seq) == "Distress: no number, does not answer."
    assert line_of(way, felt(way, None, 6, did=["stayed"]).seq) == "Distress: not asked. Stayed beside them and spoke."
    assert standing_marks(session(way), at=way.at + timedelta(minutes=7)) == ()
    for told in ({"rating": None}, {"rating": 11}, {"rating": 3, "did": ["hugged"]}):
        with pytest.raises(Refusal) as caught:
            felt(way, told["rating"], 8, did=told.get("did", ()))
        assert caught.value.code == "session.answer_incomplete"
    with pytest.raises(Forbidden):
        felt(way, 3, 8, by=way.cast.faye)
    with pytest.raises(NotFound):
        felt(way, 3, 8, by=way.cast.cora)


# req: S79
def test_a_hallucination_without_a_grade_is_looked_at_and_a_severe_one_calls_the_prescriber(way: OnTheWay) -> None:
    told = {"session_id": way.session_id, "by": way.cast.ben, "at": way.at + timedelta(minutes=5)}
    chart_event(kind="hallucination", grade=1, key="one", **told)
    assert standing_marks(session(way), at=told["at"]) == ()
    chart_event(kind="hallucination", key="two", **told)
    (raised,) = standing_marks(session(way), at=told["at"])
    assert raised.mark.sentence == "Hallucination, not graded." and "grade it" in raised.mark.says
    chart_event(kind="hallucination", grade=3, key="three", **told)
    assert "call the prescriber" in standing_marks(session(way), at=told["at"])[0].mark.says
    assert Flag.objects.filter(person_id=way.person_id, kind="adverse_event").count() == 1, "a named person follows it up"


# req: S83 N13
# hazard: H43
def test_touch_is_stamped_with_what_counted_and_a_no_ends_every_yes(way: OnTheWay) -> None:
    record_comfort(person_id=way.person_id, touch="yes", by=way.cast.ben, at=way.at - timedelta(days=1))
    kept = touched(way, "as_agreed", words="hand")
    assert touched(way, "as_agreed", words="hand").seq == kept.seq, "the same write again"
    assert line_of(way, kept.seq) == "Touch: Given as agreed on the comfort card. hand"
    touched(way, "ended", 6)
    assert comfort_now(session(way)).touch.word == "no"
    with pytest.raises(Refusal, match="session.touch_not_agreed"):
        touched(way, "as_agreed", 7)
    again = touched(way, "asked_for", 8)
    assert line_of(way, again.seq) == "Touch: They asked for it themselves. Beforehand they had said no."
    assert comfort_now(session(way)).touch.word == "yes", "the card of before the dose counts again"
    assert AuditRow.objects.filter(event="session.touch_charted", person_id=way.person_id).count() == 3


# req: S83
# hazard: H43
def test_touch_without_their_word_is_charted_and_goes_to_somebody_else(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        touched(way, "without")
    assert (caught.value.code, caught.value.field) == ("session.answer_incomplete", "words")
    kept = touched(way, "without", words="took her hand while she cried")
    flag = Flag.objects.get(kind="touch_without_word")
    assert flag.urgency == "today" and f"entry {kept.seq}" in flag.sentence and "cried" not in flag.sentence
    note, at = "Spoke with her: she was glad of it; agreed anew.", way.at + timedelta(minutes=30)
    own_flag(flag_id=flag.id, by=way.cast.ben, at=at)
    with pytest.raises(Refusal) as own:
        close_flag(flag_id=flag.id, note=note, key="own", by=way.cast.ben, at=at)
    assert [finding.item for finding in own.value.findings] == ["colleague"]
    own_flag(flag_id=flag.id, by=way.cast.ana, at=at)
    close_flag(flag_id=flag.id, note=note, key="hers", by=way.cast.ana, at=at)
    assert Flag.objects.get(id=flag.id).closed_at == at
    with pytest.raises(Forbidden):
        touched(way, "said_no", by=way.cast.faye)
    with pytest.raises(NotFound):
        touched(way, "said_no", by=way.cast.cora)


# req: S84 S83
# hazard: H43
def test_the_setting_is_noted_whole_by_name_and_only_of_people_on_site(way: OnTheWay) -> None:
    told = {"session_id": way.session_id, "by": way.cast.ben, "at": way.at + timedelta(minutes=5)}
    assert setting_now(session(way)).company.state == "unknown"
    ana, ben = way.cast.ana.user_id, way.cast.ben.user_id
    first = note_setting(intention="to rest", here=[ben], key="one", **told)
    assert note_setting(intention="to rest", here=[ben], key="one", **told).seq == first.seq, "the same write again"
    assert line_of(way, first.seq) == "Set and setting. In the room: Ben Okoye. Intention: to rest."
    assert setting_now(session(way)).company.sentence == "Of staff only Ben Okoye is noted in the room."
    note_setting(music="piano", eyeshade="on", here=[ana, ben], key="two", **told)
    now = setting_now(session(way))
    assert now.setting is not None and (now.setting.here, now.setting.intention) == (("Ana Ruiz", "Ben Okoye"), ""), "the newest counts whole"
    assert (now.company.state, now.by, now.at) == ("met", "Ben Okoye", told["at"])
    assert AuditRow.objects.filter(event="session.setting_noted", person_id=way.person_id).count() == 2
    for more in ({}, {"here": [way.cast.cora.user_id]}, {"eyeshade": "blue"}):
        with pytest.raises(Refusal, match="session.answer_incomplete"):
            note_setting(key=f"not {more}"[:40], **more, **told)
    with pytest.raises(Forbidden):
        note_setting(light="dim", key="faye", **told | {"by": way.cast.faye})
    with pytest.raises(NotFound):
        note_setting(light="dim", key="cora", **told | {"by": way.cast.cora})


def test_a_session_that_ended_takes_none_of_them(way: OnTheWay) -> None:
    left = gone_home(way)
    minutes = (left - way.at) // timedelta(minutes=1) + 1
    told = {"session_id": way.session_id, "by": way.cast.ben, "at": left + timedelta(minutes=1)}
    for late in (lambda: felt(way, 3, minutes), lambda: touched(way, "said_no", minutes), lambda: note_setting(light="dim", key="late", **told)):
        with pytest.raises(Refusal) as caught:
            late()
        assert caught.value.code == "session.ended"
