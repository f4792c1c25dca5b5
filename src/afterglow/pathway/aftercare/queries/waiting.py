"""Whom aftercare waits for: people to begin with, checks that are due, scores that ask for a look, boosters without a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_row
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.aftercare import rules
from afterglow.pathway.aftercare.models import AftercarePlan, Check
from afterglow.pathway.aftercare.queries.aftercare import of_person, standing_of
from afterglow.pathway.plan.actions.allowed_boosters import boosters_to_place
from afterglow.pathway.response.queries.reviews import ReviewRow, reviews_of_person, sent_to_aftercare
from afterglow.records.chart import queries as chart
from afterglow.records.chart.access import among_own, own_of
from afterglow.records.measures import queries as measures


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
    looked_at: datetime | None
    late_after_days: int
    instrument: str


@dataclass(frozen=True, slots=True)
class _OpenCheck:
    id: UUID
    kind: str
    title: str
    due_on: date


def waiting(actor: Actor, at: datetime) -> list[WaitingRow]:
    """Scores that got worse, then overdue and due checks, people to begin with, and boosters without a visit.  A fixed number of queries."""
    return [*_worse(actor, at), *_due(actor, at), *_to_begin(actor), *_to_place(actor)]


def waiting_but_checks(actor: Actor, at: datetime) -> list[WaitingRow]:
    """The same without the checks, for the page that lists those apart.  A fixed number of queries."""
    return [*_worse(actor, at), *_to_begin(actor), *_to_place(actor)]


def to_place(actor: Actor) -> list[VisitToPlace]:
    """Boosters without a visit, the longest waiting first.  Two queries."""
    return [place for _, place in _without_visit(actor)]


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


def _on(clinic_id: UUID, own: UUID | None) -> Rows:
    return among_own(AftercarePlan.objects.filter(state="on", person__clinic_id=clinic_id), own, clinic_id)


@prepared
def _on_of(people: Sequence[UUID], clinic_id: UUID, own: UUID | None) -> Rows:
    return _on(clinic_id, own).filter(person_id__in=people).values_list(*_OF_ON)


@prepared
def _on_among(plans: Sequence[UUID], clinic_id: UUID, own: UUID | None) -> Rows:
    return _on(clinic_id, own).filter(id__in=plans).values_list(*_OF_ON)


_OF_ON = (
    "id", "person_id", "person__given_name", "person__family_name", "person__record_no", "made_at", "first_dose_at", "plan__site__zone", "looked_at",
    "follow_up_id",
)  # fmt: skip


def _row(*held: Any) -> _On:
    """From the values of `_OF_ON`, in their order."""
    key, person_id, given, family, record_no, made_at, first_dose_at, zone, looked_at, file = held
    return _On(
        id=key, person_id=person_id, person_name=f"{given} {family}", record_no=record_no, made_at=made_at, first_dose_at=first_dose_at, zone=zone,
        looked_at=looked_at, late_after_days=library_row(file).content["aftercare"]["late_after_days"], instrument=_instrument_of(file),
    )  # fmt: skip


def _instrument_of(file: UUID) -> str:
    """The questionnaire that a follow-up file asks after the course."""
    return str(library_row(file).content["after_course"][0]["instrument"])


def _worse(actor: Actor, at: datetime) -> list[WaitingRow]:
    on = sorted((_row(*row) for row in _whose_scores_rose(actor)), key=lambda row: (row.made_at, row.id))
    scores = {name: measures.scores_of([row.person_id for row in on], name) for name in sorted({row.instrument for row in on})}
    found = []
    for row in on:
        stands = standing_of(row.instrument, scores[row.instrument].get(row.person_id, []), row.first_dose_at, at)
        worry = rules.concern(stands, row.looked_at)
        if worry is not None:
            found.append(_waiting("relapse", row, worry.sentence, worry.since, strong=True))
    return sorted(found, key=lambda row: row.moment)


def _whose_scores_rose(actor: Actor) -> list[tuple[Any, ...]]:
    """Of those in aftercare, whoever has a score since they were last looked at, and two scores as far apart as a reliable change.

    Nobody else can be reliably worse than at any time before.  A query for each version of the follow-up that is in use.
    """
    found: list[tuple[Any, ...]] = []
    for file in _files(actor.clinic_id, own_of(actor)):
        change = measures.paper(_instrument_of(file)).instrument.change
        if change is not None and change.reliable_points is not None:
            found += _rose(file, actor.clinic_id, own_of(actor), _instrument_of(file), change.reliable_points)
    return found


@prepared
def _files(clinic_id: UUID, own: UUID | None) -> Rows:
    return _on(clinic_id, own).values_list("follow_up_id", flat=True).distinct().order_by()


@prepared
def _rose(file: UUID, clinic_id: UUID, own: UUID | None, instrument: str, points: int) -> Rows:
    fresh = measures.answered_after(instrument, person=OuterRef("person_id"), since=OuterRef("looked_at"))
    unseen = AftercarePlan.objects.filter(Q(looked_at__isnull=True) | Exists(fresh), state="on", follow_up_id=file)
    far = measures.far_apart(instrument, points, among=unseen.values("person_id"))
    return _on(clinic_id, own).filter(follow_up_id=file, person_id__in=far).values_list(*_OF_ON)


def _due(actor: Actor, at: datetime) -> list[WaitingRow]:
    found = []
    for check, row in _open_checks(actor, at.date() + timedelta(days=1)):
        state = _state(row, check.due_on, at)
        if state != "later":
            since = datetime.combine(check.due_on, time(0), ZoneInfo(row.zone))
            found.append(_waiting("check", row, f"{check.title}: {state}", since, check_id=check.id, strong=state == "overdue"))
    return found


_BEGUN = AftercarePlan.objects.filter(review_id=OuterRef("id"))


def _to_begin(actor: Actor) -> list[WaitingRow]:
    left = sent_to_aftercare(actor, but_not=_BEGUN)
    names = chart.names_of(actor.clinic_id, {row.person_id for row in left})
    return [
        WaitingRow(
            what="start", person_id=row.person_id, person_name=names[row.person_id].name, record_no=names[row.person_id].record_no, aftercare_id=None,
            check_id=None, note="the course is complete, aftercare has not begun", moment=row.signed_at,
        )
        for row in left
    ]  # fmt: skip


def _to_place(actor: Actor) -> list[WaitingRow]:
    return [_waiting("booster", row, f"booster {place.number} is allowed and has no visit", place.since) for row, place in _without_visit(actor)]


def _without_visit(actor: Actor) -> list[tuple[_On, VisitToPlace]]:
    waits = boosters_to_place(actor.clinic_id)
    on = _on_of(sorted({row.person_id for row in waits}), actor.clinic_id, own_of(actor))
    by_person = {row.person_id: row for row in (_row(*held) for held in on)}
    return [
        (mine, VisitToPlace(
            aftercare_id=mine.id, person_id=row.person_id, person_name=mine.person_name, dose_no=row.dose_no, number=row.number, since=row.at
        ))
        for row in waits
        if (mine := by_person.get(row.person_id)) is not None and row.at >= mine.made_at
    ]  # fmt: skip


def _open_checks(actor: Actor, until: date) -> list[tuple[_OpenCheck, _On]]:
    """The longest due first.  Two queries, each one range of an index: asked in one, a database reads everybody in aftercare first."""
    held = _due_until(until)
    mine = _on_among(sorted({row[0] for row in held}), actor.clinic_id, own_of(actor))
    on = {row.id: row for row in (_row(*one) for one in mine)}
    return [(_OpenCheck(*row[1:]), on[row[0]]) for row in held if row[0] in on]


@prepared
def _due_until(until: date) -> Rows:
    rows = Check.objects.filter(state="due", due_on__lte=until).order_by("due_on", "id")
    return rows.values_list("aftercare_id", "id", "kind", "title", "due_on")


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
