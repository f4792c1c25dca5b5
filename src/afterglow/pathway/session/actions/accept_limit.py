"""A named prescriber accepts or changes the limits of a site; without all of them no session starts there (hazard H50)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access, events
from afterglow.pathway.session.models import LimitAcceptance
from afterglow.pathway.session.rules.limits import may_accept
from afterglow.records.staff import queries as staff

Numbers = Mapping[str, float]


@transaction.atomic
def accept_limits(
    *,
    site_id: UUID,
    values: Mapping[str, Numbers],
    reasons: Mapping[str, str],
    signed: Signature,
    key: str,
    by: Actor,
    at: datetime,
) -> int:
    """Accept these limits with these numbers; how many were accepted.  A number other than the proposed one needs its reason.

    `values`: limit id -> name -> number; `reasons`: limit id -> why it was changed.  Raises NotFound, Forbidden; Refusal
    `session.not_a_prescriber`, `session.limit_refused`, `session.limit_says_no_why`, `accounts.not_confirmed`.
    """
    site = access.fetch_site(by, site_id, need="session.limits.accept")
    check_signature(signed, by=by, at=at)
    if earlier := once(by, key, [site_id, values, reasons], at=at):
        return int(earlier["accepted"])
    accounts.lock_site(site_id)
    _is_prescriber_here(by, site, at)
    library = library_file("alerts", "site_limits")
    listed = {limit["id"]: limit for limit in library.content["limits"]}
    for limit_id, numbers in values.items():
        changed = _may_be_accepted(listed.get(limit_id), limit_id, numbers, reasons.get(limit_id, ""))
        row = LimitAcceptance.objects.create(
            id=ids.new_id(at),
            site_id=site_id,
            limits_id=library.pk,
            limit_id=limit_id,
            value_text=canonical(dict(numbers)),
            changed=changed,
            reason=reasons.get(limit_id, "").strip() if changed else "",
            signed_at=at,
            signed_by_id=signed.user_id,
        )
        new = {"limit": limit_id, "values": dict(numbers), "changed": changed}
        trail.record(
            events.limit_accepted, by=by, at=at, objects={"site": site_id, "acceptance": row.id}, new=new, reason=row.reason, library=library.label
        )
    answer(by, key, {"accepted": len(values)})
    return len(values)


def _is_prescriber_here(by: Actor, site: SiteRow, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(site.zone)).date()
    if by.user_id is None or staff.credential_in_date(by.user_id, site.clinic_id, "prescriber_licence", today, site.state) is None:
        raise Refusal(
            "session.not_a_prescriber",
            f"Limits are accepted by a prescriber whose licence for {site.state} is in date; none of yours is on record.",
            "Ask the site's prescriber.",
        )


def _may_be_accepted(limit: Mapping[str, Any] | None, limit_id: str, numbers: Numbers, reason: str) -> bool:
    """Whether it was changed.  Raises Refusal for an unknown limit, numbers outside the library's range, or a change without its reason."""
    if limit is None:
        raise Refusal("session.limit_refused", f"There is no limit called {limit_id}.", "Reload the page: the list may have a new version.")
    verdict = may_accept(limit, numbers)
    if not verdict.met:
        raise Refusal(
            "session.limit_refused", f"Nothing was accepted. {verdict.sentence}", "Correct the number.", field=limit_id, findings=verdict.open
        )
    changed = any(float(numbers[name]) != float(bounds["proposed"]) for name, bounds in limit["values"].items())
    if changed and not reason.strip():
        raise Refusal(
            "session.limit_says_no_why",
            f"{limit['title']}: this is not the proposed number, and no reason is given.",
            "Say why this site differs.",
            field=limit_id,
        )
    return changed
