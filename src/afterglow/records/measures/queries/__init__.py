"""Questionnaires as they are asked, what is open, and what was answered, with the wording of its day."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet

from afterglow.ground.columns import as_text
from afterglow.ground.prepared import Rows, prepared
from afterglow.records.measures.models import Assignment, NotAsked, Response
from afterglow.records.measures.queries.papers import Choice, Paper, Question, Translation, paper, paper_of
from afterglow.records.measures.rules.contact import INTERVIEW, SCALE
from afterglow.records.measures.rules.translation import POOLED, in_words
from afterglow.science.scoring.instrument import Answer

__all__ = ["Choice", "Paper", "Question", "Translation", "paper", "paper_of"]

OCCASION_OF_BASELINE = ("baseline", "screening")
CONTACT = "contact"
"""The occasion of what is asked when a clinician and the person meet or talk, apart from a dose."""
OF_CHANGE = (SCALE, "gad7")
"""The scales of change that a contact offers; the first asks about self-harm too."""


MOST = 200
COLUMNS = (
    "id", "person_id", "assignment_id", "instrument_id", "translation_id", "instrument_name", "assignment__occasion", "taken_at", "recorded_at",
    "recorded_by", "asked_by", "total", "band", "complete", "answers_text", "said_text", "score_text", "replaces_id", "was_replaced",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRow:
    id: UUID
    person_id: UUID
    paper: Paper
    occasion: str
    channel: str
    site_id: UUID
    state: str
    begun: bool
    """Was an answer kept, or the form sent?  Then its wording is settled."""
    language_of_person: str
    assigned_at: datetime
    assigned_by: str
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    source_kind: str
    source_id: str
    draft_at: datetime | None
    answers: dict[str, Answer]
    said: dict[str, str]

    @property
    def answered_so_far(self) -> int:
        return sum(self.answers.get(question.id) is not None for question in self.paper.questions)

    @property
    def proxy_may_fill(self) -> bool:
        """Has it a question for somebody who acts for the person, and did the person not yet speak of self-harm on it themselves?"""
        theirs = self.paper.only_the_person
        return len(theirs) < len(self.paper.questions) and all(self.answers.get(name) is None and not self.said.get(name) for name in theirs)

    @property
    def first_open(self) -> int:
        """The number of the first question without an answer; the last one when all have one."""
        still = (question.number for question in self.paper.questions if self.answers.get(question.id) is None)
        return next(still, len(self.paper.questions))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One question as it was shown, the words of its answer ("" when none was given), and what was added.

    `beneath`, `own_label`: the same in the file's own words; `beneath` is "" where those were shown.
    """

    question: Question
    label: str
    said: str
    beneath: str
    own_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRow:
    """Answers as given; `score` is everything the scoring gave, or its refusal, by name."""

    id: UUID
    person_id: UUID
    assignment_id: UUID
    paper: Paper
    instrument: str
    occasion: str
    taken_at: datetime
    recorded_at: datetime
    recorded_by: str
    asked_by: str
    total: int | None
    band: str
    complete: bool
    answers: dict[str, Answer]
    said: dict[str, str]
    score: dict[str, Any]
    replaces_id: UUID | None
    replaced: bool

    @property
    def asked(self) -> list[AskedRow]:
        """Each question as it was shown, with its answer."""
        own = self.paper if self.paper.translation is None else paper_of(self.paper.record.pk)
        beneath = {} if self.paper.translation is None else self.paper.translation.beneath
        return [
            AskedRow(
                question=question,
                label=_label(question, self.answers.get(question.id)),
                said=self.said.get(question.id, ""),
                beneath=beneath.get(question.id, ""),
                own_label=_label(own_question, self.answers.get(question.id)),
            )
            for question, own_question in zip(self.paper.questions, own.questions, strict=True)
        ]


def _label(question: Question, answer: Answer) -> str:
    return next((option.label for option in question.options if option.value == answer and type(option.value) is type(answer)), "")


def assignment_row(assignment_id: UUID) -> AssignmentRow:
    return _assignments(Assignment.objects.filter(id=assignment_id))[0]


def open_assignments(person_id: UUID, channel: str | None = None, *, at: datetime | None = None) -> list[AssignmentRow]:
    """What is still to be answered, in the order in which it was assigned; with `at`, only what may be answered at that moment."""
    rows = Assignment.objects.filter(person_id=person_id, state="open")
    if at is not None:
        rows = rows.filter(Q(opens_at__isnull=True) | Q(opens_at__lte=at), Q(closes_at__isnull=True) | Q(closes_at__gt=at))
    return _assignments(rows if channel is None else rows.filter(channel=channel))


