"""People whose names may be taken for one another's (S71: two identifiers), so that a page can say so."""

from __future__ import annotations

import sys
from uuid import UUID

from django.db import connection

from afterglow.ground.prepared import Rows, Word, prepared
from afterglow.records.chart import rules
from afterglow.records.chart.models import Person

MOST_READ = 20


def similar(person_id: UUID, clinic_id: UUID, given_name: str, family_name: str) -> str:
    """Another person of this clinic whose name may be taken for this one's, with birth date; '' when there is none.  One query."""
    near = f"{rules.folded(family_name)} {rules.folded(given_name)[:1]}"
    if connection.vendor == "sqlite":  # it compares bytes, and finds a span in the index that it would not find by the beginning
        found = _between(person_id, clinic_id, Word(near), Word(near + chr(sys.maxunicode)))
    else:
        found = list(_read(Person.objects.filter(clinic_id=clinic_id, search_name__startswith=near).exclude(id=person_id)))
    for given, family, born_on in found:
        if rules.names_are_alike(given, given_name):
            return f"{given} {family}" + (f", born {born_on.day} {born_on:%b %Y}" if born_on else "")
    return ""


@prepared
def _between(person_id: UUID, clinic_id: UUID, near: Word, beyond: Word) -> Rows:
    return _read(Person.objects.filter(clinic_id=clinic_id, search_name__gte=near, search_name__lt=beyond).exclude(id=person_id))


def _read(rows: Rows) -> Rows:
    return rows.order_by("search_name", "id").values_list("given_name", "family_name", "born_on")[:MOST_READ]
