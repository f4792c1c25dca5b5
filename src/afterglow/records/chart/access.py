"""The only way to a person: clinic first, then care team or link, then the right.  A stranger learns nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.records.chart.models import CareTeamMember, Person, Proxy

# The holder of an intake link fills in their own record: what a permission asks of staff, this asks of the link.
BY_LINK = {
    "chart.person.read": "portal.intake.fill",
    "chart.person.edit": "portal.intake.fill",
    "chart.clinical.read": "portal.intake.fill",
    "chart.clinical.record": "portal.intake.fill",
    "chart.trials.record": "portal.intake.fill",
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Who it is, and what other rooms decide by; texts are as entered."""

    id: UUID
    clinic_id: UUID
    record_no: str
    given_name: str
    family_name: str
    born_on: date | None
    pronouns: str
    could_be_pregnant: str
    phone: str
    email: str
    contact_by: str
    address: str
    state: str
    language: str
    needs_interpreter: str
    emergency_name: str
    emergency_phone: str
    version: int

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


NOBODY = UUID(int=0)
FIELDS = tuple(PersonRow.__dataclass_fields__)


@prepared
def _person(person_id: UUID, clinic_id: UUID) -> Rows:
    return Person.objects.filter(id=person_id, clinic_id=clinic_id).values_list(*FIELDS)


def own_of(actor: Actor) -> UUID | None:
    """Whose own people alone this actor sees, as prepared questions ask it; None where it is the whole clinic."""
    return None if actor.scope == "clinic" else actor.user_id or NOBODY


def among_own(rows: Rows, own: UUID | None, clinic_id: UUID, *, person: str = "person_id") -> Rows:
    """These rows, of the people in the care of `own` (`own_of`) alone.  Left to the database: a therapist of many years has thousands."""
    if own is None:
        return rows
    return rows.filter(is_own(own, clinic_id, person))


def is_own(user_id: UUID, clinic_id: UUID, person: str = "person_id") -> Exists:
    """For a filter: the same people as `in_care_of`, asked row by row.  A list names few of very many people, and a database gathers an `__in`
    whole before it looks at the first row."""
    return Exists(CareTeamMember.objects.filter(user_id=user_id, person_id=OuterRef(person), person__clinic_id=clinic_id, ended_at__isnull=True))


def in_care_of(user_id: UUID, clinic_id: UUID) -> Rows:
    """For an `__in`: the people of a clinic whose care team this member of staff belongs to."""
    return CareTeamMember.objects.filter(user_id=user_id, person__clinic_id=clinic_id, ended_at__isnull=True).values("person_id")


def fetch_person(actor: Actor, person_id: UUID, need: str = "chart.person.read") -> PersonRow:
    """The person, when the actor may know of them and holds `need`.

    Raises NotFound for another clinic, another person's link, or someone who is not this actor's own patient; Forbidden (403) when only the right lacks.
    """
    row = first(_person(person_id, actor.clinic_id))
    if row is None or not knows(actor, person_id):
        raise NotFound("person")
    require(actor, BY_LINK.get(need, need) if actor.kind == "link" else need)
    return PersonRow(*row)


def knows(actor: Actor, person_id: UUID) -> bool:
    """Whether this actor of the person's clinic may know of them: own patients only where the scope says so, a link only of its own person,
    in the hands of somebody else only while the person's consent stands."""
    if actor.kind == "link":
        return actor.person_id == person_id and (actor.proxy_id is None or proxy_stands(actor.proxy_id, person_id, "may_fill_intake"))
    if actor.scope == "clinic":
        return True
    return actor.user_id is not None and CareTeamMember.objects.filter(person_id=person_id, user_id=actor.user_id, ended_at__isnull=True).exists()


def proxy_stands(proxy_id: UUID, person_id: UUID, may: str) -> bool:
    """Does the person's consent to this proxy stand, for what is asked (`may_...`)?  Asked anew at every step: a withdrawal counts at once."""
    later = Proxy.objects.filter(replaces=OuterRef("pk"))
    return Proxy.objects.filter(~Exists(later), id=proxy_id, person_id=person_id, withdrawn=False, **{may: True}).exists()


def lock_person(person_id: UUID) -> None:
    """The second lock of the fixed order site, person, session, lot.  Raises NotFound."""
    if Person.objects.select_for_update().filter(id=person_id).values_list("id", flat=True).first() is None:
        raise NotFound("person")
