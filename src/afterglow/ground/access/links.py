"""Make, open and end personal links.

A token is a secret in an address, so it lives once: it is stored as a hash, exchanged for a cookie on the first request, and the browser is
sent on to an address that says nothing.  It works until it is ended or expires, so that a message app's preview cannot use it up.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.models import AccessLink, LinkVisit
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal

PERMISSIONS: dict[str, frozenset[str]] = {
    # purpose -> what its holder may do, to their own record only
    "intake": frozenset({"portal.intake.fill", "measures.answer.record"}),
    "proxy": frozenset({"portal.intake.fill", "measures.answer.record"}),  # the same pages in somebody else's name; `subject` is the proxy's row
    "consent": frozenset({"portal.consent.sign"}),
    "escort": frozenset({"portal.escort.confirm"}),
    "summary": frozenset({"portal.summary.read"}),
    "course": frozenset({"portal.practice.tick", "portal.task.tick", "portal.journal.write"}),
    "check_in": frozenset({"portal.check_in.fill", "measures.answer.record", "portal.practice.tick", "portal.task.tick", "portal.journal.write"}),
}

PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works now."""

    id: UUID
    clinic_id: UUID
    person_id: UUID
    purpose: str
    subject: str
    holder: str
    expires_at: datetime

    def actor(self, request_id: str = "") -> Actor:
        return Actor(
            kind="link",
            id=f"link:{self.id}",
            name=self.holder,
            clinic_id=self.clinic_id,
            permissions=PERMISSIONS[self.purpose],
            scope="own_patients",
            person_id=self.person_id,
            proxy_id=UUID(self.subject) if self.purpose == PROXY else None,
            request_id=request_id,
        )


@transaction.atomic
def make_link(
    *, clinic_id: UUID, person_id: UUID, holder: str, purpose: str, subject: str = "", lasts: timedelta, by: Actor, at: datetime
) -> tuple[AccessLink, str]:
    """A new link and its token; the token is not kept and cannot be shown again.

    An earlier link for the same thing stops working: that is how a lost one is ended.
    """
    if purpose not in PERMISSIONS:
        raise Refusal("link.unknown_purpose", "There is no link of this kind.", "Choose one of the kinds on the page.")
    same = AccessLink.objects.filter(clinic_id=clinic_id, person_id=person_id, purpose=purpose, subject=subject)
    for earlier in same.filter(ended_at__isnull=True, expires_at__gt=at).values_list("id", flat=True):
        end_link(earlier, "replaced by a new link", by=by, at=at)
    token = ids.new_token()
    link = AccessLink.objects.create(
        id=ids.new_id(at),
        clinic_id=clinic_id,
        person_id=person_id,
        holder=holder,
        purpose=purpose,
        subject=subject,
        token_sha256=_hash(token),
        made_at=at,
        made_by=by.label,
        expires_at=at + lasts,
    )
    trail.record("access.link_made", by=by, at=at, person_id=person_id, objects={"link": link.id}, new={"purpose": purpose, "holder": holder})
    return link, token


def open_by_token(token: str, *, at: datetime) -> tuple[OpenLink, str]:
    """Exchange a token for a cookie value.  Raises Refusal `link.not_open` when it has ended, expired or never was."""
    link = _working(AccessLink.objects.filter(token_sha256=_hash(token)).first(), at)
    cookie = ids.new_token()
    LinkVisit.objects.create(id=ids.new_id(at), link_id=link.id, cookie_sha256=_hash(cookie), opened_at=at)
    trail.record("access.link_opened", by=link.actor(), at=at, person_id=link.person_id, objects={"link": link.id}, new={"purpose": link.purpose})
    return link, cookie


def open_by_cookie(cookie: str, *, at: datetime) -> OpenLink | None:
    """The link behind a browser's cookie, if it still works."""
    visit = LinkVisit.objects.select_related("link").filter(cookie_sha256=_hash(cookie)).first()
    if visit is None:
        return None
    try:
        return _working(visit.link, at)
    except Refusal:
        return None


@transaction.atomic
def end_link(link_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """End a link now; ending it again changes nothing."""
    link = AccessLink.objects.select_for_update().get(id=link_id)
    if link.ended_at is None:
        link.ended_at, link.end_reason = at, reason
        link.save(update_fields=["ended_at", "end_reason"])
        trail.record("access.link_ended", by=by, at=at, person_id=link.person_id, objects={"link": link.id}, reason=reason)


@transaction.atomic
def end_links(*, person_id: UUID, purpose: str, subject: str, reason: str, by: Actor, at: datetime) -> int:
    """End every link of this purpose about this subject that still works; how many there were."""
    held = AccessLink.objects.filter(person_id=person_id, purpose=purpose, subject=subject, ended_at__isnull=True, expires_at__gt=at)
    working = list(held.values_list("id", flat=True))
    for link_id in working:
        end_link(link_id, reason, by=by, at=at)
    return len(working)


def _working(link: AccessLink | None, at: datetime) -> OpenLink:
    if link is None or link.ended_at is not None or link.expires_at <= at:
        raise Refusal(
            "link.not_open",
            "This link no longer works: it has been used, ended, or is too old.",
            "Call the clinic and ask for a new one. If you are in danger, call 911; to talk to someone now, call or text 988.",
        )
    return OpenLink(link.id, link.clinic_id, link.person_id, link.purpose, link.subject, link.holder, link.expires_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
