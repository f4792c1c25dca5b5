"""The prescriber decides on everything that is known, and the decision keeps what it saw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.open_case import open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.models import CaseFact, ScreeningDecision
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.queries import credentials_of
from tests.support.cast import Cast
from tests.support.screening import cleared, opened, ready, signature

pytestmark = pytest.mark.django_db


def decided(cast: Cast, at: datetime, case: UUID, outcome: str = "cleared", **changes: Any) -> UUID:
    by = changes.pop("by", cast.ana)
    values: dict[str, Any] = {"case_id": case, "outcome": outcome, "signed": signature(by, at), "key": "decide", "by": by, "at": at}
    return decide(**(values | changes))


# req: S28
def test_a_clear_needs_everything_settled_and_keeps_all_it_saw(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    decision = decided(cast, at, case)
    row = queries.latest_decision(cast.dan_id)
    assert row is not None
    assert (row.id, row.outcome, row.signed_by, row.pdmp_checked_on) == (decision, "cleared", "Ana Ruiz", at.date())
    saw = queries.decision_saw(decision)
    assert {"criteria/adult", "codes/trd_definitions", "interactions/maoi"} <= set(saw["library"])
    assert {each["definition"]: each["state"] for each in saw["resistance"]} == {"mgh_atrq": "met", "esketamine": "met", "athf_sf": "met"}
    assert saw["facts"]["score.phq9_total"] == "18"
    assert saw["indication"] == "trd"
    assert len(saw["criteria"]) == len(knowledge("trd")[0].criteria)
    assert AuditRow.objects.filter(event="screening.case_decided", person_id=cast.dan_id).count() == 1


# req: S28
def test_an_empty_case_is_unknown_and_unknown_blocks(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    with pytest.raises(Refusal) as refused:
        decided(cast, at, case)
    assert refused.value.code == "screening.not_decided"
    open_items = {finding.item: finding.state for finding in refused.value.findings}
    assert open_items["suicide_questions_asked"] == "unknown"
    assert open_items["treatment_resistant"] == "unknown"
    assert open_items["medicines_contraindicated"] == "unknown"
    assert queries.latest_decision(cast.dan_id) is None
    assert queries.case_row(case).state == "open"


# hazard: H38
@pytest.mark.parametrize(
    ("fact", "answer", "item"),
    [
        ("pregnancy.test", "positive", "pregnancy_not_positive"),
        ("decision.coerced", "yes", "free_decision"),
        ("allergy.ketamine", "yes", "ketamine_allergy"),
    ],
)
def test_what_nobody_may_lift_stops_a_clear_but_not_a_no(cast: Cast, at: datetime, fact: str, answer: str, item: str) -> None:
    case = ready(cast, at, but={fact: answer})
    with pytest.raises(Refusal) as refused:
        decided(cast, at, case)
    assert [finding.item for finding in refused.value.findings if finding.lifted_by == "nobody"] == [item]
    decided(cast, at, case, "declined", reason="Not safe for this person now.", key="no")
    assert queries.case_row(case).state == "declined"


def test_a_listed_ketamine_allergy_counts_whatever_was_answered(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    record_allergy(person_id=cast.dan_id, substance="Ketamine", by=cast.ben, at=at)
    with pytest.raises(Refusal) as refused:
        decided(cast, at, case)
    assert [finding.item for finding in refused.value.findings] == ["ketamine_allergy"]


# req: C11
def test_a_decided_case_is_locked_and_a_new_one_may_be_opened(cast: Cast, at: datetime) -> None:
    case = cleared(cast, at)
    facts = CaseFact.objects.count()
    with pytest.raises(Refusal) as refused:
        record_facts(case_id=case, answers={"decision.coerced": "yes"}, key="late", by=cast.ana, at=at)
    assert refused.value.code == "screening.case_closed"
    assert CaseFact.objects.count() == facts
    again = open_case(person_id=cast.dan_id, site_id=cast.site_id, by=cast.ana, at=at + timedelta(days=1))
    assert again != case
    assert queries.answers(again) == {}, "nothing is carried over unasked"


def test_a_retry_decides_once_and_the_same_key_with_other_content_is_refused(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    assert decided(cast, at, case) == decided(cast, at, case)
    assert ScreeningDecision.objects.count() == 1
    with pytest.raises(Refusal, match=r"write.key_reused"):
        decided(cast, at, case, "declined", reason="Something else entirely.")


def test_only_a_prescriber_with_a_licence_in_date_decides(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    with pytest.raises(Forbidden):
        decided(cast, at, case, by=cast.ben)
    assert cast.ana.user_id is not None
    for row in credentials_of(cast.ana.user_id, cast.clinic_id):
        if row.kind == "prescriber_licence":
            end_credential(credential_id=row.id, reason="Licence lapsed", by=cast.olga, at=at)
    with pytest.raises(Refusal) as refused:
        decided(cast, at, case)
    assert [finding.item for finding in refused.value.findings] == ["decision.by"]


@pytest.mark.parametrize("who", ["cora", "faye", "olga"])
def test_strangers_and_those_without_the_right(cast: Cast, at: datetime, who: str) -> None:
    case = ready(cast, at)
    with pytest.raises(NotFound if who == "cora" else Forbidden):
        decided(cast, at, case, by=getattr(cast, who))
    assert ScreeningDecision.objects.count() == 0


def test_someone_elses_signature_is_none(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    with pytest.raises(Refusal, match=r"accounts.not_confirmed"):
        decided(cast, at, case, signed=signature(cast.ben, at))


@pytest.mark.parametrize("outcome", ["declined", "referred", "postponed"])
def test_every_no_needs_a_reason(cast: Cast, at: datetime, outcome: str) -> None:
    case = opened(cast, at)
    with pytest.raises(Refusal) as refused:
        decided(cast, at, case, outcome)
    assert refused.value.field == "reason"
    decided(cast, at, case, outcome, reason="The person asked to wait for a while.")
    row = queries.latest_decision(cast.dan_id)
    assert row is not None
    assert row.outcome == outcome


def test_an_outcome_that_is_not_there_is_refused(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match=r"screening.unknown_outcome"):
        decided(cast, at, ready(cast, at), "approved")


def test_who_waits_is_every_open_case_that_one_may_see(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    for who, seen in (("ana", [case]), ("theo", [case]), ("cora", [])):
        assert [row.id for row in queries.waiting(getattr(cast, who), at)] == seen
    assert [row.person_id for row in queries.cleared(cast.ana, among=[cast.dan_id])] == []
