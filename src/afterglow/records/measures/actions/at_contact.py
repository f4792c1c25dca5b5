"""What a clinician asks at a contact: the suicide interview since the last one, a scale of change, and why something that belongs to a contact was not asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access as chart
from afterglow.records.measures import access, events, queries
from afterglow.records.measures.actions.answer import Answered, answer
from afterglow.records.measures.actions.assign import Asked, assign
from afterglow.records.measures.models import NotAsked
from afterglow.records.measures.queries.contact import scale_of_change
from afterglow.records.measures.rules import contact as rules
from afterglow.records.measures.rules.contact import AskedAtContact


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact with one person: what it is, as text without a key, where its site is, and when they talked."""

    kind: str
    id: UUID
    person_id: UUID
    site_id: UUID
    taken_at: datetime


@transaction.atomic
def record_asked(*, contact: Contact, asked: AskedAtContact, by: Actor, at: datetime) -> Answered:
    """The interview as it was answered, and why something was not asked; a positive or open answer opens a flag whose owner is who asked.

    The caller holds the person's lock, has decided that everything was told (`rules.suicide_is_told`, `rules.scale_is_told`), and does this once
    for a contact.  Raises NotFound; Forbidden without `measures.answer.record`.
    """
    chart.fetch_person(by, contact.person_id, need=access.RECORD)
    window = Asked(source_kind=contact.kind, source_id=str(contact.id))
    assignment_id = assign(
        person_id=contact.person_id,
        instrument=rules.INTERVIEW,
        occasion=queries.CONTACT,
        channel="staff",
        site_id=contact.site_id,
        window=window,
        by=by,
        at=at,
    )
    told = answer(
        assignment_id=assignment_id, answers=asked.said, taken_at=contact.taken_at, key=f"{contact.kind} {contact.id}", by=by, at=at
    )  # fmt: skip
    for instrument, why in ((rules.INTERVIEW, asked.why_not_asked.strip()), (rules.SCALE, asked.why_no_scale.strip())):
        if why:
            _not_asked(contact, instrument, why, by=by, at=at)
    return told


@transaction.atomic
def ask_scale(*, person_id: UUID, instrument: str, site_id: UUID, first_dose_at: datetime | None, by: Actor, at: datetime) -> UUID:
    """The assignment of a scale of change, to be asked by staff at this contact; the same one while it is open.

    Raises Refusal `measures.too_soon` (answered less than its interval ago, or in the first week after the first dose); NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need=access.RECORD)
    if instrument not in queries.OF_CHANGE:
        raise NotFound("questionnaire")
    now = scale_of_change(person_id, instrument, first_dose_at=first_dose_at, at=at).now
    if not now.met:
        raise Refusal("measures.too_soon", now.sentence, "Read the answers that are there.", findings=now.open)
    return assign(person_id=person_id, instrument=instrument, occasion=queries.CONTACT, channel="staff", site_id=site_id, by=by, at=at)


def _not_asked(contact: Contact, instrument: str, why: str, *, by: Actor, at: datetime) -> None:
    row = NotAsked.objects.create(
        id=ids.new_id(at), person_id=contact.person_id, instrument_name=instrument, source_kind=contact.kind, source_id=str(contact.id), why=why,
        recorded_at=at, recorded_by=by.label,
    )  # fmt: skip
    trail.record(
        events.not_asked,
        by=by,
        at=at,
        person_id=contact.person_id,
        objects={"not_asked": row.id},
        new={"instrument": instrument, "at": contact.kind},
        reason=why,
    )
