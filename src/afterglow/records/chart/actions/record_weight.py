"""Record a weight: the unit chosen, never guessed; a likely mix-up of pounds and kilograms refused (safety 16, H2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events, queries, rules
from afterglow.records.chart.actions.rows import add_row
from afterglow.science.quantities import QuantityRefused

_CODES = {"weight.possible": "chart.weight_impossible", "weight_unit": "chart.weight_unit_doubtful", "weight.likely": "chart.weight_unlikely"}


@transaction.atomic
def record_weight(
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
    """`value` as typed, `unit` "kg" or "lb".  `confirmed`: someone looked again and says that an unusual value is right.

    Raises Refusal `unit.unknown`, `quantity.not_a_number`, `clock.future`, `chart.weight_impossible`, `chart.weight_unit_doubtful`
    (nobody lifts it: correct the earlier weight first), `chart.weight_unlikely` (confirm); and as `add_row`.
    """
    access.fetch_person(by, person_id, need="chart.weight.record")
    check_taken(taken_at, at)
    access.lock_person(person_id)
    try:
        new = rules.weight_of(value, unit)
        # Compared with the weight measured nearest in time: a weight from another clinic may be entered after today's.
        others = [row for row in queries.body_measures(person_id, "weight") if row.id != replaces]
        nearest = min(others, key=lambda row: abs(row.taken_at - taken_at), default=None)
        verdict = rules.weight_is_believable(new, None if nearest is None else nearest.grams, confirmed)
    except QuantityRefused as refused:
        raise Refusal(refused.code, refused.sentence, refused.now, field="unit" if refused.code == "unit.unknown" else "value") from refused
    if not verdict.met:
        first = verdict.open[0]
        now = first.who or "Look at the scale and the unit again."
        raise Refusal(_CODES[first.item], first.sentence, now, field="confirmed" if first.item == "weight.likely" else "value", findings=verdict.open)
    values = {
        "kind": "weight",
        "value": new.value,
        "typed": new.typed,
        "typed_unit": new.unit,
        "on_site": on_site,
        "taken_at": taken_at,
        "confirmed_by": by.label if confirmed else "",
    }
    return add_row(kind="body_measures", person_id=person_id, values=values, replaces=replaces, event=events.weight_recorded, by=by, at=at)
