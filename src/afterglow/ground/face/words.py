"""Small wordings that pages share: dates that cannot be misread, how long ago, amounts with their unit.  Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

MARKS = {
    "V": "verified in its source",
    "W": "well known, check before release",
    "U": "uncertain",
    "D": "derived by calculation",
    "J": "judgement, a clinician confirms",
}


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(value: date) -> str:
    """'22 Nov 2026': the month is a word, so no reader takes it for the day."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def clock_words(moment: datetime, zone: str) -> str:
    """'10:22 PST': 24-hour clock in the clinic's zone, with the zone said."""
    return _clock(moment.astimezone(ZoneInfo(zone)))


def moment_words(moment: datetime, zone: str, at: datetime | None) -> str:
    """Clock alone when it is today in that zone, otherwise with the day."""
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    if at is not None and at.astimezone(place).date() == local.date():
        return _clock(local)
    return f"{day_words(local)}, {_clock(local)}"


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02} {local.tzname()}"


def age_words(moment: datetime, at: datetime) -> str:
    """How long ago, or in how long; minutes up to two hours, hours up to two days, then days."""
    seconds = (at - moment).total_seconds()
    if abs(seconds) < 60:
        return "now"
    minutes = int(abs(seconds) // 60)
    span = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    return f"{span} ago" if seconds > 0 else f"in {span}"


def thousandth(whole: int, unit: str) -> str:
    """35000 ug as '35 mg', 3500 uL as '3.5 mL': exact, no trailing zeros, no exponent.  Raises TypeError for anything but an int."""
    if isinstance(whole, bool) or not isinstance(whole, int):
        raise TypeError(f"a stored amount is a whole number, not {type(whole).__name__}")
    amount = Decimal(whole) / 1000
    return f"{amount.normalize():f} {unit}"


def change_words(before: float, now: float) -> str:
    """'25 up from before': direction in words, so that it is not read off a sign or a colour."""
    if now == before:
        return "as before"
    return f"{abs(now - before):g} {'up' if now > before else 'down'} from before"


def code_words(code: str) -> str:
    """'two_identifiers' as 'Two identifiers': for codes that have no better title yet."""
    said = code.replace("_", " ").replace(".", ": ")
    return said[:1].upper() + said[1:]
