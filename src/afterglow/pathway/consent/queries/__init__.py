"""What is signed, what is open, what was shown, and who still has to read and sign."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import LibraryRecord, library_file, library_row, released
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.consent import rules
from afterglow.pathway.consent.models import AnswerTry, CapacityNote, Consent, ConsentLock, Offer, TalkedThrough, Withdrawal
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.queries import ClearedRow
from afterglow.pathway.screening.queries.known import indication_of
from afterglow.pathway.screening.rules.indications import FIRST
from afterglow.science.verdict import Finding

TREATMENT = "iv_ketamine_treatment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """The newest signature of one document, and what it is worth.

    `indication`: what it was signed for.  `protocols`: those that the signed version applies to; empty: bound to none.
    `capacity_shown`: None when no clinician has stated anything, True when the newest statement says able to decide and asked alone.
    """

    state: rules.InForce
    version: int | None
    current_version: int
    capacity_shown: bool | None
    consent_id: UUID | None
    signed_at: datetime | None
    indication: str = ""
    protocols: tuple[str, ...] = ()

    def covers(self, protocol: str) -> Finding:
        """Is treatment by this protocol what was signed?"""
        return rules.covers(self.protocols, protocol, indication_of(self.indication).protocols if self.indication else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Why the newest treatment consent carries no dose any more: taken back, or a clinician states that the person cannot decide."""

    person_id: UUID
    what: Literal["withdrawn", "no_capacity"]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """A document in front of a person, as it reads for what they are treated for: the last answers, and what is still not understood (question ids)."""

    id: UUID
    person_id: UUID
    document: LibraryRecord
    indication: str
    offered_at: datetime
    offered_by: str
    state: str
    answers: dict[str, str]
    tries: int
    wrong: tuple[str, ...]
    to_talk_through: tuple[str, ...]

    @property
    def understood(self) -> bool:
        return not self.wrong

    def questions_named(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The questions of these ids in words."""
        return tuple(question["question"] for question in self.document.content["comprehension"] if question["id"] in ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is put in front of the signer: the exact text, its SHA-256, and the same as a value to make the page from."""

    text: str
    sha256: str
    page: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRow:
    has_capacity: bool
    asked_alone: bool
    note: str
    signed_at: datetime
    signed_by: str

    @property
    def shown(self) -> bool:
        return self.has_capacity and self.asked_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRow:
    """One signed document with everything that was said about it since, newest statement first."""

    id: UUID
    person_id: UUID
    document: LibraryRecord
    signer_name: str
    signed_at: datetime
    signed_through: str
    witness: str
    shown_sha256: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_said: str
    current_version: int
    capacity: tuple[CapacityRow, ...] = field(default=())

    @property
    def state(self) -> rules.InForce:
        return rules.state_of(
            signed=True,
            withdrawn=self.withdrawn_at is not None,
            signed_version=self.document.version,
            current_version=self.current_version,
        )


@prepared
def _newest(person_id: UUID, document: str, at: datetime) -> Rows:
    rows = Consent.objects.filter(person_id=person_id, document_name=document, signed_at__lte=at).annotate(
        withdrawn=Exists(Withdrawal.objects.filter(consent_id=OuterRef("id"))),
        able=Subquery(_newest_note().values("has_capacity")[:1]),
        alone=Subquery(_newest_note().values("asked_alone")[:1]),
    )
    return rows.order_by("-signed_at", "-id").values_list("id", "document_version", "signed_at", "withdrawn", "able", "alone", "indication")[:1]


@once_a_page
def in_force(person_id: UUID, document: str = TREATMENT, *, at: datetime) -> ConsentState:
    """What the newest signature of this document is worth at `at`; two queries beside the library.

    A withdrawal counts whenever it was made: it is never undone, and one that was committed while this write waited for its lock is in force.
    So does the newest statement about capacity: one that was signed while a Start waited is the one that the Start must see.
    """
    current = library_file("consents", document).version
    row = first(_newest(person_id, document, at))
    if row is None:
        return ConsentState(state="absent", version=None, current_version=current, capacity_shown=None, consent_id=None, signed_at=None)
    consent_id, version, signed_at, withdrawn, able, alone, signed_for = row
    return ConsentState(
        state=rules.state_of(signed=True, withdrawn=withdrawn, signed_version=version, current_version=current),
        version=version,
        current_version=current,
        capacity_shown=None if able is None else able and alone,
        consent_id=consent_id,
        signed_at=signed_at,
        indication=signed_for or FIRST,
        protocols=tuple(library_file("consents", document, version).content["applies_to"]["protocols"]),
    )


def _newest_note() -> QuerySet[CapacityNote]:
    """The newest that is committed, whatever the asker's own moment: both sides hold the lock on the person."""
    return CapacityNote.objects.filter(consent_id=OuterRef("id")).order_by("-signed_at", "-id")


@prepared
def _taken_back(person_ids: Collection[UUID]) -> Rows:
    newer = Consent.objects.filter(person_id=OuterRef("person_id"), document_name=TREATMENT, signed_at__gt=OuterRef("signed_at"))
    gone, note = Withdrawal.objects.filter(consent_id=OuterRef("id")), _newest_note()
    return (
        Consent.objects.filter(person_id__in=person_ids, document_name=TREATMENT)
        .filter(~Exists(newer))
        .annotate(gone_at=Subquery(gone.values("at")[:1]), gone_by=Subquery(gone.values("by")[:1]), able=Subquery(note.values("has_capacity")[:1]))
        .annotate(said_at=Subquery(note.values("signed_at")[:1]), said_by=Subquery(note.values("signed_by__name")[:1]))
        .filter(Q(gone_at__isnull=False) | Q(able=False))
        .order_by("id")
        .values_list("person_id", "gone_at", "gone_by", "said_at", "said_by")
    )


def taken_back(person_ids: Collection[UUID]) -> dict[UUID, TakenBack]:
    """Those of these people whose newest treatment consent was withdrawn or lost its capacity, as it is committed now: one query."""
    return {
        person_id: TakenBack(person_id=person_id, what="withdrawn", at=gone_at, by=gone_by)
        if gone_at is not None
        else TakenBack(person_id=person_id, what="no_capacity", at=said_at, by=said_by)
        for person_id, gone_at, gone_by, said_at, said_by in _taken_back(list(person_ids))
    }


def locked_until(person_id: UUID, at: datetime) -> datetime | None:
    """When this person may sign again; None when that is now."""
    row = ConsentLock.objects.filter(person_id=person_id, until_at__gt=at).order_by("-until_at").values_list("until_at", flat=True)
    return row.first()


def documents() -> list[LibraryRecord]:
    """Every document in its newest version."""
    return released("consents")


def asked() -> list[LibraryRecord]:
    """The documents that can be asked of somebody: those for every course, and those for a course that is in the library."""
    in_library = {file.id for file in released("protocols")}
    return [document for document in documents() if rules.is_asked(document.content["applies_to"]["protocols"], in_library).is_met]


def reads_for(document: LibraryRecord, indication: str) -> LibraryRecord:
    """The document as it reads for somebody who is treated for this."""
    return replace(document, content=rules.spoken_of(document.content, indication or FIRST))


def courses_covered(document: LibraryRecord, indication: str) -> tuple[str, ...]:
    """The courses of this indication that the document covers, in words, as they stand in the library now."""
    covered = set(document.content["applies_to"]["protocols"]) & set(indication_of(indication or FIRST).protocols)
    return tuple(rules.course_words(file.content["course"]) for file in released("protocols") if file.id in covered)


def offer(offer_id: UUID) -> OfferRow:
    """Raises NotFound."""
    row = Offer.objects.filter(id=offer_id).first()
    if row is None:
        raise NotFound("document")
    return offer_rows([row])[0]


def open_offers(person_id: UUID) -> list[OfferRow]:
    """What this person has still to read and sign, the oldest first."""
    return offer_rows(list(Offer.objects.filter(person_id=person_id, state="open").order_by("offered_at", "id")))


def offer_rows(offers: list[Offer]) -> list[OfferRow]:
    """Offers with what is still not understood; two queries for all of them."""
    tries, talks = defaultdict(list), dict[UUID, datetime]()
    for offer_id, talked_at in TalkedThrough.objects.filter(offer__in=offers).order_by("talked_at").values_list("offer_id", "talked_at"):
        talks[offer_id] = talked_at
    for offer_id, wrong, when in (
        AnswerTry.objects.filter(offer__in=offers).order_by("answered_at", "id").values_list("offer_id", "wrong_text", "answered_at")
    ):
        if offer_id not in talks or when > talks[offer_id]:
            tries[offer_id].append(json.loads(wrong))
    found = []
    for row in offers:
        document, answers = reads_for(library_row(row.document_id), row.indication), json.loads(row.answers_text or "{}")
        rule = document.content["comprehension_rule"]
        found.append(
            OfferRow(
                id=row.id,
                person_id=row.person_id,
                document=document,
                indication=row.indication,
                offered_at=row.offered_at,
                offered_by=row.offered_by,
                state=row.state,
                answers=answers,
                tries=row.tries,
                wrong=rules.wrong_answers(document.content["comprehension"], answers),
                to_talk_through=rules.to_talk_through(tries[row.id], rule["talk_after_wrong"]),
            )
        )
    return found


def shown(row: OfferRow, answers: dict[str, str]) -> Shown:
    """What is put in front of the signer of this offer with these answers."""
    what_for = indication_of(row.indication).in_words if row.indication else ""
    text = rules.shown(row.document.content, answers, courses_covered(row.document, row.indication), what_for)
    return Shown(text=text, sha256=rules.sha256(text), page=json.loads(text))


def shown_for(offer_id: UUID) -> Shown:
    """What the signing page of this offer shows now.  Raises NotFound."""
    row = offer(offer_id)
    return shown(row, row.answers)


def as_signed(consent_id: UUID) -> Shown:
    """The signed page, made again from the stored bytes.

    Raises NotFound; Refusal `consent.bytes_changed` when the stored text is not what was signed.
    """
    row = Consent.objects.filter(id=consent_id).values_list("shown_text", "shown_sha256").first()
    if row is None:
        raise NotFound("signed document")
    text, sha256 = row
    if rules.sha256(text) != sha256:
        raise Refusal(
            "consent.bytes_changed",
            "The stored page is no longer what was signed.",
            "Do not rely on it. Tell the clinic's owner; the audit trail and a backup hold the original.",
        )
    return Shown(text=text, sha256=sha256, page=json.loads(text))


def signed_documents(person_id: UUID, consent_id: UUID | None = None) -> list[SignedRow]:
    """Everything this person has signed, newest first; with `consent_id`, that one alone."""
    rows = Consent.objects.filter(person_id=person_id)
    if consent_id is not None:
        rows = rows.filter(id=consent_id)
    fields = ("id", "document_id", "signer_name", "signed_at", "signed_through", "witness__name", "shown_sha256")
    consents = list(rows.order_by("-signed_at", "-id").values(*fields))
    ids = [row["id"] for row in consents]
    notes: defaultdict[UUID, list[CapacityRow]] = defaultdict(list)
    for note in CapacityNote.objects.filter(consent_id__in=ids).order_by("-signed_at", "-id").select_related("signed_by"):
        notes[note.consent_id].append(
            CapacityRow(
                has_capacity=note.has_capacity, asked_alone=note.asked_alone, note=note.note, signed_at=note.signed_at, signed_by=note.signed_by.name
            )
        )
    withdrawn = {row[0]: row[1:] for row in Withdrawal.objects.filter(consent_id__in=ids).values_list("consent_id", "at", "by", "said")}
    newest = {document.id: document.version for document in documents()} if consents else {}
    found = []
    for row in consents:
        document = library_row(row["document_id"])
        at, by, said = withdrawn.get(row["id"], (None, "", ""))
        found.append(
            SignedRow(
                id=row["id"],
                person_id=person_id,
                document=document,
                signer_name=row["signer_name"],
                signed_at=row["signed_at"],
                signed_through=row["signed_through"],
                witness=row["witness__name"] or "",
                shown_sha256=row["shown_sha256"],
                withdrawn_at=at,
                withdrawn_by=by,
                withdrawn_said=said,
                current_version=newest[document.id],
                capacity=tuple(notes[row["id"]]),
            )
        )
    return found


def waiting(actor: Actor, at: datetime) -> list[ClearedRow]:
    """Cleared people whose consent is not in force at the current version with capacity shown, longest cleared first."""
    among = screening.awaiting_consent(actor, library_file("consents", TREATMENT).version)
    standing = settled(among, at)
    return screening.cleared(actor, among=[person_id for person_id in among if person_id not in standing])


def without_plan(actor: Actor, at: datetime) -> list[UUID]:
    """Cleared people with a consent that stands and no plan, longest cleared first: whom the plan station must look at."""
    among = screening.awaiting_plan(actor, library_file("consents", TREATMENT).version)
    standing = settled(among, at)
    return [person_id for person_id in among if person_id in standing]


def settled(cleared_for: Mapping[UUID, str], at: datetime) -> frozenset[UUID]:
    """Those of these people, each with what they are cleared for, whose newest treatment consent is for it, in force at the current version and with
    capacity shown: one query beside the library."""
    current = library_file("consents", TREATMENT).version
    newest = {
        person_id: version == current and able and alone and not gone and (signed_for or FIRST) == cleared_for[person_id]
        for person_id, version, gone, able, alone, signed_for in _signed_by(list(cleared_for), at)
    }
    return frozenset(person_id for person_id, stands in newest.items() if stands)


@prepared
def _signed_by(person_ids: Collection[UUID], at: datetime) -> Rows:
    note = _newest_note()
    return (
        Consent.objects.filter(person_id__in=person_ids, document_name=TREATMENT, signed_at__lte=at)
        .annotate(gone=Exists(Withdrawal.objects.filter(consent_id=OuterRef("id"))))
        .annotate(able=Subquery(note.values("has_capacity")[:1]), alone=Subquery(note.values("asked_alone")[:1]))
        .order_by("signed_at", "id")
        .values_list("person_id", "document_version", "gone", "able", "alone", "indication")
    )
