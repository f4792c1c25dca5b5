"""Open the check-ins whose hour has come, and write to the person: once when they open, once half way.  Never while nobody reads the answers.

What a colleague asks in person is opened to staff alone.  A scale that the clinic may not use waits, and says so, until its time is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_row
from afterglow.ground.errors import Refusal
from afterglow.pathway.response import events
from afterglow.pathway.response.actions.asking_to_call import ask_to_call
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.response.rules import clock, sending
from afterglow.records.chart import access as chart
from afterglow.records.chart.access import PersonRow
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.assign import Asked, assign
from afterglow.records.messages.actions.queue_message import queue_message
from afterglow.science.outcomes.windows import Window

SOURCE: Final = "response.check_in"
FIRST, SECOND = "open", "half"  # the windows of the outbox: one message each, for ever
TEMPLATES: Final = {FIRST: "check_in_waiting", SECOND: "check_in_reminder"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the door knows: by site, who is on call now and may take a flag; and the channels that work for this clinic."""

    on_call: Mapping[UUID, Sequence[UUID]]
    ways: frozenset[str]


def send_check_ins(*, reach: Reach, by: Actor, at: datetime) -> int:
    """How many messages were put into the outbox now: first ones and reminders.  Doing it again sends nothing twice."""
    due = CheckIn.objects.filter(person__clinic_id=by.clinic_id, state="planned", opens_at__lte=at).order_by("opens_at", "id")
    sent = sum(_open(check_in_id, reach, by, at) for check_in_id in list(due.values_list("id", flat=True)))
    return sent + _remind(by, at)


@transaction.atomic
def _open(check_in_id: UUID, reach: Reach, by: Actor, at: datetime) -> int:
    row = _held(check_in_id, "planned")
    if row is None:
        return 0
    if row.asked_by == "staff":
        _open_to_staff(row, by, at)
        return 0
    person = chart.fetch_person(by, row.person_id)
    decided = sending.sending(_facts(row, person, reach, at))
    if decided.what == "wait":
        _note(row, decided.sentence)
        return 0
    if decided.what == "not_sent":
        _not_sent(row, decided, reach, by, at)
        return 0
    return _send(row, person, reach, by, at)


def _facts(row: CheckIn, person: PersonRow, reach: Reach, at: datetime) -> sending.SendFacts:
    return sending.SendFacts(
        at=at,
        first_at=_moments(row).first,
        quiet=_quiet(row, at),
        due_at=row.due_at,
        closes_at=row.closes_at,
        needs_on_call=measures.paper(row.instrument).instrument.link_needs_on_call,
        on_call=len(reach.on_call.get(row.site_id, ())),
        contact_by=person.contact_by,
        has_address=bool(person.email if person.contact_by == "email" else person.phone),
        ways=reach.ways,
        call_if_silent=row.call_if_silent,
    )


def _send(row: CheckIn, person: PersonRow, reach: Reach, by: Actor, at: datetime) -> int:
    if not _assigned(row, "link", reach.on_call.get(row.site_id, ()), by, at):
        return 0
    if CheckIn.objects.filter(person_id=row.person_id, asked_by="link", sent_at=at).exclude(id=row.id).exists():
        return 0  # the link that was sent at this moment shows everything that is open: one message is enough
    _write(row, person, FIRST, by, at)
    return 1


def _open_to_staff(row: CheckIn, by: Actor, at: datetime) -> None:
    """On the person's page it waits for whoever sees them; given up when its time is over."""
    if at < row.closes_at:
        _assigned(row, "staff", (), by, at)
        return
    row.state, row.reason = "not_sent", row.reason or sending.NOT_IN_TIME
    row.save(update_fields=["state", "reason"])
    trail.record(events.check_in_not_sent, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id}, reason=row.reason)


