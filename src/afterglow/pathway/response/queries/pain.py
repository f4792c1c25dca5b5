"""One person's answers about pain with the opioid load of the same days."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.response.rules.pain import Load, PainDay, Rated, pain_days
from afterglow.records.chart.queries.opioids import opioid_history
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import ResponseRow

PAIN_NOW, PAIN_INVENTORY = "nrs_pain", "bpi_sf"
NOT_SCORED = "not scored"


def pain(person_id: UUID, zone: str, at: datetime, *, with_medicines: bool) -> tuple[PainDay, ...]:
    """Up to `at`, by the days of the site.  Two queries; one more with the medicines."""
    place = ZoneInfo(zone)
    now = [
        Rated(on=row.taken_at.astimezone(place).date(), now=NOT_SCORED if row.total is None else str(row.total))
        for row in measures.scores_of([person_id], PAIN_NOW).get(person_id, [])
        if row.taken_at <= at
    ]
    inventory = [
        Rated(
            on=row.taken_at.astimezone(place).date(),
            strength=_mean(row, "severity_mean"),
            interference=_mean(row, "interference_mean"),
        )
        for row in measures.answered(person_id, PAIN_INVENTORY)
        if row.taken_at <= at
    ]  # fmt: skip
    if not with_medicines:
        return pain_days([*now, *inventory], None)
    loads = [
        Load(on=each.on, words=each.load.words, left_out=" ".join((each.load.left_out, each.load.unknown_names)).strip(), is_opioid=each.load.state != "none")
        for each in opioid_history(person_id, zone, at)
    ]  # fmt: skip
    return pain_days([*now, *inventory], loads)


def _mean(row: ResponseRow, part: str) -> str:
    value = row.score.get(part)
    return NOT_SCORED if value is None else f"{value:.1f}"
