"""Somebody may act for a person: with that person's consent alone, and until it is withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.actions.rows import checked
from afterglow.records.chart.models import Proxy
from afterglow.records.chart.queries.proxies import proxies_of

MAY = ("may_be_called", "may_hear_visits", "may_fill_intake")


@transaction.atomic
def record_proxy(
    *,
    person_id: UUID,
    name: str,
    relation: str,
    phone: str = "",
    may: frozenset[str],
    consented: bool,
    consent_how: str,
    consented_at: datetime,
    by: Actor,
    at: datetime,
) -> UUID:
    """The consent as the member of staff who took it records it; the same again is the one that stands.  `may`: some of `MAY`.

    Raises Refusal `chart.no_proxy_consent`, `chart.proxy_nothing`, `chart.text_missing`, `chart.proxy_no_phone`, `chart.proxy_stands`, `chart.not_a_choice`,
    `chart.text_refused`, `clock.future`; NotFound; Forbidden.
    """
    access.fetch_person(by, person_id, need="chart.person.edit")
    require(by, "chart.person.edit")  # staff: nobody makes somebody else a proxy by a link
    values = checked(Proxy, {"name": name, "relation": relation, "phone": phone, "consent_how": consent_how})
    _check(values, may, consented)
    check_taken(consented_at, at)
    access.lock_person(person_id)
    kept = values | {one: one in may for one in MAY}
    held = next((row for row in proxies_of(person_id) if row.name.casefold() == values["name"].casefold()), None)
    if held is not None:
        if all(getattr(held, name) == value for name, value in kept.items()):
            return held.id
        raise Refusal(
            "chart.proxy_stands",
            f"{held.name} may act for this person already, in other words.",
            "Withdraw that first, then record what the person agrees to now.",
            field="name",
        )
    row = Proxy.objects.create(id=ids.new_id(at), person_id=person_id, recorded_at=at, recorded_by=by.label, consented_at=consented_at, **kept)
    new = kept | {"consented_at": consented_at.isoformat()}
    trail.record(events.proxy_recorded, by=by, at=at, person_id=person_id, objects={"proxy": row.id}, new=new)
    return row.id


def _check(values: dict[str, str], may: frozenset[str], consented: bool) -> None:
    for field in ("name", "relation"):
        if not values[field]:
            raise Refusal("chart.text_missing", "Nothing was entered.", "Enter it, or leave the page.", field=field)
    if not may or may - set(MAY):
        raise Refusal("chart.proxy_nothing", "It was not said what they may do for the person.", "Choose at least one.", field="may")
    if not consented or not values["consent_how"]:
        raise Refusal(
            "chart.no_proxy_consent",
            "Nobody acts for a person without that person's own consent.",
            "Ask the person first, and record how they agreed.",
            field="consented",
        )
    if "may_be_called" in may and not values["phone"]:
        raise Refusal("chart.proxy_no_phone", "They may be called, and there is no number.", "Enter their phone.", field="phone")


@transaction.atomic
def withdraw_proxy(*, proxy_id: UUID, reason: str, by: Actor, at: datetime) -> UUID:
    """From this moment they may nothing more, and every link of theirs is ended; withdrawing again gives the same row.

    Raises Refusal `chart.no_reason`, `chart.text_refused`; NotFound; Forbidden.
    """
    row = Proxy.objects.filter(id=proxy_id, person__clinic_id=by.clinic_id, withdrawn=False).first()
    if row is None:
        raise NotFound("proxy")
    access.fetch_person(by, row.person_id, need="chart.person.edit")
    require(by, "chart.person.edit")
    why = checked(Proxy, {"reason": reason})["reason"]
    if not why:
        raise Refusal("chart.no_reason", "A consent is withdrawn for a reason, and none was given.", "Write why in a few words.", field="reason")
    access.lock_person(row.person_id)
    later = Proxy.objects.filter(replaces_id=proxy_id).first()
    if later is not None:
        return later.id
    content = {name: getattr(row, name) for name in ("name", "relation", "phone", *MAY, "consent_how", "consented_at")}
    gone = Proxy.objects.create(
        id=ids.new_id(at), person_id=row.person_id, recorded_at=at, recorded_by=by.label, replaces_id=proxy_id, withdrawn=True, reason=why, **content
    )
    ended = links.end_links(
        person_id=row.person_id, purpose=links.PROXY, subject=str(proxy_id), reason="the person's consent was withdrawn", by=by, at=at
    )
    trail.record(
        events.proxy_withdrawn, by=by, at=at, person_id=row.person_id, objects={"proxy": proxy_id}, old={"name": row.name},
        new={"links_ended": ended}, reason=why,
    )  # fmt: skip
    return gone.id
