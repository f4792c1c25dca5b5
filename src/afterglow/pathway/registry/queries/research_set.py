"""Who said yes to research, the tables about them, and what was made so far.  A fixed number of queries, whatever the size."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.columns import moment
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.keys.pseudonyms import pseudonym, pseudonym_key_id
from afterglow.pathway.consent.queries.research import DOCUMENT, research_answers
from afterglow.pathway.plan.queries import kept as plan_kept
from afterglow.pathway.registry.models import ResearchApproval, ResearchSet
from afterglow.pathway.registry.queries import day_begins, starters_by_person
from afterglow.pathway.registry.rules.counting import figures
from afterglow.pathway.registry.rules.csv_rows import HEAD, csv_rows
from afterglow.pathway.registry.rules.definition import definition_from
from afterglow.pathway.registry.rules.outcome import Judge
from afterglow.pathway.registry.rules.periods import EVERYONE
from afterglow.pathway.registry.rules.research_set import (
    DoseGiven,
    MakingFacts,
    Member,
    ScoreTaken,
    SetRule,
    age_span,
    as_csv,
    coarsened,
    described,
    reasons,
    rule_from,
    tables,
)
from afterglow.pathway.screening.queries.known import indications
from afterglow.pathway.session.queries import starters as begun
from afterglow.records.chart.queries import history
from afterglow.records.measures import queries as measures

RULE: Final = "research_set"
NO_COMPARATOR: Final = "There is no comparison group in this set. What changed after ketamine also changes with time, care and hope: nothing here says what ketamine did."
MISSING: Final = "Everybody of the set is in people, whatever is missing; nobody is left out for stopping early or for not answering."


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    id: UUID
    board: str
    reference: str
    valid_until_on: date
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSet:
    """A set that was made.  `left_out`: of everybody who started, how many are in no table of it."""

    name: str
    as_of_on: date
    people: int
    left_out: int
    key_id: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TheSet:
    """What would leave now: the tables and who is in them.  `why`: of each person who started and is in no table, the reason."""

    rule: SetRule
    as_of_on: date
    people: int
    why: tuple[str, ...]
    remove: tuple[str, ...]
    files: dict[str, bytes]

    @property
    def started(self) -> int:
        return self.people + len(self.why)


def approval(clinic_id: UUID) -> Approval | None:
    """The one noted last; None when none was."""
    row = ResearchApproval.objects.filter(clinic_id=clinic_id).order_by("-noted_at", "-id").first()
    if row is None:
        return None
    return Approval(
        id=row.id, board=row.board, reference=row.reference, valid_until_on=row.valid_until_on, noted_at=row.noted_at, noted_by=row.noted_by
    )


def made_sets(clinic_id: UUID, most: int = 20) -> list[MadeSet]:
    """What was made, the latest first."""
    rows = ResearchSet.objects.filter(clinic_id=clinic_id).order_by("-made_at", "-id")[:most]
    return [
        MadeSet(
            name=row.name,
            as_of_on=row.as_of_on,
            people=row.people,
            left_out=row.left_out,
            key_id=row.key_id,
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in rows
    ]


def rule() -> tuple[LibraryRecord, SetRule]:
    record = library_file("registry", RULE)
    return record, rule_from(record.content)


def who(clinic_id: UUID, *, zone: str, day: date) -> dict[str, tuple[str, bool]]:
    """Everybody whose first dose was begun before this day -> the answer about research as it is now, and whether the law keeps them out."""
    return _who(clinic_id, day_begins(day, zone), rule()[1])


def _who(clinic_id: UUID, at: datetime, of: SetRule) -> dict[str, tuple[str, bool]]:
    answers, protocols = research_answers(clinic_id), plan_kept.protocols_begun(clinic_id)
    withheld = {protocol for each in indications() if each.id in of.withheld for protocol in each.protocols}
    kept_out: dict[str, bool] = {}
    for person, _, _, plan, _ in begun.doses_begun(clinic_id, at):
        kept_out[person] = kept_out.get(person, False) or protocols[plan][0].id in withheld
    return {person: (answers.get(person, "not_asked"), out) for person, out in kept_out.items()}


def reason(answer: str, kept_out: bool) -> str:
    """Why somebody is in no table; "" for who is in them."""
    if answer == "yes":
        return "kept_out_by_law" if kept_out else ""
    return answer


def the_set(clinic_id: UUID, *, zone: str, day: date) -> TheSet:
    """What stands when this day begins at the clinic, of those who say yes now: the same bytes as long as neither changes."""
    at, of = day_begins(day, zone), rule()[1]
    people = _who(clinic_id, at, of)
    mine = {person for person, said in people.items() if not reason(*said)}
    members = coarsened(_members(clinic_id, mine, at, zone, of), of.least)
    # Whoever is no longer in: their lines leave the earlier sets too, if they were ever there.
    gone = [person for person, (answer, out) in people.items() if answer in ("taken_back", "no", "yes_to_earlier") or (answer == "yes" and out)]
    return TheSet(
        rule=of,
        as_of_on=day,
        people=len(mine),
        why=tuple(reason(*said) for person, said in people.items() if person not in mine),
        remove=tuple(sorted(_code(clinic_id, person) for person in gone)),
        files={**tables(members), "figures.csv": _figures(clinic_id, mine, at)},
    )


def _members(clinic_id: UUID, mine: set[str], at: datetime, zone: str, of: SetRule) -> list[Member]:
    protocols, born, orders = (
        plan_kept.protocols_begun(clinic_id),
        history.born(clinic_id),
        {row[0]: row[1:] for row in begun.orders_begun(clinic_id, at)},
    )
    treats = {protocol: each.id for each in reversed(indications()) for protocol in each.protocols}
    doses: defaultdict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for person, when, session, plan, _ in begun.doses_begun(clinic_id, at):
        if person in mine:
            doses[person].append((moment(when), session, protocols[plan][0].id))
    first = {person: min(given)[0] for person, given in doses.items()}
    scores = _scores(clinic_id, first, at, of)
    found = []
    for person, given in doses.items():
        given.sort()
        begins, _, protocol = given[0]
        found.append(
            Member(
                code=_code(clinic_id, person),
                age_span=age_span(born[person], begins.astimezone(ZoneInfo(zone)).date(), of.spans),
                treated_for=treats.get(protocol, ""),
                protocol=protocol,
                doses=tuple(_dose((when - begins).days, orders[session]) for when, session, _ in given),
                scores=tuple(sorted(scores[person], key=lambda each: (each.scale, each.day))),
            )
        )
    return found


def _dose(day: int, order: tuple[object, ...]) -> DoseGiven:
    _, drug, ug_per_kg, _, over_min, _ = order
    return DoseGiven(day, str(drug or ""), ug_per_kg if isinstance(ug_per_kg, int) else None, over_min if isinstance(over_min, int) else None)


def _scores(clinic_id: UUID, first: dict[str, datetime], at: datetime, of: SetRule) -> defaultdict[str, list[ScoreTaken]]:
    found: defaultdict[str, list[ScoreTaken]] = defaultdict(list)
    for scale in of.scales:
        for person, when, _, total in sorted(measures.totals(clinic_id, scale, at)):
            if person in first and (day := (moment(when) - first[person]).days) >= -of.days_before:
                found[person].append(ScoreTaken(scale, day, total))
    return found


def _figures(clinic_id: UUID, mine: set[str], at: datetime) -> bytes:
    """The registry's figures of these people alone, with the same definitions and the same least number of people."""
    record = library_file("registry", "outcomes")
    definition = definition_from(record.content)
    change = measures.paper(definition.instrument).instrument.change
    if change is None:
        raise LookupError(f"{definition.instrument} has no rules of change")
    people = [starter for person, starter in starters_by_person(clinic_id, definition, at) if person in mine]
    counted = figures(definition, Judge(definition, change, at), people)
    return as_csv(HEAD, csv_rows(counted, clinic="this set", period=EVERYONE, definitions=record.label, counted_at=at))


