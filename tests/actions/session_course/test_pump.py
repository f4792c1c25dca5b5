"""The pump: paused, resumed, set to another rate, stopped, finished; what went in, in the ledger; what is left, wasted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.session.actions.change_rate import change_rate
from afterglow.pathway.session.actions.finish import finish_dose
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.return_drug import account_for_rest
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.given import dose_line, infusion
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.records.cabinet import queries as cabinet
from tests.support.course import AT, finish, vitals, waste_rest
from tests.support.session import OnTheWay, signature

TEN, TWENTY, FORTY = (AT + timedelta(minutes=minutes) for minutes in (10, 20, 40))


def given_ug(way: OnTheWay, at) -> int:
    held = infusion(way.session_id)
    assert held is not None
    return dose_line(held, at=at).given.dose_ug


def the_session(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def pause(way: OnTheWay, at, key: str = "pause", **more):
    return pause_dose(session_id=way.session_id, reason="restless", key=key, by=way.cast.ben, at=at, **more)


# req: S71
# hazard: H7
def test_a_pause_stops_the_count_and_resuming_goes_on(way: OnTheWay) -> None:
    pause(way, TEN)
    assert the_session(way).state == "paused"
    assert given_ug(way, TWENTY) == given_ug(way, TEN) == 8750  # 35 mg over 40 min: a quarter after 10
    vitals(way, TWENTY)
    resume_dose(session_id=way.session_id, key="resume", by=way.cast.ben, at=TWENTY)
    assert the_session(way).state == "dosing"
    assert given_ug(way, TWENTY + timedelta(minutes=10)) == 17_500
    assert first_broken_link(way.session_id) is None


def test_each_deed_writes_one_entry_and_one_audit_line(way: OnTheWay) -> None:
    before = the_session(way).seq
    charted = pause(way, TEN)
    row = AuditRow.objects.get(event="session.paused")
    assert charted.seq == before + 1 == the_session(way).seq
    assert (row.actor_name, row.person_id, row.reason) == ("Ben Okoye", way.person_id, "restless")
    assert Entry.objects.get(session_id=way.session_id, seq=charted.seq).kind == "paused"


def test_the_same_pause_again_gives_the_same_answer_and_one_entry(way: OnTheWay) -> None:
    assert pause(way, TEN) == pause(way, TEN)
    assert Entry.objects.filter(session_id=way.session_id, kind="paused").count() == 1
    with pytest.raises(Refusal) as caught:
        pause_dose(session_id=way.session_id, reason="another reason", key="pause", by=way.cast.ben, at=TEN)
    assert caught.value.code == "write.key_reused"


def test_a_second_pause_is_refused_in_words(way: OnTheWay) -> None:
    pause(way, TEN)
    with pytest.raises(Refusal) as caught:
        pause(way, TWENTY, key="again")
    assert caught.value.code == "session.not_now" and "paused" in caught.value.sentence


# hazard: H14
@pytest.mark.parametrize(("taken_at", "code"), [(AT + timedelta(hours=1), "clock.future"), (AT - timedelta(minutes=1), "session.too_early")])
def test_a_pause_lies_between_the_start_and_now(way: OnTheWay, taken_at, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        pause(way, TEN, taken_at=taken_at)
    assert caught.value.code == code
    assert the_session(way).state == "dosing"


# hazard: H14
def test_a_pause_written_later_keeps_its_true_time_and_is_marked_late(way: OnTheWay) -> None:
    charted = pause(way, TWENTY, taken_at=TEN)
    entry = Entry.objects.get(session_id=way.session_id, seq=charted.seq)
    assert (entry.taken_at, entry.recorded_at, entry.late) == (TEN, TWENTY, True)
    assert given_ug(way, FORTY) == 8750


def test_strangers_find_nothing_and_the_therapist_may_not_pause(way: OnTheWay) -> None:
    for actor, error in ((way.cast.cora, NotFound), (way.cast.theo, Forbidden), (way.cast.faye, Forbidden)):
        with pytest.raises(error):
            pause_dose(session_id=way.session_id, key="k", by=actor, at=TEN)


# hazard: H15
def test_nobody_resumes_over_a_mark_that_is_not_answered(way: OnTheWay) -> None:
    vitals(way, TEN, sbp=190, dbp=95)
    pause(way, TEN)
    with pytest.raises(Refusal) as caught:
        resume_dose(session_id=way.session_id, key="r", by=way.cast.ben, at=TWENTY)
    assert caught.value.code == "session.marks_open" and "190" in caught.value.sentence


# hazard: H28
def test_a_consent_taken_back_in_a_pause_keeps_the_pump_still(way: OnTheWay) -> None:
    pause(way, TEN)
    withdraw(consent_id=Consent.objects.get(person_id=way.person_id).id, by=way.cast.ben, at=TWENTY + timedelta(seconds=1))
    with pytest.raises(Refusal) as caught:
        resume_dose(session_id=way.session_id, key="r", by=way.cast.ben, at=TWENTY)
    assert caught.value.code == "session.consent_withdrawn"
    assert the_session(way).state == "paused" and given_ug(way, FORTY) == 8750
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=FORTY)
    assert the_session(way).state == "recovery"


def test_resuming_at_another_rate_needs_a_reason(way: OnTheWay) -> None:
    pause(way, TEN)
    with pytest.raises(Refusal) as caught:
        resume_dose(session_id=way.session_id, rate_ul_per_h=15_000, key="r", by=way.cast.ben, at=TWENTY)
    assert caught.value.code == "session.no_reason"
    vitals(way, TWENTY)
    resume_dose(session_id=way.session_id, rate_ul_per_h=15_000, reason="half as fast", key="r2", by=way.cast.ben, at=TWENTY)
    assert given_ug(way, TWENTY + timedelta(minutes=10)) == 8750 + 4375


# hazard: H7
def test_a_slower_rate_counts_from_its_time_and_a_faster_one_is_marked(way: OnTheWay) -> None:
    change_rate(session_id=way.session_id, rate_ul_per_h=15_000, reason="nausea", key="slow", by=way.cast.ben, at=TEN)
    assert given_ug(way, TWENTY) == 8750 + 4375
    assert not standing_marks(the_session(way), at=TWENTY)
    change_rate(session_id=way.session_id, rate_ul_per_h=60_000, reason="the pump was bumped", key="fast", by=way.cast.ben, at=TWENTY)
    assert [raised.mark.code for raised in standing_marks(the_session(way), at=TWENTY)] == ["rate_above_order"]


@pytest.mark.parametrize(
    ("rate", "reason", "code"),
    [(0, "why", "session.rate"), (-5, "why", "session.rate"), (2_000_000, "why", "session.rate"), (20_000, " ", "session.no_reason")],
)
def test_an_impossible_rate_or_one_without_reason_is_refused(way: OnTheWay, rate: int, reason: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        change_rate(session_id=way.session_id, rate_ul_per_h=rate, reason=reason, key="k", by=way.cast.ben, at=TEN)
    assert caught.value.code == code


def test_a_paused_pump_has_no_rate_to_change(way: OnTheWay) -> None:
    pause(way, TEN)
    with pytest.raises(Refusal) as caught:
        change_rate(session_id=way.session_id, rate_ul_per_h=15_000, reason="why", key="k", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.not_now"


# Stop is never behind a right: safety 41.
@pytest.mark.parametrize("who", ["ana", "ben", "theo", "faye", "olga"])
def test_anybody_signed_in_at_the_clinic_may_stop_the_dose(way: OnTheWay, who: str) -> None:
    stop_dose(session_id=way.session_id, reason="look at him", key="stop", by=getattr(way.cast, who), at=TEN)
    session = the_session(way)
    assert (session.state, session.dosing_ended_at) == ("recovery", TEN)
    assert given_ug(way, FORTY) == 8750
    assert AuditRow.objects.get(event="session.stopped").actor_name == getattr(way.cast, who).name


# Stop is never refused over a clock: safety 41.
@pytest.mark.parametrize(
    ("said", "true"),
    [
        (TEN + timedelta(seconds=30), TEN),
        (TEN - timedelta(seconds=3), TEN - timedelta(seconds=3)),
        (AT - timedelta(seconds=4), AT),
        (TEN.replace(tzinfo=None), TEN),
    ],
)
def test_a_stop_is_never_refused_over_a_clock(way: OnTheWay, said: datetime, true: datetime) -> None:
    stop_dose(session_id=way.session_id, taken_at=said, key="stop", by=way.cast.ben, at=TEN)
    session = the_session(way)
    assert (session.state, session.dosing_ended_at) == ("recovery", true)
    assert Entry.objects.get(session_id=way.session_id, kind="stopped").taken_at == true


# hazard: H7
def test_once_the_pump_was_read_its_volume_is_what_was_given(way: OnTheWay) -> None:
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TEN)
    assert given_ug(way, TWENTY) == 8750
    finish(way, TWENTY, volume_ul=4000, why="the line was kinked")
    assert given_ug(way, TWENTY) == 7000
    held = infusion(way.session_id)
    assert held is not None and dose_line(held, at=TWENTY).given.volume_ul == 4000


def test_nobody_of_another_clinic_and_no_patient_stops_it(way: OnTheWay) -> None:
    link = replace(way.cast.ben, kind="link")
    for actor in (way.cast.cora, link):
        with pytest.raises(NotFound):
            stop_dose(session_id=way.session_id, key="stop", by=actor, at=TEN)


def test_a_stopped_dose_is_not_stopped_or_resumed_again(way: OnTheWay) -> None:
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TEN)
    for act in (stop_dose, resume_dose):
        with pytest.raises(Refusal) as caught:
            act(session_id=way.session_id, key="again", by=way.cast.ben, at=TWENTY)
        assert caught.value.code == "session.not_now"


# hazard: H7
# hazard: H26
def test_the_end_gives_from_the_ledger_what_the_pump_says(way: OnTheWay) -> None:
    finish(way, FORTY, volume_ul=19_500)
    state = cabinet.draws_of(way.session_id)
    assert (state.given_ug, state.open_ug) == (34_125, 875)
    assert the_session(way).state == "recovery" and the_session(way).dosing_ended_at == FORTY
    assert waste_rest(way, FORTY) == 875
    assert cabinet.draws_of(way.session_id).closed


def test_after_a_stop_the_volume_is_charted_alone(way: OnTheWay) -> None:
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TEN)
    finish(way, TWENTY)
    assert Entry.objects.filter(session_id=way.session_id, kind="pump_volume").count() == 1
    assert the_session(way).dosing_ended_at == TEN
    assert cabinet.draws_of(way.session_id).given_ug == 8750


# hazard: H7
def test_a_volume_that_disagrees_needs_its_reason_and_keeps_what_was_compared(way: OnTheWay) -> None:
    with pytest.raises(Refusal) as caught:
        finish(way, FORTY, volume_ul=18_000)
    assert caught.value.code == "session.volume_disagrees" and "18 mL" in caught.value.sentence
    assert the_session(way).state == "dosing" and not cabinet.draws_of(way.session_id).given_ug
    finish(way, FORTY, volume_ul=18_000, why="the line was kinked for 4 minutes", key="with why")
    assert cabinet.draws_of(way.session_id).given_ug == 31_500


@pytest.mark.parametrize("volume_ul", [-1, 20_001])
def test_more_than_the_syringe_held_cannot_have_gone_in(way: OnTheWay, volume_ul: int) -> None:
    with pytest.raises(Refusal) as caught:
        finish(way, FORTY, volume_ul=volume_ul)
    assert caught.value.code == "session.volume"


def test_the_volume_is_charted_once_and_not_while_the_pump_is_paused(way: OnTheWay) -> None:
    pause(way, TEN)
    with pytest.raises(Refusal) as caught:
        finish_dose(session_id=way.session_id, final_volume_ul=5000, key="f", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.not_now"
    stop_dose(session_id=way.session_id, key="stop", by=way.cast.ben, at=TWENTY)
    finish(way, TWENTY)
    with pytest.raises(Refusal) as caught:
        finish(way, FORTY, key="again")
    assert caught.value.code == "session.volume_charted"


# hazard: H26
def test_the_rest_is_wasted_before_a_second_person_only(way: OnTheWay) -> None:
    finish(way, FORTY, volume_ul=19_500)
    with pytest.raises(Refusal) as caught:
        waste_rest(way, FORTY, witness=signature(way.cast.ben, FORTY))
    assert caught.value.code == "cabinet.not_wasted"
    assert cabinet.draws_of(way.session_id).open_ug == 875


@pytest.mark.parametrize(("amount_ug", "code"), [(0, "session.amount"), (900, "session.amount")])
def test_only_what_is_left_is_wasted(way: OnTheWay, amount_ug: int, code: str) -> None:
    finish(way, FORTY, volume_ul=19_500)
    with pytest.raises(Refusal) as caught:
        account_for_rest(
            session_id=way.session_id, how="wasted", amount_ug=amount_ug, witness=signature(way.cast.ana, FORTY), reason="left over", key="w",
            by=way.cast.ben, at=FORTY,
        )  # fmt: skip
    assert caught.value.code == code
    assert cabinet.draws_of(way.session_id).open_ug == 875


def test_nothing_is_wasted_before_the_volume_is_known_or_when_nothing_is_left(way: OnTheWay) -> None:
    common = {"session_id": way.session_id, "how": "wasted", "amount_ug": 10, "reason": "left over", "by": way.cast.ben}
    with pytest.raises(Refusal) as caught:
        account_for_rest(witness=signature(way.cast.ana, TEN), key="w", at=TEN, **common)
    assert caught.value.code == "session.volume_first"
    finish(way, FORTY)
    with pytest.raises(Refusal) as caught:
        account_for_rest(witness=signature(way.cast.ana, FORTY), key="w2", at=FORTY, **common)
    assert caught.value.code == "session.nothing_left"
