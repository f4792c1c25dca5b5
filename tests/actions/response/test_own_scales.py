"""The scale of what is treated, on the clock of a real course: by link, by a colleague, or not at all and said so where the clinic holds no licence."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.doors.jobs import check_ins as jobs
from afterglow.ground.access.actor import Actor
from afterglow.pathway.response.actions.close_check_ins import close_check_ins
from afterglow.pathway.response.actions.plan_check_ins import plan_after_doses, plan_on_days
from afterglow.pathway.response.actions.send_check_ins import Reach, send_check_ins
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.response.queries import check_ins
from afterglow.pathway.response.rules.sending import NEEDS_LICENCE
from afterglow.records.flags.models import Flag
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.models import Assignment
from afterglow.records.messages.models import Message
from tests.support.aftercare import DOSE, a_dose
from tests.support.cast import Cast, cast
from tests.support.course import AT
from tests.support.plan import a_plan, ready
from tests.support.scales import own_scale

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def by(cast: Cast) -> Actor:
    return jobs.job(cast.clinic_id)


def treated(cast: Cast, indication: str, protocol: str, doses: int = 1) -> datetime:
    """Dan's course for this, from AT on; the moment of its last dose."""
    ready(cast, AT, indication=indication)
    plan_id = a_plan(cast, AT, protocol=protocol)
    for number in range(doses):
        a_dose(cast, cast.dan_id, plan_id, number + 1, AT + 3 * number * DAY)
    return AT + 3 * (doses - 1) * DAY


def send(cast: Cast, by: Actor, at: datetime) -> int:
    assert cast.ana.user_id is not None
    return send_check_ins(reach=Reach(on_call={cast.site_id: (cast.ana.user_id,)}, ways=frozenset({"sms", "email"})), by=by, at=at)


def close(by: Actor, at: datetime) -> int:
    return close_check_ins(on_call={}, by=by, at=at)


def one(rule: str) -> CheckIn:
    return CheckIn.objects.get(rule_id=rule)


def rate(cast: Cast, assignment_id: UUID | None, name: str, items: int, at: datetime) -> None:
    given = dict.fromkeys([f"q{number}" for number in range(1, items + 1)], 1)
    answer(assignment_id=assignment_id, answers=given, taken_at=at, key=f"{name} {at}", by=cast.ben, at=at)


def in_person(cast: Cast, name: str, at: datetime) -> UUID:
    return assign(person_id=cast.dan_id, instrument=name, occasion="visit", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)


# req: S17
def test_a_course_for_ptsd_asks_its_scale_by_link_and_no_more_often_than_it_looks_back(cast: Cast, by: Actor) -> None:
    rate(cast, in_person(cast, "pcl5", AT - 3 * DAY), "pcl5", 20, AT - 3 * DAY)
    treated(cast, "ptsd", "iv_ptsd")
    plan_on_days(by=by, at=AT + 29.7 * DAY)
    row = one("ptsd_monthly")
    assert (row.instrument, row.asked_by, row.anchor) == ("pcl5", "link", "course:ptsd_monthly:30")
    send(cast, by, row.opens_at)
    row.refresh_from_db()
    assert row.state == "sent"
    assert Message.objects.filter(source_kind="response.check_in").count() == 1, "the weekly one of the same hour is told by the same message"
    assert row.assignment is not None and row.assignment.channel == "link"


# req: S17
def test_what_was_answered_within_its_recall_waits(cast: Cast, by: Actor) -> None:
    treated(cast, "ptsd", "iv_ptsd")
    rate(cast, in_person(cast, "pcl5", AT + 10 * DAY), "pcl5", 20, AT + 10 * DAY)
    plan_on_days(by=by, at=AT + 29.7 * DAY)
    row = one("ptsd_monthly")
    send(cast, by, row.opens_at)
    row.refresh_from_db()
    assert (row.state, "at most every 30 days" in row.reason) == ("planned", True)


def test_nobody_else_is_asked_about_it(cast: Cast, by: Actor) -> None:
    treated(cast, "trd", "iv_mdd_standard")
    plan_on_days(by=by, at=AT + 29.7 * DAY)
    assert set(CheckIn.objects.values_list("instrument", flat=True)) == {"phq9"}


# req: S20
def test_without_a_licence_it_is_not_asked_and_says_so_from_its_first_hour(cast: Cast, by: Actor) -> None:
    last = treated(cast, "ocd", "iv_ocd_exposure")
    plan_on_days(by=by, at=last + 6.7 * DAY)
    row = one("ocd_week_1")
    assert row.asked_by == "staff"
    for hours in (0, 1, 50):
        send(cast, by, row.opens_at + timedelta(hours=hours))
    shown = next(each for each in check_ins.check_ins_of(cast.dan_id) if each.id == row.id)
    assert (shown.state, shown.state_words) == ("planned", "not asked")
    assert shown.reason.startswith(NEEDS_LICENCE) and "Y-BOCS" in shown.reason
    send(cast, by, row.closes_at)
    send(cast, by, row.closes_at + DAY)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("not_sent", shown.reason)
    assert not Message.objects.filter(source_id=str(row.id)).exists()


