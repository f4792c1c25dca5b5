"""The scales of change as a contact shows them: what was answered, the change, and whether one is asked now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.records.measures.queries import ScoreRow, paper, scores_of
from afterglow.records.measures.rules import contact as rules
from afterglow.science.outcomes.course import ScoreAt, Standing, standing
from afterglow.science.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale of change as a contact shows it: the last two totals, where the person stands, and whether it is asked now.  `over`: the doses that
    the last answers look back over."""

    instrument: str
    name: str
    latest: ScoreRow | None
    before: ScoreRow | None
    over: tuple[int, ...]
    standing: Standing | None
    now: Verdict
    due: bool

    @property
    def since_last(self) -> int | None:
        """Points more than the time before; None without two totals."""
        return None if self.latest is None or self.before is None else (self.latest.total or 0) - (self.before.total or 0)

    @property
    def since_words(self) -> str:
        points = abs(self.since_last or 0)
        return f"{points} point{'' if points == 1 else 's'} {'more' if (self.since_last or 0) > 0 else 'less'}"


def scale_of_change(person_id: UUID, instrument: str, *, first_dose_at: datetime | None, doses: rules.Doses = (), at: datetime) -> Scale:
    """`doses`: number and beginning of each.  One query."""
    made = paper(instrument)
    rows = [row for row in scores_of([person_id], instrument).get(person_id, []) if row.taken_at <= at]
    whole, scored = [row for row in rows if row.complete], [row for row in rows if row.total is not None]
    facts = rules.DueFacts(
        name=made.short_name, min_interval_days=made.instrument.min_interval_days, last_complete_at=whole[-1].taken_at if whole else None,
        last_at=rows[-1].taken_at if rows else None, first_dose_at=first_dose_at, at=at,
    )  # fmt: skip
    points, change = (
        [ScoreAt(taken_at=row.taken_at, total=row.total, complete=row.complete, wording=row.wording) for row in scored],
        made.instrument.change,
    )
    return Scale(
        instrument=instrument, name=made.short_name, latest=scored[-1] if scored else None, before=scored[-2] if len(scored) > 1 else None,
        over=rules.looks_over(scored[-1].taken_at, made.record.content["recall"]["days"], doses) if scored else (),
        standing=standing(change, points, first_dose_at=first_dose_at, at=at) if change and first_dose_at else None,
        now=rules.may_be_asked_now(facts), due=rules.is_due(facts),
    )  # fmt: skip
