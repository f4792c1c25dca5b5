"""What each dose did while it ran, as it was charted: pressure, nausea, how detached, and the pump's own course (N2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.experience import RATED, rated_words
from afterglow.pathway.session.queries.given import PUMP, Infusion, infusion_of
from afterglow.pathway.session.queries.own_values import own_values
from afterglow.pathway.session.rules.experience import Detached, detached

VITALS = "vitals"
STRONGEST = "cadss_peak"
OVER = ("finished", "stopped", "pump_stopped")
"""What ends a dose for good; a paused one may go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEffects:
    """Of one session.  None: nobody charted it since the start, which is never "none".  Pressures are systolic, mmHg; nausea 0 to 10.

    `highest_sbp` is the highest that somebody charted; cuff readings that nobody charted are not in it.
    """

    infusion: Infusion | None
    is_over: bool
    own_sbp: float | None
    highest_sbp: float | None
    nausea: int | None
    detached: Detached
    cadss: str


def dose_effects(started: Mapping[UUID, datetime]) -> dict[UUID, DoseEffects]:
    """For sessions and the times they started at: two queries however many."""
    if not started:
        return {}
    held = deeds.deeds_of(list(started), kinds=(RATED, VITALS, *PUMP))
    own = own_values(started)
    return {session_id: _effects(held.get(session_id, ()), own[session_id], since) for session_id, since in started.items()}


def _effects(held: Iterable[Deed], own: Mapping[str, float], since: datetime) -> DoseEffects:
    held = tuple(held)
    rated = {str(deed.payload["item"]): deed for deed in deeds.standing(held, RATED)}
    strongest = rated.get(STRONGEST)
    nausea = [value for _, value in _charted(held, "nausea", since)]
    return DoseEffects(
        infusion=infusion_of(held),
        is_over=any(deed.kind in OVER and not deed.withdrawn for deed in held),
        own_sbp=own.get("sbp"),
        highest_sbp=max((value for _, value in _charted(held, "sbp", since)), default=None),
        nausea=int(max(nausea)) if nausea else None,
        detached=detached([(at, int(value)) for at, value in _charted(held, "detached", since)], started_at=since),
        cadss="not asked" if strongest is None else rated_words(strongest.payload["value"], str(strongest.payload["declined"])),
    )


def _charted(held: Iterable[Deed], name: str, since: datetime) -> list[tuple[datetime, float]]:
    """The standing values of this name that were taken after the start."""
    rows = ((deed.taken_at, deeds.values(deed.payload, deed.taken_at).number(name)) for deed in deeds.standing(held, VITALS))
    return [(at, value) for at, value in rows if value is not None and at >= since]
