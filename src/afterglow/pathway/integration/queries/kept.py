"""Every integration visit of a clinic up to a moment, light enough to judge twenty thousand courses at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.ground.columns import as_text
from afterglow.pathway.integration.models import Visit
from afterglow.records.schedule import queries as schedule

KIND = "integration"


def visits_by(clinic_id: UUID, until: datetime) -> list[tuple[str, str, str, int | None]]:
    """(person, when, what became of it, for which dose) of every integration visit that was to begin by `until`, cancelled ones left out.

    `what became of it`: "held", "missed", or "not said" where its time has come and nobody said.  Two queries; keys and times as `ground.columns`.
    """
    told = Visit.objects.filter(person__clinic_id=clinic_id, recorded_at__lte=until)
    recorded = {key: (state, held_at) for key, state, held_at in told.values_list(as_text("appointment_id"), "state", as_text("held_at"))}
    found = []
    for key, person, starts_at, state, dose_no in schedule.light_of_kind(clinic_id, KIND, until):
        said, held_at = recorded.get(key, ({"done": "held", "missed": "missed"}.get(state, "not said"), None))
        if said != "not said" or state != "cancelled":
            found.append((person, held_at or starts_at, said, dose_no))
    return found