# req: S20
def test_with_a_licence_a_colleague_asks_it_and_nobody_is_written_to(cast: Cast, by: Actor) -> None:
    last = treated(cast, "ocd", "iv_ocd_exposure")
    own_scale(cast, last, "ybocs")
    plan_on_days(by=by, at=last + 6.7 * DAY)
    row = one("ocd_week_1")
    for hours in (0, 1, 30):
        send(cast, by, row.opens_at + timedelta(hours=hours))
    row.refresh_from_db()
    assert (row.state, row.assignment and row.assignment.channel) == ("sent", "staff")
    assert check_ins.check_in(row.id).state_words == "for a colleague to ask in person"
    assert not Message.objects.filter(source_id=str(row.id)).exists()
    assert Assignment.objects.filter(source_id=str(row.id)).count() == 1
    rate(cast, row.assignment_id, "ybocs", 10, row.opens_at + DAY)
    close(by, row.opens_at + DAY)
    row.refresh_from_db()
    assert (row.state, row.answered_at) == ("answered", row.opens_at + DAY)


# req: S20
def test_what_nobody_asked_in_its_time_says_so_and_what_was_asked_elsewhere_counts(cast: Cast, by: Actor) -> None:
    last = treated(cast, "ocd", "iv_ocd_exposure")
    own_scale(cast, last, "ybocs")
    plan_on_days(by=by, at=last + 6.7 * DAY)
    row = one("ocd_week_1")
    send(cast, by, row.opens_at)
    close(by, row.closes_at)
    assert check_ins.check_in(row.id).state_words == "not asked in time"
    CheckIn.objects.filter(id=row.id).update(state="sent")
    rate(cast, in_person(cast, "ybocs", row.opens_at + DAY), "ybocs", 10, row.opens_at + DAY)
    close(by, row.closes_at)
    assert check_ins.check_in(row.id).state_words == "answered"


def test_a_colleague_who_cannot_be_asked_in_time_leaves_a_reason(cast: Cast, by: Actor) -> None:
    """An outage over its whole time: it was never tried, and that is what it says."""
    last = treated(cast, "ocd", "iv_ocd_exposure")
    plan_on_days(by=by, at=last + 6.7 * DAY)
    row = one("ocd_week_1")
    send(cast, by, row.closes_at + DAY)
    row.refresh_from_db()
    assert (row.state, "before anybody could be asked" in row.reason) == ("not_sent", True)


# req: S19
# hazard: H41
def test_in_bipolar_depression_little_sleep_is_asked_about_with_one_message_and_calls_the_prescriber(cast: Cast, by: Actor) -> None:
    last = treated(cast, "bipolar", "iv_bipolar_depression")
    ended_at = last + DOSE
    assert plan_after_doses(by=by, at=ended_at + HOUR) == 5, "two more than after any other dose"
    assert send(cast, by, ended_at + 24 * HOUR) == 1, "one message, whose link shows both"
    row = one("sleep_day_1")
    assert (row.state, row.asked_by, row.assignment is not None) == ("sent", "link", True)
    assert {one("day_1").state} == {"sent"}
    holder = Actor(
        kind="link", id="link:x", name="Dan Marsh", clinic_id=cast.clinic_id, permissions=frozenset({"measures.answer.record"}),
        scope="own_patients", person_id=row.person_id,
    )  # fmt: skip
    at = ended_at + 25 * HOUR
    told = {"answers": {"little_sleep": 1}, "taken_at": at, "key": "sleep", "by": holder, "at": at}
    assert answer(assignment_id=row.assignment_id, **told) == answer(assignment_id=row.assignment_id, **told)
    flag = Flag.objects.get(kind="mania_hold")
    assert (flag.urgency, "without tiredness" in flag.sentence, flag.closed_at) == ("today", True, None)


# req: S19
def test_enough_sleep_calls_nobody_and_silence_is_a_reason_to_call(cast: Cast, by: Actor) -> None:
    last = treated(cast, "bipolar", "iv_bipolar_depression")
    plan_after_doses(by=by, at=last + HOUR)
    send(cast, by, last + DOSE + 24 * HOUR)
    row = one("sleep_day_1")
    close(by, row.due_at)
    assert Flag.objects.filter(kind="check_in_unanswered", source_id=str(row.id)).exists()
    at = row.due_at + HOUR
    answer(assignment_id=row.assignment_id, answers={"little_sleep": 0}, taken_at=at, key="slept", by=cast.ben, at=at)
    assert not Flag.objects.filter(kind="mania_hold").exists()


# req: S19
def test_the_watch_for_a_switch_goes_on_for_fourteen_days_after_the_last_dose(cast: Cast, by: Actor) -> None:
    last = treated(cast, "bipolar", "iv_bipolar_depression")
    for day in (6.7, 13.7):
        plan_on_days(by=by, at=last + day * DAY)
    watched = set(CheckIn.objects.exclude(instrument="phq9").values_list("rule_id", "asked_by"))
    assert watched == {("mania_week_1", "staff"), ("sleep_week_1", "link"), ("mania_week_2", "staff"), ("sleep_week_2", "link")}
