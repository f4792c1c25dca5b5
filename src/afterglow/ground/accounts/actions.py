"""Create a clinic, add and disable staff, sign in, confirm a signature."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access import roles
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import events
from afterglow.ground.accounts.models import Clinic, Membership, SignInFailure, Site, User
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal

THROTTLE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ADDRESS = 8
FAILURES_PER_SOURCE = 40
SHORTEST_PASSWORD = 12
# Checked when the address is unknown, so that the answer takes as long as for a known one.
_UNUSABLE = "argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHRzb21lc2FsdA$0000000000000000000000000000000000000000000"


@transaction.atomic
def create_clinic(
    *, name: str, site_name: str, zone: str, state: str, owner_name: str, owner_email: str, owner_password: str, is_demo: bool = False, at: datetime
) -> tuple[Clinic, Site, User]:
    """A real, empty clinic with one site and a first owner."""
    clinic = Clinic.objects.create(id=ids.new_id(at), name=name, is_demo=is_demo, created_at=at)
    site = Site.objects.create(id=ids.new_id(at), clinic=clinic, name=site_name, zone=zone, state=state)
    by = Actor.job("create-clinic", clinic.id, "access.staff.invite")
    trail.record(events.clinic_created, by=by, at=at, objects={"clinic": clinic.id}, new={"name": name})
    owner = add_staff(name=owner_name, email=owner_email, password=owner_password, role_ids=("owner",), by=by, at=at)
    return clinic, site, owner


@transaction.atomic
def add_staff(*, name: str, email: str, password: str | None, role_ids: tuple[str, ...], by: Actor, at: datetime) -> User:
    """A person with roles in the actor's clinic.  A known e-mail address keeps its account and password, and gains the roles here.

    Without a password they cannot sign in until they have chosen their own by a link (`password_links`).
    """
    require(by, "access.staff.invite")
    unknown = [role for role in role_ids if role not in roles.all_roles() or roles.all_roles()[role].by_link]
    if unknown or not role_ids:
        raise Refusal(
            "accounts.unknown_role",
            f"There is no staff role called {', '.join(unknown) or '(none)'}.",
            "Choose from the list of roles.",
            field="roles",
        )
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        if password is not None:
            check_new_password(password, name=name, email=email)
        user = User.objects.create(id=ids.new_id(at), email=email, name=name, password=make_password(password), created_at=at)
    for role in role_ids:
        Membership.objects.get_or_create(
            user=user, clinic_id=by.clinic_id, role=role, ended_at=None, defaults={"id": ids.new_id(at), "started_at": at}
        )
    trail.record(events.staff_invited, by=by, at=at, objects={"user": user.id}, new={"name": name, "roles": sorted(role_ids)})
    return user


@transaction.atomic
def end_membership(*, user_id: UUID, by: Actor, at: datetime) -> None:
    """All roles of a person in this clinic end now; their open logins lose them with the next request."""
    require(by, "access.staff.disable")
    if user_id == by.user_id:
        raise Refusal("accounts.own_access", "You cannot end your own access.", "Ask another owner to do it.")
    held = Membership.objects.select_for_update().filter(user_id=user_id, clinic_id=by.clinic_id, ended_at__isnull=True)
    if not held.update(ended_at=at):
        raise NotFound("member of staff")
    trail.record(events.staff_disabled, by=by, at=at, objects={"user": user_id})


def check_new_password(password: str, *, name: str, email: str) -> None:
    """Long, and not the person's own name or address.  Raises Refusal `accounts.weak_password`."""
    weak = len(password) < SHORTEST_PASSWORD or password.lower() in {name.lower(), email.lower()} or len(set(password)) < 5
    if weak:
        raise Refusal(
            "accounts.weak_password",
            f"This password is too easy to guess: it needs at least {SHORTEST_PASSWORD} characters and some variety.",
            "Use a few unrelated words, or a password manager.",
            field="password",
        )


def sign_in(*, email: str, password: str, source: str, at: datetime) -> User:
    """The user, if the password is right and the throttle allows.  Raises Refusal `accounts.throttled`, `accounts.wrong_sign_in`.

    The answer for an unknown address takes as long and says the same as for a wrong password.
    """
    email_hash, source_hash = _hash(email.strip().lower()), _hash(source)
    since = at - THROTTLE_WINDOW
    recent = SignInFailure.objects.filter(at__gt=since)
    if (
        recent.filter(email_sha256=email_hash).count() >= FAILURES_PER_ADDRESS
        or recent.filter(source_sha256=source_hash).count() >= FAILURES_PER_SOURCE
    ):
        raise Refusal("accounts.throttled", "Too many failed sign-ins in the last 15 minutes.", "Wait 15 minutes, or ask the clinic's owner.")
    user = User.objects.filter(email=email.strip().lower()).first()
    if not check_password(password, user.password if user else _UNUSABLE) or user is None or not user.is_active:
        SignInFailure.objects.create(email_sha256=email_hash, source_sha256=source_hash, at=at)
        raise Refusal("accounts.wrong_sign_in", "This e-mail address and password do not go together.", "Check both and try again.", field="password")
    SignInFailure.objects.filter(email_sha256=email_hash).delete()
    return user


@dataclass(frozen=True, slots=True)
class Signature:
    """Proof that this person confirmed, just now, that they sign; an action that needs a signature takes one."""

    user_id: UUID
    name: str
    at: datetime
    how: str = "password"


