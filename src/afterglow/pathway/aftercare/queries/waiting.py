"""Whom aftercare waits for: people to begin with, checks that are due, scores that ask for a look, boosters without a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_row
from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.models import AftercarePlan, Check
from afterglow.pathway.aftercare.queries.aftercare import looked_at_by, of_person, standing_of
from afterglow.pathway.plan.actions.allowed_boosters import boosters_to_place
from afterglow.pathway.response.queries.reviews import ReviewRow, newest_by_decision, reviews_of_person
from afterglow.records.chart import queries as chart
from afterglow.records.measures import queries as measures

AHEAD_DAYS = 28
"""How far the due list looks ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One line.  `moment`: since when it waits, or the day it is due; `strong`: overdue, or a score that got worse."""

    what: Literal["start", "relapse", "check", "booster"]
    person_id: UUID
    person_name: str
    record_no: str
    aftercare_id: UUID | None
    check_id: UUID | None
    note: str
    moment: datetime
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One check on the due list."""

    check_id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    kind: str
    title: str
    due_on: date
    state: rules.CheckState


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitToPlace:
    """An allowed booster that has neither a visit nor a started dose: desk work, without drug and dose."""

    aftercare_id: UUID
    person_id: UUID
    person_name: str
    dose_no: int
    number: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _On:
    """Somebody whose aftercare is on, as the lists need them."""

    id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    made_at: datetime
    first_dose_at: datetime
    zone: str
    late_after_days: int
    instrument: str


def waiting(actor: Actor, at: datetime) -> list[WaitingRow]:
    """Scores that got worse, then overdue and due checks, people to begin with, and boosters without a visit.  A fixed number of queries."""
    on = _all_on(actor)
    return [*_worse(on, at), *_due(on, at), *_to_begin(actor), *_to_place(actor, on)]


def due_list(actor: Actor, at: datetime) -> list[DueRow]:
    """Every open check up to four weeks ahead, the longest overdue first."""
    on = {row.id: row for row in _all_on(actor)}
    return [
        DueRow(
            check_id=key, person_id=on[owner].person_id, person_name=on[owner].person_name, record_no=on[owner].record_no, kind=kind, title=title,
            due_on=due_on, state=_state(on[owner], due_on, at),
        )
        for key, owner, kind, title, due_on in _open_checks(list(on), at.date() + timedelta(days=AHEAD_DAYS))
    ]  # fmt: skip


def to_place(actor: Actor) -> list[VisitToPlace]:
    """Boosters without a visit, the longest waiting first.  Two queries."""
    return _without_visit(actor, _all_on(actor))


def walk_note(person_id: UUID, at: datetime) -> tuple[str, bool] | None:
    """What the walk of one person says of aftercare, and whether it is over; None before a review has decided it."""
    newest = next(iter(of_person(person_id, at)), None)
    review = newest_review(person_id)
    if review is not None and review.decision == "aftercare" and (newest is None or newest.review_id != review.id):
        return "to begin", False
    if newest is None:
        return None
    if not newest.is_on:
        return "ended", True
    due = Check.objects.filter(aftercare_id=newest.id, state="due").order_by("due_on", "id").values_list("title", "due_on").first()
    return (f"next: {due[0].lower()}, {due[1].day} {due[1]:%b %Y}" if due else "no check is left"), False


def newest_review(person_id: UUID) -> ReviewRow | None:
    """The last signed review of any course of this person."""
    return next(iter(reversed(reviews_of_person(person_id))), None)


def _all_on(actor: Actor) -> list[_On]:
    rows = AftercarePlan.objects.filter(state="on", person__clinic_id=actor.clinic_id)
    if actor.scope != "clinic":
        rows = rows.filter(person_id__in=chart.people_of(actor))
    named = rows.annotate(given=F("person__given_name"), family=F("person__family_name"), no=F("person__record_no"), zone=F("plan__site__zone"))
    found = []
    for row in named.order_by("made_at", "id"):
        content = library_row(row.follow_up_id).content
        found.append(
            _On(
                id=row.id, person_id=row.person_id, person_name=f"{row.given} {row.family}", record_no=row.no, made_at=row.made_at,
                first_dose_at=row.first_dose_at, zone=row.zone, late_after_days=content["aftercare"]["late_after_days"],
                instrument=content["after_course"][0]["instrument"],
            )
        )  # fmt: skip
    return found


