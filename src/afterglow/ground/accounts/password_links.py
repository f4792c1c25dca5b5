"""A colleague chooses their own password: the owner makes a link, hands it over, and never knows what was typed.

The link works once, for three days, for one person of one clinic.  Nobody gets one for an account that also opens another clinic: whoever runs
this clinic must not be able to walk into that one.  Whoever runs the machine can make one for anybody, for an hour: it is the way back of a clinic
whose only owner lost the password, and the trail of each clinic of theirs says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import is_password_usable, make_password
from django.db import transaction
from django.db.models import Q

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import events, queries
from afterglow.ground.accounts.actions import check_new_password, forgive_failures
from afterglow.ground.accounts.models import Membership, PasswordLink, User
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal

LASTS: Final = timedelta(days=3)  # a judgement (J): over a weekend, and no longer than it takes to hand it over


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPasswordLink:
    """A link that works now, and whose password it sets."""

    name: str
    email: str
    clinic_id: UUID
    clinic_name: str
    expires_at: datetime


LASTS_AT_MACHINE: Final = timedelta(hours=1)  # a judgement (J): it is used at once, by whoever asked for it


def needs_password(user_id: UUID) -> bool:
    """Whether this person has never chosen a password, so that they cannot sign in yet."""
    return not is_password_usable(User.objects.values_list("password", flat=True).get(id=user_id))


@transaction.atomic
def make_password_link(*, user_id: UUID, by: Actor, at: datetime) -> tuple[str, datetime]:
    """The token, shown once and kept nowhere, and when it expires.  An earlier link of the same person stops working.

    Raises Refusal `accounts.own_password`, `accounts.works_elsewhere`; NotFound; Forbidden.
    """
    require(by, "access.staff.invite")
    user = User.objects.select_for_update().filter(id=user_id).first()
    queries.staff_member(user_id, clinic_id=by.clinic_id)
    if user is None or user_id == by.user_id:
        raise Refusal("accounts.own_password", "A link is for a colleague's password.", "Change your own on the page Your password.")
    _only_here(user, by.clinic_id)
    token, link = _make(user, by, at, lasts=LASTS)
    trail.record(events.password_link_made, by=by, at=at, objects={"user": user_id, "link": link.id})
    return token, link.expires_at


@transaction.atomic
def make_link_at_machine(*, email: str, system_user: str, at: datetime) -> tuple[str, datetime]:
    """As above, for whoever has the machine in their hands and so needs no right of ours; `system_user` is who they are there.

    Raises Refusal `accounts.nobody_here` for an address that opens no clinic.
    """
    user = User.objects.select_for_update().filter(email=email.strip().lower(), is_active=True).first()
    clinics = [] if user is None else queries.clinics_of(user.id)
    if user is None or not clinics:
        raise Refusal("accounts.nobody_here", f"Nobody who works here signs in as {email}.", "Check the address: it is the one they sign in with.")
    first = sorted(clinics, key=lambda row: row.id)[0]
    token, link = _make(user, Actor.job("new-password at the machine", first.id), at, lasts=LASTS_AT_MACHINE, at_machine=True)
    for row in clinics:
        by = Actor.job("new-password at the machine", row.id)
        why = f"Done at the machine, as its user {system_user}."
        trail.record(events.password_link_made, by=by, at=at, objects={"user": user.id, "link": link.id}, reason=why)
    return token, link.expires_at


def _make(user: User, by: Actor, at: datetime, *, lasts: timedelta, at_machine: bool = False) -> tuple[str, PasswordLink]:
    """A fresh link; an earlier one of the same person stops working."""
    PasswordLink.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, end_reason="replaced by a new link")
    token = ids.new_token()
    link = PasswordLink.objects.create(
        id=ids.new_id(at),
        user=user,
        clinic_id=by.clinic_id,
        token_sha256=_hash(token),
        made_at=at,
        made_by=by.label,
        expires_at=at + lasts,
        at_machine=at_machine,
    )
    return token, link


def open_password_link(token: str, *, at: datetime) -> OpenPasswordLink:
    """Looking uses nothing up.  Raises Refusal `accounts.link_not_open`."""
    link = _working(PasswordLink.objects.filter(token_sha256=_hash(token)).select_related("user", "clinic").first(), at)
    return OpenPasswordLink(
        name=link.user.name, email=link.user.email, clinic_id=link.clinic_id, clinic_name=link.clinic.name, expires_at=link.expires_at
    )


@transaction.atomic
def choose_password(*, token: str, new: str, at: datetime) -> User:
    """The holder's own password; the link is used up, other browsers of the same person are signed out, and old failed sign-ins are forgiven.

    Raises Refusal `accounts.link_not_open`, `accounts.weak_password`.
    """
    link = _working(PasswordLink.objects.select_for_update().filter(token_sha256=_hash(token)).first(), at)
    user = User.objects.select_for_update().get(id=link.user_id)
    check_new_password(new, name=user.name, email=user.email)
    user.password = make_password(new)
    user.save(update_fields=["password"])
    link.ended_at, link.end_reason = at, "used"
    link.save(update_fields=["ended_at", "end_reason"])
    forgive_failures(user.email)
    actor = queries.actor_for(user.id, link.clinic_id)
    trail.record(events.password_chosen, by=actor, at=at, objects={"user": user.id, "link": link.id}, new={"link_made_by": link.made_by})
    return user


def forget_password_links(before: datetime) -> int:
    """How many old links went: who made and used them stays in the audit trail."""
    return PasswordLink.objects.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before)).delete()[0]


def _working(link: PasswordLink | None, at: datetime) -> PasswordLink:
    """Its holder must still work where it was made, and nowhere else, unless it was made at the machine."""
    rows = Membership.objects.none() if link is None else Membership.objects.filter(user_id=link.user_id, ended_at__isnull=True)
    held = set(rows.values_list("clinic_id", flat=True))
    if (
        link is None
        or link.ended_at is not None
        or link.expires_at <= at
        or link.clinic_id not in held
        or (held != {link.clinic_id} and not link.at_machine)
        or not link.user.is_active
    ):
        raise Refusal(
            "accounts.link_not_open", "This link does not work: it was used, replaced, or is too old.", "Ask the clinic's owner for a new one."
        )
    return link


def _only_here(user: User, clinic_id: UUID) -> None:
    if Membership.objects.filter(user=user, ended_at__isnull=True).exclude(clinic_id=clinic_id).exists():
        raise Refusal(
            "accounts.works_elsewhere",
            "This person also works at another clinic, so their password is not this clinic's to reset.",
            "They change it themselves while signed in. When it is lost, the other clinic ends their access, you make the link, and it adds them again.",
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
