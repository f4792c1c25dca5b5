"""The limits of a site: what the library proposes, what a prescriber accepted, what is still open, and what a session started with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.pathway.session.models import LimitAcceptance
from afterglow.pathway.session.rules.limit_words import number_words
from afterglow.science.vitals.limits import SiteLimits, complete_limits, proposed_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedLimit:
    """The newest acceptance of one limit of the current list."""

    values: Mapping[str, float]
    changed: bool
    reason: str
    signed_at: datetime
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit of the library's list with what this site made of it; `accepted` None: still open."""

    limit: Mapping[str, Any]
    accepted: AcceptedLimit | None

    @property
    def id(self) -> str:
        return str(self.limit["id"])

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every number: name, words, unit, proposed, lowest, highest, and the one in force (None while it is open)."""
        held = self.accepted.values if self.accepted else {}
        return [
            {**bounds, "name": name, "words": number_words(name), "unit": bounds.get("unit", self.limit["unit"]), "now": held.get(name)}
            for name, bounds in self.limit["values"].items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimitState:
    """All limits of a site.  `in_force` holds the accepted numbers and, where one is open, the proposed one: for display, never for a start."""

    library: LibraryRecord
    rows: tuple[LimitRow, ...]
    in_force: SiteLimits

    @property
    def open(self) -> tuple[str, ...]:
        """The titles of the limits that no prescriber accepted yet; a new version of the list opens all of them again."""
        return tuple(str(row.limit["title"]) for row in self.rows if row.accepted is None)

    def snapshot(self) -> str:
        """What a session keeps for ever: the numbers it started with and the list they come from.  Call it only when nothing is open."""
        return canonical({"library": self.library.label, "sha256": self.library.sha256, "values": self.in_force.values})


@prepared
def _accepted(site_id: UUID, limits_id: UUID) -> Rows:
    rows = LimitAcceptance.objects.filter(site_id=site_id, limits_id=limits_id).order_by("signed_at", "id")
    return rows.values_list("limit_id", "value_text", "changed", "reason", "signed_at", "signed_by__name")


@once_a_page
def site_limits(site_id: UUID) -> SiteLimitState:
    """Two queries at most.  Raises NotFound when the library has no list."""
    library = library_file("alerts", "site_limits")
    entries = library.content["limits"]
    newest: dict[str, AcceptedLimit] = {}
    for limit_id, text, changed, reason, at, name in _accepted(site_id, library.pk):
        newest[limit_id] = AcceptedLimit(values=json.loads(text), changed=changed, reason=reason, signed_at=at, signed_by=name)
    proposed = proposed_limits(entries)
    values = {entry["id"]: newest[entry["id"]].values if entry["id"] in newest else proposed.values[entry["id"]] for entry in entries}
    found = tuple(LimitRow(limit=entry, accepted=newest.get(entry["id"])) for entry in entries)
    return SiteLimitState(library=library, rows=found, in_force=complete_limits(values))


def limits_at_start(limits_text: str) -> SiteLimits:
    """The limits that a started session keeps.  Raises LimitMissing for a session that never started."""
    return complete_limits(json.loads(limits_text)["values"] if limits_text else {})
