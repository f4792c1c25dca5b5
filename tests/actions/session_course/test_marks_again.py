"""What an answer does not cover: whatever is worse, new, or came after what its writer saw stands again at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.call_help import chart_emergency
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.pathway.session.queries.timeline import lines
from tests.actions.session_course.test_marks import TEN, answer, later, sent, standing, the_session
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay


def sign(way: OnTheWay, at: datetime, what: str, *, taken_at: datetime | None = None) -> int:
    return chart_emergency(session_id=way.session_id, sign=what, taken_at=taken_at, key=f"{what} {at}", by=way.cast.ben, at=at).seq


def acts(way: OnTheWay, at: datetime) -> list[str]:
    """The sentences that ask for action."""
    return [raised.mark.sentence for raised in standing_marks(the_session(way), at=at) if raised.mark.level == "act"]


# hazard: H58
def test_another_emergency_after_the_answer_to_one_stands(way: OnTheWay) -> None:
    sign(way, later(0), "chest_pain")
    answer(way, later(5))
    assert acts(way, later(6)) == []
    sign(way, later(90), "seizure")
    assert acts(way, later(91)) == ["Seizure."]
    answer(way, later(95))
    assert acts(way, later(96)) == []


# hazard: H58
def test_an_answer_from_an_older_page_does_not_clear_a_sign_charted_since(way: OnTheWay) -> None:
    shown = sign(way, later(0), "chest_pain")
    sign(way, later(2), "seizure")
    answer(way, later(3), upto=shown)
    assert acts(way, later(4)) == ["Seizure."]
    answer(way, later(5), key="again")
    assert acts(way, later(6)) == []


# hazard: H10
def test_a_worse_value_charted_by_hand_after_the_answer_stands(way: OnTheWay) -> None:
    vitals(way, later(0), words={}, spo2=89)
    answer(way, later(5))
    vitals(way, later(60), words={}, spo2=70)
    (sentence,) = [each for each in acts(way, later(61)) if "below 9" in each]
    assert "70" in sentence


# hazard: H11
def test_no_breath_after_an_answered_lead_that_was_off_stands(way: OnTheWay) -> None:
    sent(way, later(0), hr=0, pulse=0)
    answer(way, later(2), "Leads off, put back on.")
    assert acts(way, later(3)) == []
    sent(way, later(4), hr=0, pulse=0)
    assert acts(way, later(5)) == []
    sent(way, later(20), hr=0, pulse=0, rr=0)
    assert len(acts(way, later(21))) == 1


# hazard: H10
@pytest.mark.parametrize("again", [60, 84])
def test_what_a_device_kept_back_until_after_the_answer_was_not_seen(way: OnTheWay, again: int) -> None:
    sent(way, later(0), spo2=88)
    sent(way, later(1))
    answer(way, later(30))
    assert acts(way, later(31)) == []
    sent(way, later(10), spo2=again)
    assert any(f"{again} %" in each for each in acts(way, later(32)))
    answer(way, later(40))
    assert acts(way, later(41)) == []


# hazard: H10
def test_the_next_reading_of_an_answered_stretch_does_not_ring_again(way: OnTheWay) -> None:
    sent(way, later(0), spo2=88)
    answer(way, later(2), "Mask on.")
    sent(way, later(1.5), spo2=87)  # was on its way when the answer was written
    sent(way, later(3), spo2=86)
    assert acts(way, later(4)) == []


# hazard: H10
@pytest.mark.parametrize(
    ("before", "goes_on", "worse"),
    [
        ({"spo2": 88}, {"spo2": 85}, {"spo2": 84}),
        ({"rr": 7}, {"rr": 5}, {"rr": 4}),
        ({"hr": 150, "pulse": 150}, {"hr": 169, "pulse": 169}, {"hr": 170, "pulse": 170}),
    ],
)
def test_an_answered_value_that_goes_a_clear_step_further_stands_at_once(way: OnTheWay, before: dict, goes_on: dict, worse: dict) -> None:
    sent(way, later(0), **before)
    answer(way, later(5), "Seen.")
    sent(way, later(6), **goes_on)
    assert acts(way, later(7)) == []
    sent(way, later(8), **worse)
    assert acts(way, later(9)) != []


# hazard: H10
def test_a_value_that_fell_between_the_page_and_its_answer_still_stands(way: OnTheWay) -> None:
    shown = sent(way, later(0), spo2=88)
    sent(way, later(2), spo2=80)
    answer(way, later(3), upto=shown)
    assert any("80 %" in each for each in acts(way, later(4)))


# Emergency is never refused over a clock: safety 41.
@pytest.mark.parametrize(
    ("said", "true"),
    [
        (TEN + timedelta(seconds=30), TEN),
        (TEN - timedelta(seconds=3), TEN - timedelta(seconds=3)),
        (AT - timedelta(days=1), None),
        (TEN.replace(tzinfo=None), TEN),
    ],
)
def test_an_emergency_is_never_refused_over_a_clock(way: OnTheWay, said: datetime, true: datetime | None) -> None:
    sign(way, TEN, "seizure", taken_at=said)
    assert ("emergency", "act") in standing(way, TEN)
    (raised,) = [one for one in standing_marks(the_session(way), at=TEN) if one.mark.code == "emergency"]
    assert raised.first_at == (true or the_session(way).checked_in_at)


def corrected(way: OnTheWay, at: datetime, seq: int, spo2: float) -> int:
    return correct_entry(
        session_id=way.session_id, seq=seq, replacement={"values": {"spo2": {"value": spo2, "unit": "%"}}}, reason="misread",
        key=f"correct {at}", by=way.cast.ben, at=at,
    ).seq  # fmt: skip


# hazard: H10 H57
def test_a_value_corrected_after_the_answer_is_marked_anew_from_what_it_is_now(way: OnTheWay) -> None:
    shown = vitals(way, later(0), words={}, spo2=89).seq
    answer(way, later(5), upto=shown)
    assert acts(way, later(6)) == []
    worse = corrected(way, later(10), shown, 72)
    assert len(acts(way, later(11))) == 2 and all("72" in each for each in acts(way, later(11)))
    with pytest.raises(Refusal):
        answer(way, later(12), upto=shown, key="an old page")
    answer(way, later(13), upto=worse, key="the page of now")
    assert acts(way, later(14)) == []
    corrected(way, later(20), shown, 98)
    assert acts(way, later(21)) == []


# hazard: H10
def test_a_correction_to_a_calm_value_takes_the_mark_away_and_says_what_it_was(way: OnTheWay) -> None:
    shown = vitals(way, later(0), words={}, spo2=72).seq
    assert acts(way, later(1))
    corrected(way, later(5), shown, 97)
    assert acts(way, later(6)) == []
    (line,) = [line for line in lines(deeds(way.session_id)) if line.seq == shown]
    assert line.corrected and "72" in line.was and "below" in line.was and "97" in line.text