def _worse(on: Sequence[_On], at: datetime) -> list[WaitingRow]:
    looked_at = looked_at_by(row.id for row in on)
    scores = {name: measures.scores_of([row.person_id for row in on], name) for name in sorted({row.instrument for row in on})}
    found = []
    for row in on:
        stands = standing_of(row.instrument, scores[row.instrument].get(row.person_id, []), row.first_dose_at, at)
        worry = rules.concern(stands, looked_at.get(row.id))
        if worry is not None:
            found.append(_waiting("relapse", row, worry.sentence, worry.since, strong=True))
    return sorted(found, key=lambda row: row.moment)


def _due(on: Sequence[_On], at: datetime) -> list[WaitingRow]:
    by_id = {row.id: row for row in on}
    found = []
    for key, owner, _, title, due_on in _open_checks(list(by_id), at.date() + timedelta(days=1)):
        row = by_id[owner]
        state = _state(row, due_on, at)
        if state != "later":
            since = datetime.combine(due_on, time(0), ZoneInfo(row.zone))
            found.append(_waiting("check", row, f"{title}: {state}", since, check_id=key, strong=state == "overdue"))
    return found


def _to_begin(actor: Actor) -> list[WaitingRow]:
    reviews = newest_by_decision(actor, "aftercare")
    begun = set(AftercarePlan.objects.filter(review_id__in=[row.id for row in reviews]).values_list("review_id", flat=True))
    left = [row for row in reviews if row.id not in begun]
    names = chart.names_of(actor.clinic_id, {row.person_id for row in left})
    return [
        WaitingRow(
            what="start", person_id=row.person_id, person_name=names[row.person_id].name, record_no=names[row.person_id].record_no, aftercare_id=None,
            check_id=None, note="the course is complete, aftercare has not begun", moment=row.signed_at,
        )
        for row in left
    ]  # fmt: skip


def _to_place(actor: Actor, on: Sequence[_On]) -> list[WaitingRow]:
    by_id = {row.id: row for row in on}
    return [
        _waiting("booster", by_id[row.aftercare_id], f"booster {row.number} is allowed and has no visit", row.since)
        for row in _without_visit(actor, on)
    ]


def _without_visit(actor: Actor, on: Sequence[_On]) -> list[VisitToPlace]:
    by_person = {row.person_id: row for row in on}
    return [
        VisitToPlace(
            aftercare_id=mine.id,
            person_id=row.person_id,
            person_name=mine.person_name,
            dose_no=row.dose_no,
            number=row.number,
            since=row.at,
        )
        for row in boosters_to_place(actor.clinic_id)
        if (mine := by_person.get(row.person_id)) is not None and row.at >= mine.made_at
    ]


def _open_checks(aftercare_ids: list[UUID], until: date) -> list[tuple[UUID, UUID, str, str, date]]:
    rows = Check.objects.filter(aftercare_id__in=aftercare_ids, state="due", due_on__lte=until).order_by("due_on", "id")
    return list(rows.values_list("id", "aftercare_id", "kind", "title", "due_on"))


def _state(row: _On, due_on: date, at: datetime) -> rules.CheckState:
    today = at.astimezone(ZoneInfo(row.zone)).date()
    return rules.check_state("due", due_on=due_on, late_after_days=row.late_after_days, today=today)


def _waiting(
    what: Literal["relapse", "check", "booster"], row: _On, note: str, moment: datetime, *, check_id: UUID | None = None, strong: bool = False
) -> WaitingRow:
    return WaitingRow(
        what=what,
        person_id=row.person_id,
        person_name=row.person_name,
        record_no=row.record_no,
        aftercare_id=row.id,
        check_id=check_id,
        note=note,
        moment=moment,
        strong=strong,
    )