def confirm_signature(*, by: Actor, password: str, at: datetime) -> Signature:
    """A signature asks the password again: something the signer knows, at the moment of signing.

    Called by the view before the action, outside its transaction, so that a wrong password is counted even though the action is refused.
    Raises Refusal `accounts.not_confirmed`; `accounts.throttled` after too many wrong ones within 15 minutes.
    """
    user = User.objects.filter(id=by.user_id, is_active=True).first() if by.user_id else None
    if user is None:
        raise Refusal("accounts.not_confirmed", "Only a signed-in member of staff can sign.", "Sign in under your own name.", field="password")
    email_hash = _hash(user.email)
    # Only failures made while signing count: a stranger at the sign-in page must not be able to stop a nurse from signing.
    if SignInFailure.objects.filter(at__gt=at - THROTTLE_WINDOW, email_sha256=email_hash, source_sha256="").count() >= FAILURES_PER_ADDRESS:
        raise Refusal(
            "accounts.throttled", "Too many wrong passwords in the last 15 minutes.", "Wait 15 minutes, or ask a colleague to sign.", field="password"
        )
    if not check_password(password, user.password):
        _remember_failure(email_hash, at)
        raise Refusal("accounts.not_confirmed", "This is not your password, so nothing was signed.", "Type it again.", field="password")
    return Signature(user.id, user.name, at)


@transaction.atomic
def change_password(*, new: str, signed: Signature, by: Actor, at: datetime) -> User:
    """The signer's own new password, proved by the old one: what somebody else typed first must not sign for them for ever.

    Raises Refusal `accounts.weak_password`, `accounts.same_password`, `accounts.not_confirmed`.
    """
    check_signature(signed, by=by, at=at)
    user = User.objects.select_for_update().get(id=signed.user_id)
    check_new_password(new, name=user.name, email=user.email)
    if check_password(new, user.password):
        raise Refusal("accounts.same_password", "This is the password you already have.", "Choose another one.", field="new")
    user.password = make_password(new)
    user.save(update_fields=["password"])
    trail.record(events.password_changed, by=by, at=at, objects={"user": user.id})
    return user


def check_signature(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The signature is the actor's own and of this moment.  Raises Refusal `accounts.not_confirmed`."""
    if signed.user_id != by.user_id or not timedelta(0) <= at - signed.at <= timedelta(minutes=2):
        raise Refusal("accounts.not_confirmed", "The signature belongs to someone else or to another moment.", "Sign again.", field="password")


def confirm_other(*, email: str, password: str, by: Actor, at: datetime) -> tuple[User, Signature]:
    """A second person of the same clinic signs at `by`'s screen with their own address and password.

    Wrong ones are counted for this pair and for `by` alone: whoever types them here can neither keep the other from signing in nor from signing at
    somebody else's screen, and failures at the sign-in page do not count here.  The trail keeps each by `by`, never the address that was typed.
    Called by the view before the action, outside its transaction.  Raises Refusal `accounts.throttled`, `accounts.wrong_sign_in`,
    `accounts.other_clinic`.
    """
    email = email.strip().lower()
    pair_hash, acting_hash = _hash(f"second {by.id} {email}"), _hash(f"second {by.id}")
    recent = SignInFailure.objects.filter(at__gt=at - THROTTLE_WINDOW)
    if (
        recent.filter(email_sha256=pair_hash).count() >= FAILURES_PER_ADDRESS
        or recent.filter(source_sha256=acting_hash).count() >= FAILURES_PER_SOURCE
    ):
        trail.record(events.second_signature_failed, by=by, at=at, reason="accounts.throttled")
        raise Refusal(
            "accounts.throttled",
            "Too many wrong second signatures at this sign-in in the last 15 minutes.",
            "Sign at the colleague's own screen, ask another colleague, or wait 15 minutes.",
            field="second_password",
        )
    user = User.objects.filter(email=email).first()
    if not check_password(password, user.password if user else _UNUSABLE) or user is None or not user.is_active:
        SignInFailure.objects.create(email_sha256=pair_hash, source_sha256=acting_hash, at=at)
        trail.record(events.second_signature_failed, by=by, at=at, reason="accounts.wrong_sign_in")
        raise Refusal(
            "accounts.wrong_sign_in", "This e-mail address and password do not go together.", "Check both and try again.", field="second_password"
        )
    if not Membership.objects.filter(user=user, clinic_id=by.clinic_id, ended_at__isnull=True).exists():
        trail.record(events.second_signature_failed, by=by, at=at, reason="accounts.other_clinic")
        raise Refusal(
            "accounts.other_clinic", "The second signer does not work at this clinic.", "Ask a colleague of this clinic.", field="second_email"
        )
    SignInFailure.objects.filter(email_sha256=pair_hash).delete()
    return user, Signature(user.id, user.name, at)


def _remember_failure(email_hash: str, at: datetime) -> None:
    SignInFailure.objects.create(email_sha256=email_hash, source_sha256="", at=at)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def forgive_failures(email: str) -> None:
    """Whoever proves who they are by another way need not wait for the throttle."""
    SignInFailure.objects.filter(email_sha256=_hash(email)).delete()


def forget_failures(before: datetime) -> int:
    """Failed sign-ins are kept for the throttle and a day's look-back, no longer."""
    return SignInFailure.objects.filter(at__lt=before).delete()[0]
