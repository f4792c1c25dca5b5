"""How long this person's own responses held, dose by dose, and the day by which that says somebody should look again (S63).

A response held from a dose until the score that crossed back over the response line of its own baseline.  What the answers do not say is not
said: the time lies between the last score in response and the first one out of it, and the shorter of the two counts.  No date is made from
other people's courses, and none from none of one's own.  Pure; days are the site's calendar days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import ChangeRules

Ended = Literal["relapse", "held", "no_response", "no_score", "not_judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The time after one dose (the last of a course, or a booster) until the next dose of any kind; None: none was given since.

    `baseline` is the total before the first dose of its course, None when there is none; `scores` the last total of each day.
    """

    what: str
    dose_on: date
    next_dose_on: date | None
    baseline: int | None
    scores: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What became of the response after one dose; days from the dose.

    `held_days` None: no response was seen; `gone_days` None: it was not seen to go.
    """

    after: After
    ended: Ended
    held_days: int | None = None
    gone_days: int | None = None

    @property
    def sentence(self) -> str:
        """One line of the basis, never more than the answers say."""
        if self.ended == "relapse":
            return f"held until at least {_days(self.held_days)}, gone at {_days(self.gone_days)}"
        if self.ended == "held":
            until = "the next dose" if self.after.next_dose_on else "now"
            return f"response at the last score, {_days(self.held_days)} after it; not lost until {until}, so it is no relapse"
        if self.ended == "no_response":
            return "no response at any score after it, so nothing could be lost"
        if self.ended == "no_score":
            return "nobody answered after it"
        return "not judged: the score before the first dose is missing or too low for that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What this person's own course proposes.  `on` None: nothing is proposed; `relapses`: on how many own relapses it stands."""

    on: date | None
    relapses: int
    basis: tuple[Held, ...]
    sentence: str


def held_after(rules: ChangeRules, after: After) -> Held:
    """Reads the scores later than the dose, up to the day of the next one."""
    days = sorted(day for day in after.scores if after.dose_on < day and (after.next_dose_on is None or day <= after.next_dose_on))
    if after.baseline is None or after.baseline < rules.baseline_at_least:
        return Held(after=after, ended="not_judged")
    if not days:
        return Held(after=after, ended="no_score")
    last_held: date | None = None
    for day in days:
        responds = change(rules, baseline=after.baseline, now=after.scores[day]).response == "response"
        if responds:
            last_held = day
        elif last_held is not None:
            return Held(after=after, ended="relapse", held_days=(last_held - after.dose_on).days, gone_days=(day - after.dose_on).days)
    if last_held is None:
        return Held(after=after, ended="no_response")
    return Held(after=after, ended="held", held_days=(last_held - after.dose_on).days)


def timing(rules: ChangeRules, doses: Sequence[After], *, look_before_days: int, today: date) -> Timing:
    """By when somebody looks again or talks about a booster; `doses` oldest first, the last one being the one that counts now.

    The shortest own time that a response held, less `look_before_days`, counted from the last dose; never before today.
    """
    basis = tuple(held_after(rules, each) for each in doses)
    gone = [each for each in basis if each.ended == "relapse"]
    if not gone:
        return Timing(on=None, relapses=0, basis=basis, sentence="No date is proposed: no relapse of this person is on record.")
    now, counted = basis[-1], _stands_on(len(gone))
    if now.ended == "relapse":
        said = f"The response after {now.after.what} is gone since {_day(now.after.dose_on, now.gone_days)}: there is nothing to wait for."
        return Timing(on=today, relapses=len(gone), basis=basis, sentence=f"{said} {counted}")
    if now.ended in ("no_response", "not_judged"):
        said = f"No date is proposed: no response is on record after {now.after.what} that could be lost."
        return Timing(on=None, relapses=len(gone), basis=basis, sentence=said)
    shortest = min(each.held_days or 0 for each in gone)
    wanted = now.after.dose_on + timedelta(days=max(1, shortest - look_before_days))
    passed = f" That day has passed, {wanted:%d %b %Y}: look now." if wanted < today else ""
    said = f"At the shortest a response held {_days(shortest)}; {_days(look_before_days)} are taken off, counted from {now.after.what}.{passed}"
    return Timing(on=max(wanted, today), relapses=len(gone), basis=basis, sentence=f"{said} {counted}")


def _stands_on(relapses: int) -> str:
    return "It stands on one own relapse alone." if relapses == 1 else f"It stands on {relapses} own relapses."


def _day(dose_on: date, after_days: int | None) -> str:
    return f"{dose_on + timedelta(days=after_days or 0):%d %b %Y}"


def _days(count: int | None) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
