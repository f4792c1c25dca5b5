"""What is watched late in one person after a course, and whether it lets one more dose follow."""

from __future__ import annotations

from datetime import datetime

from afterglow.ground.content.queries import library_file
from afterglow.pathway.aftercare.queries.aftercare import AftercareRow
from afterglow.pathway.session.queries.doses_given import doses_given
from afterglow.records.measures.queries import late
from afterglow.science.outcomes.late_effects import LateEffect, before_a_dose
from afterglow.science.verdict import Verdict


def late_effects(row: AftercareRow, at: datetime) -> tuple[LateEffect, ...]:
    """By the newest follow-up file, whichever version this aftercare began by: a watch for harm is not frozen.  Two queries."""
    content = library_file("follow_up", row.follow_up.id).content
    begun = [dose.started_at for dose in doses_given([row.person_id]).get(row.person_id, ())]
    return late.late_effects(content, row.person_id, begun, zone=row.zone, at=at)


def before_a_booster(row: AftercareRow, at: datetime) -> Verdict:
    """What each late effect says to one more dose."""
    return Verdict.of(*(finding for effect in late_effects(row, at) if (finding := before_a_dose(effect)) is not None))
