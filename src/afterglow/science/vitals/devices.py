"""What a device's profile must state so that its zeros and its silence are read rightly.  No profile can make a zero harmless."""

from __future__ import annotations

from dataclasses import dataclass

OXIMETER = frozenset({"pulse", "spo2"})
CUFF = frozenset({"sbp", "dbp", "map"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """How one make of device speaks.

    `interval_s`: seconds between two messages, None where a person types. `streams`: channels it sends in every message.
    `shared_probes`: channels that one probe gives together; they count as one silent channel while heart rate and breathing are live (J:
    a clinician confirms). `capnograph`: its breathing rate comes from breath gas, so that 0 is "no breath".
    """

    name: str
    interval_s: float | None
    streams: tuple[str, ...] = ()
    shared_probes: tuple[frozenset[str], ...] = ()
    capnograph: bool = False

    @property
    def tempo(self) -> str:
        """How the screen labels the device: "one value a minute" is not a live trace."""
        if self.interval_s is None:
            return "entered by hand"
        if self.interval_s == 1:
            return "one value a second"
        if self.interval_s == 60:
            return "one value a minute"
        return f"one value every {self.interval_s:g} s"


BY_HAND = DeviceProfile(name="by_hand", interval_s=None)
BEDSIDE_SECONDS = DeviceProfile(name="bedside_seconds", interval_s=1.0, streams=("hr", "pulse", "rr", "spo2"), shared_probes=(OXIMETER, CUFF))
BEDSIDE_MINUTES = DeviceProfile(name="bedside_minutes", interval_s=60.0, streams=("hr", "pulse", "rr", "spo2"), shared_probes=(OXIMETER, CUFF))

PROFILES = {profile.name: profile for profile in (BY_HAND, BEDSIDE_SECONDS, BEDSIDE_MINUTES)}
