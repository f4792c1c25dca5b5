"""A drug given in the room, held against what the record knows of this person today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.screening.rules.knowledge import Knowledge
from afterglow.pathway.screening.rules.told import may_still_act
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, trace
from afterglow.pathway.session.queries.check_in import Answers, answers
from afterglow.pathway.session.queries.phase import latest
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.rules import rescue
from afterglow.pathway.session.rules.rescue import RescueChecked
from afterglow.records.chart import queries as chart
from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.criteria.interpreter import Fact

PULSE_FRESH = timedelta(minutes=15)
"""How old the heart rate may be that says "not under 60" (J); an older one is unknown."""
SLOW_PULSE = 60


def before_giving(session: Session, drug: str, *, at: datetime) -> RescueChecked:
    """This one drug, as it was typed."""
    return _Person(session, at).held_against(drug)


def before_ordering(session: Session | None, person_id: UUID, drugs: Sequence[str], *, at: datetime, zone: ZoneInfo) -> tuple[RescueChecked, ...]:
    """The same before one is ordered; without a session nothing of today is known, and what is not known counts."""
    person = _Person(session, at) if session is not None else _Person(None, at, person_id=person_id, zone=zone)
    return tuple(person.held_against(drug) for drug in drugs)


def kit_now(session: Session, *, at: datetime) -> tuple[RescueChecked, ...]:
    """Every drug of the library's rescue list for this person now, in a fixed number of queries."""
    person = _Person(session, at)
    return tuple(person.held_against(drug) for drug in rescue.kit(person.known.interactions))


class _Person:
    """What the questions about every drug share, read once."""

    def __init__(self, session: Session | None, at: datetime, *, person_id: UUID | None = None, zone: ZoneInfo | None = None) -> None:
        self.known, _ = knowledge()
        who = session.person_id if session is not None else person_id
        assert who is not None  # one of the two is always handed in
        here = zone_of(session) if session is not None else zone
        assert here is not None
        listed, allergies = chart.medicines(who), chart.allergies(who)
        today = at.astimezone(here).date()
        taken = [row.name for row in listed.rows if may_still_act(row.stopped_on, today)]
        self.list_asked = listed.state != "not_asked"
        self.allergies = None if allergies.state == "not_asked" else [row.substance for row in allergies.rows]
        self.medicines, self.facts = taken, _told(who, self.known)
        if session is not None:
            self._today(session, at, today=today, zone=here)

    def _today(self, session: Session, at: datetime, *, today: date, zone: ZoneInfo) -> None:
        """What the session adds: what was given here, what was said at check-in, and the pulse now."""
        all_deeds = deeds.deeds(session.id)
        given = answers(session.id, today=today, zone=zone.key)
        self.medicines = [*self.medicines, *(str(deed.payload["name"]) for deed in deeds.standing(all_deeds, "medicine"))]
        hr = latest(all_deeds, trace.trace(session.id)).get("hr")
        seen = (hr.value, hr.at) if hr is not None and hr.value > 0 else _before(given)
        self.facts = {**self.facts, **_stimulants(given)}
        if seen is not None and at - seen[1] <= PULSE_FRESH:
            self.facts["pulse.under_60_per_min"] = seen[0] < SLOW_PULSE

    def held_against(self, drug: str) -> RescueChecked:
        known = self.known
        return rescue.checked(
            drug,
            self.medicines,
            list_asked=self.list_asked,
            facts=self.facts,
            interactions=known.interactions,
            names=known.names,
            labels=known.catalogue.labels,
            allergies=self.allergies,
        )


def _told(person_id: UUID, known: Knowledge) -> dict[str, Fact]:
    """What was answered at screening about conditions; never asked stays unknown, and counts as present."""
    decision = screening.latest_decision(person_id)
    said = screening.answers(decision.case_id) if decision is not None else {}
    asked = {key: row.value for key, row in said.items() if key.startswith("history.")}
    return read_facts(known.catalogue, asked)


def _before(given: Answers) -> tuple[float, datetime] | None:
    row = given.get("values_before")
    return None if row is None or row.value is None else (float(row.value["hr"]), row.taken_at)


def _stimulants(given: Answers) -> dict[str, Fact]:
    """Any stimulant today counts; not asked is unknown."""
    row = given.get("substances")
    if row is None or row.value is None:
        return {}
    return {"substances.stimulant_today": row.yes() is True and "stimulants" in (row.value.get("taken") or ())}
