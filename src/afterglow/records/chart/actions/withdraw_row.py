"""Withdraw an entry: it was wrong, or it no longer holds.  The entry stays, with a later row that says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.actions.rows import KINDS, checked, need_of
from afterglow.records.chart.models import ChartRow

_BOOKKEEPING = {field.name for field in ChartRow._meta.get_fields()} | {"person"}


@transaction.atomic
def withdraw_row(*, kind: str, row_id: UUID, reason: str, by: Actor, at: datetime) -> UUID:
    """The id of the withdrawing row; withdrawing again gives the same.  `kind` is a key of `rows.KINDS`.

    Raises Refusal `chart.unknown_kind`, `chart.no_reason`, `chart.already_replaced`; NotFound; Forbidden.
    """
    if kind not in KINDS:
        raise Refusal("chart.unknown_kind", "There is no such list.", "Open it from the person's page.")
    model = KINDS[kind]
    row = model._default_manager.filter(id=row_id, person__clinic_id=by.clinic_id, withdrawn=False).first()
    if row is None:
        raise NotFound("entry")
    access.fetch_person(by, row.person_id, need=need_of(kind))
    if not reason.strip():
        raise Refusal("chart.no_reason", "An entry is withdrawn for a reason, and none was given.", "Write why in a few words.", field="reason")
    kept = checked(model, {"reason": reason})
    access.lock_person(row.person_id)
    later = model._default_manager.filter(replaces_id=row_id).first()
    if later is not None:
        if later.withdrawn:
            return UUID(str(later.pk))
        raise Refusal("chart.already_replaced", "Someone has corrected this entry since you opened it.", "Reload the page to see what stands now.")
    content: dict[str, Any] = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if field.name not in _BOOKKEEPING}
    gone = model._default_manager.create(
        id=ids.new_id(at),
        person_id=row.person_id,
        recorded_at=at,
        recorded_by=by.label,
        withdrawn=True,
        reason=kept["reason"],
        **{**content, "replaces_id": row_id},
    )
    trail.record(
        events.row_withdrawn, by=by, at=at, person_id=row.person_id, objects={"kind": kind, "row": row_id}, old=content, reason=kept["reason"]
    )
    return UUID(str(gone.pk))
