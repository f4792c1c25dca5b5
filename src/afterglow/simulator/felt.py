"""How a dose was for somebody invented: how detached, and how low the mood before and after.  Made from the seed alone, no claim about anybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from afterglow.pathway.session.actions.rate_person import rate_person
from afterglow.simulator.script import Life, World

if TYPE_CHECKING:
    from afterglow.simulator.dosing import Dose

COURSE = ((8, 1), (15, 3), (25, 6), (35, 8), (50, 6), (65, 3), (80, 1))
"""(up to this minute of the session, how detached): rises with the infusion and fades after it."""
SILENT_EVERY = 11
"""One person in about so many would rather not say how the mood is."""


def detached(minute: float, seed: int) -> int:
    """0 to 10; a little more or less from one visit to the next."""
    level = next((value for until, value in COURSE if minute <= until), 0)
    return max(0, min(10, level + seed % 3 - 1)) if level else 0


def low_mood(seed: int, number: int, *, after: bool) -> int:
    """0 to 10: eases over the course, and a little within a visit."""
    return max(0, 8 - number - seed % 2 - (2 if after else 0))


def rate_mood(world: World, life: Life, at: datetime, dose: Dose, item: str) -> None:
    """Asked by whoever watches the dose."""
    silent = dose.seed % SILENT_EVERY == 0
    rate_person(
        session_id=life.id_of(dose.session),
        item=item,
        value=None if silent else low_mood(dose.seed, dose.number, after=item == "mood_end"),
        declined="Would rather not say." if silent else "",
        key=life.key(f"{dose.number} {item}"),
        by=world.staff[dose.nurse],
        at=at,
    )
