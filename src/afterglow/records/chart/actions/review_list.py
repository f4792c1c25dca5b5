"""Say that someone went through a whole list with the person; 'none known' is a fact with a date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events, queries
from afterglow.records.chart.actions.rows import need_of
from afterglow.records.chart.models import ListReview


@transaction.atomic
def review_list(*, person_id: UUID, list_name: str, none_known: bool, by: Actor, at: datetime) -> UUID:
    """Asked about the whole list, item by item.  Raises Refusal `chart.unknown_kind`, `chart.list_not_empty`; NotFound; Forbidden."""
    if list_name not in queries.LISTS:
        raise Refusal("chart.unknown_kind", "There is no such list.", "Open it from the person's page.")
    access.fetch_person(by, person_id, need=need_of(list_name))
    access.lock_person(person_id)
    state = queries.READ[list_name](person_id)
    if none_known and state.rows:
        raise Refusal(
            "chart.list_not_empty",
            f"The list still has {len(state.rows)} entries, so 'none known' would be wrong.",
            "Withdraw each entry that does not hold, with its reason.",
        )
    row = ListReview.objects.create(
        id=ids.new_id(at), person_id=person_id, list_name=list_name, none_known=none_known, recorded_at=at, recorded_by=by.label
    )
    trail.record(
        events.list_reviewed,
        by=by,
        at=at,
        person_id=person_id,
        objects={"list": list_name, "review": row.id},
        new={"none_known": none_known, "rows": len(state.rows)},
    )
    return row.id
