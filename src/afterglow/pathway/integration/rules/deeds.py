"""May a visit be recorded, a goal be set, a practice be given and a day of it be ticked?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from afterglow.records.measures.rules.contact import ContactFacts, scale_is_told, suicide_is_told
from afterglow.science.verdict import Finding, Verdict

NEAR = timedelta(hours=12)
"""A visit held further than this from its booked time is another visit (J: half a day)."""
WEEK_DAYS = 7
START_BACK_DAYS, START_AHEAD_DAYS = 1, 14
"""A practice is given for a week that begins yesterday at the earliest, in two weeks at the latest (J)."""
TICK_BACK_DAYS = 14
"""A day of practice may be ticked for so many days after it: memory of it fades (J)."""
DANGER_WORDS = 240

Danger = Literal["", "no", "yes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """`calendar`: the appointment's state; `held_at` None where it was missed; `danger` "" where nobody answered the question."""

    wanted: Literal["held", "missed"]
    calendar: str
    booked_at: datetime
    at: datetime
    held_at: datetime | None
    words: str
    danger: Danger
    danger_words: str
    recorded: bool
    contact: ContactFacts


def may_record_visit(facts: VisitFacts) -> Verdict:
    """Every reason at once."""
    danger = danger_is_told(facts.danger, facts.danger_words)
    asked = (suicide_is_told(facts.contact), scale_is_told(facts.contact))
    return Verdict.of(_once(facts), _calendar(facts), _time(facts), _words(facts), *asked, danger)


def _once(facts: VisitFacts) -> Finding:
    if facts.recorded:
        return Finding.unmet("integration.once", "What became of this visit is recorded already. Add to it with a chart note.")
    return Finding.met("integration.once")


def _calendar(facts: VisitFacts) -> Finding:
    item = "integration.calendar"
    if facts.calendar == "cancelled":
        return Finding.unmet(item, "This visit was cancelled. Book it anew.")
    if facts.wanted == "held" and facts.calendar == "missed":
        return Finding.unmet(item, "The calendar says that it was missed. Book it anew if it was held after all.")
    if facts.wanted == "missed" and facts.calendar in ("arrived", "done"):
        return Finding.unmet(item, "The calendar says that the person came, so it was not missed.")
    return Finding.met(item)


def _time(facts: VisitFacts) -> Finding:
    item = "integration.time"
    if facts.wanted == "missed":
        if facts.booked_at > facts.at:
            return Finding.unmet(item, "It has not begun yet, so it was not missed. Cancel it in the calendar instead.")
        return Finding.met(item)
    if facts.held_at is None:
        return Finding.unknown(item, "When the visit began is not said.")
    if abs(facts.held_at - facts.booked_at) > NEAR:
        return Finding.unmet(item, "It began more than 12 hours from its booked time. Move the appointment first, or record the right one.")
    return Finding.met(item)


def _words(facts: VisitFacts) -> Finding:
    if facts.wanted == "held" and not facts.words.strip():
        return Finding.unknown("integration.words", "Nothing is written about what happened. A few words for the team are enough.")
    return Finding.met("integration.words")


def danger_is_told(danger: Danger, words: str) -> Finding:
    """Danger never stays in one person's notes: the question is answered, and a yes carries what the team must know (safety 45, hazard H31)."""
    item = "integration.danger"
    if danger not in ("yes", "no"):
        return Finding.unknown(item, "Say whether anything pointed to danger for this person or for others.")
    if danger == "yes" and not words.strip():
        return Finding.unknown(item, "Write what the team must know. It becomes a flag that somebody owns.")
    if len(words.strip()) > DANGER_WORDS:
        return Finding.unmet(item, f"What the team must know is longer than {DANGER_WORDS} letters. Shorten it; the rest goes into a chart note.")
    return Finding.met(item)


def may_set_goal(*, text: str, replaced: bool, old_state: str) -> Verdict:
    """A goal has words; one that was changed already, reached or let go is not changed again.  `old_state` "" for a new goal."""
    worded = Finding.met("goal.words") if text.strip() else Finding.unknown("goal.words", "The goal has no words.")
    open_ = Finding.met("goal.open")
    if replaced:
        open_ = Finding.unmet("goal.open", "Somebody changed this goal since the page was opened. Reload to see what stands now.")
    elif old_state not in ("", "open"):
        open_ = Finding.unmet("goal.open", "This goal is closed. Set a new one.")
    return Verdict.of(worded, open_)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFacts:
    text: str
    times_a_week: int
    starts_on: date
    today: date
    goal_open: bool
    goal_newest: bool


def may_give_practice(facts: PracticeFacts) -> Verdict:
    """Every reason at once: words, one to seven days, a week that is near, and a goal that still stands."""
    return Verdict.of(_practice_words(facts), _days(facts), _start(facts), _goal(facts))


def _practice_words(facts: PracticeFacts) -> Finding:
    if not facts.text.strip():
        return Finding.unknown("practice.words", "What to practise is not said.")
    return Finding.met("practice.words")


def _days(facts: PracticeFacts) -> Finding:
    if not 1 <= facts.times_a_week <= WEEK_DAYS:
        return Finding.unmet("practice.days", "A practice is for one to seven days of its week.")
    return Finding.met("practice.days")


def _start(facts: PracticeFacts) -> Finding:
    ahead = (facts.starts_on - facts.today).days
    if not -START_BACK_DAYS <= ahead <= START_AHEAD_DAYS:
        return Finding.unmet("practice.start", "Its week begins yesterday at the earliest, and in two weeks at the latest.")
    return Finding.met("practice.start")


def _goal(facts: PracticeFacts) -> Finding:
    if not facts.goal_newest:
        return Finding.unmet("practice.goal", "Somebody changed this goal since the page was opened. Reload to see what stands now.")
    if not facts.goal_open:
        return Finding.unmet("practice.goal", "This goal is closed, so no practice is given for it.")
    return Finding.met("practice.goal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The days of a practice: `last_on` is the earlier of its planned end and the day it was ended."""

    starts_on: date
    last_on: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.starts_on + timedelta(days=number) for number in range((self.last_on - self.starts_on).days + 1))


def may_tick(week: Week, on: date, *, today: date) -> Finding:
    """A day of its own week, today or up to two weeks back."""
    item = "practice.day"
    if on not in week.days:
        return Finding.unmet(item, "This day is not one of the practice.")
    if on > today:
        return Finding.unmet(item, "This day has not come yet.")
    if (today - on).days > TICK_BACK_DAYS:
        return Finding.unmet(item, "This day is more than two weeks ago. Tell your therapist instead.")
    return Finding.met(item)