def _assignments(rows: QuerySet[Assignment]) -> list[AssignmentRow]:
    found = []
    for row in rows.annotate(language_of_person=F("person__language")).order_by("assigned_at", "instrument__file_id", "id"):
        draft = json.loads(row.draft_text) if row.draft_text else {"answers": {}, "said": {}}
        found.append(
            AssignmentRow(
                id=row.id,
                person_id=row.person_id,
                paper=paper_of(row.instrument_id, row.translation_id),
                occasion=row.occasion,
                channel=row.channel,
                site_id=row.site_id,
                state=row.state,
                begun=row.begun,
                language_of_person=row.language_of_person,
                assigned_at=row.assigned_at,
                assigned_by=row.assigned_by,
                opens_at=row.opens_at,
                due_at=row.due_at,
                closes_at=row.closes_at,
                source_kind=row.source_kind,
                source_id=row.source_id,
                draft_at=row.draft_at,
                answers=draft["answers"],
                said=draft["said"],
            )
        )
    return found


def answered(person_id: UUID, instrument: str | None = None) -> list[ResponseRow]:
    """Every set of answers that still stands, the last given first."""
    return [_response(row) for row in (_given(person_id) if instrument is None else _given_to(person_id, instrument))]


def latest(person_id: UUID, instrument: str) -> ResponseRow | None:
    """The answers given last, complete or not."""
    return next(iter(_responses(_standing(person_id).filter(instrument_name=instrument), most=1)), None)


