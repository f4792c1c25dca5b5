"""By when this person's own course says that somebody should look again, with what that rests on (S63)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.aftercare import AftercareRow
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session.queries.doses import StartedDose, doses_of
from afterglow.records.measures import queries as measures
from afterglow.science.outcomes.course import ScoreAt, baseline_of
from afterglow.science.outcomes.relapses import After, Timing, timing


def reading() -> LibraryRecord:
    """The file that says how a course is read; raises NotFound where no library is loaded."""
    return library_file("courses", "reading")


def own_timing(person_id: UUID, at: datetime) -> Timing | None:
    """From every course of this person that led to aftercare, with its boosters; None when no aftercare is on.

    Queries: those of `of_person`, scores and doses, and one for each course.
    """
    rows = queries.of_person(person_id, at)
    now = next((row for row in rows if row.is_on), None)
    if now is None:
        return None
    change = measures.paper(now.instrument).instrument.change
    assert change is not None  # the scale of a follow-up has rules of change: the standing beside this rests on them
    scores = [
        ScoreAt(taken_at=row.taken_at, total=row.total, complete=row.complete)
        for row in measures.scores_of([person_id], now.instrument).get(person_id, [])
        if row.total is not None and row.taken_at <= at
    ]
    doses = doses_of([person_id], at).get(person_id, ())
    afters = [after for row in reversed(rows) for after in _afters(row, scores, doses)]
    days = reading().content["look_before_days"]["value"]
    return timing(change, sorted(afters, key=lambda each: each.dose_on), look_before_days=days, today=now.today)


def _afters(row: AftercareRow, scores: list[ScoreAt], doses: tuple[StartedDose, ...]) -> list[After]:
    """The time after the last dose of one course, and after each of its boosters."""
    place = ZoneInfo(row.zone)
    course = plans.course_of(row.plan_id)
    given = sorted({dose.started_at.astimezone(place).date() for dose in doses})
    boosters = [dose.started_at.astimezone(place).date() for dose in doses if dose.plan_id in course]
    before = baseline_of(scores, row.first_dose_at)
    by_day = {score.taken_at.astimezone(place).date(): score.total or 0 for score in sorted(scores, key=lambda each: each.taken_at)}
    named = [("the course", row.last_dose_on), *((f"booster {number}", on) for number, on in enumerate(_later(boosters, row.last_dose_on), start=1))]
    return [
        After(
            what=what,
            dose_on=on,
            next_dose_on=next((day for day in given if day > on), None),
            baseline=before.total if before else None,
            scores=by_day,
        )
        for what, on in named
    ]


def _later(days: list[date], than: date) -> list[date]:
    return sorted(day for day in days if day > than)
