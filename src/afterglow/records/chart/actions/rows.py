"""How every clinical row is written: checked against its columns, never over another, the same one only once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Model

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.models import Allergy, BodyMeasure, ChartRow, ComfortCard, Medicine, Note, Problem, TreatmentTrial

KINDS: dict[str, type[ChartRow]] = {
    "problems": Problem,
    "allergies": Allergy,
    "medicines": Medicine,
    "trials": TreatmentTrial,
    "body_measures": BodyMeasure,
    "comfort": ComfortCard,
    "notes": Note,
}
NEEDS = {"trials": "chart.trials.record", "body_measures": "chart.weight.record"}


def need_of(kind: str) -> str:
    """The permission that writing this kind of row takes."""
    return NEEDS.get(kind, "chart.clinical.record")


def checked(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts trimmed and held to their column: SQLite would store any length, PostgreSQL refuses NUL with an error of its own.

    Raises Refusal `chart.text_refused`, `chart.not_a_choice`, each with its field.
    """
    kept: dict[str, Any] = {}
    for name, value in values.items():
        field = model._meta.get_field(name)
        kept[name] = value.strip() if isinstance(value, str) else value
        if not isinstance(value, str):
            continue
        if "\x00" in value:
            raise Refusal("chart.text_refused", "This text holds a sign that cannot be stored.", "Type it again instead of pasting it.", field=name)
        if isinstance(field, CharField) and field.max_length is not None and len(kept[name]) > field.max_length:
            raise Refusal(
                "chart.text_refused", f"This text is longer than {field.max_length} letters.", "Shorten it, and put the rest into a note.", field=name
            )
        choices = [choice for choice, _ in getattr(field, "flatchoices", [])]
        if choices and kept[name] not in choices:
            raise Refusal("chart.not_a_choice", "This answer is not one of the choices.", "Choose one from the list.", field=name)
    return kept


def add_row(
    *,
    kind: str,
    person_id: UUID,
    values: Mapping[str, Any],
    must: str = "",
    replaces: UUID | None = None,
    event: str = events.row_recorded,
    need: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """One row, inside the caller's transaction; the same content again is the row that already stands.  `must` names the text that may not be empty.

    `need` is the right that is asked for instead of the kind's own.  Raises Refusal `chart.text_missing`, `chart.already_replaced`; NotFound; Forbidden.
    """
    access.fetch_person(by, person_id, need=need or need_of(kind))
    model = KINDS[kind]
    kept = checked(model, values)
    if must and not kept[must]:
        raise Refusal("chart.text_missing", "Nothing was entered.", "Enter it, or leave the page.", field=must)
    access.lock_person(person_id)
    rows = model._default_manager.filter(person_id=person_id)
    superseded = set(rows.filter(replaces__isnull=False).values_list("replaces_id", flat=True))
    for same_id, was_withdrawn in rows.filter(**kept).values_list("id", "withdrawn"):
        if not was_withdrawn and same_id not in superseded:
            return UUID(str(same_id))
    old = None
    if replaces is not None:
        old = rows.filter(id=replaces).values(*kept).first()
        if old is None:
            raise NotFound("entry")
        if replaces in superseded:
            raise Refusal(
                "chart.already_replaced",
                "Someone has corrected or withdrawn this entry since you opened it.",
                "Reload the page to see what stands now.",
            )
    kept_with: dict[str, Any] = {"person_id": person_id, "recorded_at": at, "recorded_by": by.label, "replaces_id": replaces, **kept}
    row = model._default_manager.create(id=ids.new_id(at), **kept_with)
    trail.record(event, by=by, at=at, person_id=person_id, objects={"kind": kind, "row": row.pk}, old=old, new=kept)
    return UUID(str(row.pk))
