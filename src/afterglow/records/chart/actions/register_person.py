"""A new person in the clinic's chart, with the next record number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.chart import events, rules
from afterglow.records.chart.actions.edit_person import check_person
from afterglow.records.chart.models import Person, RecordNumber


@transaction.atomic
def register_person(
    *,
    given_name: str,
    family_name: str,
    born_on: date | None = None,
    phone: str = "",
    email: str = "",
    contact_by: str = "not_asked",
    more: Mapping[str, Any] | None = None,
    record_no: str | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The person's id.  `more` holds further columns of `edit_person.EDITABLE`; `record_no` keeps a number the clinic already gave.

    Raises Refusal `chart.name_missing`, `chart.born_on_impossible`, `chart.record_no_taken`, `chart.record_no_refused`,
    `chart.text_refused`, `chart.not_a_choice`; Forbidden.
    """
    require(by, "chart.person.register")
    asked = {
        "given_name": given_name,
        "family_name": family_name,
        "born_on": born_on,
        "phone": phone,
        "email": email,
        "contact_by": contact_by,
        **(more or {}),
    }
    if earlier := once(by, key, [asked, record_no], at=at):
        return UUID(earlier["person"])
    kept = check_person(asked, at)
    RecordNumber.objects.bulk_create([RecordNumber(clinic_id=by.clinic_id, last=0)], ignore_conflicts=True)
    counter = RecordNumber.objects.select_for_update().get(clinic_id=by.clinic_id)
    number = _next_number(counter, by.clinic_id) if record_no is None else _given_number(record_no, by.clinic_id)
    person = Person.objects.create(
        id=ids.new_id(at),
        clinic_id=by.clinic_id,
        record_no=number,
        search_name=rules.search_name(kept["given_name"], kept["family_name"]),
        registered_at=at,
        registered_by=by.label,
        **kept,
    )
    trail.record(events.person_registered, by=by, at=at, person_id=person.id, objects={"person": person.id}, new={"record_no": number, **kept})
    answer(by, key, {"person": str(person.id)})
    return person.id


def _next_number(counter: RecordNumber, clinic_id: UUID) -> str:
    """The next free number, at least four digits; numbers that were given before by hand are passed over."""
    while True:
        counter.last += 1
        number = f"{counter.last:04d}"
        if not Person.objects.filter(clinic_id=clinic_id, record_no=number).exists():
            counter.save(update_fields=["last"])
            return number


def _given_number(record_no: str, clinic_id: UUID) -> str:
    number = record_no.strip().upper()
    if not re.fullmatch(r"[0-9A-Z-]{1,12}", number):
        raise Refusal(
            "chart.record_no_refused",
            "A record number has up to 12 letters, digits and dashes.",
            "Enter it again, or leave it empty.",
            field="record_no",
        )
    if Person.objects.filter(clinic_id=clinic_id, record_no=number).exists():
        raise Refusal(
            "chart.record_no_taken",
            "Another person has this record number.",
            "Search for the number first: they may be registered already.",
            field="record_no",
        )
    return number