def baseline(person_id: UUID, instrument: str) -> ResponseRow | None:
    """The last scored answers asked for as a baseline or at screening: what change is counted from."""
    rows = _standing(person_id).filter(instrument_name=instrument, assignment__occasion__in=OCCASION_OF_BASELINE, total__isnull=False)
    return next(iter(_responses(rows, most=1)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One standing set of answers as a point on a line.  `total` None: it could not be scored; `asked_by`: self or staff."""

    response_id: UUID
    taken_at: datetime
    total: int | None
    complete: bool
    occasion: str
    version: int
    asked_by: str
    wording: str = ""
    """In which other language, and whether that wording was validated; "" for the file's own words."""


def scores_of(person_ids: Collection[UUID], instrument: str) -> dict[UUID, list[ScoreRow]]:
    """Every standing score of one instrument by person, oldest first: one query however many people."""
    found: dict[UUID, list[ScoreRow]] = {}
    for person_id, response_id, taken_at, total, complete, occasion, version, asked_by, language, worded in _scores(list(person_ids), instrument):
        score = ScoreRow(
            response_id=response_id, taken_at=taken_at, total=total, complete=complete, occasion=occasion, version=version, asked_by=asked_by,
            wording=in_words(language, worded),
        )  # fmt: skip
        found.setdefault(person_id, []).append(score)
    return found


@prepared
def _scores(person_ids: Sequence[UUID], instrument: str) -> Rows:
    replaced = Response.objects.filter(replaces=OuterRef("pk"))
    rows = Response.objects.filter(~Exists(replaced), person_id__in=person_ids, instrument_name=instrument).order_by("taken_at", "id")
    return rows.values_list(
        "person_id", "id", "taken_at", "total", "complete", "assignment__occasion", "instrument__version", "asked_by", "language", "worded"
    )  # fmt: skip


def answered_after(instrument: str, *, person: OuterRef, since: OuterRef) -> QuerySet[Response]:
    """For an `Exists`: what this person answered of one instrument after a moment."""
    return Response.objects.filter(instrument_name=instrument, person_id=person, taken_at__gt=since)


def far_apart(instrument: str, points: int, *, among: QuerySet[Any]) -> QuerySet[Any]:
    """For an `__in`: who of these people has two totals of one instrument at least so many points apart, corrected ones among them."""
    rows = Response.objects.filter(instrument_name=instrument, person_id__in=among, total__isnull=False).values("person_id")
    return rows.annotate(low=Min("total"), high=Max("total")).filter(high__gte=F("low") + points).values("person_id")


def answered_at(assignment_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these questionnaires was first answered, of those that were.  One query."""
    rows = Response.objects.filter(assignment_id__in=assignment_ids, replaces__isnull=True)
    return dict(rows.values_list("assignment_id", "taken_at"))


@prepared
def totals(clinic_id: UUID, instrument: str, until: datetime) -> Rows:
    """(person, when taken, response, total) of every standing score of one instrument in a clinic, in no order.  One query; keys and times as
    `ground.columns`."""
    replaced = Response.objects.filter(replaces__isnull=False).values("replaces_id")  # of any instrument: read from the index of `replaces` alone
    rows = Response.objects.filter(instrument_name=instrument, person__clinic_id=clinic_id, total__isnull=False, taken_at__lte=until)
    return rows.exclude(id__in=replaced).values_list(as_text("person_id"), as_text("taken_at"), as_text("id"), "total")


@prepared
def not_pooled(clinic_id: UUID, instrument: str, until: datetime) -> Rows:
    """(person, when taken, response) of every standing score of one instrument in a clinic that was answered in a translation not known to be
    validated: it is never counted together with the others (N44).  One query; keys and times as `ground.columns`."""
    replaced = Response.objects.filter(replaces__isnull=False).values("replaces_id")
    rows = Response.objects.filter(instrument_name=instrument, worded="not_validated", person__clinic_id=clinic_id, taken_at__lte=until)
    return rows.filter(total__isnull=False).exclude(id__in=replaced).values_list(as_text("person_id"), as_text("taken_at"), as_text("id"))


def standing_answers(clinic_id: UUID, instrument: str, until: datetime) -> Iterator[tuple[str, str, str]]:
    """(person, when taken, the answers as JSON) of every standing set of answers of one instrument in a clinic, in order of time, but for those in a
    translation not known to be validated (`not_pooled`).  One query; keys and times as `ground.columns`."""
    replaced = Response.objects.filter(replaces__isnull=False, recorded_at__lte=until).values("replaces_id")
    rows = Response.objects.filter(instrument_name=instrument, person__clinic_id=clinic_id, taken_at__lte=until, recorded_at__lte=until)
    rows = rows.filter(worded__in=POOLED).exclude(id__in=replaced).order_by("taken_at", "id")
    return rows.values_list(as_text("person_id"), as_text("taken_at"), "answers_text").iterator()


def last_complete_at(person_id: UUID, instrument: str) -> datetime | None:
    rows = _standing(person_id).filter(instrument_name=instrument, complete=True)
    return rows.order_by("-taken_at").values_list("taken_at", flat=True).first()


def asked_at(person_id: UUID, kind: str, contacts: Collection[UUID]) -> dict[UUID, ResponseRow]:
    """The suicide interview of each of these contacts with one person, as it stands, by the contact's id.  Two queries."""
    rows = _standing(person_id).filter(instrument_name=INTERVIEW, assignment__source_kind=kind)
    rows = rows.filter(assignment__source_id__in=[str(one) for one in contacts])
    contact_of = dict(rows.values_list("id", "assignment__source_id"))
    return {UUID(contact_of[row.id]): row for row in _responses(rows)}


def not_asked_at(kind: str, contacts: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """What was not asked at each of these contacts, by its short name, and why.  One query."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    rows = NotAsked.objects.filter(source_kind=kind, source_id__in=[str(one) for one in contacts]).order_by("recorded_at", "id")
    for contact, instrument, why in rows.values_list("source_id", "instrument_name", "why"):
        found.setdefault(UUID(contact), []).append((paper(instrument).short_name, why))
    return found


def response_row(response_id: UUID) -> ResponseRow:
    return _responses(Response.objects.filter(id=response_id))[0]


def _standing(person_id: UUID) -> QuerySet[Response]:
    return Response.objects.filter(~Exists(Response.objects.filter(replaces=OuterRef("pk"))), person_id=person_id)


@prepared
def _given(person_id: UUID) -> Rows:
    return _columns(_standing(person_id))[:MOST]


@prepared
def _given_to(person_id: UUID, instrument: str) -> Rows:
    return _columns(_standing(person_id).filter(instrument_name=instrument))[:MOST]


def _responses(rows: QuerySet[Response], most: int = MOST) -> list[ResponseRow]:
    return [_response(row) for row in _columns(rows)[:most]]


def _columns(rows: QuerySet[Response]) -> Rows:
    """What a `ResponseRow` is made from, the last given first."""
    was_replaced = Exists(Response.objects.filter(replaces=OuterRef("pk")))
    found: Rows = rows.annotate(was_replaced=was_replaced).order_by("-taken_at", "-id").values_list(*COLUMNS)
    return found


def _response(row: tuple[Any, ...]) -> ResponseRow:
    (
        key, person, assignment, instrument, translation, name, occasion, taken_at, recorded_at, by, asked_by, total, band, complete, answers, said,
        score, replaces, replaced,
    ) = row  # fmt: skip
    return ResponseRow(
        id=key,
        person_id=person,
        assignment_id=assignment,
        paper=paper_of(instrument, translation),
        instrument=name,
        occasion=occasion,
        taken_at=taken_at,
        recorded_at=recorded_at,
        recorded_by=by,
        asked_by=asked_by,
        total=total,
        band=band,
        complete=complete,
        answers=json.loads(answers),
        said=json.loads(said) if said else {},
        score=json.loads(score),
        replaces_id=replaces,
        replaced=replaced,
    )
