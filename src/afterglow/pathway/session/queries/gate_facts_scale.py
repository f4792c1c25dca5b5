"""The gate's facts about the scale before a dose: which ones would do, when each was last completed, and whether it may be asked here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground.content.queries import library_file
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_facts import ScaleBefore
from afterglow.pathway.session.rules.gate_scale import wanted_from
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import licences


def about_the_scale(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_scale` of the gate; no query where no scale is asked for.

    A plan keeps the protocol version that it was made from.  One from before this rule is held to it all the same: safety is not frozen.
    """
    wanted = wanted_from(held.plan.effective) or wanted_from(library_file("protocols", held.plan.protocol.id).content)
    if not wanted:
        return {}
    person_id = held.session.person_id
    scales = tuple(
        ScaleBefore(
            within_h=each.within_h,
            rated_at=measures.last_complete_at(person_id, each.instrument),
            may_be_asked=licences.scale(each.instrument, held.site, held.at).verdict.met,
        )
        for each in wanted
    )
    return {"scales_before": scales, "last_dose_at": _last_dose_at(person_id, held.session.id)}


def _last_dose_at(person_id: UUID, but_not: UUID) -> datetime | None:
    found: datetime | None = first(_last_start(person_id, but_not))
    return found


@prepared
def _last_start(person_id: UUID, but_not: UUID) -> Rows:
    rows = Session.objects.filter(person_id=person_id, started_at__isnull=False).exclude(id=but_not)
    return rows.order_by("-started_at").values_list("started_at", flat=True)[:1]
