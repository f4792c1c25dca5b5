"""Send the intake: questionnaires assigned and one personal link made, together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from afterglow.ground.access import links, roles
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.chart import access as chart
from afterglow.records.chart.queries.proxies import proxies_of
from afterglow.records.measures.actions.assign import assign
from afterglow.records.staff import queries as staff

LINK_LASTS = timedelta(days=14)  # J, a site value


@dataclass(frozen=True, slots=True)
class Invitation:
    """The token is shown once and kept nowhere."""

    token: str
    expires_at: datetime


def on_call_ids(site_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """Who is on call at the site now and may take a flag, by name: a shift of somebody who may not is no cover (safety 44)."""
    members = accounts.staff_of(accounts.clinic_of_site(site_id))
    may_take = {row.user_id for row in members if "flags.flag.own" in roles.permissions_of(frozenset(row.roles))}
    return tuple(row.user_id for row in staff.on_call(site_id, at) if row.user_id in may_take)


def pageable(site_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """Of those on call, whom a page would reach: a self-harm answer that nobody is told of is not asked for (safety 44).

    By e-mail, which every colleague has, where it is set up; else by text message, where they gave a number.  A demo's pages are kept, not sent.
    """
    clinic_id, found = accounts.clinic_of_site(site_id), on_call_ids(site_id, at)
    if settings.MAIL or accounts.clinic(clinic_id).is_demo:
        return found
    numbers = staff.paging_phones(clinic_id) if settings.SMS_URL else {}
    return tuple(user_id for user_id in found if user_id in numbers)


@transaction.atomic
def invite(*, person_id: UUID, site_id: UUID, instruments: Sequence[str], key: str, by: Actor, at: datetime) -> Invitation:
    """Raises Refusal `portal.link_shown` when the same page is sent again, and those of `assign`; NotFound; Forbidden."""
    person = chart.fetch_person(by, person_id, need="measures.link.create")
    if once(by, key, {"invite": str(person_id), "instruments": sorted(instruments)}, at=at) is not None:
        raise Refusal("portal.link_shown", "This link was made and shown already; it is kept nowhere.", "Make a new one if it is lost.")
    on_call = pageable(site_id, at)
    for instrument in instruments:
        assign(person_id=person_id, instrument=instrument, occasion="screening", channel="link", site_id=site_id, on_call=on_call, by=by, at=at)
    link, token = links.make_link(clinic_id=by.clinic_id, person_id=person_id, holder=person.name, purpose="intake", lasts=LINK_LASTS, by=by, at=at)
    answer(by, key, {"link": str(link.id)})
    return Invitation(token, link.expires_at)


@transaction.atomic
def invite_proxy(*, person_id: UUID, proxy_id: UUID, key: str, by: Actor, at: datetime) -> Invitation:
    """A link for somebody who acts for the person, in that one's own name; it works while the person's consent stands.

    Raises Refusal `portal.no_proxy` without that consent, `portal.link_shown` when the same page is sent again; NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need="measures.link.create")
    chart.lock_person(person_id)  # a withdrawal that comes at the same moment ends this link, or refuses it
    held = next((row for row in proxies_of(person_id) if row.id == proxy_id and row.may_fill_intake), None)
    if held is None:
        raise Refusal(
            "portal.no_proxy",
            "The person's consent that they fill in the intake does not stand.",
            "Ask the person, and record what they agree to.",
        )
    if once(by, key, {"proxy": str(proxy_id)}, at=at) is not None:
        raise Refusal("portal.link_shown", "This link was made and shown already; it is kept nowhere.", "Make a new one if it is lost.")
    link, token = links.make_link(
        clinic_id=by.clinic_id, person_id=person_id, holder=held.name, purpose=links.PROXY, subject=str(proxy_id), lasts=LINK_LASTS, by=by, at=at
    )
    answer(by, key, {"link": str(link.id)})
    return Invitation(token, link.expires_at)
