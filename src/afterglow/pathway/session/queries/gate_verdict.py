"""The gate's answer at one moment: all findings, the limits they rest on, and the overrides that count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Override, SecondSignature, Session
from afterglow.pathway.session.queries.gate_facts import gate_facts
from afterglow.pathway.session.queries.gate_visit import Visit, visit
from afterglow.pathway.session.rules import gate
from afterglow.pathway.session.rules.gate import Signer
from afterglow.pathway.session.rules.gate_facts import GateFacts
from afterglow.records.staff import queries as staff
from afterglow.science.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSignature:
    """An override that waits for its second signature."""

    id: UUID
    item: str
    saw: str
    reason: str
    signed_at: datetime
    signed_by_id: UUID
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`bare`: what was found; `verdict`: the same after the overrides that count; `waiting`: overrides with one signature."""

    visit: Visit
    facts: GateFacts
    bare: Verdict
    verdict: Verdict
    waiting: tuple[FirstSignature, ...]

    def found(self, item: str) -> Finding | None:
        """The finding of this item as it was found, before any override."""
        return next((finding for finding in self.bare if finding.item == item), None)


def gate_now(session: Session, *, by: Actor, at: datetime) -> Gate:
    """Ask the whole gate.  Under the locks of Start this is the decision; on a page it is what would be decided now."""
    held = visit(session, by=by, at=at)
    facts = gate_facts(held)
    bare = gate.may_start(facts, held.limits.in_force)
    signed, waiting = overrides_of(held)
    return Gate(visit=held, facts=facts, bare=bare, verdict=gate.lift(bare, signed, at=at), waiting=waiting)


@prepared
def _overrides(session_id: UUID) -> Rows:
    rows = Override.objects.filter(session_id=session_id).order_by("signed_at", "id")
    return rows.values_list("id", "item", "saw", "reason", "signed_at", "signed_by_id", "signed_by__name")


@prepared
def _seconds(override_ids: Sequence[UUID]) -> Rows:
    return SecondSignature.objects.filter(override_id__in=override_ids).values_list("override_id", "signed_by_id")


def overrides_of(held: Visit) -> tuple[tuple[gate.Override, ...], tuple[FirstSignature, ...]]:
    """The overrides of this session with both signatures, and those with one."""
    values = _overrides(held.session.id)
    seconds = dict(_seconds([row[0] for row in values]))
    signers: dict[UUID, Signer] = {}
    whole, waiting = [], []
    for pk, item, saw, reason, signed_at, first_id, name in values:
        if pk not in seconds:
            waiting.append(FirstSignature(id=pk, item=item, saw=saw, reason=reason, signed_at=signed_at, signed_by_id=first_id, signed_by=name))
            continue
        for user_id in (first_id, seconds[pk]):
            signers.setdefault(user_id, signer(user_id, held))
        whole.append(gate.Override(item=item, saw=saw, reason=reason, first=signers[first_id], second=signers[seconds[pk]], signed_at=signed_at))
    return tuple(whole), tuple(waiting)


def signer(user_id: UUID, held: Visit) -> Signer:
    """Who this is today at this site: employed here, licensed here, a prescriber here."""
    return signer_at(user_id, held.site, held.today)


def signer_at(user_id: UUID, site: SiteRow, today: date) -> Signer:
    """The same for a site and its day, where no visit was read."""
    member = next((row for row in accounts.staff_of(site.clinic_id) if row.user_id == user_id), None)
    prescribes = staff.credential_in_date(user_id, site.clinic_id, "prescriber_licence", today, site.state) is not None
    return Signer(
        staff_id=str(user_id),
        name=member.name if member else "someone who no longer works here",
        licensed=staff.is_licensed(user_id, site.clinic_id, today),
        of_this_site=member is not None,
        prescriber=prescribes and member is not None and member.has("prescriber"),
    )


def saw(found: Gate) -> dict[str, Any]:
    """Everything a decision rests on, for the record: each fact, each finding, the limits and their version."""
    return {
        "facts": asdict(found.facts),
        "findings": [asdict(finding) for finding in found.verdict],
        "limits": {"library": found.visit.limits.library.label, "values": found.visit.limits.in_force.values, "open": found.visit.limits.open},
    }
