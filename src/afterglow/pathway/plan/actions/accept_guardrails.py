"""A named prescriber accepts the guardrails of a protocol for a site; without all of them no plan or order of it is signed there (safety 14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, library_row
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.models import GuardrailAcceptance
from afterglow.pathway.plan.queries.guardrails import GuardrailRow, guardrails
from afterglow.records.staff import queries as staff


@transaction.atomic
def accept_guardrails(*, site_id: UUID, protocol_id: UUID, parts: Sequence[str], signed: Signature, key: str, by: Actor, at: datetime) -> int:
    """Accept these parts as they stand in this version of the protocol; how many were still open.

    Accepting again what is accepted changes nothing.  Raises NotFound, Forbidden; Refusal `plan.not_a_prescriber`, `plan.no_such_guardrail`,
    `accounts.not_confirmed`.
    """
    site = access.fetch_site(by, site_id, access.GUARDRAILS_ACCEPT)
    check_signature(signed, by=by, at=at)
    if earlier := once(by, key, [site_id, protocol_id, sorted(parts)], at=at):
        return int(earlier["accepted"])
    accounts.lock_site(site_id)
    _is_prescriber_here(by, site, at)
    protocol = _protocol(protocol_id)
    still_open = _those_open(site_id, protocol, parts)
    rows = [
        GuardrailAcceptance(
            id=ids.new_id(at), site_id=site_id, protocol_id=protocol.pk, protocol_name=protocol.id, part=row.guardrail.id,
            part_text=row.guardrail.text, signed_at=at, signed_by_id=signed.user_id,
        )
        for row in still_open
    ]  # fmt: skip
    GuardrailAcceptance.objects.bulk_create(rows)
    if rows:
        new = {"parts": [row.part for row in rows]}
        trail.record(events.guardrails_accepted, by=by, at=at, objects={"site": site_id}, new=new, library=protocol.label)
    answer(by, key, {"accepted": len(rows)})
    return len(rows)


def _protocol(protocol_id: UUID) -> LibraryRecord:
    """Raises NotFound, also for a file of another kind."""
    record = library_row(protocol_id)
    if record.kind != "protocols":
        raise NotFound("protocol")
    return record


def _is_prescriber_here(by: Actor, site: SiteRow, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(site.zone)).date()
    if by.user_id is None or staff.credential_in_date(by.user_id, site.clinic_id, "prescriber_licence", today, site.state) is None:
        raise Refusal(
            "plan.not_a_prescriber",
            f"Guardrails are accepted by a prescriber whose licence for {site.state} is in date; none of yours is on record.",
            "Ask the site's prescriber.",
        )


def _those_open(site_id: UUID, protocol: LibraryRecord, parts: Sequence[str]) -> list[GuardrailRow]:
    """Raises Refusal for a part that this version does not have."""
    state = guardrails(site_id, protocol)
    unknown = sorted(set(parts) - {row.guardrail.id for row in state.rows})
    if unknown:
        raise Refusal(
            "plan.no_such_guardrail",
            f"Nothing was accepted: this protocol has no guardrail called {unknown[0]}.",
            "Reload the page: the protocol may have a new version.",
        )
    return [row for row in state.open if row.guardrail.id in parts]
