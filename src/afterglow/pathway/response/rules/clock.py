"""When each check-in opens, closes and is reminded of, from the follow-up file alone.  Pure: the dose, the days and the zone are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from afterglow.science.outcomes.windows import QuietHours, Window, day_at, hours_after, out_of_quiet

TWO_MESSAGES_APART: Final = timedelta(hours=1)  # J: nobody is asked twice within one hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One check-in of one person: which rule of the file, when, and whether silence is a reason to call.  `anchor` names it for ever.

    `asked_by`: `link`, the person is written to; `staff`, a colleague asks in person.
    """

    anchor: str
    rule_id: str
    title: str
    instrument: str
    window: Window
    call_if_silent: bool
    asked_by: str = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the days of one course are counted from.  `over_at`: the last dose of it, None while the course still runs.

    `indication`: what is treated, which some rules are for; "" when the library cannot tell, and then only what everybody is asked.
    """

    first_dose_at: datetime
    over_at: datetime | None
    zone: str
    indication: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Whether one message goes out when it opens, and a second one half way; never inside the quiet hours."""

    at_open: bool
    again_at_half: bool
    quiet: QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When the person is written to; `first` is also when the questions open to them."""

    first: datetime
    second: datetime | None


def after_dose(content: Mapping[str, Any], *, dose_no: int, ended_at: datetime, indication: str = "") -> tuple[Slot, ...]:
    """The check-ins that follow one dose, in elapsed hours from its end: 24 h are 24 h, also when the clocks change."""
    return tuple(
        _slot(rule, f"dose:{dose_no}:{rule['id']}", hours_after(ended_at, from_h=rule["from_h"], to_h=rule["to_h"], late_h=rule["late_h"]))
        for rule in meant_for(content["after_each_dose"], indication)
    )


def on_days(content: Mapping[str, Any], course: Course, *, since: datetime, until: datetime) -> tuple[Slot, ...]:
    """The check-ins on days of this course that open after `since` and not later than `until`: weekly while it runs, then those after it."""
    found = (
        _weekly(meant_for(content["during_course"], course.indication), course, until)
        if course.over_at is None
        else _after(meant_for(content["after_course"], course.indication), course.over_at, course.zone)
    )
    return tuple(sorted((slot for slot in found if since < slot.window.opens_at <= until), key=lambda slot: slot.window.opens_at))


def meant_for(rules: Iterable[Mapping[str, Any]], indication: str) -> list[Mapping[str, Any]]:
    """What everybody is asked, and what is asked where the treatment is for this."""
    return [rule for rule in rules if "for" not in rule or indication in rule["for"]]


def reminders_from(content: Mapping[str, Any]) -> Reminders:
    """What the file says about messages."""
    said = content["reminders"]
    quiet = QuietHours(begins=time.fromisoformat(said["quiet_from"]), ends=time.fromisoformat(said["quiet_until"]))
    return Reminders(at_open=said["at_open"], again_at_half=said["again_at_half"], quiet=quiet)


def moments(window: Window, reminders: Reminders, zone: str) -> Moments:
    """The first message as soon as the night is over, the second half way to the due time when that is late enough and still in time."""
    first = out_of_quiet(window.opens_at, reminders.quiet, zone)
    half = out_of_quiet(window.opens_at + (window.due_at - window.opens_at) / 2, reminders.quiet, zone)
    useful = reminders.again_at_half and first + TWO_MESSAGES_APART <= half < window.closes_at
    return Moments(first=first, second=half if useful else None)


def is_quiet(at: datetime, reminders: Reminders, zone: str) -> bool:
    """Is it night at the site?"""
    return reminders.quiet.holds(at.astimezone(ZoneInfo(zone)).time())


def may_remind(moment: Moments, *, sent_at: datetime, closes_at: datetime, at: datetime) -> bool:
    """Is the second message due?  Not when the first one went out late, and not after the end; whether it is night now is asked apart."""
    return moment.second is not None and sent_at + TWO_MESSAGES_APART <= moment.second <= at < closes_at


def doses_of_course(dose_nos: Sequence[int], infusions: int) -> int:
    """How many infusions of the course were given, each number once; a booster is not one of them."""
    return len({number for number in dose_nos if number <= infusions})


def _slot(rule: Mapping[str, Any], anchor: str, window: Window) -> Slot:
    return Slot(
        anchor=anchor,
        rule_id=rule["id"],
        title=rule["title"],
        instrument=rule["instrument"],
        window=window,
        call_if_silent=rule["call_if_silent"],
        asked_by=rule.get("asked_by", "link"),
    )


def _weekly(rules: Iterable[Mapping[str, Any]], course: Course, until: datetime) -> list[Slot]:
    first_day = course.first_dose_at.astimezone(ZoneInfo(course.zone)).date()
    found = []
    for rule in rules:
        day = rule["first_day"]
        while (window := _day(rule, first_day + timedelta(days=day), course.zone)).opens_at <= until:
            found.append(_slot(rule, f"course:{rule['id']}:{day}", window))
            day += rule["every_days"]
    return found


def _after(rules: Iterable[Mapping[str, Any]], over_at: datetime, zone: str) -> list[Slot]:
    last_day = over_at.astimezone(ZoneInfo(zone)).date()
    return [_slot(rule, f"after:{rule['id']}", _day(rule, last_day + timedelta(days=rule["day"]), zone)) for rule in rules]


def _day(rule: Mapping[str, Any], day: date, zone: str) -> Window:
    return day_at(day, hour=rule["hour"], zone=zone, due_days=rule["due_days"], late_days=rule["late_days"])
