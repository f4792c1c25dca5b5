"""Put a message into the outbox: one for each recipient, channel, source and window, however often it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access as chart
from afterglow.records.messages import events
from afterglow.records.messages.models import Message
from afterglow.records.messages.rules import delivery, wording
from afterglow.science.outcomes.windows import QuietHours


@transaction.atomic
def queue_message(
    *,
    channel: str,
    template: str,
    facts: Mapping[str, int | str],
    source_kind: str,
    source_id: str,
    window: str,
    to_user: UUID | None = None,
    to_person: UUID | None = None,
    quiet: QuietHours | None = None,
    zone: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """The message's id; the same source, window, channel and recipient give the same message after any restart or retry.

    To a person it leaves outside the `quiet` hours on the clock of `zone` only; without them those of `delivery.NIGHT` in the clinic's zone hold.
    Exactly one of `to_user` (staff of the actor's clinic) and `to_person` (a person whom the actor may read) is given.
    Raises Refusal `messages.one_recipient`, `messages.not_for_them`, `messages.facts_not_plain`, `messages.not_reachable`; NotFound.
    """
    text = library_file("messages", template)
    _recipient_exists(to_user, to_person, text, channel, by)
    verdict = wording.facts_fit(text.content, facts)
    if not verdict.met:
        raise Refusal("messages.facts_not_plain", verdict.sentence, "A message carries whole numbers, days and times only.", findings=verdict.open)
    fresh = Message(
        id=ids.new_id(at),
        clinic_id=by.clinic_id,
        user_id=to_user,
        person_id=to_person,
        recipient=recipient_of(to_user, to_person),
        channel=channel,
        template_id=text.pk,
        facts_text=canonical(dict(facts)),
        source_kind=source_kind,
        source_id=str(source_id),
        window=window,
        **({} if to_person is None else _night(quiet or delivery.NIGHT, zone or accounts.clinic(by.clinic_id).zone)),
        queued_at=at,
        next_try_at=at,
        useful_until_at=at + timedelta(minutes=text.content["useful_min"]),
    )
    Message.objects.bulk_create([fresh], ignore_conflicts=True)
    same = {"source_kind": source_kind, "source_id": str(source_id), "window": window, "channel": channel, "recipient": fresh.recipient}
    message_id: UUID = Message.objects.values_list("id", flat=True).get(**same)
    if message_id == fresh.id:
        new = {"template": template, "channel": channel, "to": fresh.recipient, "source": f"{source_kind}:{source_id}", "window": window}
        trail.record(events.queued, by=by, at=at, person_id=to_person, objects={"message": message_id}, new=new, library=text.label)
    return message_id


def _night(quiet: QuietHours, zone: str) -> dict[str, Any]:
    return {"quiet_from": quiet.begins, "quiet_until": quiet.ends, "zone": zone}


def recipient_of(to_user: UUID | None, to_person: UUID | None) -> str:
    """`user:<id>` or `person:<id>`."""
    return f"user:{to_user}" if to_user is not None else f"person:{to_person}"


def _recipient_exists(to_user: UUID | None, to_person: UUID | None, text: LibraryRecord, channel: str, by: Actor) -> None:
    if (to_user is None) == (to_person is None):
        raise Refusal("messages.one_recipient", "A message goes to one colleague or to one person.", "Name one of the two.")
    if text.content["audience"] != ("staff" if to_user is not None else "person") or channel not in text.content["channels"]:
        raise Refusal("messages.not_for_them", "This text is not written for them, or not for this way.", "Choose another text.")
    if to_user is not None:
        accounts.staff_member(to_user, clinic_id=by.clinic_id)
    elif to_person is not None:
        chart.lock_person(to_person)
        person = chart.fetch_person(by, to_person)
        address = person.email if channel == "email" else person.phone
        verdict = delivery.may_write_to(delivery.PersonContact(contact_by=person.contact_by, channel=channel, address=address))
        if not verdict.met:
            raise Refusal("messages.not_reachable", verdict.sentence, "Speak to the person, or call them.", findings=verdict.open)
