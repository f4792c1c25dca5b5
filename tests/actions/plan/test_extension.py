"""More infusions than the person agreed to: signed only after they signed again, or by two who say why not (S51)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.rules.changes import Change
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, consent, ready
from tests.support.response import give

pytestmark = pytest.mark.django_db
WHY = "Half better after six, and still rising."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def plan_id(cast: Cast, at: datetime) -> UUID:
    """Dan's standard plan of six, in force."""
    ready(cast, at)
    return a_plan(cast, at)


def drafted(cast: Cast, at: datetime, plan_id: UUID, infusions: int) -> UUID:
    change = Change(path="course.infusions", value=infusions, reason=WHY)
    return a_draft(cast, at, replaces=plan_id, changes=[change], key=f"{infusions} at {at}")


def sign(cast: Cast, at: datetime, draft: UUID, **more: Any) -> None:
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at, **more)


# req: S51
def test_a_longer_course_waits_for_a_signature_of_the_person_that_is_younger_than_it(cast: Cast, at: datetime, plan_id: UUID) -> None:
    consent(cast, at + MINUTE, cast.dan_id)
    draft = drafted(cast, at + 2 * MINUTE, plan_id, 8)
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign(cast, at + 2 * MINUTE, draft)
    (finding,) = refused.value.findings
    assert (finding.item, finding.lifted_by) == ("plan.extension", "two_signatures")
    assert "8 infusions instead of 6" in finding.sentence
    assert TreatmentPlan.objects.get(id=plan_id).state == "in_force"
    consent(cast, at + 2 * MINUTE, cast.dan_id)  # at the very moment of the draft: nobody can tell which came first
    with pytest.raises(Refusal, match="plan.not_signed"):
        sign(cast, at + 3 * MINUTE, draft)
    consent(cast, at + 3 * MINUTE, cast.dan_id)
    sign(cast, at + 4 * MINUTE, draft)
    row = TreatmentPlan.objects.get(id=draft)
    assert row.state == "in_force" and "signed again after this was written" in row.saw_text and WHY in row.changes_text


# req: S51
def test_two_may_sign_without_it_and_say_why_and_who_agreed(cast: Cast, at: datetime, plan_id: UUID) -> None:
    draft, later = drafted(cast, at + MINUTE, plan_id, 8), at + MINUTE
    for told in ({"reason": "In crisis; agreed by telephone."}, {"second": signature(cast.ben, later)}):
        with pytest.raises(Refusal, match="plan.not_signed"):
            sign(cast, later, draft, **told)
    sign(cast, later, draft, reason="In crisis; agreed by telephone, the insurer authorised two more.", second=signature(cast.ben, later))
    row = TreatmentPlan.objects.get(id=draft)
    assert row.state == "in_force" and "the insurer authorised two more" in row.saw_text


# req: S51
@pytest.mark.parametrize("infusions", [6, 5])
def test_as_many_or_fewer_need_no_new_signature(cast: Cast, at: datetime, plan_id: UUID, infusions: int) -> None:
    draft = drafted(cast, at + MINUTE, plan_id, infusions)
    sign(cast, at + MINUTE, draft)
    assert TreatmentPlan.objects.get(id=draft).state == "in_force"


# req: S51
# hazard: H42
def test_a_plan_made_anew_asks_for_a_signature_when_there_would_be_more_in_all(cast: Cast, at: datetime, plan_id: UUID) -> None:
    give(cast, at, plan_id, [1, 2])
    end_plan(plan_id=plan_id, reason="Moved away for a while.", by=cast.ana, at=at + MINUTE)
    draft = a_draft(cast, at + 2 * MINUTE, key="anew")
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign(cast, at + 2 * MINUTE, draft)
    (finding,) = refused.value.findings
    assert finding.item == "plan.extension" and "8 infusions in all, 2 of them given under earlier plans, instead of 6" in finding.sentence
    consent(cast, at + 3 * MINUTE, cast.dan_id)
    sign(cast, at + 4 * MINUTE, draft)
    assert TreatmentPlan.objects.get(id=draft).state == "in_force"


# req: S51
def test_a_plan_made_anew_for_what_is_left_needs_none(cast: Cast, at: datetime, plan_id: UUID) -> None:
    give(cast, at, plan_id, [1, 2])
    end_plan(plan_id=plan_id, reason="Moved away for a while.", by=cast.ana, at=at + MINUTE)
    draft = a_draft(cast, at + MINUTE, changes=[Change(path="course.infusions", value=4, reason="Two were given.")], key="rest")
    sign(cast, at + MINUTE, draft)
    assert TreatmentPlan.objects.get(id=draft).state == "in_force"
