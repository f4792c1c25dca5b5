"""Another plan is no way past a review: what was given before counts, until a prescriber has signed a word about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.propose_visits import missing_visits
from afterglow.pathway.plan.actions.series import series_of
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.plan.rules.series import SeriesFacts
from afterglow.pathway.response.queries import reviews
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.queries.gate_verdict import gate_now
from tests.support.cabinet import signature
from tests.support.cast import Cast, build_cast
from tests.support.plan import a_draft, a_plan, an_order, consent, ready
from tests.support.response import at_review, give, next_day, reviewed
from tests.support.session import booked

pytestmark = pytest.mark.django_db
WHY = "Back after a year, PHQ-9 22 again; looked at with Ben."


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def items(refused: Any) -> set[str]:
    return {finding.item for finding in refused.value.findings}


def after(cast: Cast, at: datetime, given: int) -> UUID:
    """A draft for Dan, whose plan before was ended by hand after so many infusions, and who agreed to treatment anew."""
    earlier = at - timedelta(hours=1)
    ready(cast, earlier)
    before = a_plan(cast, earlier)
    give(cast, earlier, before, range(1, given + 1))
    end_plan(plan_id=before, reason="Moved away for a while.", by=cast.ana, at=earlier)
    consent(cast, at, cast.dan_id)
    return a_draft(cast, at, key="second")


# req: S47
# req: N7
# hazard: H42
def test_three_doses_without_a_review_are_not_begun_again_by_another_plan(cast: Cast, at: datetime) -> None:
    draft = after(cast, at, 3)
    told: dict[str, Any] = {"plan_id": draft, "signed": signature(cast.ana, at), "by": cast.ana, "at": at}
    assert plans.plan(draft).allowed_doses == 0
    for unsigned in ({}, {"reason": WHY}, {"second": signature(cast.ben, at)}, {"reason": WHY, "second": signature(cast.faye, at)}):
        with pytest.raises(Refusal, match="plan.not_signed") as refused:
            sign_plan(**told, **unsigned)
        assert items(refused) == {"plan.series"}
    sign_plan(**told, reason=WHY, second=signature(cast.ben, at))
    held = TreatmentPlan.objects.get(id=draft)
    assert (held.began_anew, held.carried, held.allowed_doses) == (True, 0, 3)
    assert WHY in held.saw_text
    row = AuditRow.objects.filter(event="plan.plan_signed").order_by("-id").first()
    assert row is not None and row.reason == WHY and '"began_anew":true' in row.new_text.replace(" ", "")
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        give(cast, at, draft, range(1, 5))
    assert plans.doses_used(draft) == 3


# req: S47
# hazard: H42
def test_fewer_doses_count_to_the_first_review_of_the_next_plan(cast: Cast, at: datetime) -> None:
    draft = after(cast, at, 2)
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert (plans.plan(draft).carried, plans.plan(draft).allowed_doses) == (2, 1)
    assert ("review", 1) in missing_visits(plans.plan(draft))
    give(cast, at, draft, [1])
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, draft, 2)
    assert items(refused) == {"order.dose_number"}
    assert [row.after for row in reviews.waiting(cast.ana, next_day(at))] == [1]
    reviewed(cast, at, draft, "continue")
    assert plans.plan(draft).allowed_doses == 3
    give(cast, at, draft, [2, 3])
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        an_order(cast, at, draft, 4)


# hazard: H42
def test_the_gate_counts_what_was_given_under_the_plan_before(cast: Cast, at: datetime) -> None:
    draft = after(cast, at, 2)
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    give(cast, at, draft, [1])
    tomorrow = at + timedelta(days=1)
    session_id = open_session(appointment_id=booked(cast, cast.dan_id, draft, tomorrow, dose_no=2), by=cast.ben, at=tomorrow)
    gate = gate_now(access.fetch_session(cast.ben, session_id), by=cast.ben, at=tomorrow)
    found = gate.found("plan_allows")
    assert found is not None and found.state == "unmet" and "dose 2; the plan allows 1" in found.sentence


def test_the_one_bridging_dose_is_there_before_a_review_that_came_sooner(cast: Cast, at: datetime) -> None:
    draft = after(cast, at, 2)
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    give(cast, at, draft, [1])
    allow_doses(plan_id=draft, up_to=2, reason="Ana is away until Friday.", reviewed=False, by=cast.ana, at=at)
    reviewed(cast, at, draft, "continue")  # the bridging dose is open still
    assert plans.plan(draft).allowed_doses == 3


def test_a_revision_keeps_what_was_carried(cast: Cast, at: datetime) -> None:
    draft = after(cast, at, 2)
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    newer = a_draft(cast, at, replaces=draft, changes=[Change(path="dose.over_min", value=50, reason="Pressure rose.")], key="revise")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert (plans.plan(newer).carried, plans.plan(newer).allowed_doses) == (2, 1)


@pytest.mark.parametrize("decision", ["stop", "refer"])
def test_after_a_review_that_ended_the_course_a_new_one_is_a_new_beginning(cast: Cast, at: datetime, decision: str) -> None:
    reviewed(cast, at, at_review(cast, at), decision, without_score=False)
    assert series_of(cast.dan_id) == SeriesFacts(given_since=0, decision=decision)
    draft = a_draft(cast, at, key="second")
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert items(refused) == {"plan.series", "plan.extension"}
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), second=signature(cast.ben, at), reason=WHY, by=cast.ana, at=at)
    assert series_of(cast.dan_id) == SeriesFacts()


def test_after_a_completed_course_a_new_one_begins_as_any(cast: Cast, at: datetime) -> None:
    before = at_review(cast, at)
    reviewed(cast, at, before, "continue")
    give(cast, at, before, range(4, 7))
    reviewed(cast, at, before, "aftercare", key="over")
    end_plan(plan_id=before, reason="Relapse: a new course.", by=cast.ana, at=at)
    later = at + timedelta(minutes=1)
    consent(cast, later, cast.dan_id)
    draft = a_draft(cast, later, key="second")
    sign_plan(plan_id=draft, signed=signature(cast.ana, later), by=cast.ana, at=later)
    assert (plans.plan(draft).carried, plans.plan(draft).allowed_doses) == (0, 3)


def test_what_a_review_has_seen_counts_no_more(cast: Cast, at: datetime) -> None:
    before = at_review(cast, at)
    reviewed(cast, at, before, "continue")
    give(cast, at, before, [4])
    end_plan(plan_id=before, reason="Moved away.", by=cast.ana, at=at)
    assert series_of(cast.dan_id) == SeriesFacts(given_since=1, decision="continue")


def test_reviews_signed_before_plans_were_told_are_told_once(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    reviewed(cast, at, plan_id, "stop", without_score=False)
    TreatmentPlan.objects.update(reviewed_as="", reviewed_doses=0)
    assert series_of(cast.dan_id) == SeriesFacts(given_since=3)
    import_module("afterglow.pathway.response.migrations.0002_reviews_told").tell(apps, None)
    assert series_of(cast.dan_id) == SeriesFacts(given_since=0, decision="stop")


def test_the_database_lets_no_new_beginning_carry_doses(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        TreatmentPlan.objects.filter(id=plan_id).update(began_anew=True, carried=1)
