"""Who holds what until when, and who is here or on call."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import StaffRow
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.records.staff.models import Credential, PagingPhone, Shift
from afterglow.records.staff.rules import LICENCES, PROFESSIONS

KIND_NAMES = dict(Credential._meta.get_field("kind").flatchoices)
DUTY_NAMES = dict(Shift._meta.get_field("duty").flatchoices)
SOON = timedelta(days=60)  # how long before its end a credential is shown as ending soon


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One credential; `expires_on` is the last day on which it is good."""

    id: UUID
    user_id: UUID
    kind: str
    number: str
    state: str
    expires_on: date
    ended_at: datetime | None
    profession: str

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def profession_name(self) -> str:
        """What the licence makes of its holder, in words; "" where nobody recorded it."""
        return PROFESSIONS.get(self.kind, {}).get(self.profession, self.profession)

    def condition(self, on: date) -> str:
        """'ended', 'expired', 'ends soon' or 'in date', on that day."""
        if self.ended_at is not None:
            return "ended"
        if self.expires_on < on:
            return "expired"
        return "ends soon" if self.expires_on - on <= SOON else "in date"


@dataclass(frozen=True, slots=True)
class StaffOnDuty:
    """Someone on the roster of a site; times are aware UTC."""

    shift_id: UUID
    user_id: UUID
    name: str
    duty: str
    starts_at: datetime
    ends_at: datetime

    @property
    def duty_name(self) -> str:
        return DUTY_NAMES[self.duty]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of staff with the state of their credentials, worst first."""

    member: StaffRow
    credentials: tuple[CredentialRow, ...]
    expired: int
    ending: int


_ON_DUTY = ("id", "user_id", "user__name", "duty", "starts_at", "ends_at")
_CREDENTIAL = ("id", "user_id", "kind", "number", "state", "expires_on", "ended_at", "profession")


def credential_in_date(user_id: UUID, clinic_id: UUID, kind: str, on: date, state: str = "") -> CredentialRow | None:
    """The credential of this kind that is good on that day and lasts longest; with `state`, one that holds there (or everywhere)."""
    rows = Credential.objects.filter(user_id=user_id, clinic_id=clinic_id, kind=kind, ended_at__isnull=True, expires_on__gte=on)
    if state:
        rows = rows.filter(state__in=(state,) if kind in LICENCES else (state, ""))
    row = rows.order_by("-expires_on").values_list(*_CREDENTIAL).first()
    return None if row is None else CredentialRow(*row)


def is_licensed(user_id: UUID, clinic_id: UUID, on: date) -> bool:
    """Holds any licence (prescriber, nursing, therapy) that is in date."""
    return Credential.objects.filter(user_id=user_id, clinic_id=clinic_id, kind__in=LICENCES, ended_at__isnull=True, expires_on__gte=on).exists()


@prepared
def _credentials(user_id: UUID, clinic_id: UUID) -> Rows:
    return Credential.objects.filter(user_id=user_id, clinic_id=clinic_id).values_list(*_CREDENTIAL)


@once_a_page
def credentials_of(user_id: UUID, clinic_id: UUID) -> list[CredentialRow]:
    """All of one person's credentials, those in force first, then by end date."""
    return sorted(
        (CredentialRow(*row) for row in _credentials(user_id, clinic_id)), key=lambda row: (row.ended_at is not None, row.kind, row.expires_on)
    )


@prepared
def _held(clinic_id: UUID) -> Rows:
    return Credential.objects.filter(clinic_id=clinic_id, ended_at__isnull=True).order_by("expires_on").values_list(*_CREDENTIAL)


def members(clinic_id: UUID, on: date) -> list[MemberRow]:
    """Active staff by name, each with the credentials that have not ended."""
    held: defaultdict[UUID, list[CredentialRow]] = defaultdict(list)
    for row in _held(clinic_id):
        held[row[1]].append(CredentialRow(*row))
    found = []
    for member in accounts.staff_of(clinic_id):
        conditions = [row.condition(on) for row in held[member.user_id]]
        found.append(MemberRow(member, tuple(held[member.user_id]), conditions.count("expired"), conditions.count("ends soon")))
    return found


def on_site(site_id: UUID, at: datetime) -> list[StaffOnDuty]:
    """Who is on site now, by name."""
    return _on_duty(site_id, "on_site", at)


def on_call(site_id: UUID, at: datetime) -> list[StaffOnDuty]:
    """Who can be called now, by name."""
    return _on_duty(site_id, "on_call", at)


@prepared
def _airway_competent(clinic_id: UUID, user_ids: list[UUID], on: date) -> Rows:
    rows = Credential.objects.filter(clinic_id=clinic_id, user_id__in=user_ids, kind="acls", ended_at__isnull=True, expires_on__gte=on)
    return rows.values_list("user_id", flat=True)


