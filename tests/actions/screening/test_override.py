"""What two different licensed people may pass over, with a reason, and what nobody may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.actions.second_sign import second_sign
from afterglow.pathway.screening.actions.sign_override import sign_override
from afterglow.pathway.screening.models import Override, SecondSignature
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.queries import credentials_of
from tests.support.cast import Cast
from tests.support.screening import ready, signature

pytestmark = pytest.mark.django_db

REASON = "Pressure is treated and stable for a year."


def held_case(cast: Cast, at: datetime, but: dict[str, object] | None = None) -> tuple[UUID, str, str]:
    """A case with one hold, its item and the sentence that signers read."""
    case = ready(
        cast, at, but=but or {"support.adult_escort": "no", "workup.urinalysis_reviewed": "no", "workup.prescription_monitoring_checked": "no"}
    )
    finding = next(each.finding for each in queries.picture(case, at).assessment.items if each.blocks and each.finding.lifted_by == "two_signatures")
    return case, finding.item, finding.sentence


def signed(cast: Cast, at: datetime, case: UUID, item: str, saw: str, **changes: Any) -> UUID:
    by = changes.pop("by", cast.ben)
    values: dict[str, Any] = {
        "case_id": case,
        "item": item,
        "saw": saw,
        "reason": REASON,
        "signed": signature(by, at),
        "key": f"sign {item} {by.name}",
        "by": by,
        "at": at,
    }
    return sign_override(**(values | changes))


def seconded(cast: Cast, at: datetime, override: UUID, who: str = "ana") -> None:
    by = getattr(cast, who)
    second_sign(override_id=override, signed=signature(by, at), by=by, at=at)


def cleared_now(cast: Cast, at: datetime, case: UUID) -> UUID:
    return decide(case_id=case, outcome="cleared", signed=signature(cast.ana, at), key="clear", by=cast.ana, at=at)


# req: S14
def test_two_people_and_a_reason_lift_a_hold(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"workup.prescription_monitoring_checked": "no"})
    override = signed(cast, at, case, item, saw)
    with pytest.raises(Refusal) as refused:
        cleared_now(cast, at, case)
    assert "Two different people" in refused.value.sentence
    seconded(cast, at, override)
    decision = cleared_now(cast, at, case)
    kept = queries.decision_saw(decision)["overrides"]
    assert [(each["item"], each["reason"], {by["name"] for by in each["signatures"]}) for each in kept] == [(item, REASON, {"Ben Okoye", "Ana Ruiz"})]
    assert AuditRow.objects.filter(event="screening.override_signed").count() == 1
    assert AuditRow.objects.filter(event="screening.override_countersigned").count() == 1


# hazard: H49
def test_one_person_counts_once_and_one_of_two_is_a_prescriber(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"workup.prescription_monitoring_checked": "no"})
    override = signed(cast, at, case, item, saw)
    with pytest.raises(Refusal, match=r"screening.same_signer"):
        seconded(cast, at, override, "ben")
    with pytest.raises(Refusal, match=r"screening.no_prescriber"):
        seconded(cast, at, override, "theo")
    assert SecondSignature.objects.count() == 0
    seconded(cast, at, override)
    seconded(cast, at, override)
    assert SecondSignature.objects.count() == 1
    with pytest.raises(Refusal, match=r"screening.already_countersigned"):
        seconded(cast, at, override, "theo")


# req: C11
@pytest.mark.parametrize(("fact", "item"), [("decision.coerced", "free_decision"), ("allergy.ketamine", "ketamine_allergy")])
def test_what_may_never_be_lifted_is_refused_by_rule(cast: Cast, at: datetime, fact: str, item: str) -> None:
    case = ready(cast, at, but={fact: "yes"})
    finding = next(each.finding for each in queries.picture(case, at).assessment.items if each.finding.item == item)
    with pytest.raises(Refusal, match=r"screening.never_lifted"):
        signed(cast, at, case, item, finding.sentence)
    assert Override.objects.count() == 0


def test_an_unknown_is_settled_by_asking_not_by_signing(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "unknown"})
    finding = next(each.finding for each in queries.picture(case, at).assessment.items if each.finding.item == "prescription_monitoring")
    assert finding.state == "unknown"
    with pytest.raises(Refusal, match=r"screening.never_lifted"):
        signed(cast, at, case, finding.item, finding.sentence)


def test_another_sentence_needs_new_signatures(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"lab.alt_times_uln": "3.5"})
    assert item == "liver_enzymes"
    with pytest.raises(Refusal, match=r"screening.changed_meanwhile"):
        signed(cast, at, case, item, f"{saw} And more.")
    seconded(cast, at, signed(cast, at, case, item, saw))
    later = at + timedelta(minutes=1)
    record_facts(case_id=case, answers={"lab.alt_times_uln": "4.2"}, key="again", by=cast.ben, at=later)
    row = next(each for each in queries.picture(case, later).overrides if each.item == item)
    assert row.stale
    with pytest.raises(Refusal) as refused:
        cleared_now(cast, later, case)
    assert [finding.item for finding in refused.value.findings] == [item]


def test_who_may_sign(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"workup.prescription_monitoring_checked": "no"})
    for who, kind in (("theo", Forbidden), ("faye", Forbidden), ("olga", Forbidden), ("cora", NotFound)):
        with pytest.raises(kind):
            signed(cast, at, case, item, saw, by=getattr(cast, who))
    override = signed(cast, at, case, item, saw)
    for who, kind in (("faye", Forbidden), ("olga", Forbidden), ("cora", NotFound)):
        with pytest.raises(kind):
            seconded(cast, at, override, who)
    assert cast.ana.user_id is not None
    for row in credentials_of(cast.ana.user_id, cast.clinic_id):
        end_credential(credential_id=row.id, reason="Lapsed", by=cast.olga, at=at)
    with pytest.raises(Refusal, match=r"screening.not_licensed"):
        seconded(cast, at, override)


def test_a_reason_is_a_reason_and_a_retry_signs_once(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"workup.prescription_monitoring_checked": "no"})
    with pytest.raises(Refusal) as refused:
        signed(cast, at, case, item, saw, reason=" ok. ")
    assert refused.value.field == "reason"
    assert signed(cast, at, case, item, saw) == signed(cast, at, case, item, saw)
    assert Override.objects.count() == 1
    with pytest.raises(Refusal, match=r"screening.nothing_to_lift"):
        signed(cast, at, case, "adult", "of age")


def test_a_password_of_someone_else_signs_nothing(cast: Cast, at: datetime) -> None:
    case, item, saw = held_case(cast, at, {"workup.prescription_monitoring_checked": "no"})
    with pytest.raises(Refusal, match=r"accounts.not_confirmed"):
        signed(cast, at, case, item, saw, signed=signature(cast.ana, at))
