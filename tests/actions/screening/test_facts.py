"""Answers are kept as given, newest first; medicines that need a prescriber wait for one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.actions.decide_medicine import decide_medicine
from afterglow.pathway.screening.actions.open_case import open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.models import Case, CaseFact, MedicineDecision
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.cast import Cast
from tests.support.screening import opened, ready

pytestmark = pytest.mark.django_db


def state(case: object, item: str, at: datetime) -> str:
    return next(each.finding.state for each in queries.picture(case, at).assessment.items if each.finding.item == item)  # type: ignore[arg-type]


def test_one_open_case_at_a_time(cast: Cast, at: datetime) -> None:
    assert opened(cast, at) == opened(cast, at)
    assert Case.objects.count() == 1
    assert AuditRow.objects.filter(event="screening.case_opened").count() == 1
    with pytest.raises(NotFound):
        open_case(person_id=cast.dan_id, site_id=cast.other_site_id, by=cast.ana, at=at)
    with pytest.raises(NotFound):
        open_case(person_id=cast.dan_id, site_id=cast.other_site_id, by=cast.cora, at=at)
    with pytest.raises(Forbidden):
        open_case(person_id=cast.dan_id, site_id=cast.site_id, by=cast.faye, at=at)
    with pytest.raises(Refusal, match=r"screening.unknown_definition"):
        open_case(person_id=cast.dan_id, site_id=cast.site_id, trd_definition="own", by=cast.ana, at=at)


# req: S28
def test_the_newest_answer_counts_and_the_old_one_stays(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    assert record_facts(case_id=case, answers={"decision.coerced": "no", "lab.alt_times_uln": "0.8"}, key="1", by=cast.ben, at=at) == 2
    later = at + timedelta(minutes=5)
    new = record_facts(
        case_id=case,
        answers={"decision.coerced": "yes", "lab.alt_times_uln": "0.8"},
        details={"decision.coerced": "Said so."},
        key="2",
        by=cast.ana,
        at=later,
    )
    assert new == 1
    row = queries.answers(case)["decision.coerced"]
    assert (row.value, row.detail, row.recorded_by) == (True, "Said so.", "Ana Ruiz")
    assert CaseFact.objects.filter(key="decision.coerced").count() == 2
    assert state(case, "free_decision", later) == "unmet"


def test_asked_and_not_known_is_an_answer_and_still_unknown(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"decision.coerced": "unknown"})
    assert queries.answers(case)["decision.coerced"].value is None
    assert state(case, "free_decision", at) == "unknown"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("decision.coerced", "perhaps"),
        ("lab.alt_times_uln", "high"),
        ("lab.alt_times_uln", "NaN"),
        ("pregnancy.tested_on", "2026-13-01"),
        ("liver.child_pugh", "d"),
        ("score.phq9_total", "20"),
        ("trd.by_site_definition", "yes"),
        ("made.up", "yes"),
    ],
)
def test_a_bad_answer_saves_nothing(cast: Cast, at: datetime, fact: str, value: str) -> None:
    case = opened(cast, at)
    with pytest.raises(Refusal) as refused:
        record_facts(case_id=case, answers={"decision.legal_hold": "no", fact: value}, key="1", by=cast.ben, at=at)
    assert (refused.value.code, refused.value.field) == ("screening.bad_answer", fact)
    assert CaseFact.objects.count() == 0


def test_a_retry_records_once(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    for _ in range(2):
        assert record_facts(case_id=case, answers={"decision.coerced": "no"}, key="1", by=cast.ben, at=at) == 1
    assert CaseFact.objects.count() == 1
    audit = AuditRow.objects.get(event="screening.facts_recorded")
    assert "decision.coerced" in audit.new_text
    assert "false" not in audit.new_text, "what was said is kept once, in the case"


@pytest.mark.parametrize("who", ["theo", "faye", "olga", "cora"])
def test_who_may_record(cast: Cast, at: datetime, who: str) -> None:
    case = opened(cast, at)
    with pytest.raises((Forbidden, NotFound)):
        record_facts(case_id=case, answers={"decision.coerced": "no"}, key="1", by=getattr(cast, who), at=at)


# req: S29
# hazard: H39
def test_a_medicine_without_a_match_is_not_checked_until_the_prescriber_looks_it_up(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    record_medicine(person_id=cast.dan_id, name="metformin", by=cast.ben, at=at)
    assert state(case, "medicines_all_checked", at) == "unmet"
    with pytest.raises(Forbidden):
        decide_medicine(case_id=case, kind="looked_up", subject="metformin", note="No interaction found.", key="1", by=cast.ben, at=at)
    for subject, code in (("aspirin", "screening.nothing_to_decide"), ("metformin", "")):
        if code:
            with pytest.raises(Refusal, match=code):
                decide_medicine(case_id=case, kind="looked_up", subject=subject, note="No interaction found.", key="2", by=cast.ana, at=at)
    with pytest.raises(Refusal, match=r"screening.no_reason"):
        decide_medicine(case_id=case, kind="looked_up", subject="metformin", note="ok", key="2", by=cast.ana, at=at)
    for _ in range(2):
        decide_medicine(case_id=case, kind="looked_up", subject="metformin", note="Label read: no interaction known.", key="2", by=cast.ana, at=at)
    assert MedicineDecision.objects.count() == 1
    assert state(case, "medicines_all_checked", at) == "met"


# req: S29
def test_a_high_interaction_waits_for_the_prescriber(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    record_medicine(person_id=cast.dan_id, name="oxycodone", by=cast.ben, at=at)
    assert state(case, "medicines_high_decided", at) == "unmet"
    decide_medicine(case_id=case, kind="decided", subject="opioid", note="Low dose, last one the day before.", key="1", by=cast.ana, at=at)
    assert state(case, "medicines_high_decided", at) == "met"


# req: S29
# hazard: H39
def test_a_decision_holds_for_the_medicines_that_were_read_and_not_for_one_that_came_later(cast: Cast, at: datetime) -> None:
    case, later = ready(cast, at), at + timedelta(hours=1)
    record_medicine(person_id=cast.dan_id, name="oxycodone", by=cast.ben, at=at)
    decide_medicine(case_id=case, kind="decided", subject="opioid", note="Low dose, last one the day before.", key="1", by=cast.ana, at=at)
    record_medicine(person_id=cast.dan_id, name="tramadol", by=cast.ben, at=later)
    assert state(case, "medicines_high_decided", later) == "unmet"
    decide_medicine(case_id=case, kind="decided", subject="opioid", note="Both are held from the day before.", key="2", by=cast.ana, at=later)
    assert state(case, "medicines_high_decided", later) == "met"


def test_a_medicine_stopped_last_week_is_still_looked_at(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    for name, days in (("phenelzine", 10), ("tranylcypromine", 60)):
        record_medicine(person_id=cast.dan_id, name=name, stopped_on=at.date() - timedelta(days=days), by=cast.ben, at=at)
    checked = queries.picture(case, at).assessment.checked
    assert checked is not None
    assert [medicine.text for medicine in checked.medicines] == ["phenelzine"]
