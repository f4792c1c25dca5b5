"""Example values of a course for the styleguide: invented for that page, never read from the database and no study's result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from afterglow.ground.face.examples import AT, STARTED
from afterglow.ground.face.shapes import Circle, Label, Line, Path, Scale, Shape, Sheet, polyline

SCORES: Final = ((-7, 21), (1, 16), (7, 14), (14, 11), (21, 9), (28, 8))
"""Day of the course and PHQ-9 total."""
DOSE_DAYS: Final = (0, 3, 7, 10, 14, 17)
RULES: Final = ((10.5, "response: half of before"), (5.0, "remission: below 5"))
LOWEST, HIGHEST = 0, 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    number: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    at: datetime
    what: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What `<c-trajectory>` draws."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    summary: str
    numbered: tuple[Numbered, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hundred:
    """What `<c-hundred>` draws."""

    headline: str
    sentence: str
    filled: str
    rings: str
    dots: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What `<c-day-tick>` shows."""

    on: date
    done: bool
    open: bool
    today: bool


def picture() -> Picture:
    """Six infusions and six scores, with the rules by name."""
    x, y = Scale(low=-10, high=30, near=44, far=650), Scale(low=LOWEST, high=HIGHEST, near=198, far=48)
    sheet = Sheet()
    for number, on in enumerate(DOSE_DAYS, start=1):
        left = x(on)
        sheet.add(
            Line(x1=left, y1=26, x2=left, y2=198, css="t-dose"),
            Path(d=f"M{left - 4:g},22 h8 l-4,6 Z", css="t-dose-head"),
            Label(x=left, y=18, text=str(number), css="s-label s-middle"),
        )
    sheet.add(Line(x1=44, y1=198, x2=650, y2=198, css="s-axis"), Label(x=660, y=62, text="PHQ-9", css="s-label"))
    for value in (LOWEST, HIGHEST):
        sheet.add(Label(x=38, y=y(value) + 4, text=str(value), css="s-end"))
    for limit, said in RULES:
        sheet.add(Line(x1=44, y1=y(limit), x2=650, y2=y(limit), css="s-threshold"), Label(x=660, y=y(limit) + 4, text=said, css="t-rule-name"))
    sheet.add(Path(d=polyline([(x(on), y(total)) for on, total in SCORES]), css="t-line"))
    for on, total in SCORES:
        sheet.add(Circle(cx=x(on), cy=y(total), r=4, css="t-point"))
        sheet.add(Label(x=x(on), y=y(total) - 9, text=str(total), css="s-label s-middle"))
    for on in range(0, 29, 7):
        day = STARTED + timedelta(days=on - 28)
        sheet.add(Label(x=x(on), y=218, text=f"{day.day} {day:%b}", css="s-middle"))
    sheet.add(Label(x=4, y=240, text="also"), Circle(cx=x(8), cy=236, r=8, css="s-event"), Label(x=x(8), y=240, text="1", css="s-event-n"))
    rows = tuple(Row(at=STARTED + timedelta(days=on - 28), what="PHQ-9", value=str(total)) for on, total in SCORES)
    review = Mark(text="Review after infusion 3: go on", at=STARTED - timedelta(days=20))
    return Picture(
        width=800,
        height=250,
        shapes=tuple(sheet.shapes),
        summary="PHQ-9 from 21 to 8 over six infusions, an example.",
        numbered=(Numbered(number=1, mark=review),),
        rows=rows,
    )


def hundred(sure: int = 38, maybe: int = 16) -> Hundred:
    """For `sure` it is so, for `maybe` it may be so; drawn row by row in a square of 100 units."""

    def circles(first: int, end: int, radius: float) -> str:
        return " ".join(
            f"M{10 * (n % 10) + 5 - radius:g},{10 * (n // 10) + 5}a{radius:g},{radius:g} 0 1,0 {2 * radius:g},0a{radius:g},{radius:g} 0 1,0 {-2 * radius:g},0"
            for n in range(first, end)
        )

    return Hundred(
        headline=f"{sure + maybe // 2} of 100",
        sentence=f"{sure + maybe // 2} of 100 people; the true number is likely between {sure} and {sure + maybe}.",
        filled=circles(0, sure, 3.4),
        rings=circles(sure, 100, 3.4),
        dots=circles(sure, sure + maybe, 1.2),
    )


DAYS: Final = tuple(Day(on=(AT + timedelta(days=after)).date(), done=after in (-3, -1), open=after <= 0, today=after == 0) for after in range(-3, 4))
WINDOW: Final = {"words": "closes in 21 h", "opens_at": AT - timedelta(hours=27), "closes_at": AT + timedelta(hours=21)}
DECISIONS: Final = (
    {"value": "continue", "label": "Go on with the course as planned"},
    {"value": "change", "label": "Go on with a changed plan", "hint": "Nothing more is given until the new plan is signed."},
    {"value": "stop", "label": "Stop the course"},
)
