"""Pain and opioid load beside each other, day by day: what was answered that day, and the load by the medicine list as it stood (S25).  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

MOST_DAYS = 24
NO_LIST = "not known: nothing was on the medicine list yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """Pain answered on one day, in the words of the table; '' when that scale was not answered."""

    on: date
    now: str = ""
    strength: str = ""
    interference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The opioid load from one day on: the number that may stand alone, and what is not in it."""

    on: date
    words: str
    left_out: str = ""
    is_opioid: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PainDay:
    """One line of the table.  `load` None: the reader may not read the medicine list.  `changed`: the load became another on this day."""

    on: date
    now: tuple[str, ...]
    strength: tuple[str, ...]
    interference: tuple[str, ...]
    load: Load | None
    changed: bool


def pain_days(rated: Sequence[Rated], loads: Sequence[Load] | None) -> tuple[PainDay, ...]:
    """Every day with an answer or a change of the load, oldest first, the latest 24; nothing when there is neither pain nor an opioid.

    `loads` oldest first; None: the reader may not read them.
    """
    told = loads or ()
    if not rated and not any(each.is_opioid for each in told):
        return ()
    changes = {each.on for each in told}
    days = sorted(changes | {each.on for each in rated})
    return tuple(_day(day, rated, None if loads is None else _load_on(day, told), day in changes) for day in days)[-MOST_DAYS:]


def _day(day: date, rated: Iterable[Rated], load: Load | None, changed: bool) -> PainDay:
    here = [each for each in rated if each.on == day]
    return PainDay(
        on=day,
        now=tuple(each.now for each in here if each.now),
        strength=tuple(each.strength for each in here if each.strength),
        interference=tuple(each.interference for each in here if each.interference),
        load=load,
        changed=changed,
    )


def _load_on(day: date, loads: Sequence[Load]) -> Load:
    """By the list as it stood at the end of that day."""
    before = [each for each in loads if each.on <= day]
    return before[-1] if before else Load(on=day, words=NO_LIST, is_opioid=False)
