"""Record a height, in centimetres or inches."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.records.chart import events, rules
from afterglow.records.chart.actions.rows import add_row
from afterglow.science.quantities import QuantityRefused


@transaction.atomic
def record_height(
    *,
    person_id: UUID,
    value: str,
    unit: str,
    on_site: bool,
    taken_at: datetime,
    confirmed: bool = False,
    replaces: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """`value` as typed, `unit` "cm" or "in".  Raises Refusal `unit.unknown`, `quantity.not_a_number`, `clock.future`,
    `chart.height_impossible`, `chart.height_unlikely` (confirm); and as `add_row`."""
    check_taken(taken_at, at)
    try:
        new = rules.height_of(value, unit)
    except QuantityRefused as refused:
        raise Refusal(refused.code, refused.sentence, refused.now, field="unit" if refused.code == "unit.unknown" else "value") from refused
    verdict = rules.height_is_believable(new, confirmed)
    if not verdict.met:
        first = verdict.open[0]
        impossible = first.item == "height.possible"
        raise Refusal(
            "chart.height_impossible" if impossible else "chart.height_unlikely",
            first.sentence,
            first.who or "Measure again, or confirm it.",
            field="value" if impossible else "confirmed",
            findings=verdict.open,
        )
    values = {
        "kind": "height",
        "value": new.value,
        "typed": new.typed,
        "typed_unit": new.unit,
        "on_site": on_site,
        "taken_at": taken_at,
        "confirmed_by": by.label if confirmed else "",
    }
    return add_row(kind="body_measures", person_id=person_id, values=values, replaces=replaces, event=events.height_recorded, by=by, at=at)
