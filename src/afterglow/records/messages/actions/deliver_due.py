"""Send what is due.  Claimed under a lock, sent outside any transaction, recorded afterwards.

A process that dies between sending and recording leaves a claim that is free again after its lease: then, and only then, one message goes
out a second time, under the same id, so that whoever receives it can tell.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_row
from afterglow.ground.errors import NotFound
from afterglow.records.chart import access as chart
from afterglow.records.messages import events, queries
from afterglow.records.messages.models import Attempt, Message
from afterglow.records.messages.rules import delivery, wording

MOST_AT_ONCE = 50  # in one round: the next comes in seconds
FAILURES_IN_A_ROUND = 3  # then the rest of this channel waits for the next round: a server that is down must not hold up everything else
log = logging.getLogger("afterglow")


class Undeliverable(Exception):
    """No later try can help: there is no address, or the person does not want this way any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a sender is handed; it is kept nowhere.  `message_id` stays the same for every try."""

    message_id: UUID
    channel: str
    to: str
    sender: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a link maker is told, at the moment of sending."""

    message_id: UUID
    clinic_id: UUID
    person_id: UUID | None
    source_kind: str
    source_id: str


Sender = Callable[[Letter], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The ways out, handed in by a door.

    `senders`: channel -> sender for real clinics; a channel without one stays queued.  `demo`: what takes the messages of a demo clinic.
    `staff_address`: (user, clinic, channel) -> address, '' when there is none.  `links`: template -> maker of a personal link.
    """

    senders: Mapping[str, Sender]
    demo: Sender | None
    staff_address: Callable[[UUID, UUID, str], str]
    links: Mapping[str, Callable[[Outgoing, datetime], str]]


def deliver_due(*, at: datetime, post: Post, most: int = MOST_AT_ONCE) -> dict[str, int]:
    """How many were `sent`, `kept` (demo), `failed` (tried again later) and `given_up`."""
    done: Counter[str] = Counter(given_up=_give_up_stale(at))
    failures: Counter[str] = Counter()
    for _ in range(most):
        open_channels = [channel for channel in queries.CHANNEL_NAMES if failures[channel] < FAILURES_IN_A_ROUND]
        claimed = _claim(at, post, open_channels)
        if claimed is None:
            break
        message, is_demo = claimed
        outcome, error = _send(message, is_demo, at, post)
        if outcome == "failed":
            failures[message.channel] += 1
        done[_record(message.id, outcome, error, at)] += 1
    return dict(done)


@transaction.atomic
def _claim(at: datetime, post: Post, channels: list[str]) -> tuple[Message, bool] | None:
    """The longest waiting message that has a way out, ours alone for the length of a lease.  Whose night it is waits for the morning, untried."""
    way = Q(clinic__is_demo=False, channel__in=[channel for channel in channels if channel in post.senders])
    if post.demo is not None:
        way |= Q(clinic__is_demo=True, channel__in=channels)
    due = Message.objects.filter(way, state="queued", next_try_at__lte=at, useful_until_at__gt=at)
    rows = due.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
    rows = rows.select_related("clinic").order_by("next_try_at", "id")
    while (message := rows.first()) is not None and (morning_at := queries.held_until(message, at)) is not None:
        message.next_try_at = morning_at
        message.save(update_fields=["next_try_at"])
    if message is None:
        return None
    message.tries, message.next_try_at = message.tries + 1, at + delivery.LEASE
    message.save(update_fields=["tries", "next_try_at"])
    return message, message.clinic.is_demo


def _send(message: Message, is_demo: bool, at: datetime, post: Post) -> tuple[str, str]:
    """What became of it and the kind of error.  Nothing of the message or of the error's words is logged."""
    sender = post.demo if is_demo else post.senders[message.channel]
    try:
        letter = _letter(message, at, post)
        if sender is not None:
            sender(letter)
    except Undeliverable:
        return "given_up", Undeliverable.__name__
    except Exception as error:  # whatever a mail server or gateway does, the message is tried again and the others go on
        log.error("a message was not delivered: %s", type(error).__name__)
        return "failed", type(error).__name__[:60]
    return ("kept" if is_demo else "sent"), ""


def _letter(message: Message, at: datetime, post: Post) -> Letter:
    """Raises Undeliverable without an address, KeyError for a text whose link nobody makes."""
    to = _address(message, post)
    text = library_row(message.template_id)
    out = Outgoing(
        message_id=message.id,
        clinic_id=message.clinic_id,
        person_id=message.person_id,
        source_kind=message.source_kind,
        source_id=message.source_id,
    )
    link = post.links[text.id](out, at) if text.content["link"] == "required" else ""
    sender = queries.sender_name(message.clinic_id)
    words = wording.worded(text.content, message.channel, json.loads(message.facts_text), sender=sender, link=link)
    return Letter(message_id=message.id, channel=message.channel, to=to, sender=sender, subject=words.subject, text=words.text)


def _address(message: Message, post: Post) -> str:
    """Looked up now: a number given up, a wish changed or a colleague gone since then counts."""
    user_id = message.user_id
    to = _person_address(message) if user_id is None else post.staff_address(user_id, message.clinic_id, message.channel)
    if not to:
        raise Undeliverable
    return to


def _person_address(message: Message) -> str:
    if message.person_id is None:
        return ""
    try:
        person = chart.fetch_person(Actor.job("outbox", message.clinic_id, "chart.person.read"), message.person_id)
    except NotFound:
        return ""
    address = person.email if message.channel == "email" else person.phone
    verdict = delivery.may_write_to(delivery.PersonContact(contact_by=person.contact_by, channel=message.channel, address=address))
    return address if verdict.met else ""


@transaction.atomic
def _record(message_id: UUID, outcome: str, error: str, at: datetime) -> str:
    """Write down what became of a try; one that went out counts as sent even if it was taken back meanwhile."""
    message = Message.objects.select_for_update().get(id=message_id)
    if outcome in ("sent", "kept"):
        message.state, message.sent_at, message.last_error = outcome, at, ""
    elif message.state == "queued":
        message.last_error = error
        again, message.next_try_at = delivery.after_failure(tries=message.tries, at=at, useful_until_at=message.useful_until_at)
        if outcome == "given_up" or again == "dead":
            outcome, message.state = "given_up", "dead"
    message.save(update_fields=["state", "sent_at", "last_error", "next_try_at"])
    _written(message, outcome, error, at)
    return outcome


def _give_up_stale(at: datetime) -> int:
    """What nobody could send while it was of use: it goes to the page of what was not delivered, and is never sent late."""
    given_up = 0
    for message_id in Message.objects.filter(state="queued", useful_until_at__lte=at).order_by("id").values_list("id", flat=True):
        with transaction.atomic():
            message = Message.objects.select_for_update().get(id=message_id)
            if message.state != "queued" or message.useful_until_at > at:
                continue
            message.state, message.last_error = "dead", message.last_error or "TooLate"
            message.save(update_fields=["state", "last_error"])
            _written(message, "given_up", message.last_error, at)
            given_up += 1
    return given_up


def _written(message: Message, outcome: str, error: str, at: datetime) -> None:
    """The attempt, and a line of the trail when this was the last of them."""
    by = Actor.job("outbox", message.clinic_id)
    Attempt.objects.create(id=ids.new_id(at), message_id=message.id, at=at, outcome=outcome, error=error, by=by.label)
    if outcome != "failed":
        event = events.given_up if outcome == "given_up" else events.delivered
        trail.record(
            event, by=by, at=at, person_id=message.person_id, objects={"message": message.id}, new={"outcome": outcome, "tries": message.tries}
        )
