"""Beginning a year of aftercare, its checks and lists, and ending it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.actions.record_check import record_check
from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare
from afterglow.pathway.aftercare.models import Check, CheckRecord
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.due import due_list
from afterglow.pathway.aftercare.queries.waiting import waiting
from afterglow.records.flags import queries as flags
from tests.support.aftercare import a_course, begun, reviewed, scored
from tests.support.cast import Cast
from tests.support.contact import five
from tests.support.session import somebody

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def record(cast: Cast, check_id: UUID, at: datetime, **other: Any) -> UUID:
    told: dict[str, Any] = {
        "reached": True, "how": "phone", "note": "Sleeps well, works half days.", "next_step": "continue", "key": f"record {at}",
        "by": cast.ben,
    } | other  # fmt: skip
    if told["reached"]:
        told.setdefault("asked", five())
    return record_check(check_id=check_id, at=at, **told)


def first_check(aftercare_id: UUID) -> Check:
    return Check.objects.filter(aftercare_id=aftercare_id).earliest("due_on")


def what(cast: Cast, at: datetime) -> list[str]:
    return [row.what for row in waiting(cast.ana, at)]


# req: S61 S62 S65
def test_aftercare_begins_once_and_dates_a_year_of_checks_from_the_last_dose(cast: Cast, at: datetime) -> None:
    course = a_course(cast, at)
    then = course.ended_at + DAY
    reviewed(cast, course, then)
    assert [(row.what, row.person_name) for row in waiting(cast.ana, then)] == [("start", "Dan Marsh")]
    first = start_aftercare(person_id=course.person_id, by=cast.ana, at=then)
    assert start_aftercare(person_id=course.person_id, by=cast.ben, at=then + DAY) == first
    assert waiting(cast.ana, then) == []
    page = queries.page(first, then)
    assert page.aftercare.last_dose_on == course.ended_at.date()
    assert [(row.due_on - page.aftercare.last_dose_on).days for row in page.checks] == [28, 56, 84, 112, 168, 252, 364]
    assert {row.state for row in page.checks} == {"later"} and page.next_check is page.checks[0]
    made = AuditRow.objects.get(event="aftercare.started")
    assert made.person_id == course.person_id


@pytest.mark.parametrize(("decision", "item"), [(None, "aftercare.review"), ("continue", "aftercare.review")])
def test_nothing_begins_without_a_review_that_says_so(cast: Cast, at: datetime, decision: str | None, item: str) -> None:
    course = a_course(cast, at)
    if decision:
        reviewed(cast, course, course.ended_at, decision)
    with pytest.raises(Refusal) as refused:
        start_aftercare(person_id=course.person_id, by=cast.ana, at=course.ended_at + DAY)
    assert refused.value.code == "aftercare.not_started" and item in [finding.item for finding in refused.value.findings]
    assert not Check.objects.exists()


def test_who_may_begin_it(cast: Cast, at: datetime) -> None:
    course = a_course(cast, at)
    reviewed(cast, course, course.ended_at)
    for actor, error in ((cast.theo, Forbidden), (cast.faye, Forbidden), (cast.cora, NotFound)):
        with pytest.raises(error):
            start_aftercare(person_id=course.person_id, by=actor, at=course.ended_at)


# req: S62
def test_a_check_comes_due_is_overdue_and_leaves_the_list_when_it_is_recorded(cast: Cast, at: datetime) -> None:
    _, aftercare_id, _ = begun(cast, at)
    check = first_check(aftercare_id)
    due_at = at + timedelta(days=17 + 28)
    assert waiting(cast.ana, due_at - DAY) == []
    assert [(row.what, row.strong) for row in waiting(cast.ana, due_at)] == [("check", False)]
    late = due_at + 8 * DAY
    assert [(row.strong, row.note) for row in waiting(cast.ana, late)] == [(True, "One month: overdue")]
    assert [(row.title, row.state) for row in due_list(cast.ana, late).rows] == [("One month", "overdue"), ("Two months", "later")]
    assert record(cast, check.id, late) == record(cast, check.id, late)  # the same form sent twice is one record
    assert CheckRecord.objects.count() == 1
    found = queries.check(check.id, late)
    assert (found.state, found.records[0].by, found.records[0].saw["standing"]) == ("done", "Ben Okoye", "No score since the first dose.")
    assert waiting(cast.ana, late) == []


def test_a_try_without_an_answer_leaves_the_check_due(cast: Cast, at: datetime) -> None:
    _, aftercare_id, _ = begun(cast, at)
    check, due_at = first_check(aftercare_id), at + timedelta(days=45)
    record(cast, check.id, due_at, reached=False, note="Rang twice, left no message.")
    assert what(cast, due_at) == ["check"]
    record(cast, check.id, due_at + DAY)
    assert what(cast, due_at + DAY) == []
    assert [row.replaced for row in queries.check(check.id, due_at).records] == [False, False]


def test_a_second_record_corrects_the_first_and_keeps_it(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    check = first_check(aftercare_id)
    first = record(cast, check.id, then)
    second = record(cast, check.id, then + DAY, note="Wrong person: has not slept for a week.")
    rows = queries.check(check.id, then + DAY).records
    assert [(row.id, row.replaced) for row in rows] == [(second, False), (first, True)]
    assert Check.objects.get(id=check.id).done_at == then


# req: S62
# hazard: H16
@pytest.mark.parametrize(
    ("told", "kind", "urgency"),
    [
        ({"asked": five(wish_to_be_dead=1)}, "suicide_thoughts", "today"),
        ({"asked": five(thoughts=1, method=1)}, "suicide_thoughts_with_method", "urgent"),
        ({"asked": five(intent_or_plan=1)}, "suicide_intent_or_act", "urgent"),
        ({"asked": five(thoughts="declined")}, "suicide_interview_open", "urgent"),
        ({"asked": five("The line broke.", act_or_preparation="not_asked")}, "suicide_interview_open", "urgent"),
        ({"next_step": "prescriber"}, "aftercare_look", "today"),
    ],
)
def test_what_was_said_opens_a_flag_that_somebody_must_close(cast: Cast, at: datetime, told: dict[str, Any], kind: str, urgency: str) -> None:
    course, aftercare_id, then = begun(cast, at)
    record(cast, first_check(aftercare_id).id, then, **told)
    record(cast, first_check(aftercare_id).id, then, **told)  # sent again
    assert [(row.kind, row.urgency) for row in flags.open_for(course.person_id, then)] == [(kind, urgency)]


def test_a_calm_check_opens_no_flag(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    record(cast, first_check(aftercare_id).id, then)
    assert flags.open_for(course.person_id, then) == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"asked": None}, "aftercare.not_recorded"),
        ({"asked": five(method="not_asked")}, "aftercare.not_recorded"),
        ({"asked": five(why_no_scale="")}, "aftercare.not_recorded"),
        ({"asked": five(method=7)}, "measures.unknown_answer"),
        ({"reached": False, "asked": five()}, "aftercare.not_recorded"),
        ({"note": "ok"}, "aftercare.not_recorded"),
        ({"next_step": "later"}, "aftercare.not_recorded"),
        ({"how": "pigeon"}, "aftercare.unknown_way"),
        ({"taken_at": datetime.fromisoformat("2030-01-01T00:00:00+00:00")}, "clock.future"),
    ],
)
def test_half_a_record_is_refused(cast: Cast, at: datetime, told: dict[str, Any], code: str) -> None:
    _, aftercare_id, then = begun(cast, at)
    with pytest.raises(Refusal) as refused:
        record(cast, first_check(aftercare_id).id, then, **told)
    assert refused.value.code == code
    assert not CheckRecord.objects.exists() and first_check(aftercare_id).state == "due"


@pytest.mark.parametrize(("step", "kind"), [("earlier_check", "check"), ("booster_discussion", "booster_discussion")])
def test_a_record_can_ask_for_another_look(cast: Cast, at: datetime, step: str, kind: str) -> None:
    _, aftercare_id, then = begun(cast, at)
    record(cast, first_check(aftercare_id).id, then, next_step=step)
    extra = Check.objects.get(aftercare_id=aftercare_id, rule_id__startswith="extra:")
    assert (extra.kind, extra.due_on) == (kind, then.date() + 7 * DAY)
    assert [row.kind for row in due_list(cast.ana, then).rows][0] == kind


# req: S60 S63
def test_a_score_that_got_worse_stands_first_until_somebody_looked(cast: Cast, at: datetime) -> None:
    scored(cast, cast.dan_id, 20, at - DAY)
    course, aftercare_id, then = begun(cast, at)
    scored(cast, cast.dan_id, 6, then)
    assert waiting(cast.ana, then) == []
    worse_at = then + 30 * DAY
    scored(cast, cast.dan_id, 13, worse_at)
    rows = waiting(cast.ana, worse_at)
    assert [(row.what, row.strong) for row in rows] == [("relapse", True), ("check", False)]
    assert "13 now, 6 at best" in rows[0].note
    later = worse_at + 40 * DAY  # nobody asked again: the score is old, and it still asks for a look
    assert what(cast, later)[0] == "relapse"
    assert queries.page(aftercare_id, later).standing.state == "not_known_since"
    record(cast, first_check(aftercare_id).id, later, reached=False, note="Rang twice, left a message.")
    assert what(cast, later)[0] == "relapse"
    record(cast, first_check(aftercare_id).id, later + DAY)
    assert "relapse" not in what(cast, later + DAY)


# req: S60
def test_a_look_written_down_late_does_not_move_the_last_look_back(cast: Cast, at: datetime) -> None:
    scored(cast, cast.dan_id, 20, at - DAY)
    _, aftercare_id, then = begun(cast, at)
    scored(cast, cast.dan_id, 6, then)
    record(cast, first_check(aftercare_id).id, then + 30 * DAY)
    second = Check.objects.filter(aftercare_id=aftercare_id, state="due").earliest("due_on")
    record(cast, second.id, then + 31 * DAY, taken_at=then + 20 * DAY)
    assert queries.aftercare(aftercare_id, then).looked_at == then + 30 * DAY
    scored(cast, cast.dan_id, 13, then + 32 * DAY)
    assert "relapse" in what(cast, then + 32 * DAY)


def test_lists_hold_own_patients_and_own_clinic_only(cast: Cast, at: datetime) -> None:
    begun(cast, at)
    begun(cast, at, somebody(cast, at, "Una"))
    later = at + timedelta(days=45)
    for rows in (waiting(cast.theo, later), due_list(cast.theo, later).rows):
        assert {row.person_name for row in rows} == {"Dan Marsh"}
    assert {row.person_name for row in waiting(cast.ana, later)} == {"Dan Marsh", "Una Example"}
    assert waiting(cast.cora, later) == [] and due_list(cast.cora, later).rows == ()
    for actor in (cast.faye, cast.cora):
        with pytest.raises((Forbidden, NotFound)):
            record(cast, Check.objects.earliest("due_on").id, later, by=actor)


def test_ending_drops_what_is_open_and_nothing_is_recorded_after_it(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    check = first_check(aftercare_id)
    record(cast, check.id, then)
    with pytest.raises(Refusal):
        end_aftercare(aftercare_id=aftercare_id, reason=" ", by=cast.ana, at=then)
    end_aftercare(aftercare_id=aftercare_id, reason="Moves abroad; letter sent to the new practice.", by=cast.ana, at=then)
    end_aftercare(aftercare_id=aftercare_id, reason="Again.", by=cast.ana, at=then + DAY)
    page = queries.page(aftercare_id, then)
    assert page.aftercare.end_reason.startswith("Moves abroad") and not page.aftercare.is_on
    assert [row.state for row in page.checks] == ["done", *["dropped"] * 6]
    with pytest.raises(Refusal) as refused:
        record(cast, check.id, then + DAY, note="One more word about it.")
    assert [finding.item for finding in refused.value.findings] == ["check.open"]
    assert waiting(cast.ana, then + 60 * DAY) == []
