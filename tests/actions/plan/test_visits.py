"""Proposing and placing the visits of a course: in free time, all or none, and what deviates says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.plan.actions.place_visits import place_visits
from afterglow.pathway.plan.actions.propose_visits import Proposal, missing_visits, placed_visits, propose_visits
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries import waiting
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import cancel
from afterglow.records.schedule.queries import day, for_purpose
from tests.support.cast import Cast, register
from tests.support.plan import a_draft, a_plan, an_order, monday_after, ready

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def plan_id(cast: Cast, at: datetime) -> UUID:
    ready(cast, at)
    return a_plan(cast, at)


def proposal(cast: Cast, at: datetime, plan_id: UUID) -> Proposal:
    return propose_visits(plan_id=plan_id, first_on=monday_after(at), by=cast.ana, at=at)


def local(cast: Cast, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(cast.zone))


# req: S48, S49, S50
# req: S52
def test_a_whole_course_is_proposed_in_free_hours(cast: Cast, at: datetime, plan_id: UUID) -> None:
    found = proposal(cast, at, plan_id)
    assert found.verdict.met, found.verdict.sentence
    infusions = [visit for visit in found.visits if visit.kind == "infusion"]
    assert [local(cast, visit.starts_at).date() for visit in infusions][0] == monday_after(at)
    assert len(infusions) == 6 and {visit.ends_at - visit.starts_at for visit in infusions} == {timedelta(minutes=160)}
    gaps = [(later.starts_at - earlier.starts_at).days for earlier, later in zip(infusions, infusions[1:], strict=False)]
    assert set(gaps) <= {2, 3, 4}
    integrations = [visit for visit in found.visits if visit.kind == "integration"]
    assert len(integrations) == 6 and {visit.staff_user_id for visit in integrations} == {cast.theo.user_id}
    for visit, infusion in zip(integrations, infusions, strict=True):
        after = visit.starts_at - (infusion.starts_at + timedelta(minutes=70))
        assert 24 * HOUR <= after <= 72 * HOUR
    assert [visit.number for visit in found.visits if visit.kind == "review"] == [3, 6]
    assert found.visits[0].kind == "preparation"
    assert all(9 <= local(cast, visit.starts_at).hour < 17 for visit in found.visits)


def test_a_proposal_goes_around_what_is_booked(cast: Cast, at: datetime, plan_id: UUID) -> None:
    eve = register(cast.faye, at, "Eve")
    first = proposal(cast, at, plan_id).visits[1]
    for room_id, key in ((cast.room_id, "a"), (cast.room_2_id, "b")):
        person = eve if key == "a" else register(cast.faye, at, "Ida")
        book(
            person_id=person, site_id=cast.site_id, room_id=room_id, staff_user_id=None, kind="dosing", starts_at=first.starts_at, ends_at=first.ends_at,
            key=key, by=cast.faye, at=at,
        )  # fmt: skip
    moved = proposal(cast, at, plan_id).visits[1]
    assert (moved.kind, moved.number) == ("infusion", 1) and moved.starts_at >= first.ends_at


# req: C18
def test_placing_books_all_visits_for_the_plan(cast: Cast, at: datetime, plan_id: UUID) -> None:
    told: dict[str, Any] = {"plan_id": plan_id, "first_on": monday_after(at), "key": "place", "by": cast.ana, "at": at}
    made = place_visits(**told)
    assert place_visits(**told) == made
    rows = for_purpose("plan", str(plan_id))
    assert len(rows) == len(made) == 15
    assert [row.dose_no for row in rows if row.kind == "dosing"] == [1, 2, 3, 4, 5, 6]
    assert AuditRow.objects.filter(event="plan.visits_placed", person_id=cast.dan_id).count() == 1
    assert missing_visits(queries.plan(plan_id)) == []
    with pytest.raises(Refusal, match="plan.not_placed") as refused:
        place_visits(**(told | {"key": "twice"}))
    assert "visits.once" in {finding.item for finding in refused.value.findings}


def test_one_clash_leaves_the_calendar_as_it_was(cast: Cast, at: datetime, plan_id: UUID) -> None:
    visits = proposal(cast, at, plan_id).visits
    last = visits[-1]
    book(
        person_id=register(cast.faye, at, "Eve"), site_id=cast.site_id, room_id=last.room_id, staff_user_id=None, kind="review",
        starts_at=last.starts_at, ends_at=last.ends_at, key="eve", by=cast.faye, at=at,
    )  # fmt: skip
    with pytest.raises(Refusal, match="schedule.not_booked"):
        place_visits(plan_id=plan_id, visits=visits, key="place", by=cast.ana, at=at)
    assert for_purpose("plan", str(plan_id)) == []
    assert not AuditRow.objects.filter(event="plan.visits_placed").exists()


# req: S36
# hazard: H6
def test_what_deviates_says_why_and_too_close_is_a_hard_stop(cast: Cast, at: datetime, plan_id: UUID) -> None:
    visits = {(visit.kind, visit.number): visit for visit in proposal(cast, at, plan_id).visits}
    first = visits["infusion", 1]
    five_days = replace(visits["infusion", 2], starts_at=first.starts_at + 5 * DAY, ends_at=first.ends_at + 5 * DAY)
    told: dict[str, Any] = {"plan_id": plan_id, "by": cast.ana, "at": at}
    with pytest.raises(Refusal, match="plan.not_placed") as refused:
        place_visits(visits=[first, five_days], key="a", **told)
    assert [finding.item for finding in refused.value.findings] == ["visits.infusion.2"]
    same_day = replace(five_days, starts_at=first.starts_at + 5 * HOUR, ends_at=first.ends_at + 5 * HOUR)
    with pytest.raises(Refusal, match="plan.not_placed") as refused:
        place_visits(visits=[first, same_day], reason="Dan leaves on Tuesday.", key="b", **told)
    assert [finding.lifted_by for finding in refused.value.findings] == ["nobody"]
    place_visits(visits=[first, five_days], reason="Dan travels that week.", key="c", **told)
    assert [visit.number for visit in placed_visits(plan_id)] == [1, 2]
    assert ("infusion", 3) in missing_visits(queries.plan(plan_id))


def test_a_cancelled_visit_is_to_be_placed_again(cast: Cast, at: datetime, plan_id: UUID) -> None:
    made = place_visits(plan_id=plan_id, first_on=monday_after(at), key="place", by=cast.ana, at=at)
    cancel(appointment_id=made[0], cause="Dan is ill.", by=cast.faye, at=at)
    assert missing_visits(queries.plan(plan_id)) == [("preparation", 1)]


def test_who_may_place_and_when(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    draft = a_draft(cast, at)
    told: dict[str, Any] = {"first_on": monday_after(at), "key": "k", "at": at}
    with pytest.raises(Refusal, match="plan.not_in_force"):
        place_visits(plan_id=draft, by=cast.ana, **told)
    with pytest.raises(Forbidden):
        place_visits(plan_id=draft, by=cast.olga, **told)
    with pytest.raises(NotFound):
        place_visits(plan_id=draft, by=cast.cora, **told)


def test_nothing_chosen_places_nothing(cast: Cast, at: datetime, plan_id: UUID) -> None:
    for other in ({}, {"visits": []}):
        with pytest.raises(Refusal, match="plan.no_visits"):
            place_visits(plan_id=plan_id, key=f"k{len(other)}", by=cast.ana, at=at, **other)


def test_a_full_house_is_said(cast: Cast, at: datetime, plan_id: UUID) -> None:
    """Every weekday of the months ahead is taken in both dosing rooms."""
    for room_id in (cast.room_id, cast.room_2_id):
        for ahead in range(60):
            on = date(2026, 12, 7) + ahead * DAY
            opens = datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo(cast.zone))
            if on.weekday() < 5:
                person = register(cast.faye, at, f"Person{ahead}", "A" if room_id == cast.room_id else "B")
                book(
                    person_id=person, site_id=cast.site_id, room_id=room_id, staff_user_id=None, kind="dosing", starts_at=opens, ends_at=opens + 8 * HOUR,
                    key=f"{room_id} {ahead}", by=cast.faye, at=at - DAY,
                )  # fmt: skip
    assert day(cast.site_id, date(2026, 12, 8), cast.zone)
    found = proposal(cast, at, plan_id)
    assert found.visits == () and not found.verdict.met
    with pytest.raises(Refusal, match="plan.not_placed"):
        place_visits(plan_id=plan_id, first_on=monday_after(at), key="k", by=cast.ana, at=at)


# req: S32
def test_orders_of_the_next_days_wait_to_be_signed(cast: Cast, at: datetime, plan_id: UUID) -> None:
    place_visits(plan_id=plan_id, first_on=monday_after(at), key="place", by=cast.ana, at=at)
    assert waiting.waiting(cast.ana, at) == []
    week_before = at + 12 * DAY
    due = waiting.waiting(cast.ana, week_before)
    assert [(row.what, row.plan_id, row.dose_no) for row in due] == [("order", plan_id, 1), ("order", plan_id, 2)]
    an_order(cast, at, plan_id)  # signed today, it ends before the visit
    assert len(waiting.waiting(cast.ana, week_before)) == 2
