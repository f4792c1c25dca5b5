"""A person on a monitor, invented from a seed: what an oximeter, an ECG and a cuff might show around an infusion of ketamine.

For demonstrations and tests only; it is no model of anybody and sets no limit.  Sizes follow what is published for 0.5 mg/kg over 40 minutes:
systolic pressure rises by about 16 mmHg (SD 11) and is back about 90 minutes after the end, heart rate by about 10 per minute (Riva-Posse et al.,
J Affect Disord 2018;236:291-297).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

INFUSION_MIN = 40.0
BACK_MIN = 30.0
"""Minutes in which the rise falls to about a third after the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person at rest, and how much ketamine moves them."""

    hr: float
    rr: float
    spo2: float
    sbp: float
    dbp: float
    sbp_rise: float
    hr_rise: float


def person(seed: int) -> Person:
    """The same seed, the same person."""
    rng = random.Random(f"person {seed}")
    return Person(
        hr=rng.uniform(62, 80),
        rr=rng.uniform(14, 17),
        spo2=rng.uniform(96.6, 98.4),
        sbp=rng.uniform(112, 130),
        dbp=rng.uniform(68, 80),
        sbp_rise=min(max(rng.gauss(16, 8), 4), 28),
        hr_rise=min(max(rng.gauss(10, 4), 2), 18),
    )


class Monitor:
    """What the monitor sends second by second; ask in order of time.  `second`: since the first message."""

    def __init__(self, seed: int, *, dosing_from_s: float, cuff_every_s: int = 300) -> None:
        self.person = person(seed)
        self._rng = random.Random(f"noise {seed}")
        self._dosing_from_s = dosing_from_s
        self._cuff_every_s = cuff_every_s
        self._drift = dict.fromkeys(("hr", "rr", "spo2", "sbp"), 0.0)

    def channels(self, second: int) -> dict[str, tuple[float, str]]:
        """Every channel of one message: heart rate, pulse, breathing and saturation each time, a cuff every few minutes."""
        effect = self._effect((second - self._dosing_from_s) / 60)
        for name, (pull, size) in {"hr": (0.02, 0.5), "rr": (0.03, 0.2), "spo2": (0.02, 0.06), "sbp": (0.01, 0.4)}.items():
            self._drift[name] += -pull * self._drift[name] + self._rng.gauss(0, size)
        heart = self.person.hr + self.person.hr_rise * effect + self._drift["hr"] + 1.5 * math.sin(second / 4.1)
        breathing = self.person.rr - 1.0 * effect + self._drift["rr"]
        saturation = min(self.person.spo2 - 0.8 * effect + self._drift["spo2"], 100.0)
        found = {
            "hr": (round(heart), "/min"),
            "pulse": (round(heart + self._rng.gauss(0, 0.6)), "/min"),
            "rr": (round(breathing), "/min"),
            "spo2": (round(saturation), "%"),
        }
        if second % self._cuff_every_s == 0:
            found |= self._cuff(effect)
        return {code: (float(value), unit) for code, (value, unit) in found.items()}

    def _cuff(self, effect: float) -> dict[str, tuple[int, str]]:
        systolic = self.person.sbp + self.person.sbp_rise * effect + self._drift["sbp"]
        diastolic = self.person.dbp + 0.6 * self.person.sbp_rise * effect + 0.5 * self._drift["sbp"]
        return {
            "sbp": (round(systolic), "mmHg"),
            "dbp": (round(diastolic), "mmHg"),
            "map": (round(diastolic + (systolic - diastolic) / 3), "mmHg"),
        }

    @staticmethod
    def _effect(minute: float) -> float:
        """0 before the dose, towards 1 by its end, falling after it."""
        if minute <= 0:
            return 0.0
        risen = 1 - math.exp(-min(minute, INFUSION_MIN) / 14)
        return risen * math.exp(-max(minute - INFUSION_MIN, 0) / BACK_MIN)
