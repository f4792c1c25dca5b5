"""A plan is made for what screening cleared the person for, and signed on a consent for that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, clear, consent

pytestmark = pytest.mark.django_db


# req: S17
# hazard: H42
def test_a_protocol_for_something_else_makes_no_plan(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id, indication="ptsd")
    consent(cast, at, cast.dan_id, indication="ptsd")
    with pytest.raises(Refusal) as refused:
        a_draft(cast, at)
    assert [(finding.item, finding.lifted_by) for finding in refused.value.findings] == [("plan.indication", "nobody")]
    assert "cleared this person for PTSD" in refused.value.sentence
    assert not TreatmentPlan.objects.exists()
    plan_id = a_draft(cast, at, protocol="iv_ptsd", key="ptsd")
    sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert TreatmentPlan.objects.get(id=plan_id).state == "in_force"


# req: S17
def test_a_consent_for_something_else_signs_no_plan(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id, indication="ptsd")
    consent(cast, at, cast.dan_id)
    plan_id = a_draft(cast, at, protocol="iv_ptsd")
    with pytest.raises(Refusal) as refused:
        sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert [(finding.item, finding.lifted_by) for finding in refused.value.findings] == [("order.consent", "nobody")]


# req: S17
def test_who_was_decided_about_anew_in_between_keeps_no_draft_for_the_other(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id)
    consent(cast, at, cast.dan_id)
    plan_id = a_draft(cast, at)
    later = at + timedelta(hours=1)
    clear(cast, later, cast.dan_id, indication="ptsd")
    with pytest.raises(Refusal) as refused:
        sign_plan(plan_id=plan_id, signed=signature(cast.ana, later), by=cast.ana, at=later)
    assert "plan.indication" in {finding.item for finding in refused.value.findings}
