"""Low mood as rated at the first dose of everybody of a clinic, for counts over whole clinics (S111)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.columns import as_text, moment
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.experience import RATED

BEFORE, END = "mood_before", "mood_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMood:
    """One person's first dose here.  `ended_at` None: the end is not on record; `before`, `end` None: no number, asked or not."""

    started_at: datetime
    ended_at: datetime | None
    before: int | None
    end: int | None


def first_moods(clinic_id: UUID, until: datetime) -> dict[str, FirstMood]:
    """Person -> the first dose begun, with what was written by `until`.  Two queries; the person's key as `ground.columns`."""
    earlier = Session.objects.filter(person_id=OuterRef("person_id"), started_at__lt=OuterRef("started_at"))
    first = Session.objects.filter(~Exists(earlier), person__clinic_id=clinic_id, started_at__lte=until)
    rows = Entry.objects.filter(session_id__in=first.values("id"), kind__in=(RATED, deeds.CORRECTED), recorded_at__lte=until)
    rated = {key: _numbers(held) for key, held in deeds.deeds_in(rows).items()}
    found: dict[str, FirstMood] = {}
    for key, person, started, ended in first.values_list("id", as_text("person_id"), as_text("started_at"), as_text("dosing_ended_at")):
        said = rated.get(key, {})
        ended_at = None if ended is None or moment(ended) > until else moment(ended)
        found[person] = FirstMood(started_at=moment(started), ended_at=ended_at, before=said.get(BEFORE), end=said.get(END))
    return found


def _numbers(held: tuple[deeds.Deed, ...]) -> dict[str, int | None]:
    """Each rating as it stands; the newest counts, also where it says that there is no number."""
    return {str(deed.payload["item"]): deed.payload["value"] for deed in deeds.standing(held, RATED)}
