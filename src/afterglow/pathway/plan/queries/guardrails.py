"""The guardrails of a protocol at a site: what a prescriber accepted, by name and date, and what is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.ground.content.queries import LibraryRecord, library_rows, released
from afterglow.ground.prepared import Rows, Word, prepared
from afterglow.pathway.plan.models import GuardrailAcceptance, TreatmentPlan
from afterglow.pathway.plan.rules.guardrails import Guardrail, guardrails_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailRow:
    """One guardrail; `signed_at` None: nobody of this site accepted it as it stands now."""

    guardrail: Guardrail
    signed_at: datetime | None
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    """All of one protocol version at one site."""

    protocol: LibraryRecord
    rows: tuple[GuardrailRow, ...]

    @property
    def open(self) -> tuple[GuardrailRow, ...]:
        return tuple(row for row in self.rows if row.signed_at is None)

    @property
    def open_titles(self) -> tuple[str, ...]:
        return tuple(row.guardrail.title for row in self.open)

    @property
    def accepted_by(self) -> tuple[str, ...]:
        """Everybody who signed for one that stands."""
        return tuple(sorted({row.signed_by for row in self.rows if row.signed_at is not None}))

    @property
    def accepted_at(self) -> datetime | None:
        """When the last one that stands was signed."""
        return max((row.signed_at for row in self.rows if row.signed_at is not None), default=None)


@prepared
def _accepted(site_id: UUID, protocol_name: str) -> Rows:
    rows = GuardrailAcceptance.objects.filter(site_id=site_id, protocol_name=protocol_name).order_by("signed_at", "id")
    return rows.values_list("part", "part_text", "signed_at", "signed_by__name")


def guardrails(site_id: UUID, protocol: LibraryRecord) -> Guardrails:
    """One query.  An acceptance counts for the words that were accepted, whichever version of the protocol they stood in."""
    return _state(protocol, _accepted(site_id, Word(protocol.id)))


def guardrails_at(site_id: UUID, protocols: Iterable[LibraryRecord]) -> list[Guardrails]:
    """The same for many protocols of a site, in their order.  One query."""
    rows = GuardrailAcceptance.objects.filter(site_id=site_id).order_by("signed_at", "id")
    found: defaultdict[str, list[tuple[str, str, datetime, str]]] = defaultdict(list)
    for name, part, text, at, who in rows.values_list("protocol_name", "part", "part_text", "signed_at", "signed_by__name"):
        found[name].append((part, text, at, who))
    return [_state(each, found[each.id]) for each in protocols]


def _state(protocol: LibraryRecord, accepted: Iterable[tuple[str, str, datetime, str]]) -> Guardrails:
    signed = {(part, text): (at, name) for part, text, at, name in accepted}
    rows = []
    for each in guardrails_of(protocol.content):
        at, name = signed.get((each.id, each.text), (None, ""))
        rows.append(GuardrailRow(guardrail=each, signed_at=at, signed_by=name))
    return Guardrails(protocol=protocol, rows=tuple(rows))


def protocols_at(site_id: UUID) -> list[LibraryRecord]:
    """The newest version of each protocol, and every earlier one under which somebody of this site is treated now."""
    newest = released("protocols")
    held = TreatmentPlan.objects.filter(site_id=site_id, state="in_force").values_list("protocol_id", flat=True).distinct()
    earlier = library_rows([pk for pk in held if pk not in {record.pk for record in newest}])
    return sorted([*newest, *earlier], key=lambda record: (record.id, -record.version))
