"""Example values for the styleguide: the fixed cast, invented for this page, never read from the database."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from afterglow.ground.errors import Refusal
from afterglow.ground.face.strip import Band, Dose, Drawing, Event, Pressure, Reading, Score, Series, Threshold, draw
from afterglow.science.verdict import Finding, Verdict

AT = datetime(2026, 11, 22, 18, 23, 42, tzinfo=UTC)
STARTED = datetime(2026, 11, 22, 18, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the identity band shows; any object with these names will do."""

    name: str
    born_on: date | None
    record_no: str
    allergies: tuple[str, ...] | None
    weight: str = ""
    weight_on: date | None = None
    pronouns: str = ""
    similar: str = ""


DAN = Identity(
    name="Dan Marsh",
    born_on=date(1982, 3, 4),
    record_no="0412",
    allergies=("penicillin (rash)",),
    weight="70.0 kg",
    weight_on=date(2026, 11, 22),
    pronouns="He / him",
)
DANA = Identity(name="Dana Marsh", born_on=date(1979, 9, 1), record_no="0388", allergies=None, similar="Dan Marsh, born 4 Mar 1982")

BLOCKED = Verdict.of(
    Finding.met("two_identifiers", "Name and date of birth, read out by Dan."),
    Finding.unmet(
        "seated_pressure",
        "166/98 is above 160/100: mean of the last two seated readings.",
        source="site limit 3, accepted by Ana",
        mark="J",
        lifted_by="two_signatures",
        who="a prescriber and one more",
    ),
    Finding.unmet("pregnancy_test", "The test of today is positive.", source="label, section 8.1", mark="V", lifted_by="nobody"),
    Finding.unknown("escort", "Nobody asked yet who takes Dan home.", source="house rule", mark="J", who="the front desk or the session nurse"),
    Finding.met("consent", "Version 4, signed 20 Nov 2026."),
)
CLEAR = Verdict.of(
    Finding.met("two_identifiers", "Name and date of birth."), Finding.met("seated_pressure", "124/78, mean of two readings 5 minutes apart.")
)

REFUSAL = Refusal(
    "session.consent_old",
    "The infusion was not started. The consent on file is version 3; version 4 has been in force since 12 Nov 2026.",
    "Ask Dan to read and sign version 4 (about 6 minutes), or record why version 3 is enough today, with two signatures.",
)


def series() -> Series:
    """Twenty-two minutes of dosing: a rise in pressure, one loose sensor (no data), one short fall in saturation."""
    seconds = [s / 60 for s in range(-900, 1303, 5)]

    def pulse(m: float) -> float:
        return round(72 + 5 * math.sin(m / 3.1) + max(m, 0) * 0.25)

    def saturation(m: float) -> float | None:
        if 13.0 <= m <= 15.5:
            return 0.0  # the probe came off
        return round(97 + 0.8 * math.sin(m / 4) - (5 if 7.0 <= m < 7.5 else 0), 1)

    steps = tuple(float(m) for m in range(0, 121, 2))
    middle = tuple(_predicted(m) for m in steps)
    return Series(
        first_min=-15,
        last_min=125,
        now_min=21.7,
        gap_min=0.25,
        pressures=tuple(
            Pressure(minute=m, systolic=s, diastolic=d)
            for m, s, d in ((-12, 124, 78), (-7, 122, 77), (0, 126, 79), (10, 138, 86), (15, 144, 90), (20, 149, 92))
        ),
        pulse=tuple(Reading(minute=m, value=pulse(m)) for m in seconds),
        saturation=tuple(Reading(minute=m, value=saturation(m)) for m in seconds),
        breathing=tuple(Reading(minute=m, value=round(14 + 2 * math.sin(m / 2.2))) for m in seconds),
        scores=(
            Score(label="awake (5 = fully)", values=((-10, "5"), (5, "5"), (15, "4"))),
            Score(label="detached, 0 to 10", values=((-10, "0"), (10, "4"), (20, "7"))),
            Score(label="nausea, 0 to 10", values=((-10, "0"), (10, "0"), (20, "1"))),
        ),
        doses=(Dose(label="ketAMINE 35 mg over 40 min, 19.0 mg given", start_min=0, planned_end_min=40),),
        events=(
            Event(number=1, minute=0, text="Started. Read back by Ana: 35 mg, 3.5 mL of 10 mg/mL."),
            Event(number=2, minute=9, text="Eye mask on, music two."),
            Event(number=3, minute=18, text="“I can see the room from above.” Calm."),
        ),
        thresholds=(
            Threshold(panel="pressure", value=160, label="notify above 160"),
            Threshold(panel="saturation", value=94, label="notify below 94"),
        ),
        band=Band(
            minutes=steps,
            low=tuple(v * 0.6 for v in middle),
            middle=middle,
            high=tuple(v * 1.5 for v in middle),
            label="predicted concentration, ng/mL, 90% band",
            note="a drawn example, not a model's output",
        ),
    )


