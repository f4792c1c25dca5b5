"""What a person is screened for: chosen from the list, changed while the case is open, never lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.actions.open_case import choose_indication, open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from tests.support.cast import Cast
from tests.support.screening import cleared, favourable, opened, ready

pytestmark = pytest.mark.django_db


# req: S17
def test_ptsd_is_screened_by_its_own_criteria_and_cleared_for_it(cast: Cast, at: datetime) -> None:
    seen = queries.picture(ready(cast, at, indication="ptsd"), at)
    assert (seen.case.indication, seen.indication.title, list(seen.measures)) == (
        "ptsd",
        "Post-traumatic stress disorder",
        ["pcl5", "phq9", "gad7", "asq", "audit_c", "dast10"],
    )
    assert seen.assessment.verdict.met
    ids = {item.criterion.id for item in seen.assessment.items}
    assert {"ptsd_confirmed", "ptsd_severity"} <= ids
    assert "treatment_resistant" not in ids
    cleared_at = at + timedelta(minutes=5)
    cleared(cast, cleared_at, indication="ptsd")
    decision = queries.latest_decision(cast.dan_id)
    assert decision is not None
    assert (decision.outcome, decision.indication) == ("cleared", "ptsd")
    assert queries.decision_saw(decision.id)["indication"] == "ptsd"


def test_another_indication_keeps_every_answer_and_asks_its_own(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    before = queries.answers(case)
    choose_indication(case_id=case, indication="ptsd", by=cast.ana, at=at)
    seen = queries.picture(case, at)
    assert {item.criterion.id for item in seen.assessment.items if item.blocks} == {
        "ptsd_confirmed", "ptsd_severity", "pcl5_recent", "established_treatment_tried",
    }  # fmt: skip
    assert all(item.finding.state == "unknown" for item in seen.assessment.items if item.blocks), "nothing is taken from the other"
    assert queries.answers(case) == before
    choose_indication(case_id=case, indication="trd", by=cast.ana, at=at)
    assert queries.picture(case, at).assessment.verdict.met
    choose_indication(case_id=case, indication="trd", by=cast.ana, at=at)
    assert AuditRow.objects.filter(event="screening.indication_chosen", person_id=cast.dan_id).count() == 2


def test_what_is_not_offered_or_not_asked_is_refused(cast: Cast, at: datetime) -> None:
    for indication, words in (("anxiety", "none is assumed"), ("gout", "no such indication")):
        with pytest.raises(Refusal) as refused:
            open_case(person_id=cast.dan_id, site_id=cast.site_id, indication=indication, by=cast.ana, at=at)
        assert (refused.value.code, refused.value.field) == ("screening.indication_not_offered", "indication")
        assert words in refused.value.sentence
    case = opened(cast, at)
    with pytest.raises(Refusal, match="indication_not_offered"):
        choose_indication(case_id=case, indication="crps", by=cast.ana, at=at)
    with pytest.raises(Refusal, match="bad_answer"):
        record_facts(case_id=case, answers={"diagnosis.ptsd_confirmed": "yes"}, key="a", by=cast.ana, at=at)
    assert "diagnosis.ptsd_confirmed" not in favourable()


def test_a_decided_case_keeps_what_it_was_decided_about(cast: Cast, at: datetime) -> None:
    case = cleared(cast, at)
    with pytest.raises(Refusal) as refused:
        choose_indication(case_id=case, indication="ptsd", by=cast.ana, at=at)
    assert refused.value.code == "screening.case_closed"


def test_strangers_and_those_without_the_right(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    with pytest.raises(NotFound):
        choose_indication(case_id=case, indication="ptsd", by=cast.cora, at=at)
    with pytest.raises(Forbidden):
        choose_indication(case_id=case, indication="ptsd", by=cast.faye, at=at)
