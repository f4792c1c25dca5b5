"""No data is never calm: how long a device may say nothing before it is marked (hazard H13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from afterglow.science.vitals.channels import CHANNELS
from afterglow.science.vitals.devices import DeviceProfile
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import NO_SIGNAL, Mark

LIFE_SIGNS = ("spo2", "rr")
"""Saturation and breathing: neither heard of while drug goes in is a person whom nobody watches (J; safety 8, 29)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came from one device.  `last_at`: for each channel the true time of its latest value (zeros count: they are marked themselves).

    `since`: when this device began to be expected (bound and the person monitored): a channel never heard is silent from then on.
    """

    profile: DeviceProfile
    last_at: Mapping[str, datetime]
    since: datetime


def may_be_quiet(profile: DeviceProfile, channel: str, limits: SiteLimits) -> timedelta | None:
    """How long this channel may give nothing; None for a person's entries, which are asked for by `due`, not awaited."""
    if profile.interval_s is None:
        return None
    if profile.interval_s > 1:
        return timedelta(seconds=profile.interval_s + limits.at("no_data", "slow_device_extra_s"))
    return timedelta(seconds=limits.at("no_data", "spo2_s" if channel == "spo2" else "other_s"))


def unheard_from(heard: Heard, limits: SiteLimits) -> datetime | None:
    """The moment from which neither saturation nor breathing is heard, if nothing more comes; None for a device that does not send both."""
    ends = []
    for channel in LIFE_SIGNS:
        allowed = may_be_quiet(heard.profile, channel, limits)
        if allowed is None or channel not in heard.profile.streams:
            return None
        ends.append(max(heard.last_at.get(channel, heard.since), heard.since) + allowed)
    return max(ends)


def no_signal(heard: Heard, limits: SiteLimits, *, at: datetime) -> tuple[Mark, ...]:
    """While drug goes in, or may go in again: nothing heard of saturation and of breathing asks for the person, not for the device."""
    begins = unheard_from(heard, limits)
    if begins is None or at < begins:
        return ()
    last = [heard.last_at[channel] for channel in LIFE_SIGNS if channel in heard.last_at]
    how_long = f"for {int((at - max(last)).total_seconds())} s" if last else "since the start"
    sentence = f"Nothing is heard of saturation and breathing {how_long} ({heard.profile.tempo})."
    return (Mark(code=NO_SIGNAL, level="act", channel="", sentence=sentence, says="No signal: check the person now.", urgency="high"),)


def silences(heard: Heard, limits: SiteLimits, *, at: datetime) -> tuple[Mark, ...]:
    """One mark for each expected channel that has given nothing for too long."""
    found = []
    for channel in heard.profile.streams:
        allowed = may_be_quiet(heard.profile, channel, limits)
        last = heard.last_at.get(channel, heard.since)
        if allowed is not None and at - max(last, heard.since) >= allowed:
            quiet_s = int((at - last).total_seconds())
            sentence = f"{CHANNELS[channel].title}: no data for {quiet_s} s ({heard.profile.tempo})."
            found.append(
                Mark(
                    code="no_data",
                    level="notify",
                    channel=channel,
                    sentence=sentence,
                    says="Look at the patient, check the device.",
                    urgency="medium",
                )
            )
    return tuple(found)
