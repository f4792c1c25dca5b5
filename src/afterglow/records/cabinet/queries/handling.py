"""Who handled the drug, person by person: what they drew and what became of it, whom they asked to watch, what they lifted (hazard H26).

A pattern is a question to ask, never an accusation: rooms, shifts and doses differ.  No patient is named here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum

from afterglow.ground.audit import queries as trail
from afterglow.records.cabinet.models import Lot, Movement

OVERRIDES = {
    "session.override_signed": "signed",
    "screening.override_signed": "signed",
    "session.override_countersigned": "countersigned",
    "screening.override_countersigned": "countersigned",
}
"""Audit events of lifting something that was in the way, and which of the two signatures each is."""
DRUG_NAMES = dict(Lot._meta.get_field("drug").flatchoices)
Key = tuple[UUID | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingRow:
    """One member of staff and one drug.  Given, wasted and returned are of what this person drew, whoever recorded it."""

    name: str
    drug: str
    draws: int
    drawn_ug: int
    given_ug: int
    wasted_ug: int
    returned_ug: int
    discarded_ug: int
    witnessed: int
    usual_witness: str
    usual_share_percent: int | None

    @property
    def open_ug(self) -> int:
        return self.drawn_ug - self.given_ug - self.wasted_ug - self.returned_ug

    @property
    def wasted_percent(self) -> int | None:
        """Of what was drawn, rounded to the nearest whole; None where nothing was."""
        return (self.wasted_ug * 200 + self.drawn_ug) // (self.drawn_ug * 2) if self.drawn_ug else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """How often one person lifted something that was in the way, first or second to sign."""

    name: str
    signed: int
    countersigned: int


def handling(clinic_id: UUID, *, since: datetime, until: datetime) -> list[HandlingRow]:
    """A row for everybody who moved or witnessed drug in this time, by name and drug; a fixed number of queries."""
    moved = Movement.objects.filter(lot__site__clinic_id=clinic_id, taken_at__gte=since, taken_at__lt=until)
    names, sums, counts, witnessed = dict[UUID | None, str](), defaultdict[tuple[Key, str], int](int), defaultdict[Key, int](int), dict[Key, int]()
    deeds = moved.filter(what__in=["drawn", "discarded"]).values("by_user_id", "by_user__name", "lot__drug", "what")
    for row in deeds.annotate(amount=Sum("amount_ug"), times=Count("id")).order_by():
        key = (row["by_user_id"], row["lot__drug"])
        names[key[0]] = row["by_user__name"] or "not a signed-in person"
        sums[key, row["what"]] += row["amount"]
        counts[key] += row["times"] if row["what"] == "drawn" else 0
    parts = Movement.objects.filter(draw__in=moved.filter(what="drawn")).values("draw__by_user_id", "lot__drug", "what")
    for part in parts.annotate(amount=Sum("amount_ug")).order_by():
        sums[(part["draw__by_user_id"], part["lot__drug"]), part["what"]] += part["amount"]
    watched = moved.filter(witness__isnull=False).values("witness_id", "witness__name", "lot__drug")
    for seen in watched.annotate(times=Count("id")).order_by():
        names[seen["witness_id"]] = seen["witness__name"]
        witnessed[seen["witness_id"], seen["lot__drug"]] = seen["times"]
    usual = _usual_witness(clinic_id, since=since, until=until)
    return [
        HandlingRow(
            name=names[key[0]],
            drug=DRUG_NAMES[key[1]],
            draws=counts[key],
            **{f"{what}_ug": sums[key, what] for what in ("drawn", "given", "wasted", "returned", "discarded")},
            witnessed=witnessed.get(key, 0),
            usual_witness=usual[key][0] if key in usual else "",
            usual_share_percent=usual[key][1] if key in usual else None,
        )
        for key in sorted({key for key, _ in sums} | set(witnessed), key=lambda key: (names[key[0]].casefold(), key[1], str(key[0])))
    ]


def _usual_witness(clinic_id: UUID, *, since: datetime, until: datetime) -> dict[Key, tuple[str, int]]:
    """Who watched most often, and in how many of a hundred of the steps that need a witness."""
    pairs = (
        Movement.objects.filter(lot__site__clinic_id=clinic_id, taken_at__gte=since, taken_at__lt=until, witness__isnull=False)
        .values("by_user_id", "lot__drug", "witness_id", "witness__name")
        .annotate(times=Count("id"))
        .order_by("witness__name", "witness_id")
    )
    times = defaultdict[Key, list[tuple[int, str]]](list)
    for row in pairs:
        times[row["by_user_id"], row["lot__drug"]].append((row["times"], row["witness__name"]))
    most = {key: max(held, key=lambda each: each[0]) for key, held in times.items()}
    return {key: (name, count * 100 // sum(each for each, _ in times[key])) for key, (count, name) in most.items()}


def overrides(clinic_id: UUID, *, since: datetime, until: datetime) -> list[OverrideRow]:
    """Everybody who signed or countersigned an override of the gate or of screening in this time, who did most first."""
    counts = defaultdict[str, dict[str, int]](lambda: {"signed": 0, "countersigned": 0})
    names: dict[str, str] = {}
    for deed in trail.deeds_by_actor(clinic_id, OVERRIDES, since=since, until=until):
        names[deed.actor_id] = deed.actor_name
        counts[deed.actor_id][OVERRIDES[deed.event]] += deed.times
    rows = [OverrideRow(name=names[actor], **held) for actor, held in counts.items()]
    return sorted(rows, key=lambda row: (-row.signed - row.countersigned, row.name.casefold()))
