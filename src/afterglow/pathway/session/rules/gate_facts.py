"""Everything that the question "may this session start?" depends on.  None means that nobody asked, measured or recorded it: never met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from afterglow.pathway.session.rules.staffing import Monitor
from afterglow.pathway.session.rules.suicide import SuicideInterview
from afterglow.science.outcomes.late_effects import LateEffect
from afterglow.science.verdict import Finding, Verdict

TWO = "the prescriber, with a reason, and a second licensed member of this site's staff"
Reasons = Finding | Verdict
"""An answer of another rule or of science, taken over with its reasons (order, dose, weight, interval, draw, pump, interactions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatedPressure:
    """One seated reading of today, in mmHg.  Every one is kept and given, whether it pleased or not."""

    taken_at: datetime
    sbp: float
    dbp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pregnancy:
    """`applies`: uterus or ovaries, aged 12 to 55, without hysterectomy or documented menopause (organ inventory, not a gender field)."""

    applies: bool | None
    result: Literal["negative", "positive", "declined", "not_tested"] | None = None
    tested_on: date | None = None
    at_risk_since: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fasting:
    """What the person says today: the last meal and the last clear fluid.  `meal` "none": nothing since midnight, with no time needed."""

    meal: Literal["none", "light", "fatty"] | None = None
    meal_at: datetime | None = None
    clear_fluid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMedicine:
    """A medicine that the plan holds before a dose.  `held` None: not asked."""

    name: str
    held: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """How the person gets home.  `adult_name` is the named adult who takes over, also at the end of a medical transport."""

    kind: Literal["adult", "stay", "medical_transport", "ride_share", "none"]
    adult_name: str = ""
    documented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The consent for this treatment.  `superseded`: signed, in an older version than the one in force.

    `other_course`: signed, for a course of treatment that is not the one of this visit's plan.
    """

    state: Literal["in_force", "superseded", "other_course", "withdrawn", "absent"]
    signed_version: str = ""
    current_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One credential of the prescriber that the order rests on: until when it runs, None where nobody recorded it."""

    kind: Literal["licence", "dea", "privilege"]
    holder: str
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """Drug, strength, volume, rate and patient read back aloud by a second licensed person: told apart by who they are, not by their names."""

    drawn_by: str
    drawn_by_id: UUID | None
    read_by: str
    read_by_id: UUID
    reader_licensed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The lot that the drug comes from."""

    lot: str
    expires_on: date
    recalled: bool
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AirwayPerson:
    """Someone able to manage an airway and resuscitate, with the day until which the certificate runs."""

    name: str
    on_site: bool
    certified_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentCheck:
    """The check of oxygen, suction, bag and mask, defibrillator and rescue drugs: its day, and what was missing."""

    checked_on: date
    checked_by: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The prescriber's decision and the day it was made; `pdmp_checked_on`: the prescription-monitoring look-up."""

    cleared: bool
    decided_on: date
    pdmp_checked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What the protocol asks for after this dose: an integration visit so many hours after its end, and when the booked ones begin.

    `wanted` False: none is asked for after this dose, and nothing is held against the start.
    """

    wanted: bool = False
    from_h: int = 0
    to_h: int = 0
    infusion_min: int = 0
    visits: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleBefore:
    """One scale that would do before this dose: when it was last completed, and whether the clinic may ask it here."""

    within_h: int
    rated_at: datetime | None
    may_be_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """`at`: now.  `today`: the site's calendar day at `at`; every other date is in the same zone."""

    at: datetime
    today: date
    # the person
    identifiers: tuple[str, ...] | None = None
    born_on: date | None = None
    allergies_reread: bool | None = None
    ketamine_allergy: bool | None = None
    capacity: Literal["shown", "not_shown"] | None = None
    intoxicated: bool | None = None
    withdrawal: bool | None = None
    substances_today: tuple[str, ...] | None = None
    pregnancy: Pregnancy | None = None
    suicide: SuicideInterview | None = None
    answers_taken_back: int = 0
    waits_for_prescriber: int = 0
    escort: Escort | None = None
    night_reasons: tuple[str, ...] = ()
    night_person: str = ""
    # the body
    pressures: tuple[SeatedPressure, ...] = ()
    heart_rate: float | None = None
    breathing_rate: float | None = None
    saturation: float | None = None
    weight: Reasons | None = None
    fasting: Fasting | None = None
    held_medicines: tuple[HeldMedicine, ...] | None = None
    interactions: Reasons | None = None
    unchecked_medicines: tuple[str, ...] = ()
    unchecked_read_by: str = ""
    # the order
    screening: Screening | None = None
    consent: Consent | None = None
    order: Reasons | None = None
    credentials: tuple[Credential, ...] = ()
    dose: Reasons | None = None
    interval: Reasons | None = None
    dose_number: int | None = None
    doses_allowed: int | None = None
    stock: Stock | None = None
    draw: Reasons | None = None
    read_back: ReadBack | None = None
    pump_agreement: Finding | None = None
    iv_site_sound: bool | None = None
    # the place
    drug: Literal["ketamine", "esketamine"] | None = None
    route: Literal["iv", "im", "sc", "sl", "oral", "nasal"] | None = None
    place: Literal["site", "home"] | None = None
    site_certified_esketamine: bool | None = None
    airway_person: AirwayPerson | None = None
    equipment: EquipmentCheck | None = None
    monitor: Monitor | None = None
    therapist_present: bool | None = None
    device: Literal["bound_here", "bound_elsewhere", "none"] | None = None
    limits_open: tuple[str, ...] | None = None
    # the scale that a protocol asks before each dose
    scales_before: tuple[ScaleBefore, ...] = ()
    last_dose_at: datetime | None = None
    # harm that comes late
    late_effects: tuple[LateEffect, ...] | None = None
    is_booster: bool = False
    # the days after
    after: After = After()
