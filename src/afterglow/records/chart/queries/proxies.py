"""Who may act for a person, and who might once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.prepared import Rows, prepared
from afterglow.records.chart.models import Proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRow:
    """Somebody who acts for the person, what they may, and the consent: when it was said, how, and who took it."""

    id: UUID
    name: str
    relation: str
    phone: str
    may_be_called: bool
    may_hear_visits: bool
    may_fill_intake: bool
    consented_at: datetime
    consent_how: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedProxy:
    """A consent that was withdrawn: whose, when, by whom it was taken back, and why."""

    id: UUID
    name: str
    relation: str
    recorded_at: datetime
    recorded_by: str
    reason: str


def proxies_of(person_id: UUID) -> list[ProxyRow]:
    """Whoever may act for the person now, by name."""
    return [ProxyRow(**row) for row in _standing(person_id)]


def ended_proxies(person_id: UUID) -> list[EndedProxy]:
    """Consents that were withdrawn, the last first."""
    rows = Proxy.objects.filter(person_id=person_id, withdrawn=True).order_by("-recorded_at", "-id")
    return [EndedProxy(**row) for row in rows.values(*EndedProxy.__dataclass_fields__)]


@prepared
def _standing(person_id: UUID) -> Rows:
    rows = Proxy.objects.filter(~Exists(Proxy.objects.filter(replaces=OuterRef("pk"))), person_id=person_id, withdrawn=False)
    return rows.order_by("name", "id").values(*ProxyRow.__dataclass_fields__)
