"""The inbox: what waits, the most urgent first, and one enquiry opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from afterglow.ground.access.actor import Actor, require
from afterglow.pathway.enquiry import rules
from afterglow.pathway.enquiry.models import Arrival, Enquiry
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow

MOST_DECIDED = 50
PURPOSE = "enquiry"  # what a first call in the calendar belongs to


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryRow:
    """One line of the inbox; the message itself is opened on the enquiry's own page only."""

    id: UUID
    channel: str
    received_at: datetime
    asker: str
    given_name: str
    family_name: str
    danger_now: str
    urgency: str
    state: str
    decided_at: datetime | None
    decided_by: str
    person_id: UUID | None
    answer_by_at: datetime
    overdue: bool

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    waiting: tuple[EnquiryRow, ...]
    decided: tuple[EnquiryRow, ...]


_FIELDS = (
    "id",
    "channel",
    "received_at",
    "asker",
    "given_name",
    "family_name",
    "danger_now",
    "urgency",
    "state",
    "decided_at",
    "decided_by",
    "person_id",
)


def inbox(actor: Actor, at: datetime) -> Inbox:
    """What waits, most urgent and then oldest first; and what was decided last.  Raises Forbidden."""
    return Inbox(waiting=waiting(actor, at), decided=decided(actor, at))


def waiting(actor: Actor, at: datetime) -> tuple[EnquiryRow, ...]:
    """What waits, the most urgent and then the oldest first.  Raises Forbidden."""
    require(actor, "enquiry.enquiry.read")
    rows = Enquiry.objects.filter(clinic_id=actor.clinic_id, state="new").order_by("received_at", "id").only(*_FIELDS)
    return tuple(sorted((_row(row, at) for row in rows), key=lambda row: rules.ORDER[row.urgency]))


def decided(actor: Actor, at: datetime) -> tuple[EnquiryRow, ...]:
    """What was decided last, the latest first.  Raises Forbidden."""
    require(actor, "enquiry.enquiry.read")
    rows = Enquiry.objects.filter(clinic_id=actor.clinic_id, decided_at__isnull=False).exclude(state="new")
    return tuple(_row(row, at) for row in rows.order_by("-decided_at", "-id").only(*_FIELDS)[:MOST_DECIDED])


def waiting_count(clinic_id: UUID) -> int:
    return Enquiry.objects.filter(clinic_id=clinic_id, state="new").count()


def first_calls(enquiry_id: UUID) -> list[AppointmentRow]:
    """The calls that were booked for one enquiry, by start, those that came to nothing included."""
    return schedule.for_purpose(PURPOSE, str(enquiry_id))


def standing_call(enquiry_id: UUID) -> AppointmentRow | None:
    """The call that is still ahead or going on; there is one at most."""
    return next((row for row in first_calls(enquiry_id) if row.state in schedule.HOLDS), None)


def arrivals(clinic_id: UUID, source_hmac: str, *, since: datetime) -> tuple[int, int]:
    """How many came in by the public page after `since`: from this sender, and altogether."""
    found = Arrival.objects.filter(clinic_id=clinic_id, at__gt=since)
    counted = found.aggregate(here=Count("id", filter=Q(source_hmac=source_hmac)), everywhere=Count("id"))
    return counted["here"], counted["everywhere"]


def _row(row: Enquiry, at: datetime) -> EnquiryRow:
    """Names are opened here: they are encrypted in their columns, each bound to its row."""
    due = rules.answer_by(row.urgency, row.received_at)
    return EnquiryRow(**{name: getattr(row, name) for name in _FIELDS}, answer_by_at=due, overdue=row.state == "new" and due <= at)


def forgettable(at: datetime) -> list[tuple[UUID, UUID]]:
    """(clinic, enquiry) of those whose year is over; at most 500 at a time."""
    old = Enquiry.objects.filter(received_at__lte=at - rules.KEEP_UNCONVERTED, state__in=("new", "declined"), danger_now="no")
    rows = old.order_by("received_at").values_list("clinic_id", "id", "state", "danger_now", "received_at")[:500]
    return [(row[0], row[1]) for row in rows if rules.may_be_forgotten(row[2], row[3], row[4], at)]
