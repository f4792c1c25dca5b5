"""Who may sign in where, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from afterglow.ground.access import roles
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.models import Clinic, Membership, Site
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.ground.reading import once_a_page


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """`zone` and `phone` are those of the site it was founded with: what pages show where no site is meant, whatever sites come later."""

    id: UUID
    name: str
    is_demo: bool
    zone: str = "UTC"
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SiteRow:
    id: UUID
    clinic_id: UUID
    name: str
    zone: str
    state: str
    address: str = ""
    phone: str = ""
    open_days: str = "12345"
    opens: time = time(9)
    closes: time = time(17)

    @property
    def open_weekdays(self) -> frozenset[int]:
        """As Python counts them: 0 is Monday."""
        return frozenset(int(day) - 1 for day in self.open_days)


_SITE_FIELDS = ("id", "clinic_id", "name", "zone", "state", "address", "phone", "open_days", "opens", "closes")


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff of one clinic with their active roles."""

    user_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]

    def has(self, role: str) -> bool:
        return role in self.roles


@prepared
def _held(user_id: UUID, clinic_id: UUID) -> Rows:
    rows = Membership.objects.filter(user_id=user_id, clinic_id=clinic_id, ended_at__isnull=True, user__is_active=True)
    return rows.values_list("role", "user__name")


def actor_for(user_id: UUID, clinic_id: UUID, *, request_id: str = "") -> Actor:
    """The actor a user is in a clinic.  Raises NotFound when they hold no role there (any more)."""
    held = _held(user_id, clinic_id)
    if not held:
        raise NotFound("clinic")
    role_ids = frozenset(role for role, _ in held)
    return Actor(
        kind="person",
        id=f"user:{user_id}",
        name=held[0][1],
        clinic_id=clinic_id,
        user_id=user_id,
        roles=role_ids,
        permissions=roles.permissions_of(role_ids),
        scope=roles.scope_of(role_ids),
        request_id=request_id,
    )


def clinics_of(user_id: UUID) -> list[ClinicRow]:
    rows = Membership.objects.filter(user_id=user_id, ended_at__isnull=True).order_by("clinic__name")
    return [ClinicRow(*row) for row in rows.values_list("clinic_id", "clinic__name", "clinic__is_demo").distinct()]


@prepared
def _first_site(clinic_id: UUID) -> Rows:
    rows = Site.objects.filter(clinic_id=clinic_id).order_by("id")  # ids grow with time
    return rows.values_list("clinic__name", "clinic__is_demo", "zone", "phone")[:1]


@once_a_page
def clinic(clinic_id: UUID) -> ClinicRow:
    """Raises NotFound."""
    row = first(_first_site(clinic_id)) or Clinic.objects.filter(id=clinic_id).values_list("name", "is_demo").first()
    if row is None:
        raise NotFound("clinic")
    return ClinicRow(clinic_id, *row)


@prepared
def _sites(clinic_id: UUID) -> Rows:
    return Site.objects.filter(clinic_id=clinic_id).order_by("name").values_list(*_SITE_FIELDS)


@once_a_page
def sites_of(clinic_id: UUID) -> list[SiteRow]:
    return [SiteRow(*row) for row in _sites(clinic_id)]


def founding_site(clinic_id: UUID) -> SiteRow:
    """The oldest site of the clinic.  Raises NotFound where there is none."""
    held = sites_of(clinic_id)
    if not held:
        raise NotFound("site")
    return min(held, key=lambda row: row.id)


@prepared
def _site(site_id: UUID, clinic_id: UUID) -> Rows:
    return Site.objects.filter(id=site_id, clinic_id=clinic_id).values_list(*_SITE_FIELDS)


@once_a_page
def site(site_id: UUID, *, clinic_id: UUID) -> SiteRow:
    row = first(_site(site_id, clinic_id))
    if row is None:
        raise NotFound("site")
    return SiteRow(*row)


def lock_site(site_id: UUID) -> None:
    """The first lock of the fixed order site, person, session, lot."""
    Site.objects.select_for_update().get(id=site_id)


@prepared
def _members(clinic_id: UUID) -> Rows:
    rows = Membership.objects.filter(clinic_id=clinic_id, ended_at__isnull=True, user__is_active=True).order_by("user__name", "role")
    return rows.values_list("user_id", "user__name", "user__email", "role")


@once_a_page
def staff_of(clinic_id: UUID, *, role: str | None = None) -> list[StaffRow]:
    """Active staff of a clinic, by name; with `role`, only those who hold it."""
    held: dict[UUID, StaffRow] = {}
    for user_id, name, email, held_role in _members(clinic_id):
        before = held.get(user_id)
        held[user_id] = StaffRow(user_id, name, email, (*(before.roles if before else ()), held_role))
    return [row for row in held.values() if role is None or row.has(role)]


def staff_named(said: str, *, clinic_id: UUID, role: str | None = None) -> UUID | None:
    """The one member of active staff who is meant by a typed name or id; None where it is nobody's, or that of two of them."""
    typed = said.strip().casefold()
    meant = [row.user_id for row in staff_of(clinic_id, role=role) if typed and typed in (row.name.casefold(), str(row.user_id))]
    return meant[0] if len(meant) == 1 else None


def staff_member(user_id: UUID, *, clinic_id: UUID) -> StaffRow:
    for row in staff_of(clinic_id):
        if row.user_id == user_id:
            return row
    raise NotFound("member of staff")


@prepared
def _clinic_of_site(site_id: UUID) -> Rows:
    return Site.objects.filter(id=site_id).values_list("clinic_id", flat=True)


@once_a_page
def clinic_of_site(site_id: UUID) -> UUID:
    """Raises NotFound."""
    clinic_id: UUID | None = first(_clinic_of_site(site_id))
    if clinic_id is None:
        raise NotFound("site")
    return clinic_id


def clinic_ids() -> list[UUID]:
    return list(Clinic.objects.order_by("id").values_list("id", flat=True))


def has_demo_clinic() -> bool:
    return Clinic.objects.filter(is_demo=True).exists()


def has_real_clinic() -> bool:
    return Clinic.objects.filter(is_demo=False).exists()
