"""A site's accepted limits as one checked value.  There is no default: a limit nobody accepted is missing, and missing is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "sbp": ("notify_below", "notify_above", "act_below", "act_from"),
    "dbp": ("notify_above", "act_below", "act_from"),
    "hr": ("notify_below", "notify_above", "act_below", "act_above"),
    "spo2": ("notify_below", "act_below", "act_drop_from", "low_baseline_below", "act_drop_from_low_baseline"),
    "rr": ("notify_below", "notify_above", "act_below", "no_breath_from_s"),
    "etco2": ("notify_above", "notify_rise_from", "act_above"),
    "moaas": ("chart_at", "notify_at", "act_at", "emergency_up_to"),
    "pulse_hr_gap": ("notify_from",),
    "sbp_trend": ("rise_from_percent",),
    "cuff_repeat": ("within_s", "never_wait_sbp_from", "never_wait_sbp_below", "never_wait_dbp_from"),
    "no_data": ("spo2_s", "other_s", "slow_device_extra_s"),
    "cuff_overdue": ("notify_from_min", "act_from_min"),
    "checks": ("iv_site_every_min", "after_rescue_every_min", "after_rescue_times"),
    "start_pressure": (
        "never_sbp_from",
        "never_dbp_from",
        "hold_sbp_from",
        "hold_dbp_from",
        "hold_sbp_below",
        "weigh_sbp_above",
        "weigh_dbp_above",
        "most_readings",
        "window_min",
        "fresh_min",
    ),
    "start_ages": ("screening_days", "pdmp_days", "pregnancy_test_days"),
    "fasting": ("light_meal_h", "fatty_meal_h", "clear_fluid_h"),
    "recovery_staff": ("people_per_monitor",),
    "leave_time": (
        "iv_after_end_min",
        "im_sc_after_last_min",
        "sl_oral_after_min",
        "long_infusion_after_end_min",
        "nasal_after_last_min",
        "rescue_min",
    ),
    "leave_pressure": ("sbp_at_least", "sbp_at_most", "dbp_at_most", "apart_min", "within_percent"),
    "leave_values": ("fresh_min", "tap_fresh_min", "spo2_at_least", "moaas_at_least"),
    "aldrete": ("total_at_least",),
}
"""Every limit id and the named numbers it must carry.  `library/alerts/site_limits` says what each means, its unit, source and mark."""


class LimitMissing(LookupError):
    """One or more limits were never accepted; `missing` names each as "id.value"."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"Not accepted yet: {', '.join(missing)}.")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class SiteLimits:
    """The numbers in force at one site: limit id -> value name -> number, in the unit that the library file gives."""

    values: Mapping[str, Mapping[str, float]]

    def at(self, limit: str, name: str) -> float:
        """One number.  Raises LimitMissing where it was never accepted: no number is ever guessed."""
        try:
            return self.values[limit][name]
        except KeyError:
            raise LimitMissing((f"{limit}.{name}",)) from None


def missing_limits(values: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """Every required number that is not there, as "id.value"; empty when a session may be limited by these values."""
    return tuple(f"{limit}.{name}" for limit, names in REQUIRED.items() for name in names if name not in values.get(limit, {}))


def complete_limits(values: Mapping[str, Mapping[str, float]]) -> SiteLimits:
    """The limits of a site, whole.  Raises LimitMissing naming everything that nobody accepted."""
    if missing := missing_limits(values):
        raise LimitMissing(missing)
    return SiteLimits(values)


def proposed_limits(entries: Sequence[Mapping[str, Any]]) -> SiteLimits:
    """The numbers that `limits:` of the library file `alerts/site_limits` proposes: for the Limits page and for tests.

    They limit nothing until a prescriber accepts them.  Raises LimitMissing when the file leaves a required number out.
    """
    return complete_limits({entry["id"]: {name: float(value["proposed"]) for name, value in entry["values"].items()} for entry in entries})
