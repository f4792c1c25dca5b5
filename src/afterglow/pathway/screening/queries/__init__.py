"""Open cases, everything that stands between a person and treatment, and what was decided."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.enquiry import queries as enquiry
from afterglow.pathway.screening.models import Candidacy, Case, CaseFact, MedicineDecision, Override, ScreeningDecision, SecondSignature
from afterglow.pathway.screening.queries.known import indication_of, knowledge
from afterglow.pathway.screening.rules.assessment import Assessment, ScreeningFacts, assess
from afterglow.pathway.screening.rules.decision import Override as OverrideFacts
from afterglow.pathway.screening.rules.decision import Signature
from afterglow.pathway.screening.rules.indications import Indication
from afterglow.pathway.screening.rules.knowledge import Knowledge
from afterglow.pathway.screening.rules.told import body_mass_index, may_still_act, names_ketamine, trial_told
from afterglow.records.chart import queries as chart
from afterglow.records.chart.access import among_own, own_of
from afterglow.records.chart.queries import MedicineRow
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import ResponseRow
from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.criteria.interpreter import Fact

ROUTE = "iv"
SCORED = frozenset({"phq9", "pcl5", "ybocs", "asrm"})  # whose total and day criteria ask for
SUBSTANCES = ("audit_c", "dast10")  # before the prescriber whatever is treated
PDMP = "workup.prescription_monitoring_checked"
MOST_WAITING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case of one person at one site; `state` is open until it is decided, then what was decided."""

    id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    site_id: UUID
    opened_at: datetime
    opened_by: str
    state: str
    trd_definition: str
    indication: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """The newest answer to one question; `value` None is an answer too: asked, and not known."""

    key: str
    value: Fact
    detail: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """A hold that someone signed to pass over; `stale` when the finding reads differently now, so that it no longer counts."""

    id: UUID
    item: str
    saw: str
    reason: str
    signed_at: datetime
    first: Signature
    second: Signature | None
    second_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A prescriber's decision with all it saw; `outcome` is cleared, declined, referred or postponed."""

    id: UUID
    case_id: UUID
    person_id: UUID
    outcome: str
    indication: str
    reason: str
    signed_at: datetime
    signed_by: str
    signed_by_id: UUID
    pdmp_checked_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedRow:
    """Someone whose newest decision is cleared."""

    person_id: UUID
    person_name: str
    record_no: str
    cleared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that is known about an open case at one moment, and what follows from it."""

    case: CaseRow
    indication: Indication
    site: SiteRow
    facts: ScreeningFacts
    answers: Mapping[str, FactRow]
    assessment: Assessment
    knowledge: Knowledge
    overrides: tuple[OverrideRow, ...]
    measures: Mapping[str, ResponseRow | None]
    library: Mapping[str, Mapping[str, Any]]
    pdmp_checked_on: date | None

    @property
    def standing(self) -> tuple[OverrideFacts, ...]:
        """Overrides that still fit what they were signed for, as the rules read them."""
        return tuple(
            OverrideFacts(item=row.item, reason=row.reason, signatures=(row.first,) if row.second is None else (row.first, row.second))
            for row in self.overrides
            if not row.stale
        )

    @property
    def unreviewed(self) -> bool:
        return bool(self.knowledge.unreviewed)


def case_row(case_id: UUID) -> CaseRow:
    """The case must be there: reach it by `access.fetch_case` first."""
    return _cases(Case.objects.filter(id=case_id))[0]


def cases_of(person_id: UUID) -> list[CaseRow]:
    """All cases of a person, the newest first."""
    return _cases(Case.objects.filter(person_id=person_id).order_by("-opened_at", "-id"))


def waiting(actor: Actor, at: datetime) -> list[CaseRow]:
    """Open cases that this actor may see, the longest open first."""
    return [_case(row) for row in _open_cases(actor.clinic_id, own_of(actor), at)]


@prepared
def _open_cases(clinic_id: UUID, own: UUID | None, at: datetime) -> Rows:
    rows = Case.objects.filter(person__clinic_id=clinic_id, state="open", opened_at__lte=at)
    return among_own(rows, own, clinic_id).order_by("opened_at", "id").values(*_OF_CASE)[:MOST_WAITING]


def to_open(actor: Actor, at: datetime) -> list[chart.FoundPerson]:
    """People whose enquiry was accepted and who have no case yet, from the newest decided enquiries; the longest accepted first."""
    if not actor.may("enquiry.enquiry.read"):
        return []
    accepted = [row.person_id for row in enquiry.decided(actor, at) if row.state == "accepted" and row.person_id is not None]
    names = chart.names_of(actor.clinic_id, set(accepted) - set(Case.objects.filter(person_id__in=accepted).values_list("person_id", flat=True)))
    return [names[person_id] for person_id in reversed(dict.fromkeys(accepted)) if person_id in names]


_OF_CASE = (
    "id", "person_id", "person__record_no", "site_id", "opened_at", "opened_by", "state", "trd_definition", "indication", "person__given_name", "person__family_name",
)  # fmt: skip


def _cases(rows: QuerySet[Case]) -> list[CaseRow]:
    return [_case(row) for row in rows.values(*_OF_CASE)]


def _case(row: dict[str, Any]) -> CaseRow:
    """From the values of `_OF_CASE`."""
    name = f"{row.pop('person__given_name')} {row.pop('person__family_name')}"
    return CaseRow(person_name=name, record_no=row.pop("person__record_no"), **row)


@prepared
def _latest(person_id: UUID) -> Rows:
    return _decided(ScreeningDecision.objects.filter(case__person_id=person_id), most=1)


def latest_decision(person_id: UUID) -> DecisionRow | None:
    """What was decided last about this person; None when nothing was."""
    row = first(_latest(person_id))
    return None if row is None else _decision(row)


def decision_of(case_id: UUID) -> DecisionRow | None:
    return next(iter(_decisions(ScreeningDecision.objects.filter(case_id=case_id), most=1)), None)


def decision_saw(decision_id: UUID) -> dict[str, Any]:
    """Everything the decision was made on, as it was stored; see `rules.saw`."""
    saw: dict[str, Any] = json.loads(ScreeningDecision.objects.values_list("saw_text", flat=True).get(id=decision_id))
    return saw


def _decisions(rows: QuerySet[ScreeningDecision], *, most: int) -> list[DecisionRow]:
    return [_decision(row) for row in _decided(rows, most=most)]


def _decided(rows: QuerySet[ScreeningDecision], *, most: int) -> Rows:
    fields = (
        "id",
        "case_id",
        "outcome",
        "reason",
        "signed_at",
        "signed_by_id",
        "pdmp_checked_on",
        "case__person_id",
        "case__indication",
        "signed_by__name",
    )
    return rows.order_by("-signed_at", "-id").values(*fields)[:most]


def _decision(row: dict[str, Any]) -> DecisionRow:
    return DecisionRow(person_id=row.pop("case__person_id"), indication=row.pop("case__indication"), signed_by=row.pop("signed_by__name"), **row)


def cleared(actor: Actor, *, among: Collection[UUID]) -> list[ClearedRow]:
    """Those of these people whose newest decision is cleared, the longest cleared first."""
    return [
        ClearedRow(person_id=person_id, person_name=f"{given} {family}", record_no=record_no, cleared_at=signed_at)
        for person_id, given, family, record_no, signed_at in _cleared(list(among), actor.clinic_id, own_of(actor))
    ]


@prepared
def _cleared(among: Collection[UUID], clinic_id: UUID, own: UUID | None) -> Rows:
    later = ScreeningDecision.objects.filter(case__person_id=OuterRef("case__person_id"), signed_at__gt=OuterRef("signed_at"))
    rows = ScreeningDecision.objects.filter(~Exists(later), case__person__clinic_id=clinic_id, outcome="cleared", case__person_id__in=among)
    fields = ("case__person_id", "case__person__given_name", "case__person__family_name", "case__person__record_no", "signed_at")
    return among_own(rows, own, clinic_id, person="case__person_id").order_by("signed_at", "id").values_list(*fields)[:MOST_WAITING]


def awaiting_consent(actor: Actor, version: int) -> dict[UUID, str]:
    """Cleared people whose standing consent is not of this version, and what for, the longest cleared first: whom the consent station looks at."""
    older, newer = (_candidates(which, version, actor.clinic_id, own_of(actor)) for which in ("older", "newer"))
    return {person_id: indication for _, person_id, indication in sorted([*older, *newer])[:MOST_WAITING]}


def awaiting_plan(actor: Actor, version: int) -> dict[UUID, str]:
    """Cleared people with a standing consent of this version and no plan, and what for, the longest cleared first."""
    return {person_id: indication for _, person_id, indication in _candidates("to plan", version, actor.clinic_id, own_of(actor))}


@prepared
def _candidates(which: str, version: int, clinic_id: UUID, own: UUID | None) -> Rows:
    """When each was decided about, who, and for what: one range of an index."""
    ranges = {
        "older": Q(consented_version__lt=version),
        "newer": Q(consented_version__gt=version),
        "to plan": Q(consented_version=version, open_plans=0),
    }
    rows = Candidacy.objects.filter(ranges[which], clinic_id=clinic_id, outcome="cleared", is_over=False)
    return among_own(rows, own, clinic_id).order_by("decided_at", "person_id").values_list("decided_at", "person_id", "indication")[:MOST_WAITING]


def picture(case_id: UUID, at: datetime) -> Picture:
    """A fixed number of queries, however much is recorded.  Raises BadFact, KnowledgeRefused when library and record do not fit together."""
    case = case_row(case_id)
    site = site_of(case_id)
    zone = ZoneInfo(site.zone)
    indication = indication_of(case.indication)
    known, library = knowledge(case.indication)
    said = answers(case_id)
    scores = {name: measures.latest(case.person_id, name) for name in dict.fromkeys((*indication.measures, *SUBSTANCES))}
    decided = list(MedicineDecision.objects.filter(case_id=case_id).values_list("kind", "subject", "recorded_at"))
    trials, medicines = chart.trials(case.person_id), chart.medicines(case.person_id)
    on = at.astimezone(zone).date()
    facts = ScreeningFacts(
        on=on,
        born_on=chart.identity(case.person_id).born_on,
        answers=read_facts(known.catalogue, _asked_now(said, known) | _from_records(case.person_id, scores, zone)),
        trials=tuple(_trial(row) for row in trials.rows),
        no_trials=trials.state == "none_known",
        medicines=None if medicines.state == "not_asked" else tuple(row.name for row in medicines.rows if may_still_act(row.stopped_on, on)),
        decided=_read_with({subject: moment for kind, subject, moment in sorted(decided, key=itemgetter(2)) if kind == "decided"}, medicines.rows),
        looked_up=frozenset(subject for kind, subject, _ in decided if kind == "looked_up"),
        definition=case.trd_definition,
        route=ROUTE,
    )
    assessment = assess(facts, known)
    checked = said.get(PDMP)
    return Picture(
        case=case,
        indication=indication,
        site=site,
        facts=facts,
        answers=said,
        assessment=assessment,
        knowledge=known,
        overrides=_overrides(case_id, {item.finding.item: item.finding.sentence for item in assessment.items}),
        measures=scores,
        library=library,
        pdmp_checked_on=checked.recorded_at.astimezone(zone).date() if checked is not None and checked.value is True else None,
    )


def _read_with(decided_at: Mapping[str, datetime], medicines: Iterable[MedicineRow]) -> dict[str, frozenset[str]]:
    """For each interaction the lines that stood on the list when it was last decided; a line written anew since then was not read."""
    later = {row.name: row.recorded_at for row in sorted(medicines, key=attrgetter("recorded_at"))}
    return {subject: frozenset(name for name, written_at in later.items() if written_at <= moment) for subject, moment in decided_at.items()}


def overrides_of(case_id: UUID) -> tuple[OverrideRow, ...]:
    """The newest override of each item as it was signed; whether it still fits is for `picture` to say."""
    return _overrides(case_id, None)


def site_of(case_id: UUID) -> SiteRow:
    """The site whose zone and state hold for this case."""
    site_id, clinic_id = Case.objects.values_list("site_id", "person__clinic_id").get(id=case_id)
    return accounts.site(site_id, clinic_id=clinic_id)


def answers(case_id: UUID) -> dict[str, FactRow]:
    """The newest answer to each question that was asked."""
    rows = CaseFact.objects.filter(case_id=case_id).order_by("recorded_at", "id")
    newest: dict[str, FactRow] = {}
    for key, value, detail, recorded_at, recorded_by in rows.values_list("key", "value_text", "detail", "recorded_at", "recorded_by"):
        newest[key] = FactRow(key=key, value=json.loads(value), detail=detail, recorded_at=recorded_at, recorded_by=recorded_by)
    return newest


def _asked_now(said: Mapping[str, FactRow], known: Knowledge) -> dict[str, object]:
    """The answers to what is asked now; what was answered while the case was for something else is kept and not read."""
    return {key: row.value for key, row in said.items() if key in known.catalogue.facts}


def _from_records(person_id: UUID, scores: Mapping[str, ResponseRow | None], zone: ZoneInfo) -> dict[str, object]:
    """What nobody types: scores, body mass index, and an allergy that is on the list."""
    phq9, asq = scores["phq9"], scores["asq"]
    weight, height = chart.latest_weight(person_id), chart.latest_height(person_id)
    known: dict[str, object] = {
        "score.phq9_item9_answered": None if phq9 is None else phq9.answers.get("q9") is not None,
        "score.asq_result": None if asq is None else asq.score.get("result"),
        "body.bmi_kg_per_m2": body_mass_index(None if weight is None else weight.grams, None if height is None else height.millimetres),
    }
    for name in SCORED & scores.keys():
        row = scores[name]
        known[f"score.{name}_total"] = None if row is None else row.total
        known[f"score.{name}_on"] = None if row is None else row.taken_at.astimezone(zone).date()
    if names_ketamine(row.substance for row in chart.allergies(person_id).rows):
        known["allergy.ketamine"] = True
    return known


def _trial(row: chart.TrialRow) -> Any:
    return trial_told(
        drug=row.drug,
        daily_dose_ug=row.daily_dose_ug,
        weeks=row.weeks,
        improvement=row.improvement,
        this_episode=row.this_episode,
        stopped_because=row.stopped_because,
    )


def _overrides(case_id: UUID, sentences: Mapping[str, str] | None) -> tuple[OverrideRow, ...]:
    """The newest override of each item, with the second signature it has."""
    seconds = {row.override_id: row for row in SecondSignature.objects.filter(override__case_id=case_id).select_related("signed_by")}
    newest: dict[str, OverrideRow] = {}
    for row in Override.objects.filter(case_id=case_id).select_related("signed_by").order_by("signed_at", "id"):
        second = seconds.get(row.id)
        newest[row.item] = OverrideRow(
            id=row.id,
            item=row.item,
            saw=row.saw,
            reason=row.reason,
            signed_at=row.signed_at,
            first=_signed(row),
            second=None if second is None else _signed(second),
            second_at=None if second is None else second.signed_at,
            stale=sentences is not None and sentences.get(row.item) != row.saw,
        )
    return tuple(newest.values())


def _signed(row: Override | SecondSignature) -> Signature:
    """As of the moment of signing: nobody without a licence in date could sign."""
    return Signature(by=str(row.signed_by_id), name=row.signed_by.name, is_prescriber=row.as_prescriber, is_licensed=True)
