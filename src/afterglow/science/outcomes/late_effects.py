"""When harm that comes late is looked for, and what was found: bladder, liver, thinking, dependence (safety 38, requirement S115).

Pure: days are the site's.  What was never measured is due, and what no scale of the library measures says so: nothing here is normal by silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.verdict import Finding

SOURCE = "Afterglow safety rule 38"
State = Literal["over", "never", "due", "later", "no_scale"]
WORDS: dict[State, str] = {
    "over": "over its line",
    "never": "never measured",
    "due": "due",
    "later": "not due yet",
    "no_scale": "no scale in the library",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One late effect as the file has it.  `any_of`: instrument -> the reading that is over its line; empty: nothing measures it yet, and `missing` says what."""

    id: str
    title: str
    any_of: Mapping[str, str]
    every_days: int
    every_doses: int | None
    who: str
    stop: str
    missing: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One completed measurement.  `over` None: its reading is not known."""

    on: date
    over: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEffect:
    """Where one late effect stands.  `due_on` None: it was never measured, or nothing measures it.  `doses_since`: begun since the last measurement, or ever."""

    watched: Watched
    last: Measured | None
    due_on: date | None
    state: State
    doses_since: int = 0

    @property
    def words(self) -> str:
        return WORDS[self.state]


def watched_from(content: Mapping[str, Any]) -> tuple[Watched, ...]:
    """What a follow-up file watches; an earlier version watches nothing."""
    return tuple(
        Watched(
            id=row["id"],
            title=row["title"],
            any_of={each["instrument"]: each["over"] for each in row["any_of"]},
            every_days=row["every_days"],
            every_doses=row.get("every_doses"),
            who=row["who"],
            stop=row["stop"],
            missing=row.get("missing", ""),
            mark=row["mark"],
        )
        for row in content.get("late_effects", ())
    )


def late_effect(watched: Watched, measured: Sequence[Measured], doses: Sequence[date], *, today: date) -> LateEffect:
    """Due so many days after the last measurement, or on the day of so many doses since it, whichever comes first.

    A measurement over its line stands until a later one is not; one whose reading is not known counts for its day alone.
    """
    if not watched.any_of:
        return LateEffect(watched=watched, last=None, due_on=None, state="no_scale")
    last = max(measured, key=lambda each: each.on, default=None)
    if last is None:
        return LateEffect(watched=watched, last=None, due_on=None, state="never", doses_since=len(doses))
    due_on = last.on + timedelta(days=watched.every_days)
    since = sorted(day for day in doses if day > last.on)
    if watched.every_doses is not None and len(since) >= watched.every_doses:
        due_on = min(due_on, since[watched.every_doses - 1])
    state: State = "over" if last.over else "due" if today >= due_on else "later"
    return LateEffect(watched=watched, last=last, due_on=due_on, state=state, doses_since=len(since))


def before_a_dose(effect: LateEffect, *, decided: bool = False) -> Finding | None:
    """May one more dose follow?  None where nothing measures it: that stands on the page, and no gate can ask for it.

    Over its line is a hold that a reason and two signatures lift; so is a dose after as many as the file allows without a look.
    `decided`: somebody signed for this very dose with that look in view (a booster), so that only what is over its line is asked again.
    """
    watched, last = effect.watched, effect.last
    if not watched.any_of:
        return None
    item, title = f"late_effects.{watched.id}", watched.title
    if effect.state == "over" and last is not None:
        sentence = f"{title}: over its line on {last.on:%-d %b %Y}. {watched.stop} Say what the look into it found."
        return Finding.unmet(item, sentence, source=SOURCE, mark=watched.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
    if not decided and watched.every_doses is not None and effect.doses_since >= watched.every_doses:
        measured = "never measured, with" if last is None else f"last measured on {last.on:%-d %b %Y}, and since then"
        sentence = f"{title}: {measured} {effect.doses_since} doses begun. It is due before a further one. {watched.who}"
        return Finding.unknown(item, sentence, source=SOURCE, mark=watched.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(item, f"{title}: {effect.words}.", source=SOURCE, mark=watched.mark)