def _assigned(row: CheckIn, channel: str, on_call: Sequence[UUID], by: Actor, at: datetime) -> bool:
    """Opened now?  Answered too recently, or no licence: it waits, says why, and is given up when its time is over."""
    asked = Asked(opens_at=row.opens_at, due_at=row.due_at, closes_at=row.closes_at, source_kind=SOURCE, source_id=str(row.id))
    try:
        with transaction.atomic():
            row.assignment_id = assign(
                person_id=row.person_id,
                instrument=row.instrument,
                occasion=f"dose {row.dose_no} {row.rule_id}"[:30],
                channel=channel,
                site_id=row.site_id,
                on_call=on_call,
                window=asked,
                by=by,
                at=at,
            )
    except Refusal as refusal:
        unlicensed = f"{sending.NEEDS_LICENCE} " if refusal.code == "measures.no_licence" else ""
        _note(row, unlicensed + refusal.sentence)
        return False
    row.state, row.sent_at, row.reason = "sent", at, ""
    row.save(update_fields=["state", "sent_at", "reason", "assignment"])
    trail.record(events.check_in_sent, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id, "assignment": row.assignment_id})
    return True


def _write(row: CheckIn, person: PersonRow, window: str, by: Actor, at: datetime) -> None:
    zone = accounts.site(row.site_id, clinic_id=by.clinic_id).zone
    queue_message(
        channel=sending.CHANNEL_OF[person.contact_by],
        template=TEMPLATES[window],
        facts={"day": row.due_at.astimezone(ZoneInfo(zone)).date().isoformat()},
        source_kind=SOURCE,
        source_id=str(row.id),
        window=window,
        to_person=row.person_id,
        quiet=_reminders(row).quiet,
        zone=zone,
        by=by,
        at=at,
    )


def _remind(by: Actor, at: datetime) -> int:
    rows = CheckIn.objects.filter(person__clinic_id=by.clinic_id, state="sent", asked_by="link", closes_at__gt=at, reminded_at__isnull=True).order_by(
        "opens_at", "id"
    )
    due = [
        row.id for row in rows if clock.may_remind(_moments(row), sent_at=row.sent_at or at, closes_at=row.closes_at, at=at) and not _quiet(row, at)
    ]
    return sum(_remind_one(check_in_id, by, at) for check_in_id in due)


@transaction.atomic
def _remind_one(check_in_id: UUID, by: Actor, at: datetime) -> int:
    """Asked again only while it is open and unanswered, and only the way the person asked for now."""
    row = _held(check_in_id, "sent")
    if row is None or row.reminded_at is not None or row.assignment_id is None or row.assignment_id in measures.answered_at([row.assignment_id]):
        return 0
    told = CheckIn.objects.filter(person_id=row.person_id, reminded_at=at).exclude(id=row.id).exists()
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    if told:  # that reminder's link shows this one too
        return 0
    try:
        with transaction.atomic():
            _write(row, chart.fetch_person(by, row.person_id), SECOND, by, at)
    except (Refusal, KeyError):  # the wish or the address changed since: no second message, and silence still leads to a call
        return 0
    return 1


def _held(check_in_id: UUID, state: str) -> CheckIn | None:
    """The check-in, its person locked first; None when it moved on meanwhile."""
    person_id = CheckIn.objects.values_list("person_id", flat=True).get(id=check_in_id)
    chart.lock_person(person_id)
    return CheckIn.objects.select_for_update(of=("self",)).filter(id=check_in_id, state=state).first()


def _moments(row: CheckIn) -> clock.Moments:
    window = Window(opens_at=row.opens_at, due_at=row.due_at, closes_at=row.closes_at)
    return clock.moments(window, _reminders(row), _zone(row.site_id))


def _quiet(row: CheckIn, at: datetime) -> bool:
    return clock.is_quiet(at, _reminders(row), _zone(row.site_id))


def _reminders(row: CheckIn) -> clock.Reminders:
    return clock.reminders_from(library_row(row.follow_up_id).content)


def _zone(site_id: UUID) -> str:
    clinic_id = accounts.clinic_of_site(site_id)
    return accounts.site(site_id, clinic_id=clinic_id).zone


def _note(row: CheckIn, sentence: str) -> None:
    """Why it waits, for the list; written only when it changes."""
    if row.reason != sentence[:300]:
        row.reason = sentence[:300]
        row.save(update_fields=["reason"])


def _not_sent(row: CheckIn, decided: sending.Sending, reach: Reach, by: Actor, at: datetime) -> None:
    row.state, row.reason = "not_sent", (row.reason or decided.sentence)[:300] if decided.sentence == sending.TOO_LATE else decided.sentence
    row.save(update_fields=["state", "reason"])
    trail.record(events.check_in_not_sent, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id}, reason=row.reason)
    if decided.call:
        ask_to_call(row, row.reason, on_call=reach.on_call.get(row.site_id, ()), by=by, at=at)
