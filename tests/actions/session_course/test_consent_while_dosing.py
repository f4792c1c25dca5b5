"""Consent taken back while drug runs: more drug is refused, room, board and stream say so at once, and only stopping the dose clears it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.errors import Refusal
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.change_rate import change_rate
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries import live
from afterglow.pathway.session.queries.board import board
from afterglow.pathway.session.queries.room import room
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay, signature

TEN, TWENTY = AT + timedelta(minutes=10), AT + timedelta(minutes=20)
AGAINST = {"consent_withdrawn", "capacity_not_shown"}


def taken_back(way: OnTheWay, at: datetime) -> None:
    withdraw(consent_id=Consent.objects.get(person_id=way.person_id).id, by=way.cast.ben, at=at)


def unable(way: OnTheWay, at: datetime) -> None:
    note_capacity(
        consent_id=Consent.objects.get(person_id=way.person_id).id, has_capacity=False, asked_alone=True, note="Does not know what is given.",
        signed=signature(way.cast.ana, at), by=way.cast.ana, at=at,
    )  # fmt: skip


BOTH = pytest.mark.parametrize(("deed", "code"), [(taken_back, "consent_withdrawn"), (unable, "capacity_not_shown")])


def rate(way: OnTheWay, at: datetime, ul_per_h: int = 15_000, **more: Any) -> None:
    change_rate(session_id=way.session_id, rate_ul_per_h=ul_per_h, reason="told so", key=f"rate {at}", by=way.cast.ben, at=at, **more)


def against(way: OnTheWay, at: datetime) -> list[str]:
    """The sentences against going on, as room and board show them: the same, first in both."""
    in_room = [raised.mark for raised in room(way.session_id, at).marks]
    on_board = [raised.mark for each in board(way.cast.site_id, at) for row in each.rows for raised in row.marks]
    found = [mark for mark in in_room if mark.code in AGAINST]
    assert [mark for mark in on_board if mark.code in AGAINST] == found == in_room[: len(found)]
    assert all(mark.level == "act" and mark.says == "Stop the dose and stay with the person." for mark in found)
    return [mark.sentence for mark in found]


# req: N12
# hazard: H28 H29
@BOTH
def test_no_deed_gives_more_drug_and_stop_is_open(way: OnTheWay, deed: Callable[[OnTheWay, datetime], None], code: str) -> None:
    rate(way, TEN)
    deed(way, TEN + timedelta(minutes=1))
    for ul_per_h in (10_000, 30_000):
        with pytest.raises(Refusal) as refused:
            rate(way, TWENTY, ul_per_h)
        assert refused.value.code == f"session.{code}" and refused.value.now.startswith("Stop the dose")
    assert Entry.objects.filter(kind="rate_changed").count() == 1
    pause_dose(session_id=way.session_id, key="pause", by=way.cast.ben, at=TWENTY)
    vitals(way, TWENTY)
    with pytest.raises(Refusal) as refused:
        resume_dose(session_id=way.session_id, key="resume", by=way.cast.ben, at=TWENTY + timedelta(minutes=1))
    assert refused.value.code == f"session.{code}"
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TWENTY + timedelta(minutes=2))
    assert Session.objects.get(id=way.session_id).state == "recovery"


def test_a_rate_that_was_set_before_the_withdrawal_may_still_be_charted(way: OnTheWay) -> None:
    taken_back(way, TEN)
    rate(way, TEN + timedelta(minutes=1), taken_at=TEN - timedelta(minutes=1))
    assert Entry.objects.filter(kind="rate_changed").count() == 1


# hazard: H28 H29
@BOTH
def test_room_and_board_say_it_until_the_dose_is_stopped(way: OnTheWay, deed: Callable[[OnTheWay, datetime], None], code: str) -> None:
    assert against(way, TEN) == []
    deed(way, TEN)
    (sentence,) = against(way, TEN)
    assert "09:10" in sentence and ("Ben Okoye" if code == "consent_withdrawn" else "Ana Ruiz") in sentence  # the site's clock
    vitals(way, TEN)
    with pytest.raises(Refusal) as refused:
        acknowledge(session_id=way.session_id, saw="Calm, talks.", key="seen", by=way.cast.ben, at=TEN + timedelta(seconds=5))
    assert refused.value.code == "session.nothing_to_answer"
    assert code not in {raised.mark.code for raised in room(way.session_id, TEN).act}
    pause_dose(session_id=way.session_id, key="pause", by=way.cast.ben, at=TWENTY)
    assert against(way, TWENTY) == [sentence]
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TWENTY)
    assert against(way, TWENTY) == []


# hazard: H28
def test_the_stream_carries_it_as_a_notice_without_a_number(way: OnTheWay) -> None:
    assert live.notices([way.session_id]) == []
    taken_back(way, TEN)
    (line,) = live.notices([way.session_id])
    said = json.loads(line.text)
    assert (line.session_id, line.seq, said["kind"], said["state"]) == (way.session_id, 0, "notice", "dosing") and line.about
    assert [(mark["code"], mark["level"]) for mark in said["marks"]] == [("consent_withdrawn", "act")]
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TWENTY)
    assert live.notices([way.session_id]) == []
