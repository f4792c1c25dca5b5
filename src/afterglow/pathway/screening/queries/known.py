"""What screening knows: the library's criteria, interactions, codes and indications in their newest versions, built once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from afterglow.ground.content.queries import LibraryRecord, library_row, released
from afterglow.ground.errors import NotFound
from afterglow.pathway.screening.rules.indications import Indication, in_order, indication_from
from afterglow.pathway.screening.rules.knowledge import Knowledge, knowledge_from


def knowledge(indication: str = "") -> tuple[Knowledge, Mapping[str, Mapping[str, Any]]]:
    """The library of screening in its newest versions, and which versions those are (version and SHA-256 by name).

    With `indication`, what is asked where the treatment is for that.
    """
    pks = tuple(record.pk for kind in ("criteria", "interactions", "codes") for record in released(kind))
    return _narrowed(pks, indication) if indication else _knowledge(pks)


def indications() -> tuple[Indication, ...]:
    """What people can be treated for, in the order of the list."""
    return _indications(tuple(record.pk for record in released("indications")))


def indication_of(indication: str) -> Indication:
    """The indication of this id as the library has it now.  Raises NotFound."""
    found = next((each for each in indications() if each.id == indication), None)
    if found is None:
        raise NotFound("indication")
    return found


def indication_planned_by(protocol: str) -> Indication | None:
    """The indication that plans of this protocol treat; None when the library has none for it, or more than one."""
    found = [each for each in indications() if protocol in each.protocols]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4)
def _indications(pks: tuple[UUID, ...]) -> tuple[Indication, ...]:
    return in_order(indication_from(library_row(pk).content) for pk in pks)


@lru_cache(maxsize=64)
def _narrowed(pks: tuple[UUID, ...], indication: str) -> tuple[Knowledge, Mapping[str, Mapping[str, Any]]]:
    built, library = _knowledge(pks)
    return built.asked_for(indication), library


@lru_cache(maxsize=4)
def _knowledge(pks: tuple[UUID, ...]) -> tuple[Knowledge, Mapping[str, Mapping[str, Any]]]:
    by_kind: defaultdict[str, list[LibraryRecord]] = defaultdict(list)
    for record in map(library_row, pks):
        by_kind[record.kind].append(record)
    built = knowledge_from(
        criteria=[record.content for record in by_kind["criteria"]],
        interactions=[record.content for record in by_kind["interactions"]],
        codes={record.id: record.content for record in by_kind["codes"]},
    )
    return built, {f"{record.kind}/{record.id}": {"version": record.version, "sha256": record.sha256} for rows in by_kind.values() for record in rows}
