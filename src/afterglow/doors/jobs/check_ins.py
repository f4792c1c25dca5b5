"""Check-ins by themselves: planned, opened and written about, reminded of, closed.  The station decides; this door knows who is on call and what works here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from afterglow.doors.portal.invite import pageable
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.writes.once import once
from afterglow.pathway.response.actions.close_check_ins import close_check_ins
from afterglow.pathway.response.actions.plan_check_ins import plan_after_doses, plan_on_days
from afterglow.pathway.response.actions.send_check_ins import TEMPLATES, Reach, send_check_ins
from afterglow.records.chart import access as chart
from afterglow.records.measures.actions.expire import expire_due
from afterglow.records.messages.actions.deliver_due import Outgoing, Undeliverable

LINK_LASTS: Final = timedelta(days=14)  # J, as for the intake
DEMO_ADDRESS: Final = "http://127.0.0.1"  # messages of a demo never leave the machine
NEEDS: Final = ("chart.person.read", "measures.link.create", "measures.answer.record")
"""The last one because what a colleague asks in person is opened to staff by those who may ask it; the job answers nothing."""


def plan(at: datetime) -> int:
    """After doses at each tick; on days of courses once in an hour, which is early enough for what is planned a day ahead."""
    return sum(plan_after_doses(by=job(clinic_id), at=at) + _hourly(clinic_id, at) for clinic_id in accounts.clinic_ids())


def send(at: datetime) -> int:
    """Messages about check-ins that were put into the outbox now."""
    return sum(send_check_ins(reach=Reach(on_call=on_call(one, at), ways=ways(one)), by=job(one), at=at) for one in accounts.clinic_ids())


def close(at: datetime) -> int:
    """Check-ins that moved on, and questionnaires whose time is over."""
    return sum(close_check_ins(on_call=on_call(one, at), by=job(one), at=at) + expire_due(by=job(one), at=at) for one in accounts.clinic_ids())


def job(clinic_id: UUID) -> Actor:
    return Actor.job("check-ins", clinic_id, *NEEDS)


def on_call(clinic_id: UUID, at: datetime) -> dict[UUID, tuple[UUID, ...]]:
    """Who is on call now, may take a flag and can be paged, by site."""
    return {site.id: pageable(site.id, at) for site in accounts.sites_of(clinic_id)}


def ways(clinic_id: UUID) -> frozenset[str]:
    """The channels by which this clinic reaches patients: both in a demo, where messages are kept; else what is set up, and only with an address."""
    if accounts.clinic(clinic_id).is_demo:
        return frozenset({"email", "sms"})
    if not settings.PUBLIC_ADDRESS:
        return frozenset()
    return frozenset(channel for channel, there in (("email", settings.MAIL), ("sms", settings.SMS_URL)) if there)


def link_makers() -> dict[str, Callable[[Outgoing, datetime], str]]:
    """For the outbox: each text of a check-in gets a link made at the moment of sending."""
    return dict.fromkeys(TEMPLATES.values(), personal_link)


def personal_link(out: Outgoing, at: datetime) -> str:
    """A link of its own for each message: the reminder does not end the first one's.  Raises Undeliverable, NotFound."""
    demo = accounts.clinic(out.clinic_id).is_demo
    if out.person_id is None or not (demo or settings.PUBLIC_ADDRESS):
        raise Undeliverable
    by = job(out.clinic_id)
    person = chart.fetch_person(by, out.person_id)
    _, token = links.make_link(
        clinic_id=out.clinic_id,
        person_id=person.id,
        holder=person.name,
        purpose="check_in",
        subject=str(out.message_id),
        lasts=LINK_LASTS,
        by=by,
        at=at,
    )
    return (settings.PUBLIC_ADDRESS or DEMO_ADDRESS) + reverse("portal:open_link", args=[token])


@transaction.atomic
def _hourly(clinic_id: UUID, at: datetime) -> int:
    hour = at.astimezone(UTC).strftime("%Y-%m-%dT%H")
    if once(job(clinic_id), f"check-ins {clinic_id} {hour}", hour, at=at) is not None:
        return 0
    return plan_on_days(by=job(clinic_id), at=at)
