"""Which people a table is about: everyone, or those whose first infusion fell into one month or quarter on the calendar of the clinic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

EVERYONE = "all"
_FORM = re.compile(r"(\d{4})-(?:(\d{2})|Q([1-4]))", re.ASCII)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True, slots=True)
class Period:
    """`id`: "all", "2026-11" or "2026-Q4"."""

    id: str
    title: str

    def holds(self, day: date) -> bool:
        return self.id in (EVERYONE, month_of(day), quarter_of(day))


EVERYBODY = Period(EVERYONE, "Everyone so far")


def period_from(text: str) -> Period | None:
    """The period of this name; None for anything that is none."""
    if text in ("", EVERYONE):
        return EVERYBODY
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    year, month, quarter = form.groups()
    if quarter:
        return Period(text, f"Started in quarter {quarter} of {year}")
    return Period(text, f"Started in {MONTHS[int(month) - 1]} {year}") if 1 <= int(month) <= 12 else None


def periods_of(days: Iterable[date]) -> list[Period]:
    """Everyone, then each quarter and month in which somebody started, the latest first."""
    held = set(days)
    names = sorted({quarter_of(day) for day in held}, reverse=True) + sorted({month_of(day) for day in held}, reverse=True)
    return [EVERYBODY, *(period for period in map(period_from, names) if period)]


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def quarter_of(day: date) -> str:
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"
