"""When somebody is looked at after the course, what a check needs, how much of an aftercare plan is done, and which score asks for a look.

Pure: days are the site's calendar days, handed in.  Numbers marked J are local judgement until a clinician signs them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from afterglow.records.measures.rules.contact import ContactFacts, scale_is_told, suicide_is_told
from afterglow.science.outcomes.course import Standing
from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import ChangeRules
from afterglow.science.verdict import Finding, Verdict

CheckState = Literal["done", "dropped", "later", "due", "overdue"]

LOOK_BACK_DAYS: Final = 28
"""Adherence is counted over four weeks.  J"""
EXTRA_WITHIN_DAYS: Final = 7
"""An earlier check or a talk about a booster is due within a week unless another day is named.  J"""
FARTHEST_EXTRA_DAYS: Final = 92
"""An extra check lies at most three months ahead: beyond that the file has its own.  J"""
SHORTEST_NOTE: Final = 15  # characters: "ok" says nothing about a person.  J
TICKED_DAYS: Final = 7
"""For how many days back a task can still be ticked off: memory does not reach further.  J"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """One check of the follow-up file with its day."""

    id: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFacts:
    """What beginning aftercare rests on.  `decision`: what the newest review says (None: none is signed); None: nobody looked."""

    decision: str | None
    another_is_on: bool
    last_dose_on: date | None
    has_follow_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """What somebody wants to write about one check.  `contact`: whether the person was reached, and what they were asked about suicide."""

    aftercare_is_on: bool
    check_dropped: bool
    contact: ContactFacts
    note: str
    next_step: str
    next_on: date | None
    today: date


@dataclass(frozen=True, slots=True)
class Adherence:
    """On how many days a task was ticked, of how many it was meant for, in the days from `since` to `until`.

    Of a day without a tick nothing was said: that is not known, never "not done".
    """

    done: int
    expected: int
    since: date
    until: date

    @property
    def in_words(self) -> str:
        span = f"in {_days((self.until - self.since).days + 1)}"
        if not self.expected:
            return f"ticked {_times(self.done)} {span}, too few days to judge"
        if not self.done:
            return f"nothing said {span}, meant for {_times(self.expected)}"
        rest = ", nothing said of the rest" if self.done < self.expected else ""
        return f"ticked {self.done} of {_times(self.expected)} {span}{rest}"


@dataclass(frozen=True, slots=True)
class Kept:
    """One task as its months are counted: how often it was meant, while it ran, and the days that were ticked."""

    per_week: int
    starts_on: date
    ended_on: date | None
    done_on: frozenset[date]


@dataclass(frozen=True, slots=True)
class Month:
    """Four weeks after the course, all tasks together, beside the last score taken in them (None: nobody answered) and the boosters given.

    `number` counts from 1.  A task counts at most as often as it was meant: more of one makes up for no other.
    """

    number: int
    since: date
    until: date
    done: int
    expected: int
    score: int | None
    boosters: int

    @property
    def in_words(self) -> str:
        if not self.expected:
            return "nothing planned long enough to judge"
        return f"{self.done} of {self.expected}" if self.done else f"nothing said, {self.expected} planned"


@dataclass(frozen=True, slots=True)
class Concern:
    """A score that asks somebody to look; it stands until a check is recorded after it."""

    sentence: str
    since: datetime


def checks_from(content: Mapping[str, Any], last_dose_on: date) -> tuple[PlannedCheck, ...]:
    """The checks of a follow-up file, counted in days from the last dose of the course."""
    return tuple(
        PlannedCheck(id=row["id"], title=row["title"], due_on=last_dose_on + timedelta(days=row["day"])) for row in content["aftercare"]["checks"]
    )


def check_state(stored: str, *, due_on: date, late_after_days: int, today: date) -> CheckState:
    """A check that is not done is later, due from its day, and overdue once so many days have passed."""
    if stored == "done":
        return "done"
    if stored == "dropped":
        return "dropped"
    if today < due_on:
        return "later"
    return "overdue" if today > due_on + timedelta(days=late_after_days) else "due"


def may_start(facts: StartFacts) -> Verdict:
    """Only after a signed review that says so, and one at a time."""
    return Verdict.of(_is_decided(facts), _is_only(facts), _has_a_day(facts), _has_a_file(facts))


def may_record(facts: RecordFacts) -> Verdict:
    """Every open item at once.  Somebody who was reached was asked about suicide, or it says why not; somebody who was not, was not."""
    return Verdict.of(_is_open(facts), suicide_is_told(facts.contact), scale_is_told(facts.contact), _says_what(facts), _next_fits(facts))


def adherence(*, per_week: int, starts_on: date, ended_on: date | None, done_on: Collection[date], today: date) -> Adherence | None:
    """Over the last four weeks at most, days before the task began and after it ended left out; None when it did not run in them.

    Expected is rounded down to whole times: nobody is told that they missed a part of one.
    """
    return _within(today - timedelta(days=LOOK_BACK_DAYS - 1), today, per_week, starts_on, ended_on, done_on)


def months(tasks: Collection[Kept], scores: Mapping[date, int], boosters: Collection[date], *, last_dose_on: date, until: date) -> tuple[Month, ...]:
    """What was kept up, four weeks by four weeks from the last dose, beside how the person was (S64).

    Two things side by side, no cause: who is well also keeps more up.  The last month may be a part of one.
    """
    found: list[Month] = []
    since = last_dose_on + timedelta(days=1)
    while since <= until:
        last = min(since + timedelta(days=LOOK_BACK_DAYS - 1), until)
        counted = [_within(since, last, task.per_week, task.starts_on, task.ended_on, task.done_on) for task in tasks]
        done = sum(min(each.done, each.expected) for each in counted if each)
        expected = sum(each.expected for each in counted if each)
        answered, given = [day for day in scores if since <= day <= last], sum(since <= day <= last for day in boosters)
        found.append(Month(len(found) + 1, since, last, done, expected, scores[max(answered)] if answered else None, given))
        since = last + timedelta(days=1)
    return tuple(found)


def lasted(change_rules: ChangeRules, baseline: int | None, scores: Mapping[date, int], *, last_dose_on: date, boosters: int) -> str:
    """How long a response held after the last infusion of the course, in a sentence that never says more than the answers do (S62).

    `baseline`: the total before the first dose; `scores`: the last total of each day; `boosters` were given since, and the sentence says so.
    A response that was lost and came back is one that was lost.
    """
    days = sorted(day for day in scores if day > last_dose_on)
    if baseline is None:
        return "How long it lasted is not known: there is no score before the first dose."
    if not days:
        return "How long it lasted is not known: nobody answered since the last infusion."
    judged = [change(change_rules, baseline=baseline, now=scores[day]).response for day in days]
    if judged[0] == "not evaluable":
        return "How long it lasted is not judged: the score before the first dose is too low for that."
    after = [_days((day - last_dose_on).days) for day in days]
    lost = next((number for number, response in enumerate(judged) if response != "response"), None)
    if lost is None:
        said = f"Response at every score since the last infusion, the last one {after[-1]} after it."
    elif lost == 0:
        said = f"No response at the first score after the last infusion, {after[0]} after it."
    else:
        said = f"Response held until at least {after[lost - 1]} after the last infusion and was gone at {after[lost]}."
    return f"{said} Boosters since: {boosters}." if boosters else said


def may_tick(on: date, *, starts_on: date, ended_on: date | None, today: date) -> Finding:
    """A day can be ticked while the task runs, today and the week before."""
    item = "task.day"
    if not today - timedelta(days=TICKED_DAYS - 1) <= on <= today:
        return Finding.unmet(item, f"Only today and the {TICKED_DAYS - 1} days before can be ticked.")
    if on < starts_on or (ended_on is not None and on > ended_on):
        return Finding.unmet(item, "The task did not run on that day.")
    return Finding.met(item)


def may_take_back(said_on: date | None, *, today: date) -> Finding:
    """The person takes a tick back on the day they made it; `said_on` None: nothing was said of that day."""
    if said_on != today:
        return Finding.unmet("task.take_back", "A tick can be taken back on the day it was made.", mark="J")
    return Finding.met("task.take_back")


def concern(standing: Standing, looked_at: datetime | None) -> Concern | None:
    """Reliably worse than the best score after a response, or than before the first dose, and nobody recorded a check since."""
    latest = standing.latest
    if latest is None or (looked_at is not None and looked_at >= latest.taken_at):
        return None
    worse = standing.change is not None and standing.change.reliable == "reliably worse"
    if worse:
        return Concern("Reliably worse than before the first dose.", latest.taken_at)
    if standing.relapse_watch:
        return Concern(f"Relapse watch: {latest.total} now, {standing.best} at best.", latest.taken_at)
    return None


def _within(since: date, until: date, per_week: int, starts_on: date, ended_on: date | None, done_on: Collection[date]) -> Adherence | None:
    since, until = max(since, starts_on), min(ended_on or until, until)
    if until < since:
        return None
    days = (until - since).days + 1
    done = sum(since <= day <= until for day in set(done_on))
    return Adherence(done=done, expected=per_week * days // 7, since=since, until=until)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}"


def _is_decided(facts: StartFacts) -> Finding:
    item = "aftercare.review"
    if facts.decision is None:
        return Finding.unknown(item, "No review is signed for this person. A prescriber reviews the course first.")
    if facts.decision != "aftercare":
        return Finding.unmet(item, "The newest signed review does not say aftercare.")
    return Finding.met(item, "The newest review says aftercare.")


def _is_only(facts: StartFacts) -> Finding:
    item = "aftercare.once"
    if facts.another_is_on:
        return Finding.unmet(item, "Aftercare of an earlier course is still on. End that one first.")
    return Finding.met(item)


def _has_a_day(facts: StartFacts) -> Finding:
    item = "aftercare.last_dose"
    if facts.last_dose_on is None:
        return Finding.unknown(item, "No dose of this course is on record, so there is no day to count from.")
    return Finding.met(item, f"Counted from {facts.last_dose_on:%d %b %Y}.")


def _has_a_file(facts: StartFacts) -> Finding:
    item = "aftercare.follow_up"
    if not facts.has_follow_up:
        return Finding.unknown(item, "The library has no follow-up for the protocol of this course.")
    return Finding.met(item)


def _is_open(facts: RecordFacts) -> Finding:
    item = "check.open"
    if not facts.aftercare_is_on:
        return Finding.unmet(item, "Aftercare has ended for this person.")
    if facts.check_dropped:
        return Finding.unmet(item, "This check was dropped.")
    return Finding.met(item)


def _says_what(facts: RecordFacts) -> Finding:
    item = "check.note"
    if len(facts.note.strip()) < SHORTEST_NOTE:
        return Finding.unmet(item, "Write in a sentence how the person is, or how they were tried to be reached.", mark="J")
    return Finding.met(item)


def _next_fits(facts: RecordFacts) -> Finding:
    item = "check.next"
    if facts.next_step not in ("continue", "earlier_check", "booster_discussion", "prescriber"):
        return Finding.unmet(item, "Choose what happens next.")
    if facts.next_on is None:
        return Finding.met(item)
    if not facts.today <= facts.next_on <= facts.today + timedelta(days=FARTHEST_EXTRA_DAYS):
        return Finding.unmet(item, f"The day of the extra check lies between today and {FARTHEST_EXTRA_DAYS} days from now.", mark="J")
    return Finding.met(item)
