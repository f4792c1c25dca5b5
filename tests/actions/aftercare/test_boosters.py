"""One more infusion: what a prescriber may sign, its visit and its order, and that nothing lies past what was signed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.aftercare.actions.decide_booster import Elsewhere
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.waiting import waiting
from afterglow.pathway.plan.actions.allowed_boosters import boosters
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.place_booster import place_booster
from afterglow.pathway.plan.models import BoosterAllowance
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries import waiting as worklist
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.session import access as sessions
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.queries.gate_facts_order import about_the_order, own_doses
from afterglow.pathway.session.queries.gate_visit import visit
from afterglow.records.schedule import queries as schedule
from tests.support.aftercare import a_booster, a_dose, begun, looked_at, reviewed
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, an_order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def codes(refusal: Refusal) -> list[str]:
    return [finding.item for finding in refusal.findings]


def place(cast: Cast, plan_id: UUID, dose_no: int, starts_at: datetime, at: datetime, **other: Any) -> UUID:
    told: dict[str, Any] = {
        "room_id": cast.room_id,
        "reason": "The tests stand at night.",
        "key": f"place {dose_no} {starts_at}",
        "by": cast.faye,
    } | other
    return place_booster(plan_id=plan_id, dose_no=dose_no, starts_at=starts_at, at=at, **told)


# req: S63
def test_a_booster_goes_its_whole_way_on_the_plan_of_the_course(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    day = then + 70 * DAY
    assert a_booster(cast, aftercare_id, day) == 7
    assert a_booster(cast, aftercare_id, day) == 7  # the same form again
    held = plans.plan(course.plan_id)
    assert (held.boosters, held.allowed_doses, held.infusions) == (1, 6, 6)
    allowed = boosters(course.plan_id)
    assert [(row.dose_no, row.number, row.signed_by, row.second_by) for row in allowed] == [(7, 1, "Ana Ruiz", "")]
    assert [row.what for row in waiting(cast.ana, day)][-1] == "booster"

    visit_id = place(cast, course.plan_id, 7, day + DAY, day)
    assert place(cast, course.plan_id, 7, day + DAY, day) == visit_id
    row = schedule.appointment(visit_id, cast.clinic_id)
    assert (row.kind, row.dose_no, row.ends_at - row.starts_at) == ("dosing", 7, timedelta(minutes=160))
    assert "booster" not in [each.what for each in waiting(cast.ana, day)]
    assert [each.what for each in worklist.waiting(cast.ana, day)] == ["order"]  # the plan's own list asks for its order

    a_dose(cast, course.person_id, course.plan_id, 7, day + DAY, appointment_id=visit_id)
    assert plans.doses_used(course.plan_id) == 6  # the course stays as it was
    state = queries.page(aftercare_id, day + 2 * DAY).boosters[0]
    assert state.given_at == day + DAY and state.visit is not None
    later = day + 30 * DAY
    assert a_booster(cast, aftercare_id, later) == 8
    assert [each.kind for each in own_doses(course.person_id, course.plan_id, later)] == ["course"] * 6 + ["booster"]


# req: S47 S63
# hazard: H42
def test_no_order_lies_past_what_was_signed(cast: Cast, at: datetime) -> None:
    """Every number, before a booster was signed, with one signed, and after it was given: only the signed one can be ordered, once."""
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY

    def orderable(when: datetime) -> list[int]:
        found = []
        for number in range(12):
            try:
                an_order(cast, when, course.plan_id, number, key=f"try {number} {when}", weight_confirmed=True)
            except Refusal as refused:
                assert "order.dose_number" in codes(refused) or number <= 7
            else:
                found.append(number)
        return found

    assert [number for number in orderable(day) if number > 6] == []
    a_booster(cast, aftercare_id, day)
    a_dose(cast, course.person_id, course.plan_id, 7, day + DAY)
    assert [number for number in orderable(day + 2 * DAY) if number > 7] == []


# hazard: H42
@pytest.mark.parametrize(
    ("told", "items"),
    [
        ({"elsewhere": Elsewhere(None)}, ["interval.other_ketamine_asked"]),
        ({"elsewhere": Elsewhere(True)}, ["interval.last"]),
        ({"earliest_on": date(2026, 12, 8)}, ["booster.day"]),
    ],
)
def test_what_is_open_is_named_and_nothing_is_allowed(cast: Cast, at: datetime, told: dict[str, Any], items: list[str]) -> None:
    course, aftercare_id, then = begun(cast, at)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, then + 60 * DAY, **told)
    assert refused.value.code == "plan.booster_not_allowed" and codes(refused.value) == items
    assert not BoosterAllowance.objects.exists() and plans.plan(course.plan_id).boosters == 0


# hazard: H42
def test_ketamine_from_elsewhere_counts(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day, elsewhere=Elsewhere(True, (day - DAY).date()))
    assert codes(refused.value) == ["interval.last", "interval.week", "interval.cumulative"], "how often is not known either"
    often = Elsewhere(True, (day - 5 * DAY).date(), in_week=1, in_review=12)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day, elsewhere=often)
    assert codes(refused.value) == ["interval.cumulative"]
    assert a_booster(cast, aftercare_id, day, key="again", elsewhere=replace(often, in_review=2)) == 7


# hazard: H42
# req: S115
def test_a_bladder_not_looked_at_for_six_doses_or_over_its_line_holds_a_booster(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at, bladder=False)
    day = then + 60 * DAY
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day)
    assert codes(refused.value) == ["late_effects.bladder"] and "never measured, with 6 doses" in refused.value.sentence
    looked_at(cast.dan_id, cast.site_id, day, over=True)
    later = day + timedelta(hours=2)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, later)
    assert codes(refused.value) == ["late_effects.bladder"] and "ask a urologist" in refused.value.sentence
    assert a_booster(cast, aftercare_id, later, key="two", second=signature(cast.ben, later), reason="Urologist seen, cystitis ruled out.") == 7
    kept = BoosterAllowance.objects.get(dose_no=7)
    assert "late_effects.bladder" in kept.saw_text and kept.second_by_id == cast.ben.user_id


# hazard: H42
def test_boosters_on_demand_meet_the_review_and_two_signatures(cast: Cast, at: datetime) -> None:
    """Every ten days: the seventh within 13 weeks asks for a misuse and bladder review, and a second licensed person."""
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    for number in range(6):
        day += 10 * DAY
        assert a_booster(cast, aftercare_id, day) == 7 + number
        a_dose(cast, course.person_id, course.plan_id, 7 + number, day + timedelta(hours=1))
    day += 10 * DAY
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day)
    assert codes(refused.value) == ["interval.boosters", "late_effects.bladder"]
    with pytest.raises(Refusal):
        a_booster(cast, aftercare_id, day, second=signature(cast.faye, day))  # a second signature without a licence
    assert a_booster(cast, aftercare_id, day, key="two", second=signature(cast.ben, day), reason="Reviewed: no misuse, bladder well.") == 13
    kept = BoosterAllowance.objects.get(dose_no=13)
    saw = json.loads(kept.saw_text)
    assert kept.second_by_id == cast.ben.user_id and saw["standing"] and any("Lifted by" in each["sentence"] for each in saw["findings"])


# req: S63
def test_one_at_a_time_with_a_reason_and_by_a_prescriber(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    for actor, error in ((cast.ben, Forbidden), (cast.theo, Forbidden), (cast.cora, NotFound)):
        with pytest.raises(error):
            a_booster(cast, aftercare_id, day, by=actor)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day, reason=" ")
    assert refused.value.code == "plan.no_reason"
    a_booster(cast, aftercare_id, day)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day + DAY)
    assert codes(refused.value) == ["booster.one"]


# req: S47
def test_a_newer_review_takes_the_ground_away(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    reviewed(cast, course, day, decision="refer", after=3)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, day)
    assert codes(refused.value) == ["booster.review"]


def test_nothing_is_decided_once_aftercare_or_the_plan_is_over(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    end_plan(plan_id=course.plan_id, reason="Moves abroad.", by=cast.ana, at=then)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, then)
    assert refused.value.code == "aftercare.no_plan"
    end_aftercare(aftercare_id=aftercare_id, reason="Moves abroad.", by=cast.ana, at=then)
    with pytest.raises(Refusal) as refused:
        a_booster(cast, aftercare_id, then)
    assert refused.value.code == "aftercare.is_over"


def test_the_visit_keeps_its_day_and_its_distance(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    with pytest.raises(Refusal) as refused:
        place(cast, course.plan_id, 7, day, day)
    assert refused.value.code == "plan.no_booster"
    a_booster(cast, aftercare_id, day, earliest_on=(day + 5 * DAY).date())
    with pytest.raises(Refusal) as refused:
        place(cast, course.plan_id, 7, day + 4 * DAY, day)
    assert refused.value.code == "plan.booster_not_placed" and codes(refused.value) == ["booster.day"]
    with pytest.raises(Forbidden):
        place(cast, course.plan_id, 7, day + 5 * DAY, day, by=cast.olga)
    with pytest.raises(NotFound):
        place(cast, course.plan_id, 7, day + 5 * DAY, day, by=cast.cora)
    place(cast, course.plan_id, 7, day + 5 * DAY, day)
    with pytest.raises(Refusal) as refused:
        place(cast, course.plan_id, 7, day + 6 * DAY, day)
    assert refused.value.code == "plan.booster_placed"


# req: S63
# hazard: H42
def test_the_gate_sees_a_booster_as_one_and_not_before_its_day(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    a_booster(cast, aftercare_id, day, earliest_on=(day + 5 * DAY).date())
    visit_id = place(cast, course.plan_id, 7, day + 5 * DAY, day)
    session_id = open_session(appointment_id=visit_id, by=cast.ben, at=day)

    def allowed(when: datetime) -> int:
        facts = about_the_order(visit(sessions.fetch_session(cast.ben, session_id), by=cast.ben, at=when))
        return int(facts["doses_allowed"])

    assert (allowed(day), allowed(day + 5 * DAY)) == (6, 7)


def test_a_revised_plan_goes_on_with_its_boosters_and_keeps_its_infusions(cast: Cast, at: datetime) -> None:
    course, aftercare_id, then = begun(cast, at)
    day = then + 60 * DAY
    a_booster(cast, aftercare_id, day)
    longer = [Change(path="course.infusions", value=8, reason="More is wanted."), Change(path="course.within_days", value=[12, 28], reason="More.")]
    with pytest.raises(Refusal) as refused:
        a_draft(cast, day, replaces=course.plan_id, changes=longer, key="longer")
    assert "plan.boosters" in codes(refused.value)
    slower = [Change(path="dose.over_min", value=50, reason="Slower is calmer.")]
    second = a_plan(cast, day, replaces=course.plan_id, changes=slower, key="slower")
    assert (plans.plan(second).boosters, [row.dose_no for row in boosters(second)]) == (1, [7])
    place(cast, second, 7, day + DAY, day)
    a_dose(cast, course.person_id, second, 7, day + 3 * DAY)
    assert a_booster(cast, aftercare_id, day + 40 * DAY) == 8
