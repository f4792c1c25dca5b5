"""Assigning, drafting and answering questionnaires; what self-harm answers raise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.access.links import OpenLink
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.flags import queries as flags
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.measures import queries
from afterglow.records.measures.actions.answer import Answered, answer
from afterglow.records.measures.actions.assign import assign, withdraw_assignment
from afterglow.records.measures.actions.save_draft import save_draft
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.measures.queries.licences import papers
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db
LOW = {f"q{number}": 0 for number in range(1, 11)}


def dan(cast: Cast, at: datetime) -> Actor:
    link = OpenLink(UUID(int=7), cast.clinic_id, cast.dan_id, "intake", "", "Dan Marsh", at + timedelta(days=14))
    return link.actor()


def give(cast: Cast, at: datetime, instrument: str = "phq9", channel: str = "link", **more: Any) -> UUID:
    settings = {"occasion": "screening", "on_call": (cast.ana.user_id,), "by": cast.ben} | more
    return assign(person_id=cast.dan_id, instrument=instrument, channel=channel, site_id=cast.site_id, at=at, **settings)


def fill(cast: Cast, at: datetime, answers: dict[str, Any], *, by: Actor | None = None, key: str = "k", **more: Any) -> Answered:
    assignment = more.pop("assignment", None) or give(cast, at)
    return answer(assignment_id=assignment, answers=answers, taken_at=at, key=key, by=by or dan(cast, at), at=at, **more)


def open_flags(cast: Cast, at: datetime) -> list[flags.FlagRow]:
    return flags.open_for(cast.dan_id, at)


# req: S13
def test_assigning_the_same_twice_is_assigning_once(cast: Cast, at: datetime) -> None:
    assert give(cast, at) == give(cast, at)
    assert AuditRow.objects.filter(event="measures.instrument_assigned").count() == 1
    assert [row.paper.short_name for row in queries.open_assignments(cast.dan_id, "link")] == ["PHQ-9"]
    with pytest.raises(Refusal, match="measures.open_otherwise"):
        give(cast, at, channel="staff")


# req: N43
# hazard: H16
def test_item_9_goes_out_by_link_only_while_someone_is_on_call(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="measures.not_by_link"):
        give(cast, at, on_call=())
    assert give(cast, at, "gad7", on_call=())
    with pytest.raises(Refusal, match="measures.not_by_link"):
        give(cast, at, "asq")
    assert give(cast, at, "asq", channel="staff")


# req: N38
def test_a_scale_whose_wording_may_not_be_shipped_is_neither_offered_nor_assigned(cast: Cast, at: datetime) -> None:
    offered = {paper.instrument.id for paper in papers([accounts.site(cast.site_id, clinic_id=cast.clinic_id)], at)}
    assert {"phq9", "pcl5", "audit_c", "ham_d17", "bprs_plus", "moaas", "nrs_pain"} <= offered
    for name in ("madrs", "madrs_s", "who5", "isi", "oci_r", "dast10", "asrm", "qids_sr16", "cssrs_screener_recent", "cssrs_screener_slc", "ybocs"):
        assert name not in offered
        with pytest.raises(Refusal, match="measures.no_licence"):
            give(cast, at, name, channel="staff")
    assert not Assignment.objects.filter(person_id=cast.dan_id).exists()


def test_what_is_worked_out_from_measured_values_is_no_questionnaire(cast: Cast, at: datetime) -> None:
    offered = {paper.instrument.id for paper in papers([accounts.site(cast.site_id, clinic_id=cast.clinic_id)], at)}
    for name in ("aldrete_modified", "ebi"):
        assert name not in offered
        with pytest.raises(Refusal, match="measures.not_asked"):
            give(cast, at, name, channel="staff")
    assert not Assignment.objects.filter(person_id=cast.dan_id).exists()


def test_a_scale_whose_lowest_rating_is_the_gravest_is_kept_with_its_tier(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, {"response": 0}, by=cast.ben, assignment=give(cast, at, "moaas", channel="staff"))
    assert (told.total, told.band, told.complete, told.flags) == (0, "emergency", True, ())
    assert queries.response_row(told.response_id).score["tier"] == "emergency"


# req: S17
def test_a_clusters_reading_is_kept_with_the_answers(cast: Cast, at: datetime) -> None:
    answers = {f"q{number}": 2 for number in range(1, 21)}
    told = fill(cast, at, answers, assignment=give(cast, at, "pcl5"))
    assert (told.total, told.band, told.complete, told.flags) == (40, "", True, ())
    kept = queries.response_row(told.response_id).score
    assert (kept["provisional_DSM5"], kept["B"], kept["at_or_above_33"]) == (True, 10, True)
    assert "criterion A" in kept["notes"][0]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"channel": "letter"}, "measures.unknown_channel"),
        ({"occasion": " "}, "measures.no_occasion"),
        ({"occasion": "a\x00"}, "measures.no_occasion"),
    ],
)
def test_what_is_not_understood_is_refused(cast: Cast, at: datetime, more: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        give(cast, at, **more)


def test_strangers_and_the_owner_assign_nothing(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        give(cast, at, by=cast.cora)
    with pytest.raises(Forbidden):
        give(cast, at, by=cast.olga)
    with pytest.raises(Forbidden):
        give(cast, at, channel="staff", by=cast.faye)


# req: N45
# req: C6
def test_an_answer_keeps_the_wording_and_leaves_open_what_was_open(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, LOW | {"q1": 2, "q2": None})
    row = queries.response_row(told.response_id)
    assert (told.total, told.band, told.complete, told.crisis) == (2, "minimal", False, False)
    assert row.answers["q2"] is None
    assert row.asked_by == "self"
    first = row.asked[0]
    assert (first.question.text, first.label) == ("Little interest or pleasure in doing things", "More than half the days")
    assert row.paper.record.version == Response.objects.get(id=row.id).instrument.version
    assert [one.id for one in queries.open_assignments(cast.dan_id)] == []


# req: N43
# req: C36
# hazard: H16
def test_a_positive_self_harm_answer_opens_one_flag_with_owner_and_clock(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, LOW | {"q9": 2}, on_call=(cast.ana.user_id,))
    assert told.crisis
    (flag,) = open_flags(cast, at)
    assert (flag.kind, flag.urgency, flag.owner_id) == ("suicide_item_high", "urgent", cast.ana.user_id)
    assert flag.due_at == at + timedelta(minutes=15)


# req: N43
# hazard: H16
def test_an_unanswered_self_harm_question_opens_a_flag_although_there_is_a_total(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, {name: value for name, value in LOW.items() if name != "q9"})
    assert (told.total, told.complete, told.crisis) == (0, False, True)
    (flag,) = open_flags(cast, at)
    assert (flag.kind, flag.due_at) == ("suicide_item_not_answered", at + timedelta(minutes=15))


def test_nothing_answered_has_no_total_and_is_never_zero(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, {})
    assert (told.total, told.complete) == (None, False)
    assert queries.response_row(told.response_id).score["refused"] == "not_answered"


# req: N43
def test_who_owns_it(cast: Cast, at: datetime) -> None:
    join_care_team(person_id=cast.dan_id, user_id=cast.ana.user_id, duty="prescriber", by=cast.faye, at=at)
    fill(cast, at, LOW | {"q9": 1})
    assert [flag.owner_id for flag in open_flags(cast, at)] == [cast.ana.user_id]
    asked = give(cast, at, "asq", channel="staff", by=cast.ben)
    fill(cast, at, {"q1": 1, "q2": 0, "q3": 0, "q4": 0, "q5": 1}, by=cast.ben, key="asq", assignment=asked)
    assert {flag.owner_id for flag in open_flags(cast, at)} == {cast.ana.user_id, cast.ben.user_id}


# hazard: H16
def test_a_self_harm_answer_that_was_never_sent_is_seen_too(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)
    assert save_draft(assignment_id=assignment, answers={"q1": 3}, by=dan(cast, at), at=at) is False
    assert open_flags(cast, at) == []
    assert save_draft(assignment_id=assignment, answers={"q9": 1}, by=dan(cast, at), at=at) is True
    assert save_draft(assignment_id=assignment, answers={"q2": 1}, by=dan(cast, at), at=at) is True
    (flag,) = open_flags(cast, at)
    assert flag.sentence.startswith("While the form was being filled in: ")
    row = queries.assignment_row(assignment)
    assert (row.answers, row.answered_so_far, row.first_open) == ({"q1": 3, "q2": 1, "q9": 1}, 3, 3)
    assert AuditRow.objects.filter(event__startswith="measures.").count() == 1, "an autosave is not a deed"
    fill(cast, at, LOW | {"q9": 1}, assignment=assignment)
    assert [one.id for one in open_flags(cast, at)] == [flag.id], "the same answer, sent, is the same flag"
    assert Assignment.objects.get(id=assignment).draft_text == ""


def close_the_one(cast: Cast, at: datetime) -> UUID:
    """Ana answers the one open flag."""
    (flag,) = open_flags(cast, at)
    own_flag(flag_id=flag.id, by=cast.ana, at=at)
    close_flag(flag_id=flag.id, note="Spoke to him by phone. He is safe tonight.", key=f"close {flag.id}", by=cast.ana, at=at)
    assert open_flags(cast, at) == []
    return flag.id


# req: N43
# hazard: H16
@pytest.mark.parametrize("sent", [2, 3])
def test_a_closed_flag_does_not_swallow_what_is_sent_later(cast: Cast, at: datetime, sent: int) -> None:
    assignment = give(cast, at)
    save_draft(assignment_id=assignment, answers={"q9": 2}, by=dan(cast, at), at=at)
    closed = close_the_one(cast, at)
    later = at + timedelta(hours=1)
    told = fill(cast, later, LOW | {"q9": sent}, assignment=assignment, on_call=(cast.ana.user_id,))
    (flag,) = open_flags(cast, later)
    assert (flag.kind, flag.due_at, flag.owner_id) == ("suicide_item_high", later + timedelta(minutes=15), cast.ana.user_id)
    assert flag.id != closed
    assert fill(cast, later, LOW | {"q9": sent}, assignment=assignment, on_call=(cast.ana.user_id,)) == told
    assert len(open_flags(cast, later)) == 1, "the same send twice is one flag"


# req: N43
# hazard: H16
def test_in_a_draft_a_changed_answer_opens_again_and_an_unchanged_one_does_not(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)

    def draft(**answers: int) -> list[UUID]:
        save_draft(assignment_id=assignment, answers=answers, by=dan(cast, at), at=at)
        return [flag.id for flag in open_flags(cast, at)]

    draft(q9=2)
    first = close_the_one(cast, at)
    assert draft(q1=1) == draft(q9=2) == [], "nothing new was said about it"
    (second,) = draft(q9=3)
    assert draft(q9=2) == draft(q9=3) == [second], "while one is open, it is that one"
    assert close_the_one(cast, at) == second
    draft(q9=0)
    (third,) = draft(q9=3)
    assert len({first, second, third}) == 3
    fill(cast, at, LOW | {"q9": 3}, assignment=assignment)
    assert [flag.id for flag in open_flags(cast, at)] == [third], "the same answer, sent, is the same flag"


# req: N43
# hazard: H16
def test_a_correction_after_the_flag_was_closed_opens_its_own(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at, channel="staff")
    first = fill(cast, at, LOW | {"q9": 2}, by=cast.ben, assignment=assignment)
    close_the_one(cast, at)
    fill(cast, at, LOW | {"q9": 3}, by=cast.ben, key="k2", assignment=assignment, replaces=first.response_id)
    assert [flag.kind for flag in open_flags(cast, at)] == ["suicide_item_high"]


def test_a_graver_answer_than_the_draft_opens_its_own_flag(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)
    save_draft(assignment_id=assignment, answers={"q9": 1}, by=dan(cast, at), at=at)
    fill(cast, at, LOW | {"q9": 3}, assignment=assignment)
    assert sorted(flag.kind for flag in open_flags(cast, at)) == ["suicide_item_high", "suicide_item_positive"]


def test_a_rise_is_seen_against_the_answers_before(cast: Cast, at: datetime) -> None:
    fill(cast, at - timedelta(days=8), LOW)
    told = fill(cast, at, LOW | {"q9": 1}, key="k2", assignment=give(cast, at, occasion="course"))
    assert told.flags == ("suicide_item_positive", "suicide_item_rising")


# req: S13
def test_the_asq_is_asked_by_a_person(cast: Cast, at: datetime) -> None:
    asked = give(cast, at, "asq", channel="staff")
    with pytest.raises(Refusal, match="measures.in_person_only"):
        fill(cast, at, {"q1": 0}, assignment=asked)
    told = fill(cast, at, {"q1": 0, "q2": 0, "q3": 0, "q4": 1, "q5": 0}, by=cast.ben, assignment=asked, said={"q4": "Pills, ten years ago."})
    row = queries.response_row(told.response_id)
    assert (row.band, row.asked_by, row.total) == ("non-acute positive", "staff", None)
    assert row.asked[3].said == "Pills, ten years ago."
    with pytest.raises(Refusal, match="measures.too_soon"):
        give(cast, at + timedelta(days=900), "asq", channel="staff")


def test_too_soon_again_is_refused_and_says_from_when(cast: Cast, at: datetime) -> None:
    fill(cast, at, LOW)
    with pytest.raises(Refusal, match="measures.too_soon") as refused:
        give(cast, at + timedelta(days=6), occasion="course")
    assert "14 Dec 2026" in refused.value.sentence
    assert give(cast, at + timedelta(days=7), occasion="course")


def test_the_same_answers_twice_are_one(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)
    first = fill(cast, at, LOW | {"q9": 1}, assignment=assignment)
    assert fill(cast, at, LOW | {"q9": 1}, assignment=assignment) == first
    assert Response.objects.count() == 1
    with pytest.raises(Refusal, match="write.key_reused"):
        fill(cast, at, LOW, assignment=assignment)
    with pytest.raises(Refusal, match="measures.not_open"):
        fill(cast, at, LOW, key="k2", assignment=assignment)
    with pytest.raises(Refusal, match="measures.not_open"):
        save_draft(assignment_id=assignment, answers={"q1": 1}, by=dan(cast, at), at=at)


@pytest.mark.parametrize("answers", [{"q1": 4}, {"q1": "2"}, {"q1": True}, {"q99": 1}])
def test_an_answer_that_is_not_offered_is_refused_and_not_stored(cast: Cast, at: datetime, answers: dict[str, Any]) -> None:
    assignment = give(cast, at)
    with pytest.raises(Refusal, match="measures.unknown_answer"):
        fill(cast, at, answers, assignment=assignment)
    with pytest.raises(Refusal, match="measures.unknown_answer"):
        save_draft(assignment_id=assignment, answers=answers, by=dan(cast, at), at=at)
    assert Response.objects.count() == 0


@pytest.mark.parametrize("said", [{"q1": "a\x00"}, {"q1": "a" * 2001}, {"q99": "a"}])
def test_words_that_cannot_be_stored_are_refused(cast: Cast, at: datetime, said: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="measures.text_refused"):
        fill(cast, at, LOW, said=said)


def test_a_time_in_the_future_is_refused(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match=r"clock\.future"):
        answer(assignment_id=give(cast, at), answers=LOW, taken_at=at + timedelta(hours=1), key="k", by=cast.ben, at=at)


def test_nobody_answers_for_somebody_else(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)
    other = register(cast.faye, at, "Other")
    link = OpenLink(UUID(int=8), cast.clinic_id, other, "intake", "", "Other Example", at + timedelta(days=14)).actor()
    for actor in (link, cast.cora):
        with pytest.raises(NotFound):
            fill(cast, at, LOW, by=actor, assignment=assignment)
    with pytest.raises(Forbidden):
        fill(cast, at, LOW, by=cast.faye, assignment=assignment)


def test_a_correction_is_a_new_row_and_the_old_one_stays(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at, channel="staff")
    first = fill(cast, at, LOW, by=cast.ben, assignment=assignment)
    later = at + timedelta(minutes=5)
    second = fill(cast, later, LOW | {"q9": 1}, by=cast.ben, key="k2", assignment=assignment, replaces=first.response_id)
    assert [row.id for row in queries.answered(cast.dan_id)] == [second.response_id]
    assert queries.response_row(first.response_id).replaced
    assert second.flags == ("suicide_item_positive",), "a slip of the pen is no rise"
    with pytest.raises(Refusal, match="measures.already_corrected"):
        fill(cast, later, LOW, by=cast.ben, key="k3", assignment=assignment, replaces=first.response_id)
    with pytest.raises(NotFound):
        fill(cast, later, LOW, key="k4", assignment=assignment, replaces=second.response_id, by=dan(cast, at))


# req: R13
def test_the_database_keeps_answers_as_they_are(cast: Cast, at: datetime) -> None:
    told = fill(cast, at, LOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Response.objects.filter(id=told.response_id).update(total=27)


def test_taking_an_open_questionnaire_back(cast: Cast, at: datetime) -> None:
    assignment = give(cast, at)
    with pytest.raises(Refusal, match="measures.no_reason"):
        withdraw_assignment(assignment_id=assignment, reason=" ", by=cast.ben, at=at)
    withdraw_assignment(assignment_id=assignment, reason="Sent by mistake.", by=cast.ben, at=at)
    withdraw_assignment(assignment_id=assignment, reason="Sent by mistake.", by=cast.ben, at=at)
    assert AuditRow.objects.filter(event="measures.assignment_withdrawn").count() == 1
    again = give(cast, at)
    fill(cast, at, LOW, assignment=again)
    with pytest.raises(Refusal, match="measures.not_open"):
        withdraw_assignment(assignment_id=again, reason="Too late.", by=cast.ben, at=at)


def test_latest_and_baseline(cast: Cast, at: datetime) -> None:
    assert queries.latest(cast.dan_id, "phq9") is None
    first = fill(cast, at - timedelta(days=8), LOW | {"q1": 3})
    second = fill(cast, at, LOW, key="k2", assignment=give(cast, at, occasion="course"))
    latest, baseline = queries.latest(cast.dan_id, "phq9"), queries.baseline(cast.dan_id, "phq9")
    assert latest is not None
    assert baseline is not None
    assert (latest.id, baseline.id) == (second.response_id, first.response_id)