def _predicted(minute: float) -> float:
    """A smooth rise and fall for the picture only."""
    rise = 1 - math.exp(-min(minute, 40) / 25)
    return 190 * rise * (math.exp(-(minute - 40) / 30) * 0.8 + 0.2 if minute > 40 else 1)


def drawing() -> Drawing:
    return draw(series())


def scale_options() -> list[dict[str, object]]:
    return [{"value": n, "label": str(n)} for n in range(11)]


WALK = (
    {"label": "Enquiry", "state": "done", "note": "accepted 2 Nov"},
    {"label": "Screening", "state": "done", "note": "cleared 9 Nov"},
    {"label": "Consent", "state": "current", "note": "version 4 to sign"},
    {"label": "Plan", "state": "next", "note": ""},
    {"label": "Session", "state": "later", "note": ""},
)
DUE = (
    {"label": "Pressure", "when": "1 min overdue", "level": "notify"},
    {"label": "Awake, breathing", "when": "in 1 min", "level": "soon"},
    {"label": "How detached, 0 to 10", "when": "in 6 min", "level": ""},
)


def timeline() -> list[dict[str, object]]:
    def entry(minute: int, text: str, by: str, **more: object) -> dict[str, object]:
        taken = STARTED + timedelta(minutes=minute)
        return {"taken_at": taken, "recorded_at": taken, "text": text, "by": by, "number": "", "late": False, "corrected": False} | more

    return [
        entry(20, "149/92. Detached 7. Nausea 1.", "Ben"),
        entry(18, "“I can see the room from above.” Calm.", "Theo", number=3),
        entry(15, "144/90. Awake 4.", "Ben", late=True, recorded_at=STARTED + timedelta(minutes=19)),
        entry(10, "138/86. Detached 4. Nausea 0.", "Ben"),
        entry(9, "Eye mask on, music two.", "Theo", number=2),
        entry(0, "Started. Read back by Ana: 35 mg, 3.5 mL of 10 mg/mL, 5.25 mL/h.", "Ben", number=1),
    ]


CHECKLIST = (
    {"label": "Pressure back near baseline", "state": "met", "why": "128/80 at 11:50, within 20% of 124/78"},
    {"label": "Knows who, where, when and why", "state": "unknown", "why": "nobody looked yet", "name": "orientation"},
    {"label": "90 minutes since the end", "state": "unmet", "why": "62 minutes; 28 to go"},
)


BOARD = (
    {
        "id": "example-2",
        "name": "Room 2",
        "person": "Dan M.",
        "phase": "Dosing",
        "minutes": "23 min",
        "numbers": (
            {"label": "pressure", "value": "149/92", "unit": "mmHg", "age": "3 min ago"},
            {"label": "pulse", "value": "77", "unit": "per min", "age": "now"},
            {"label": "saturation", "value": "97", "unit": "%", "age": "now"},
        ),
        "marks": ({"level": "notify", "code": "overdue", "sentence": "Pressure 1 min overdue"},),
        "due": "pressure, now",
        "leaving": "12:12 PST",
    },
    {
        "id": "example-3",
        "name": "Room 3",
        "person": "Eli R.",
        "phase": "Recovery",
        "minutes": "61 min",
        "numbers": (
            {"label": "pressure", "value": "128/80", "unit": "mmHg", "age": "9 min ago"},
            {"label": "pulse", "value": "", "unit": "per min", "age": "last 66 at 10:21", "state": "silent"},
            {"label": "saturation", "value": "", "unit": "%", "age": "last 97 at 10:21", "state": "silent"},
        ),
        "marks": ({"level": "act", "code": "no_signal", "sentence": "No signal: check the person now"},),
        "due": "pressure, in 6 min",
        "leaving": "10:51 PST",
        "over": "4 min over its booked time",
    },
    {"name": "Room 4"},
)
