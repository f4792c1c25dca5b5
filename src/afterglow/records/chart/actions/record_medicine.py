"""Record a medicine a person takes, or has stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart.actions.rows import add_row


@transaction.atomic
def record_medicine(
    *,
    person_id: UUID,
    name: str,
    dose_text: str = "",
    taken_text: str = "",
    stopped_on: date | None = None,
    replaces: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """As told: dose and times are words, they are compared by name only.  Raises Refusal `chart.stopped_in_future` and as `add_row`."""
    if stopped_on is not None and stopped_on > (at + timedelta(hours=14)).date():  # a day that has begun nowhere on earth yet
        raise Refusal(
            "chart.stopped_in_future",
            "This medicine is stopped in the future, so it is still taken.",
            "Leave the day empty until then.",
            field="stopped_on",
        )
    values = {"name": name, "dose_text": dose_text, "taken_text": taken_text, "stopped_on": stopped_on}
    return add_row(kind="medicines", person_id=person_id, values=values, must="name", replaces=replaces, by=by, at=at)
