"""A signed consent as a document: the words that were signed, made again from the stored bytes, and everything said about it since."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.doors.exchange.document import Document, Section
from afterglow.ground.accounts.queries import ClinicRow
from afterglow.ground.clock import shown
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.queries import SignedRow
from afterglow.records.chart import queries as chart


def signed_consent(consent_id: UUID, person_id: UUID, *, clinic: ClinicRow, at: datetime) -> tuple[Document, datetime]:
    """The document and when it was signed.  Raises NotFound; Refusal `consent.bytes_changed`."""
    page = consent.as_signed(consent_id)
    row = consent.signed_documents(person_id, consent_id)[0]
    who = chart.identity(person_id)
    born = f", born {who.born_on:%d %b %Y}" if who.born_on else ""
    document = Document(
        title=str(page.page["title"]),
        subtitle=f"Version {page.page['version']}, as signed",
        clinic=clinic.name,
        identity=f"{who.name}{born}, record {who.record_no}",
        synthetic=clinic.is_demo,
        printed=f"Made {shown(at, clinic.zone)}",
        seal=f"The signature is bound to exactly these words and answers. SHA-256 of what was shown: {page.sha256}",
        language=str(page.page["language"]),
        sections=[_signature(row, clinic.zone), *_text(page.page), *_courses(page.page), _questions(page.page), _statement(page.page)],
    )
    return document, row.signed_at


def _signature(row: SignedRow, zone: str) -> Section:
    facts = [("Signed by", row.signer_name), ("Signed", shown(row.signed_at, zone)), ("Through", row.signed_through)]
    if row.witness:
        facts.append(("Witness", row.witness))
    for stated in row.capacity:
        able = "able to decide, asked alone" if stated.shown else "NOT shown to be able to decide freely"
        facts.append(("Capacity", f"{able}: {stated.signed_by}, {shown(stated.signed_at, zone)}"))
    if row.withdrawn_at is not None:
        facts.append(("WITHDRAWN", f"{shown(row.withdrawn_at, zone)}, told by {row.withdrawn_by}"))
    note = (
        "No clinician has signed the text of this document yet: it is shown as unreviewed." if row.document.content["status"] == "unreviewed" else ""
    )
    return Section(heading="Signature", facts=facts, note=note)


def _text(page: dict[str, Any]) -> list[Section]:
    return [Section(heading=str(section["title"]), paragraphs=[str(words) for words in section["paragraphs"]]) for section in page["sections"]]


def _courses(page: dict[str, Any]) -> list[Section]:
    """The courses that it covers; none in a version that named none."""
    covered = [str(words) for words in page.get("courses", ())]
    return [Section(heading="Plans that this covers", paragraphs=covered)] if covered else []


def _questions(page: dict[str, Any]) -> Section:
    rows = []
    for question in page["questions"]:
        chosen = next((str(option["text"]) for option in question["options"] if option["id"] == question["answer"]), "not answered")
        rows.append((str(question["question"]), chosen))
    return Section(heading="Questions and answers", columns=("Question", "Answer") if rows else (), rows=rows)


def _statement(page: dict[str, Any]) -> Section:
    return Section(heading="What was agreed to", paragraphs=[str(page["statement"]), str(page["withdrawal"])])
