"""What a reason and two signatures by different people may lift, and what nobody lifts (safety 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from afterglow.science.verdict import Finding, Verdict

LIFTED: Final = " Lifted by "
"""What stands between the sentence that was lifted and the names of the two who lifted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """A reason for one open item, by two people, told apart by their ids.  `first_by` is the prescriber; `second_licensed`: the second is a
    licensed member of this site's staff (None: nobody looked)."""

    item: str
    reason: str
    first_by: str
    first_id: UUID
    second_by: str
    second_id: UUID | None
    second_licensed: bool | None


def lift(verdict: Verdict, lifts: Sequence[Lift]) -> Verdict:
    """The verdict after the lifts: a lifted item is met and says why and by whom; a lift that does not count leaves it open and says why not.

    A hard stop and a thing that simply has to be done stay open whatever is written.
    """
    by_item = {entry.item: entry for entry in lifts}
    return Verdict(tuple(_after(finding, by_item.get(finding.item)) for finding in verdict))


def was_lifted(finding: Finding, recorded: Iterable[Mapping[str, Any]]) -> bool:
    """Was this very item, with this very sentence, lifted when `recorded` (findings as they were stored at a signature) was signed?"""
    return any(
        stored["item"] == finding.item and stored["state"] == "met" and str(stored["sentence"]).startswith(f"{finding.sentence}{LIFTED}")
        for stored in recorded
    )


def _after(finding: Finding, entry: Lift | None) -> Finding:
    if finding.is_met or finding.lifted_by != "two_signatures" or entry is None:
        return finding
    if missing := _missing(entry):
        return replace(finding, sentence=f"{finding.sentence} {missing}")
    sentence = f"{finding.sentence}{LIFTED}{entry.first_by} and {entry.second_by}: {entry.reason.strip()}"
    return replace(finding, state="met", sentence=sentence, lifted_by="", who="")


def _missing(entry: Lift) -> str:
    if not entry.reason.strip():
        return "A reason is needed."
    if entry.second_id is None:
        return "Two signatures are needed."
    if entry.first_id == entry.second_id:
        return "The second signature must be another person's."
    if not entry.second_licensed:
        return "The second signature must be that of a licensed member of this site's staff."
    return ""