def _code(clinic_id: UUID, person: str) -> str:
    return pseudonym(f"{clinic_id}:{UUID(person)}")


def making_facts(found: TheSet, held: Approval | None, clinic_id: UUID) -> MakingFacts:
    """What decides whether this set may leave."""
    earlier = made_sets(clinic_id, most=1)
    return MakingFacts(
        people=found.people,
        least=found.rule.least,
        approved_until_on=None if held is None else held.valid_until_on,
        key_id=pseudonym_key_id(),
        earlier_key_id=earlier[0].key_id if earlier else "",
        on=found.as_of_on,
    )


def manifest(found: TheSet, held: Approval) -> bytes:
    """What the set is, by whose leave, who is not in it, and what to remove from earlier ones.  No moment of making: the same set, the same bytes."""
    files = [library_file("registry", RULE), library_file("registry", "outcomes"), library_file("consents", DOCUMENT)]
    by_reason, together = reasons(found.why, found.rule.least)
    said = {
        "what": "Afterglow registry, pseudonymised tables for research",
        "format": 1,
        "as_of": found.as_of_on.isoformat(),
        "code": version("afterglow"),
        "library": {file.label: file.sha256 for file in files},
        "key": pseudonym_key_id(),
        "approval": {"board": held.board, "reference": held.reference, "valid_until": held.valid_until_on.isoformat()},
        "started": found.started,
        "in_the_set": found.people,
        "in_no_table": {"people": len(found.why), "by_reason": by_reason, "for_reasons_too_few_share": together},
        "remove_from_earlier_sets": list(found.remove),
        "withdrawal": "A yes taken back counts from the next set on. Whoever holds an earlier set removes the lines of the codes above; what was published stays.",
        "least_people": found.rule.least,
        "missing": MISSING,
        "comparator": NO_COMPARATOR,
        "tables": described(found.files),
    }
    return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"


def named(found: TheSet, manifest_bytes: bytes) -> str:
    """The folder of a set: its day, and the beginning of the manifest's SHA-256."""
    return f"registry-{found.as_of_on:%Y-%m-%d}-{hashlib.sha256(manifest_bytes).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of everybody who started: who said yes and may be in a table, and why the others are in none.  `together`: for reasons that too few share."""

    started: int
    agreed: int
    by_reason: dict[str, int]
    together: int
    least: int


def standing(clinic_id: UUID, *, zone: str, day: date) -> Standing:
    """For the page."""
    why = [reason(*said) for said in who(clinic_id, zone=zone, day=day).values()]
    least = rule()[1].least
    by_reason, together = reasons([each for each in why if each], least)
    return Standing(started=len(why), agreed=why.count(""), by_reason=by_reason, together=together, least=least)
