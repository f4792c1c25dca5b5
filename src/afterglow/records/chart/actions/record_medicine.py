"""Record a medicine a person takes, or has stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart.actions.rows import add_row

LARGEST_ORAL_UG_PER_DAY = 100_000_000  # 100 g a day: above it the unit is wrong
LARGEST_PATCH_NG_PER_H = 1_000_000  # 1,000 mcg an hour, ten of the strongest fentanyl patches: above it the unit is wrong


@transaction.atomic
def record_medicine(
    *,
    person_id: UUID,
    name: str,
    dose_text: str = "",
    taken_text: str = "",
    stopped_on: date | None = None,
    oral_ug_per_day: int | None = None,
    patch_ng_per_h: int | None = None,
    replaces: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """As told: dose and times are words, compared by name only; a daily amount has its unit and is one of the two, or neither.

    Raises Refusal `chart.stopped_in_future`, `chart.amount_not_possible` and as `add_row`.
    """
    if stopped_on is not None and stopped_on > (at + timedelta(hours=14)).date():  # a day that has begun nowhere on earth yet
        raise Refusal(
            "chart.stopped_in_future",
            "This medicine is stopped in the future, so it is still taken.",
            "Leave the day empty until then.",
            field="stopped_on",
        )
    _possible(oral_ug_per_day, patch_ng_per_h)
    values = {
        "name": name,
        "dose_text": dose_text,
        "taken_text": taken_text,
        "stopped_on": stopped_on,
        "oral_ug_per_day": oral_ug_per_day,
        "patch_ng_per_h": patch_ng_per_h,
    }
    return add_row(kind="medicines", person_id=person_id, values=values, must="name", replaces=replaces, by=by, at=at)


def _possible(oral_ug_per_day: int | None, patch_ng_per_h: int | None) -> None:
    amounts = ((oral_ug_per_day, LARGEST_ORAL_UG_PER_DAY), (patch_ng_per_h, LARGEST_PATCH_NG_PER_H))
    if None not in (oral_ug_per_day, patch_ng_per_h) or any(value is not None and not 0 < value <= most for value, most in amounts):
        raise Refusal(
            "chart.amount_not_possible",
            "This daily amount is not possible.",
            "Check the number and its unit, or leave it empty when it is not known.",
            field="amount",
        )
