"""Dan, asked everything: the answers for which nothing stands in the way, recorded through the real actions; and Dan cleared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.open_case import open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.screening.rules.told import FROM_RECORDS
from afterglow.records.chart.actions.record_height import record_height
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.cast import Cast

GIVEN: Mapping[str, object] = {
    "diagnosis.major_depression_confirmed": "yes",
    "pressure.systolic_mmhg": "128",
    "pressure.diastolic_mmhg": "78",
    "pregnancy.test": "not_needed",
    "liver.child_pugh": "none",
    "lab.alt_times_uln": "0.8",
    "workup.prescription_monitoring_checked": "yes",
    "workup.urinalysis_reviewed": "yes",
    "workup.urine_drug_screen_reviewed": "yes",
    "workup.bladder_score_recorded": "yes",
    "workup.substance_questionnaires_read": "yes",
    "airway.stop_bang": "2",
    "airway.spo2_percent_at_rest": "98",
    "support.adult_escort": "yes",
}


def signature(actor: Actor, at: datetime) -> Signature:
    """As the password page makes it; pages are tested with the real one."""
    assert actor.user_id is not None
    return Signature(actor.user_id, actor.name, at)


# Answered with yes by somebody fit for what is treated beside depression.
FITS = ("diagnosis.ptsd_confirmed", "treatment.established_tried")


def favourable(indication: str = "trd") -> dict[str, object]:
    """An answer to every question on the form for this, none of which stands in the way."""
    asked = knowledge(indication)[0].catalogue.facts.values()
    no = {fact.key: "no" for fact in asked if fact.kind == "yes_no" and fact.asked_of == "staff" and fact.key not in FROM_RECORDS}
    given = {**GIVEN, **dict.fromkeys(FITS, "yes")}
    return {**no, **{key: value for key, value in given.items() if key in knowledge(indication)[0].catalogue.facts}}


def opened(cast: Cast, at: datetime, person_id: UUID | None = None, indication: str = "trd") -> UUID:
    return open_case(person_id=person_id or cast.dan_id, site_id=cast.site_id, indication=indication, by=cast.ana, at=at)


def measured(cast: Cast, at: datetime, person_id: UUID | None = None) -> None:
    """Two failed trials, no medicines, 178 cm, PHQ-9 18 with item 9 answered no, GAD-7, and a negative ASQ in person."""
    person = person_id or cast.dan_id
    for drug, dose, weeks in (("sertraline", 150_000, 8), ("bupropion", 300_000, 7)):
        record_trial(
            person_id=person, drug=drug, daily_dose_ug=dose, weeks=weeks, improvement="under_25", this_episode="yes", stopped_because="no_effect",
            by=cast.ana, at=at,
        )  # fmt: skip
    review_list(person_id=person, list_name="medicines", none_known=True, by=cast.ana, at=at)
    if person != cast.dan_id:
        record_weight(person_id=person, value="70", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    record_height(person_id=person, value="178", unit="cm", on_site=True, taken_at=at, by=cast.ben, at=at)
    scored(cast, at, "phq9", {f"q{n}": 2 for n in range(1, 9)} | {"q7": 3, "q8": 3, "q9": 0}, person)
    scored(cast, at, "gad7", {f"q{n}": 1 for n in range(1, 8)}, person)
    scored(cast, at, "asq", {"q1": 0, "q2": 0, "q3": 0, "q4": 0}, person)


def scored(cast: Cast, at: datetime, instrument: str, answers: Mapping[str, object], person_id: UUID | None = None) -> UUID:
    assignment = assign(
        person_id=person_id or cast.dan_id, instrument=instrument, occasion="screening", channel="staff", site_id=cast.site_id, by=cast.ben, at=at
    )
    return answer(assignment_id=assignment, answers=answers, taken_at=at, key=f"{assignment}", by=cast.ben, at=at).response_id  # type: ignore[arg-type]


def ready(cast: Cast, at: datetime, *, but: Mapping[str, object] | None = None, person_id: UUID | None = None, indication: str = "trd") -> UUID:
    """An open case in which nothing stands in the way, except for `but`; `indication`: resistant depression, or PTSD with a PCL-5 of 40."""
    case = opened(cast, at, person_id, indication)
    if measures.latest(person_id or cast.dan_id, "phq9") is None:
        measured(cast, at, person_id)
    if indication == "ptsd" and measures.latest(person_id or cast.dan_id, "pcl5") is None:
        scored(cast, at, "pcl5", {f"q{n}": 2 for n in range(1, 21)}, person_id)
    record_facts(case_id=case, answers={**favourable(indication), **(but or {})}, key=f"facts {case}", by=cast.ana, at=at)
    return case


def cleared(cast: Cast, at: datetime, person_id: UUID | None = None, indication: str = "trd") -> UUID:
    """The case of a person whom Ana has cleared."""
    case = ready(cast, at, person_id=person_id, indication=indication)
    decide(case_id=case, outcome="cleared", signed=signature(cast.ana, at), key=f"decide {case}", by=cast.ana, at=at)
    return case