def airway_competent_on_site(site_id: UUID, at: datetime) -> list[StaffOnDuty]:
    """Those on site now whose airway credential (kind `acls`) is in date on the site's own day."""
    here = on_site(site_id, at)
    if not here:
        return []
    site = accounts.site(site_id, clinic_id=accounts.clinic_of_site(site_id))
    on = at.astimezone(ZoneInfo(site.zone)).date()
    able = set(_airway_competent(site.clinic_id, [row.user_id for row in here], on))
    return [row for row in here if row.user_id in able]


def roster(site_id: UUID, starts_at: datetime, ends_at: datetime) -> list[StaffOnDuty]:
    """Every shift at a site that touches this span, soonest first."""
    return _rows(
        Shift.objects.filter(site_id=site_id, starts_at__lt=ends_at, ends_at__gt=starts_at, cancelled_at__isnull=True).order_by(
            "starts_at", "user__name"
        )
    )


def rostered(site_id: UUID, user_id: UUID | None, starts_at: datetime, ends_at: datetime) -> bool | None:
    """Is this colleague on site there for all of this time?  None: nobody is named, or nobody is on that day's roster yet, so it says nothing."""
    if user_id is None:
        return None
    zone = ZoneInfo(accounts.site(site_id, clinic_id=accounts.clinic_of_site(site_id)).zone)
    day = datetime.combine(starts_at.astimezone(zone).date(), time(0), zone)
    here = [row for row in roster(site_id, day, day + timedelta(days=1)) if row.duty == "on_site"]
    if not here:
        return None
    covered = starts_at
    for row in here:  # soonest first: shifts that follow each other cover one long visit
        if row.user_id == user_id and row.starts_at <= covered < row.ends_at:
            covered = row.ends_at
    return covered >= ends_at


def shifts_of(user_id: UUID, clinic_id: UUID, duty: str, starts_at: datetime, ends_at: datetime) -> list[tuple[StaffOnDuty, UUID, str]]:
    """One person's shifts of a duty that touch this span, anywhere in the clinic, each with its site's id and name."""
    rows = Shift.objects.filter(
        user_id=user_id, site__clinic_id=clinic_id, duty=duty, starts_at__lt=ends_at, ends_at__gt=starts_at, cancelled_at__isnull=True
    ).order_by("starts_at")
    sites = {row.id: (row.site_id, row.site.name) for row in rows.select_related("site")}
    return [(shift, *sites[shift.shift_id]) for shift in _rows(rows)]


def paging_phone(user_id: UUID, clinic_id: UUID) -> str:
    """Where this colleague's pages go as text messages; '' when they gave no number."""
    number: str | None = PagingPhone.objects.filter(user_id=user_id, clinic_id=clinic_id).values_list("number", flat=True).first()
    return number or ""


def paging_phones(clinic_id: UUID) -> dict[UUID, str]:
    """Everyone's number at this clinic, of those who gave one."""
    return dict(PagingPhone.objects.filter(clinic_id=clinic_id).exclude(number="").values_list("user_id", "number"))


@once_a_page
def _on_duty(site_id: UUID, duty: str, at: datetime) -> list[StaffOnDuty]:
    """A shift outlives a membership: whoever no longer works at the clinic is not on duty there."""
    working = [row.user_id for row in accounts.staff_of(accounts.clinic_of_site(site_id))]
    return [StaffOnDuty(*row) for row in _shifts_now(site_id, duty, at, working)]


@prepared
def _shifts_now(site_id: UUID, duty: str, at: datetime, working: list[UUID]) -> Rows:
    rows = Shift.objects.filter(site_id=site_id, duty=duty, starts_at__lte=at, ends_at__gt=at, cancelled_at__isnull=True, user_id__in=working)
    return rows.order_by("user__name").values_list(*_ON_DUTY)


def _rows(shifts: QuerySet[Shift]) -> list[StaffOnDuty]:
    return [StaffOnDuty(*row) for row in shifts.values_list(*_ON_DUTY)]


def licence_ended(user_id: UUID, clinic_id: UUID, on: date) -> bool:
    """Works under a licence here (one is on record), and none is in date on that day."""
    recorded = Credential.objects.filter(user_id=user_id, clinic_id=clinic_id, kind__in=LICENCES).exists()
    return recorded and not is_licensed(user_id, clinic_id, on)


def was_on_duty(user_id: UUID, clinic_id: UUID, at: datetime) -> bool:
    """On the roster at that moment, on site or on call, anywhere in the clinic; a shift that was cancelled before it does not count."""
    shifts = Shift.objects.filter(user_id=user_id, site__clinic_id=clinic_id, starts_at__lte=at, ends_at__gt=at)
    return shifts.filter(Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=at)).exists()
