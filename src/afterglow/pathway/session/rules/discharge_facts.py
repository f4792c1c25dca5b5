"""Everything that the question "may this person go home?" depends on.  None: not read, not asked, not done: never met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.rules.suicide import SuicideInterview

Route = Literal["iv", "im", "sc", "sl", "oral", "nasal", "long_infusion"]
TapItem = Literal["oriented", "speech", "reality", "gait", "nausea", "orthostatic", "no_drive_text"]
TAPS: dict[TapItem, str] = {
    "oriented": "Oriented to person, place, time and situation",
    "speech": "Speech clear",
    "reality": "Reality testing as before the dose",
    "gait": "Walks steadily without help",
    "nausea": "Nausea controlled",
    "orthostatic": "No dizziness or faintness on standing",
    "no_drive_text": "Told, and given in writing: no driving, machines or binding decisions until tomorrow after sleep",
}
"""What only a person's tap answers: never filled from a number, never the patient's word alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One charted number with its true time."""

    value: float
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """One pressure in mmHg."""

    taken_at: datetime
    sbp: float
    dbp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A staff member's answer to one item of the list."""

    ok: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """A drug that starts the clock again: sedative, opioid, antihypertensive."""

    kind: Literal["sedative", "opioid", "antihypertensive"]
    name: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Aldrete:
    """Modified Aldrete (Aldrete 1995, J Clin Anesth 7:89), each 0 to 2, None where not scored.

    Saturation: 2 above 92% on air, 1 at or below 92% on air or with oxygen to hold above 90%, 0 below 90% with oxygen.
    `saturation_is_own`: the saturation is the person's own before the dose.
    """

    at: datetime
    activity: int | None
    respiration: int | None
    circulation: int | None
    consciousness: int | None
    saturation: int | None
    saturation_is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The person was handed to somebody: a named adult on the spot, or the documented other way.  `by` and `at`: the tap."""

    kind: Literal["adult", "stay", "medical_transport"]
    to_name: str
    adult_present: bool
    has_the_keys: bool | None
    documented: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeFacts:
    """`dose_ended_at`: the end of the infusion, the last injection or device, or when a lozenge was swallowed or spat out."""

    at: datetime
    today: date
    route: Route
    dose_ended_at: datetime | None
    plan_minimum_min: int | None = None
    rescues: tuple[Rescue, ...] = ()
    pressures: tuple[Pressure, ...] = ()
    baseline: Pressure | None = None
    pressure_signed_by: str = ""
    heart_rate: Measured | None = None
    baseline_heart_rate: float | None = None
    saturation: Measured | None = None
    on_oxygen: bool | None = None
    baseline_saturation: float | None = None
    alertness: Measured | None = None
    aldrete: Aldrete | None = None
    taps: Mapping[TapItem, Tap] = field(default_factory=dict)
    suicide: SuicideInterview | None = None
    night_reasons: tuple[str, ...] = ()
    night_person: str = ""
    handover: Handover | None = None
    standing: tuple[Raised, ...] = ()

    @property
    def last_drug_at(self) -> datetime | None:
        """The end of the dose or the last rescue drug, whichever is later; None while the dose has not ended."""
        if self.dose_ended_at is None:
            return None
        return max([self.dose_ended_at, *(rescue.given_at for rescue in self.rescues)])

    def is_fresh(self, taken_at: datetime, within_min: float) -> bool:
        """Taken after the last drug and at most so many minutes ago; nothing is fresh while drug runs."""
        last = self.last_drug_at
        return last is not None and last <= taken_at <= self.at and (self.at - taken_at).total_seconds() <= within_min * 60
