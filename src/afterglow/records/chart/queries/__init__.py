"""Who someone is, what is on their lists, and how to find them.  Only facts that still stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.ground.reading import once_a_page
from afterglow.records.chart import rules
from afterglow.records.chart.access import NOBODY, in_care_of
from afterglow.records.chart.models import (
    Allergy,
    BodyMeasure,
    CareTeamMember,
    ListReview,
    Medicine,
    Note,
    Person,
    Problem,
    TreatmentTrial,
)
from afterglow.records.chart.queries.similar import similar

MOST_FOUND = 50
LISTS: dict[str, type[Model]] = {"problems": Problem, "allergies": Allergy, "medicines": Medicine, "trials": TreatmentTrial}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The identity band: who this is, the same on every clinical page (H1).

    `allergies` is None when nobody asked, () when asked and none known: the two must never look alike.
    """

    person_id: UUID
    record_no: str
    name: str
    born_on: date | None
    pronouns: str
    allergies: tuple[str, ...] | None
    allergies_state: rules.ListSays
    weight_g: int | None
    weight_at: datetime | None
    weight_on: date | None
    similar: str

    @property
    def weight(self) -> str:
        """'72.5 kg', or '' when never measured."""
        return "" if self.weight_g is None else f"{self.weight_g / 1000:.1f} kg"

    @property
    def similar_names(self) -> bool:
        return bool(self.similar)


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One line of a search."""

    id: UUID
    record_no: str
    given_name: str
    family_name: str
    born_on: date | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    id: UUID
    name: str
    code: str
    since_text: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyRow:
    id: UUID
    substance: str
    reaction: str
    severity: str
    recorded_at: datetime
    recorded_by: str

    @property
    def said(self) -> str:
        return f"{self.substance} ({self.reaction})" if self.reaction else self.substance


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineRow:
    """A medicine as told.  `stopped_on` is kept in the list: one stopped last week may still act."""

    id: UUID
    name: str
    dose_text: str
    taken_text: str
    stopped_on: date | None
    oral_ug_per_day: int | None
    patch_ng_per_h: int | None
    recorded_at: datetime
    recorded_by: str

    @property
    def is_taken(self) -> bool:
        return self.stopped_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """One antidepressant trial; None and "unknown" mean not known, never zero."""

    id: UUID
    drug: str
    daily_dose_ug: int | None
    weeks: int | None
    improvement: str
    this_episode: str
    stopped_because: str
    recorded_at: datetime
    recorded_by: str


Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState(Generic[Row]):
    """A list and what its emptiness means; `reviewed_at` is when someone last went through it with the person."""

    rows: tuple[Row, ...]
    state: rules.ListSays
    reviewed_at: datetime | None
    reviewed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """A weight in grams or a height in millimetres, as measured and as typed."""

    id: UUID
    value: int
    typed: str
    typed_unit: str
    on_site: bool
    taken_at: datetime
    recorded_at: datetime
    recorded_by: str
    confirmed_by: str

    @property
    def grams(self) -> int:
        return self.value

    @property
    def kilograms(self) -> str:
        """'70.0': one digit after the point, for reading."""
        return f"{self.value / 1000:.1f}"

    @property
    def millimetres(self) -> int:
        return self.value

    @property
    def confirmed(self) -> bool:
        return bool(self.confirmed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    id: UUID
    kind: str
    text: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    id: UUID
    user_id: UUID
    name: str
    duty: str
    started_at: datetime


@prepared
def _named(person_id: UUID) -> Rows:
    return Person.objects.filter(id=person_id).values("record_no", "given_name", "family_name", "born_on", "pronouns", "clinic_id", "search_name")


@once_a_page
def identity(person_id: UUID) -> Identity:
    """Who this is.  A fixed number of queries.  Raises NotFound."""
    person = first(_named(person_id))
    if person is None:
        raise NotFound("person")
    listed = allergies(person_id)
    weight = latest_weight(person_id)
    zone = accounts.clinic(person["clinic_id"]).zone if weight is not None else "UTC"
    return Identity(
        person_id=person_id,
        record_no=person["record_no"],
        name=f"{person['given_name']} {person['family_name']}",
        born_on=person["born_on"],
        pronouns=person["pronouns"],
        allergies=None if listed.state == "not_asked" else tuple(row.said for row in listed.rows),
        allergies_state=listed.state,
        weight_g=None if weight is None else weight.grams,
        weight_at=None if weight is None else weight.taken_at,
        weight_on=None if weight is None else weight.taken_at.astimezone(ZoneInfo(zone)).date(),
        similar=similar(person_id, person["clinic_id"], person["given_name"], person["family_name"]),
    )


def search(actor: Actor, text: str) -> list[FoundPerson]:
    """People by name (in any order, without accents), record number or birth date; at most 50, own patients only where the scope says so."""
    text = text.strip()[:100]
    if not text:
        return []
    rows = Person.objects.filter(clinic_id=actor.clinic_id)
    if actor.scope != "clinic":
        rows = rows.filter(id__in=own_people(actor))
    born_on = rules.date_in(text)
    if born_on is not None:
        rows = rows.filter(born_on=born_on)
    elif text.isdigit():
        rows = rows.filter(Q(record_no=text) | Q(record_no=text.zfill(4)))
    else:
        for word in rules.folded(text.replace(",", " ")).split():
            rows = rows.filter(search_name__contains=word)
    found = rows.order_by("search_name", "id")[:MOST_FOUND]
    return [FoundPerson(*row) for row in found.values_list("id", "record_no", "given_name", "family_name", "born_on")]


def own_people(actor: Actor) -> QuerySet[Any]:
    """For an `__in`: the same people as `people_of`."""
    return in_care_of(actor.user_id or NOBODY, actor.clinic_id)


def people_of(actor: Actor) -> frozenset[UUID]:
    """The people of the actor's clinic whose care team the actor belongs to; none for a link, a device or a job."""
    return frozenset(own_people(actor).values_list("person_id", flat=True))


