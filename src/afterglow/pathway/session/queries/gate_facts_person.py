"""The gate's facts about the person: what was asked today, and what the chart says beside it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in import AnswerRow
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_facts import Escort, Pregnancy
from afterglow.pathway.session.rules.gate_person import age_on
from afterglow.pathway.session.rules.staffing import night_reasons
from afterglow.pathway.session.rules.suicide import WORDS, Assessment, FiveAnswers, SuicideInterview
from afterglow.records.chart import queries as chart
from afterglow.records.flags import queries as flags

TESTABLE_AGES = range(12, 56)
"""Aged 12 to 55 with uterus or ovaries (safety 35)."""
KETAMINE_NAMES = ("ketamin", "ketalar", "spravato")


def about_the_person(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_person` of the gate; None where nobody asked today."""
    given = held.given
    interview = _suicide(held)
    escort = given.get("escort")
    return {
        "identifiers": tuple(given.said("identity", "identifiers") or ()) or None,
        "born_on": held.person.born_on,
        "allergies_reread": given.yes("allergies"),
        "ketamine_allergy": _ketamine_allergy(given.yes("ketamine_allergy"), [row.substance for row in chart.allergies(held.session.person_id).rows]),
        "capacity": _capacity(held),
        "intoxicated": given.yes("intoxication"),
        "withdrawal": given.yes("withdrawal"),
        "substances_today": _substances(given.get("substances")),
        "pregnancy": _pregnancy(held),
        "suicide": interview,
        "answers_taken_back": given.taken_back,
        "waits_for_prescriber": flags.waiting_for_prescriber(held.session.person_id),
        "escort": _escort(escort),
        "night_reasons": _night_reasons(held, held.person.born_on, interview),
        "night_person": str(given.said("night", "name") or ""),
    }


def _ketamine_allergy(said: bool | None, listed: list[str]) -> bool | None:
    """A listed allergy is an allergy, whatever was said today; no answer is not "no"."""
    if any(name in entry.lower() for entry in listed for name in KETAMINE_NAMES):
        return True
    return said


def _capacity(held: Visit) -> Any:
    """Shown only when it was shown today and at the signature (safety 4)."""
    today, signed = held.given.said("capacity"), held.consent.capacity_shown
    if today == "not_shown" or signed is False:
        return "not_shown"
    return "shown" if today == "shown" and signed else None


def _substances(row: AnswerRow | None) -> tuple[str, ...] | None:
    if row is None or row.value is None:
        return None
    return tuple(row.value.get("taken") or ()) if row.yes() else ()


def _pregnancy(held: Visit) -> Pregnancy | None:
    """The organ inventory of the chart or of today: one yes is enough, and a no needs to be said."""
    row = held.given.get("pregnancy")
    organs, born_on = {held.person.could_be_pregnant, str(row.said("organs")) if row else ""}, held.person.born_on
    if born_on is not None and age_on(born_on, held.today) not in TESTABLE_AGES:
        return Pregnancy(applies=False)
    if "yes" not in organs:
        return Pregnancy(applies=False if "no" in organs else None)
    if row is None or row.value is None or row.value.get("organs") != "yes":
        return Pregnancy(applies=True)
    tested_on = row.value.get("tested_on")
    return Pregnancy(
        applies=True,
        result=row.value.get("result"),
        tested_on=date.fromisoformat(tested_on) if tested_on else None,
        at_risk_since=row.yes("at_risk_since"),
    )


def _suicide(held: Visit) -> SuicideInterview | None:
    row = held.given.get("suicide")
    if row is None or row.value is None:
        return None
    return SuicideInterview(
        answers=FiveAnswers(**{key: row.value.get(key, "not_asked") for key in WORDS}),
        asked_at=row.taken_at,
        asked_on=held.day_of(row.taken_at),
        asked_by=row.recorded_by,
        new_or_worse=row.yes("new_or_worse"),
        assessment=_assessment(held),
    )


def _assessment(held: Visit) -> Assessment | None:
    row = held.given.get("suicide_assessment")
    if row is None or row.value is None:
        return None
    return Assessment(
        by=row.recorded_by,
        qualified=bool(row.value.get("qualified")),
        completed_at=row.taken_at,
        on=held.day_of(row.taken_at),
        allows=row.yes("allows") is True,
    )


def _escort(row: AnswerRow | None) -> Escort | None:
    if row is None or row.value is None:
        return None
    return Escort(kind=row.value["kind"], adult_name=str(row.value.get("adult_name") or ""), documented=row.yes("documented") is True)


def _night_reasons(held: Visit, born_on: date | None, interview: SuicideInterview | None) -> tuple[str, ...]:
    """Before the dose; a sedative given later adds its own reason at discharge."""
    return night_reasons(
        age_years=0 if born_on is None else age_on(born_on, held.today),
        first_dose=not earlier_starts(held.session.person_id, held.session.id),
        suicidal_indication=interview is not None and bool(interview.answers.that_are("yes") or interview.answers.that_are("declined")),
        rescue_sedative=False,
    )


def earlier_starts(person_id: UUID, but_not: UUID) -> bool:
    """Has this person been dosed here before?"""
    return bool(_started(person_id, but_not))


@prepared
def _started(person_id: UUID, but_not: UUID) -> Rows:
    return Session.objects.filter(person_id=person_id, started_at__isnull=False).exclude(id=but_not).values_list("id", flat=True)[:1]
