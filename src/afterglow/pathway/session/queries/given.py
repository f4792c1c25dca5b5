"""How much of the dose has gone in, from the pump's times and rates as they were charted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.science.dosing.given import Given, Segment, finishes_at, given_so_far, running_agrees
from afterglow.science.dosing.pump import Mixture
from afterglow.science.verdict import Finding

STOPS = ("paused", "stopped", "finished", "pump_stopped", "rate_changed")
RUNS = ("resumed", "rate_changed")
PUMP = ("started", *STOPS, *RUNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """What runs and how: the ordered dose, what the syringe holds, each stretch of pumping, and the volume read off the pump at the end."""

    drug: str
    dose_ug: int
    over_min: int
    mixture: Mixture
    segments: tuple[Segment, ...]
    final_volume_ul: int | None = None

    @property
    def is_running(self) -> bool:
        return bool(self.segments) and self.segments[-1].ended_at is None

    @property
    def rate_ul_per_h(self) -> int:
        """The rate of the last stretch, which also a paused pump goes on with."""
        return self.segments[-1].rate_ul_per_h if self.segments else 0

    @property
    def ordered_rate_ul_per_h(self) -> int:
        """The rate that the dose was started with: the ordered one, as it was read back."""
        return self.segments[0].rate_ul_per_h

    @property
    def ended_at(self) -> datetime | None:
        """When the last stretch of pumping ended; None while it runs."""
        return self.segments[-1].ended_at if self.segments else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """The line under the strip: what was ordered, what has gone in at `at`, and when the rest will be in at this rate."""

    infusion: Infusion
    given: Given
    finishes_at: datetime | None
    agrees: Finding
    pauses: tuple[tuple[datetime, datetime], ...]


def infusion(session_id: UUID) -> Infusion | None:
    """The infusion of a session; None before the start."""
    return infusion_of(deeds.deeds(session_id))


def infusion_of(all_deeds: Iterable[Deed]) -> Infusion | None:
    """The infusion that these deeds describe, in the order in which they were written down."""
    started: Deed | None = None
    done: list[Segment] = []
    since: datetime | None = None
    rate = 0
    volume: int | None = None
    for deed in sorted((each for each in all_deeds if not each.withdrawn), key=lambda each: each.seq):
        if deed.kind in STOPS and since is not None:
            done.append(Segment(started_at=since, ended_at=deed.taken_at, rate_ul_per_h=rate))
            since = None
        if deed.kind == "started":
            started = deed
        if deed.kind == "started" or deed.kind in RUNS:
            since, rate = deed.taken_at, int(deed.payload["rate_ul_per_h"])
        if deed.payload.get("final_volume_ul") is not None:
            volume = int(deed.payload["final_volume_ul"])
    if started is None:
        return None
    if since is not None:
        done.append(Segment(started_at=since, ended_at=None, rate_ul_per_h=rate))
    said = started.payload
    return Infusion(
        drug=str(said.get("drug", "")),
        dose_ug=int(said["dose_ug"]),
        over_min=int(said["over_min"]),
        mixture=Mixture(drug_ug=int(said["drug_ug"]), total_ul=int(said["total_ul"])),
        segments=tuple(done),
        final_volume_ul=volume,
    )


def dose_line(held: Infusion, *, at: datetime) -> DoseLine:
    """What has gone in at `at`, never more than the syringe held: by rate and time, and once the pump's final volume is charted, by that."""
    given = given_so_far(held.segments, mixture=held.mixture, at=at)
    ends = finishes_at(given, mixture=held.mixture, dose_ug=held.dose_ug, rate_ul_per_h=held.rate_ul_per_h, at=at) if held.is_running else None
    agrees = running_agrees(given, dose_ug=held.dose_ug, over_min=held.over_min)
    if held.final_volume_ul is not None:
        given = replace(given, dose_ug=given_ug(held, volume_ul=held.final_volume_ul), volume_ul=held.final_volume_ul)
    return DoseLine(
        infusion=held,
        given=given,
        finishes_at=ends,
        agrees=agrees,
        pauses=pauses(held),
    )


def pauses(held: Infusion) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches between two stretches of pumping, in order."""
    return tuple(
        (before.ended_at, after.started_at) for before, after in pairwise(held.segments) if before.ended_at and after.started_at > before.ended_at
    )


def given_ug(held: Infusion, *, volume_ul: int) -> int:
    """Whole micrograms in a volume that went in, rounded down; never more than the syringe held."""
    return int(min(volume_ul, held.mixture.total_ul) * held.mixture.ug_per_ul)