def person_numbered(clinic_id: UUID, record_no: str) -> UUID | None:
    """Whose record number this is, leading zeros or not; None when nobody's."""
    text = record_no.strip().upper()
    return Person.objects.filter(Q(record_no=text) | Q(record_no=text.zfill(4)), clinic_id=clinic_id).values_list("id", flat=True).first()


def names_of(clinic_id: UUID, person_ids: frozenset[UUID] | set[UUID]) -> dict[UUID, FoundPerson]:
    """Names for a list of people of one clinic, in one query; someone of another clinic is left out."""
    return {row[0]: FoundPerson(*row) for row in _names(clinic_id, list(person_ids))}


@prepared
def _names(clinic_id: UUID, person_ids: Sequence[UUID]) -> Rows:
    return Person.objects.filter(clinic_id=clinic_id, id__in=person_ids).values_list("id", "record_no", "given_name", "family_name", "born_on")


@once_a_page
def problems(person_id: UUID) -> ListState[ProblemRow]:
    return _list(person_id, "problems", ProblemRow)


@once_a_page
def allergies(person_id: UUID) -> ListState[AllergyRow]:
    return _list(person_id, "allergies", AllergyRow)


@once_a_page
def medicines(person_id: UUID) -> ListState[MedicineRow]:
    return _list(person_id, "medicines", MedicineRow)


def trials(person_id: UUID) -> ListState[TrialRow]:
    return _list(person_id, "trials", TrialRow)


READ: dict[str, Callable[[UUID], ListState[Any]]] = {"problems": problems, "allergies": allergies, "medicines": medicines, "trials": trials}


@prepared
def _listed(person_id: UUID, name: str, shape: type[Any]) -> Rows:
    return _shaped(_current(LISTS[name], person_id).order_by("recorded_at", "id"), shape)


@prepared
def _reviewed(person_id: UUID, name: str) -> Rows:
    """When this list was gone through last, what was said then and by whom; and when anything on it was written last."""
    written = LISTS[name]._default_manager.filter(person_id=OuterRef("pk")).order_by("-recorded_at").values("recorded_at")[:1]
    review = ListReview.objects.filter(person_id=OuterRef("pk"), list_name=name).order_by("-recorded_at", "-id")
    said = {f"review_{field}": Subquery(review.values(field)[:1]) for field in ("recorded_at", "none_known", "recorded_by")}
    return Person.objects.filter(id=person_id).annotate(**said, written_at=Subquery(written)).values_list(*said, "written_at")


def _list(person_id: UUID, name: str, shape: type[Row]) -> ListState[Row]:
    rows = tuple(shape(**row) for row in _listed(person_id, name, shape))
    asked_at, none_known, by, written_at = first(_reviewed(person_id, name)) or (None, None, None, None)
    state = rules.list_says(len(rows), None if rows else written_at, asked_at, none_known)
    return ListState(rows=rows, state=state, reviewed_at=asked_at, reviewed_by=by or "")


@once_a_page
def latest_weight(person_id: UUID) -> BodyRow | None:
    """The weight that was measured last, not the one that was typed last."""
    return next(iter(body_measures(person_id, "weight", most=1)), None)


@once_a_page
def latest_height(person_id: UUID) -> BodyRow | None:
    return next(iter(body_measures(person_id, "height", most=1)), None)


def body_measures(person_id: UUID, kind: str, most: int = 200) -> list[BodyRow]:
    """Weights or heights that still stand, the last measured first."""
    return [BodyRow(**row) for row in _measured(person_id, kind, most)]


@prepared
def _measured(person_id: UUID, kind: str, most: int) -> Rows:
    return _shaped(_current(BodyMeasure, person_id).filter(kind=kind).order_by("-taken_at", "-recorded_at", "-id")[:most], BodyRow)


def notes(person_id: UUID, most: int = 200) -> list[NoteRow]:
    """Chart notes that still stand, newest first."""
    return [NoteRow(**row) for row in _shaped(_current(Note, person_id).order_by("-recorded_at", "-id")[:most], NoteRow)]


def care_team(person_id: UUID) -> list[TeamRow]:
    """Who belongs to this person's care now, by name."""
    return [TeamRow(*row) for row in _team(person_id)]


@prepared
def _team(person_id: UUID) -> Rows:
    rows = CareTeamMember.objects.filter(person_id=person_id, ended_at__isnull=True).order_by("user__name", "duty")
    return rows.values_list("id", "user_id", "user__name", "duty", "started_at")


def _current(model: type[Model], person_id: UUID) -> QuerySet[Any]:
    """Rows that no later row replaces or withdraws."""
    rows = model._default_manager
    return rows.filter(~Exists(rows.filter(replaces=OuterRef("pk"))), person_id=person_id, withdrawn=False)


def _shaped(rows: QuerySet[Any], shape: type[Any]) -> Rows:
    return rows.values(*shape.__dataclass_fields__)
