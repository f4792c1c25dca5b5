"""Does the consent still carry the dose that runs?  It is asked of the record each time, never remembered from the start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.queries import TakenBack
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.rules.consent_now import RUNS, consent_mark
from afterglow.pathway.session.rules.marks import Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A session with a dose that runs or rests, as far as its consent asks."""

    session_id: UUID
    person_id: UUID
    state: str
    zone: str


def against(sessions: Collection[Running]) -> dict[UUID, Raised]:
    """Session -> the mark that stands against going on; one query, none where no dose runs."""
    running = [each for each in sessions if each.state in RUNS]
    found = consent.taken_back([each.person_id for each in running]) if running else {}
    return {each.session_id: _raised(found[each.person_id], each.zone) for each in running if each.person_id in found}


def against_session(session: Session, *, zone: str) -> tuple[Raised, ...]:
    """The same for one session, as the room shows it."""
    held = Running(session_id=session.id, person_id=session.person_id, state=session.state, zone=zone)
    return tuple(against([held]).values())


def running(session_ids: Collection[UUID]) -> list[Running]:
    """Those of these sessions whose dose runs or rests."""
    rows = Session.objects.filter(id__in=list(session_ids), state__in=RUNS).values_list("id", "person_id", "state", "site__zone")
    return [Running(session_id=pk, person_id=person_id, state=state, zone=zone) for pk, person_id, state, zone in rows]


def _raised(found: TakenBack, zone: str) -> Raised:
    mark = consent_mark(found.what, at=found.at.astimezone(ZoneInfo(zone)), by=found.by)
    return Raised(mark=mark, first_at=found.at, last_at=found.at)
