"""A course that ends takes the doses ahead out of the calendar, and leaves the visit after a dose that was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.free_visits import CANCEL, CAUSE
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.response.actions.sign_review import sign_review
from afterglow.pathway.response.models import ResponseReview
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.book import book
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, ready
from tests.support.response import REASON, at_review

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def placed(cast: Cast, plan_id: UUID, at: datetime, kind: str, hours: float, dose_no: int | None) -> UUID:
    """A visit of the plan so many hours after `at`, in a room of its kind."""
    starts_at = at + hours * HOUR
    room_id = cast.room_id if kind == "dosing" else cast.talk_room_id
    return book(
        person_id=cast.dan_id, site_id=cast.site_id, room_id=room_id, staff_user_id=None, kind=kind, starts_at=starts_at, ends_at=starts_at + HOUR,
        purpose_kind="plan", purpose_id=str(plan_id), dose_no=dose_no, key=f"{kind} {hours}", by=cast.faye, at=at,
    )  # fmt: skip


def states(cast: Cast) -> dict[UUID, str]:
    return {row.id: row.state for row in schedule.of_person(cast.dan_id)}


# req: S47
def test_doses_ahead_are_cancelled_with_their_talks_and_a_given_doses_talk_stays(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    mine = placed(cast, plan_id, at, "integration", 30, 3)
    ahead = [
        placed(cast, plan_id, at, "dosing", 72, 4),
        placed(cast, plan_id, at, "integration", 102, 4),
        placed(cast, plan_id, at, "preparation", 26, None),
    ]
    told = {"plan_id": plan_id, "decision": "stop", "reason": REASON, "signed": signature(cast.ana, at), "key": "stop", "by": cast.ana, "at": at}
    for _ in range(2):
        sign_review(**told)
    found = states(cast)
    assert [found[each] for each in ahead] == ["cancelled"] * 3
    assert found[mine] == "booked"
    assert schedule.appointment(ahead[0], cast.clinic_id).cause == CAUSE
    assert AuditRow.objects.filter(event="schedule.appointment_cancelled", reason=CAUSE).count() == 3
    assert ResponseReview.objects.count() == 1


def test_what_has_begun_or_belongs_to_something_else_stays(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    begun = placed(cast, plan_id, at, "dosing", 1, 1)
    starts_at = at + 50 * HOUR
    other = book(
        person_id=cast.dan_id, site_id=cast.site_id, room_id=None, staff_user_id=None, kind="review", starts_at=starts_at, ends_at=starts_at + HOUR,
        key="other", by=cast.faye, at=at,
    )  # fmt: skip
    end_plan(plan_id=plan_id, reason="Moved away.", by=cast.ana, at=at + 1.5 * HOUR)
    assert states(cast) == {begun: "booked", other: "booked"}


def test_a_next_version_keeps_the_visits(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    visit = placed(cast, plan_id, at, "dosing", 72, 1)
    newer = a_draft(cast, at, replaces=plan_id, key="newer")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert states(cast)[visit] == "booked"
    end_plan(plan_id=newer, reason="Moved away.", by=cast.ana, at=at)
    assert states(cast)[visit] == "cancelled", "the version before placed it, the course that ended frees it"


def test_who_may_not_cancel_visits_may_still_end_the_course(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    visit = placed(cast, plan_id, at, "dosing", 72, 1)
    ana = replace(cast.ana, permissions=cast.ana.permissions - {CANCEL})
    end_plan(plan_id=plan_id, reason="Moved away.", by=ana, at=at)
    assert plans.plan(plan_id).state == "ended"
    assert states(cast)[visit] == "booked"
