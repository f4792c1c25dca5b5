"""Check-ins as staff and the portal read them: of one person, of a clinic, and how many of those that were due were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from afterglow.ground.access.actor import Actor
from afterglow.ground.face.pages import ROWS, Part, part_of
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.response.models import CheckIn, CheckInCall
from afterglow.pathway.response.rules.sending import NEEDS_LICENCE
from afterglow.records.chart.access import among_own, own_of
from afterglow.science.outcomes.proportion import Proportion

LIST_BACK: Final = timedelta(days=7)
STATE_WORDS: Final = {
    "planned": "not open yet",
    "sent": "waiting for an answer",
    "answered": "answered",
    "called": "called instead",
    "expired": "no answer",
    "not_sent": "not sent",
}
WORDS_OF_STAFF: Final = STATE_WORDS | {"sent": "for a colleague to ask in person", "expired": "not asked in time", "not_sent": "not asked"}
REACHED: Final = ("well", "worried")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRow:
    """One check-in.  `session_id` None: on a day of the course.  `reason`: why it was not sent, or waits.  `silent_at`: when a call was asked for."""

    id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    site_id: UUID
    zone: str
    plan_id: UUID
    session_id: UUID | None
    anchor: str
    rule_id: str
    title: str
    instrument: str
    dose_no: int
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    asked_by: str
    state: str
    reason: str
    assignment_id: UUID | None
    sent_at: datetime | None
    answered_at: datetime | None
    silent_at: datetime | None
    tried: int

    @property
    def state_words(self) -> str:
        if self.reason.startswith(NEEDS_LICENCE):
            return "not asked"
        return (WORDS_OF_STAFF if self.asked_by == "staff" else STATE_WORDS)[self.state]

    @property
    def wants_call(self) -> bool:
        """Somebody was asked to call, and neither an answer came nor was the person reached."""
        return self.silent_at is not None and self.state not in ("answered", "called")

    @property
    def late(self) -> bool:
        return self.answered_at is not None and self.answered_at > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    outcome: str
    note: str
    called_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Of the check-ins whose time was over in a span: how many were answered, called about instead, sent without an answer, and not sent."""

    answered: Proportion
    called: int
    silent: int
    not_sent: int


_FIELDS = (
    "id", "person_id", "person__given_name", "person__family_name", "person__record_no", "site_id", "site__zone", "plan_id", "session_id", "anchor", "rule_id",
    "title", "instrument", "dose_no", "opens_at", "due_at", "closes_at", "asked_by", "state", "reason", "assignment_id", "sent_at", "answered_at", "silent_at",
)  # fmt: skip


def check_ins_of(person_id: UUID) -> list[CheckInRow]:
    """Every check-in of one person, the newest first."""
    return _rows(CheckIn.objects.filter(person_id=person_id).order_by("-opens_at", "-id"))


def check_in(check_in_id: UUID) -> CheckInRow:
    return _rows(CheckIn.objects.filter(id=check_in_id))[0]


def calls_of(check_in_id: UUID) -> list[CallRow]:
    """The calls about one check-in, the last one first."""
    rows = CheckInCall.objects.filter(check_in_id=check_in_id).order_by("-called_at", "-id").values_list("outcome", "note", "called_at", "by")
    return [CallRow(outcome=outcome, note=note, called_at=called_at, by=by) for outcome, note, called_at, by in rows]


def waiting_calls(actor: Actor) -> list[CheckInRow]:
    """Who has to be called, the longest waiting first.  A fixed number of queries."""
    return [_row(row) for row in _to_call(actor.clinic_id, own_of(actor))]


@prepared
def _to_call(clinic_id: UUID, own: UUID | None) -> Rows:
    rows = CheckIn.objects.filter(person__clinic_id=clinic_id, silent_at__isnull=False, state__in=("sent", "expired", "not_sent"))
    return among_own(rows, own, clinic_id).order_by("silent_at", "id").values_list(*_FIELDS, _tried())


def recent(actor: Actor, at: datetime, page: str = "") -> tuple[Part, list[CheckInRow]]:
    """Check-ins that opened within the last days or open within one, the newest first: one page of them, and which.  Two queries."""
    rows = _seen(actor).filter(opens_at__gte=at - LIST_BACK, opens_at__lte=at + timedelta(days=1))
    part = part_of(page, rows.count())
    return part, _rows(rows.order_by("-opens_at", "-id")[part.start : part.start + ROWS])


def answering(actor: Actor, since: datetime, until: datetime) -> Answering:
    """How check-ins that were due in this span ended (S55).  What was not sent counts against nobody and is said beside it."""
    ended = _seen(actor).filter(due_at__gte=since, due_at__lt=until).exclude(state="planned")
    counted = dict(ended.order_by().values_list("state").annotate(Count("id")))
    not_sent, answered, called = counted.pop("not_sent", 0), counted.get("answered", 0), counted.get("called", 0)
    sent = sum(counted.values())
    return Answering(answered=Proportion(answered, sent), called=called, silent=sent - answered - called, not_sent=not_sent)


def _seen(actor: Actor) -> QuerySet[CheckIn]:
    rows = CheckIn.objects.filter(person__clinic_id=actor.clinic_id)
    return among_own(rows, own_of(actor), actor.clinic_id)


def _rows(rows: QuerySet[CheckIn]) -> list[CheckInRow]:
    return [_row(row) for row in rows.values_list(*_FIELDS, _tried())]


def _row(row: tuple[Any, ...]) -> CheckInRow:
    """From the values of `_FIELDS` and `_tried`."""
    named = dict(zip(_FIELDS, row[:-1], strict=True))
    name = f"{named.pop('person__given_name')} {named.pop('person__family_name')}"
    return CheckInRow(person_name=name, record_no=named.pop("person__record_no"), zone=named.pop("site__zone"), tried=row[-1], **named)


def _tried() -> Coalesce:
    """How often somebody called without reaching the person."""
    calls = CheckInCall.objects.filter(check_in=OuterRef("pk"), outcome="no_answer").order_by().values("check_in").annotate(times=Count("id"))
    return Coalesce(Subquery(calls.values("times")), 0)
