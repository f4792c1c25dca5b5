"""What waits, what went, what could not be delivered.  Never the words of a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from afterglow.ground.accounts import queries as accounts
from afterglow.records.messages.models import CHANNELS, STATES, Message, SenderName
from afterglow.records.messages.rules import delivery
from afterglow.records.messages.rules.wording import SENDER_NAME
from afterglow.science.outcomes.windows import QuietHours

MOST_SHOWN = 200
CHANNEL_NAMES, STATE_NAMES = dict(CHANNELS), dict(STATES)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One line of the outbox.  `staff_name` is '' for a message to a patient: whoever reads this page need not know who that is."""

    id: UUID
    template: str
    channel: str
    staff_name: str
    state: str
    tries: int
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str

    @property
    def channel_name(self) -> str:
        return CHANNEL_NAMES[self.channel]

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


_FIELDS = ("id", "template__file_id", "channel", "user__name", "state", "tries", "queued_at", "next_try_at", "sent_at", "last_error")


def outbox(clinic_id: UUID) -> list[OutboxRow]:
    """What could not be delivered first, then what waits, then the newest of the rest; at most MOST_SHOWN."""
    rank = Case(When(state="dead", then=Value(0)), When(state="queued", then=Value(1)), default=Value(2), output_field=IntegerField())
    rows = Message.objects.filter(clinic_id=clinic_id).order_by(rank, "-id").values_list(*_FIELDS)[:MOST_SHOWN]
    return [OutboxRow(row[0], row[1], row[2], row[3] or "", *row[4:]) for row in rows]


def counts(clinic_id: UUID) -> dict[str, int]:
    """How many messages are in each state."""
    found = dict(Message.objects.filter(clinic_id=clinic_id).values_list("state").annotate(Count("id")))
    return {state: found.get(state, 0) for state in STATE_NAMES}


def sender_name(clinic_id: UUID) -> str:
    """The name under which this clinic writes."""
    chosen: str | None = SenderName.objects.filter(clinic_id=clinic_id).values_list("name", flat=True).first()
    return chosen or SENDER_NAME


def held_until(message: Message, at: datetime) -> datetime | None:
    """Until when the night of the person it is for holds it; None: it may leave now."""
    if message.person_id is None:
        return None
    begins, ends = message.quiet_from, message.quiet_until
    quiet = delivery.NIGHT if begins is None or ends is None else QuietHours(begins=begins, ends=ends)  # none: from before messages carried them
    return delivery.held_until(at, quiet=quiet, zone=message.zone or accounts.clinic(message.clinic_id).zone)


def known(source_kind: str, source_ids: Iterable[str]) -> set[tuple[str, str, str, str]]:
    """(source, window, channel, recipient) of every message that these sources have in the outbox, whatever became of it."""
    rows = Message.objects.filter(source_kind=source_kind, source_id__in=list(source_ids))
    return set(rows.values_list("source_id", "window", "channel", "recipient"))


def waiting_sources(source_kind: str) -> list[tuple[str, UUID]]:
    """(source, clinic) of everything of this kind that still waits to be sent."""
    rows = Message.objects.filter(source_kind=source_kind, state="queued").order_by("source_id")
    return list(rows.values_list("source_id", "clinic_id").distinct())
