"""Page the person on call about urgent flags that nobody has taken, and send what waits in the outbox.

It joins two rooms that do not know each other: flags say what waits, messages decide when and whom to page and hold the outbox.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.doors.jobs import senders
from afterglow.doors.portal.invite import on_call_ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.records.chart import access as chart
from afterglow.records.flags import queries as flags
from afterglow.records.flags.queries import UntakenRow
from afterglow.records.messages import queries as messages
from afterglow.records.messages.actions.cancel_messages import cancel_messages
from afterglow.records.messages.actions.deliver_due import deliver_due
from afterglow.records.messages.actions.queue_message import queue_message, recipient_of
from afterglow.records.messages.rules.paging import PageDue, PagingFacts, page_due
from afterglow.records.staff import queries as staff

SOURCE, TEMPLATE = "flag", "staff_page"


def page_staff(at: datetime) -> int:
    """How many pages were put into the outbox now; what waits about a flag that was taken or closed is taken back."""
    waiting = flags.untaken_urgent()
    _take_back({str(flag.id) for flag in waiting}, at)
    known = messages.known(SOURCE, (str(flag.id) for flag in waiting))
    return sum(_page(flag, known, at) for flag in waiting)


def send_waiting(at: datetime) -> int:
    """How many messages left the outbox, or were kept in the demo."""
    done = deliver_due(at=at, post=senders.post())
    return done.get("sent", 0) + done.get("kept", 0)


def _take_back(waiting: set[str], at: datetime) -> None:
    for source_id, clinic_id in messages.waiting_sources(SOURCE):
        if source_id not in waiting:
            cancel_messages(source_kind=SOURCE, source_id=source_id, by=Actor.job("paging", clinic_id), at=at)


def _page(flag: UntakenRow, known: set[tuple[str, str, str, str]], at: datetime) -> int:
    due = page_due(_facts(flag, at))
    if due is None:
        return 0
    asked = [(user_id, channel) for user_id in map(UUID, due.recipients) for channel in _channels(user_id, flag.clinic_id)]
    fresh = [(user_id, channel) for user_id, channel in asked if (str(flag.id), due.window, channel, recipient_of(user_id, None)) not in known]
    for user_id, channel in fresh:
        _queue(flag, due, user_id, channel, at)
    return len(fresh)


def _queue(flag: UntakenRow, due: PageDue, user_id: UUID, channel: str, at: datetime) -> None:
    queue_message(
        channel=channel,
        template=TEMPLATE,
        facts={"waiting_min": int((at - flag.since).total_seconds() // 60)},
        source_kind=SOURCE,
        source_id=str(flag.id),
        window=due.window,
        to_user=user_id,
        by=Actor.job("paging", flag.clinic_id),
        at=at,
    )


def _facts(flag: UntakenRow, at: datetime) -> PagingFacts:
    """Who may take this flag, of those who are here, on call, or neither."""
    may = _who_may_take(flag)
    sites = [site.id for site in accounts.sites_of(flag.clinic_id)]
    here = {row.user_id for site in sites for row in staff.on_site(site, at)}
    on_call = {user_id for site in sites for user_id in on_call_ids(site, at)}
    return PagingFacts(
        since=flag.since,
        due_at=flag.due_at,
        at=at,
        owner=None if flag.owner_id is None else str(flag.owner_id),
        here=tuple(str(one) for one in may if one in here),
        on_call=tuple(str(one) for one in may if one in on_call),
        everyone=tuple(str(one) for one in may),
    )


def _who_may_take(flag: UntakenRow) -> list[UUID]:
    """Colleagues by name who may own a flag and may see this person."""
    found = []
    for row in accounts.staff_of(flag.clinic_id):
        actor = accounts.actor_for(row.user_id, flag.clinic_id)
        if actor.may("flags.flag.own") and chart.knows(actor, flag.person_id):
            found.append(row.user_id)
    return found


def _channels(user_id: UUID, clinic_id: UUID) -> tuple[str, ...]:
    return ("email", "sms") if staff.paging_phone(user_id, clinic_id) else ("email",)
