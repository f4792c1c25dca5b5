"""Change what is known about who a person is; two people who edit at once do not overwrite each other (C26)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import languages
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events, rules
from afterglow.records.chart.actions.rows import checked
from afterglow.records.chart.models import Person

EDITABLE = (
    "given_name", "family_name", "born_on", "pronouns", "could_be_pregnant", "phone", "email", "contact_by", "address", "state",
    "language", "needs_interpreter", "emergency_name", "emergency_phone",
)  # fmt: skip
IDENTIFIERS = frozenset({"given_name", "family_name", "born_on"})  # staff read these from a document; a link may only fill in what is missing

ONLY_THE_PERSON = frozenset({"phone", "email", "contact_by", "could_be_pregnant"})  # how they are reached, and what lies between them and the clinic


@transaction.atomic
def edit_person(*, person_id: UUID, version: int, changes: Mapping[str, Any], by: Actor, at: datetime) -> int:
    """The new version.  `version` is the one the form was made from.

    Raises Refusal `chart.person_changed` (facts: `theirs`, the values as they are now, and `version`), `chart.identifier_by_link`,
    `chart.only_the_person`, `chart.unknown_field` and as `check_person`; NotFound; Forbidden.
    """
    access.fetch_person(by, person_id, need="chart.person.edit")
    access.lock_person(person_id)
    row = Person.objects.get(id=person_id)
    current = {name: getattr(row, name) for name in EDITABLE}
    kept = check_person({name: value for name, value in changes.items() if name not in current or value != current[name]}, at)
    changed = {name: value for name, value in kept.items() if value != current[name]}
    if not changed:
        return row.version  # nothing to do, or this very change arrived before
    if row.version != version:
        raise Refusal(
            "chart.person_changed",
            "Someone else changed this page since you opened it, so nothing was saved.",
            "Compare both values below, keep what is right, and save again.",
            facts={"theirs": {name: current[name] for name in changed}, "version": row.version},
        )
    if by.kind == "link" and any(current[name] for name in IDENTIFIERS & changed.keys()):
        raise Refusal(
            "chart.identifier_by_link", "Name and date of birth are changed at the clinic only.", "Tell the clinic what is wrong.", field="given_name"
        )
    if by.proxy_id is not None and ONLY_THE_PERSON & changed.keys():
        raise Refusal("chart.only_the_person", "Only the person can say this.", "Leave it open: the clinic asks them.")
    for name, value in changed.items():
        setattr(row, name, value)
    row.search_name = rules.search_name(row.given_name, row.family_name)
    row.version += 1
    row.save(update_fields=[*changed, "search_name", "version"])
    trail.record(events.person_edited, by=by, at=at, person_id=person_id, old={name: current[name] for name in changed}, new=changed)
    return row.version


def check_person(values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Values fit to be stored.  Raises Refusal `chart.unknown_field`, `chart.name_missing`, `chart.born_on_impossible`, `chart.language_unknown` and
    as `rows.checked`."""
    unknown = sorted(values.keys() - set(EDITABLE))
    if unknown:
        raise Refusal("chart.unknown_field", f"There is no field called {unknown[0]}.", "Reload the page.", facts={"fields": unknown})
    kept = checked(Person, values)
    for name in ("given_name", "family_name"):
        if name in kept and not kept[name]:
            raise Refusal(
                "chart.name_missing",
                "A person has a given name and a family name.",
                "Enter both; if there is only one, enter it as both.",
                field=name,
            )
    if "language" in kept and languages.language(kept["language"]) is None:
        raise Refusal("chart.language_unknown", "This language is not on the list.", "Choose one of the list.", field="language")
    born_on = kept.get("born_on")
    if isinstance(born_on, date):
        finding = rules.birth_date_is_possible(born_on, (at + timedelta(hours=14)).date())  # today, wherever the day began first
        if not finding.is_met:
            raise Refusal("chart.born_on_impossible", finding.sentence, "Look at the document again.", field="born_on", findings=(finding,))
    return kept
