"""Record one trial of an antidepressant: what resistance to treatment is worked out from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart.actions.rows import add_row

LARGEST_DAILY_UG = 2_000_000_000  # 2 kg a day: above it the unit is wrong
LONGEST_WEEKS = 3_000


@transaction.atomic
def record_trial(
    *,
    person_id: UUID,
    drug: str,
    daily_dose_ug: int | None = None,
    weeks: int | None = None,
    improvement: str = "unknown",
    this_episode: str = "unknown",
    stopped_because: str = "unknown",
    replaces: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """None and "unknown" mean not known.  Raises Refusal `chart.trial_not_possible` and as `add_row`."""
    for field, value, most in (("daily_dose_ug", daily_dose_ug, LARGEST_DAILY_UG), ("weeks", weeks, LONGEST_WEEKS)):
        if value is not None and not 0 < value <= most:
            raise Refusal(
                "chart.trial_not_possible",
                "This number is not possible.",
                "Check the number and its unit, or leave it empty when it is not known.",
                field=field,
            )
    values = {
        "drug": drug,
        "daily_dose_ug": daily_dose_ug,
        "weeks": weeks,
        "improvement": improvement,
        "this_episode": this_episode,
        "stopped_because": stopped_because,
    }
    return add_row(kind="trials", person_id=person_id, values=values, must="drug", replaces=replaces, by=by, at=at)
