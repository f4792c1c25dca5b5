"""How ill the person was before the course, read from the record as it stands; a signed plan keeps its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.baseline import Baseline, Severity, scales_of, stages_from
from afterglow.pathway.screening import queries as screening
from afterglow.records.measures import queries as measures


def baseline_now(person_id: UUID, content: Mapping[str, Any], *, at: datetime) -> Baseline:
    """A fixed number of queries for a protocol."""
    decision = screening.latest_decision(person_id)
    return Baseline(
        at=at,
        scores=tuple(_severity(person_id, scale) for scale in scales_of(content)),
        stages=() if decision is None else stages_from(screening.decision_saw(decision.id)),
        decided_at=None if decision is None else decision.signed_at,
    )


def baseline_before(before: PlanRow | None, person_id: UUID, content: Mapping[str, Any], *, at: datetime) -> Baseline:
    """Of a plan that takes the place of `before`: a course has one baseline, which its first signed version kept."""
    return (before.baseline if before is not None else None) or baseline_now(person_id, content, at=at)


def baseline_for(plan: PlanRow, *, at: datetime) -> Baseline | None:
    """What a signed plan kept, None where it was signed before anything was; for a draft what it would keep now."""
    if plan.signed_at is not None:
        return plan.baseline
    before = None if plan.replaces_id is None else plans.plan(plan.replaces_id)
    return baseline_before(before, plan.person_id, plan.protocol.content, at=at)


def _severity(person_id: UUID, instrument: str) -> Severity:
    row = measures.baseline(person_id, instrument)
    if row is None:
        return Severity(instrument=instrument, title=measures.paper(instrument).title)
    return Severity(
        instrument=instrument,
        title=row.paper.title,
        total=row.total,
        band=row.band,
        taken_at=row.taken_at,
        wording=row.paper.wording,
        complete=row.complete,
    )
