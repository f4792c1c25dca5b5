"""What every plan of a clinic was made from and who let it go further, light enough to judge twenty thousand courses at once."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from afterglow.ground.columns import as_text
from afterglow.ground.content.queries import LibraryRecord, library_row
from afterglow.pathway.plan.models import Allowance, TreatmentPlan
from afterglow.pathway.plan.rules.changes import Change, individualise


def protocols_begun(clinic_id: UUID) -> dict[str, tuple[LibraryRecord, tuple[int, int]]]:
    """Version of a plan -> its protocol as released, and the days apart that the plan itself asks for.  One query; keys as `ground.columns`."""
    rows = TreatmentPlan.objects.filter(person__clinic_id=clinic_id).exclude(state="dropped")
    found = rows.values_list(as_text("id"), as_text("protocol_id"), "changes_text")
    return {key: _as_planned(protocol, wishes) for key, protocol, wishes in found}


@lru_cache(maxsize=512)
def _as_planned(protocol: str, changes_text: str) -> tuple[LibraryRecord, tuple[int, int]]:
    record = library_row(UUID(protocol))
    wishes: list[dict[str, Any]] = json.loads(changes_text) or []
    low, high = individualise(record.content, tuple(Change(**wish) for wish in wishes)).content["course"]["apart_days"]
    return record, (low, high)


def bridging_doses(clinic_id: UUID, until: datetime) -> list[tuple[str, int]]:
    """(version of the plan, after which infusion) of every infusion that was let go on without a review, with a reason.  One query."""
    rows = Allowance.objects.filter(plan__person__clinic_id=clinic_id, bridging=True, at__lte=until)
    return list(rows.values_list(as_text("plan_id"), "before"))
