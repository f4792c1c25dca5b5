"""What the order itself has already answered: a dose outside the say-why band was signed for with a reason by two people (safety 14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from afterglow.pathway.plan.rules.lifting import was_lifted
from afterglow.science.verdict import Finding, Verdict

FIGURES = ": this is "
"""Between what the deviation is and how far it goes, in the sentences of the dose's bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidWhy:
    """What an order carries: its reason, both people with their names, and the findings as they were stored when it was signed."""

    reason: str
    signed_by: str
    signed_by_id: UUID
    second_by: str
    second_by_id: UUID | None
    recorded: tuple[Mapping[str, Any], ...]


def signed_on_the_order(verdict: Verdict, said: SaidWhy, *, as_ordered: Verdict) -> Verdict:
    """The same verdict; what two signatures may lift is met where the order recorded just that deviation as said why.  A hard stop stays.

    `as_ordered`: the order's own dose and weight against the bounds of now.  A deviation that the order did not record, one that goes the
    other way, or one whose dose or bounds have changed since stays open, for two signatures of its own.  How far the weight may have
    drifted is the order's own question: beyond it the order is void.
    """
    if not said.reason.strip() or said.second_by_id is None or said.second_by_id == said.signed_by_id:
        return verdict
    held = [finding for finding in as_ordered.liftable if was_lifted(finding, said.recorded)]
    return Verdict(tuple(_said_why(finding, held, said) for finding in verdict))


def _said_why(finding: Finding, held: Iterable[Finding], said: SaidWhy) -> Finding:
    if finding.lifted_by != "two_signatures" or not any(_is_the_same(finding, each) for each in held):
        return finding
    sentence = f"{finding.sentence} Said on the order by {said.signed_by} and {said.second_by}: {said.reason.strip()}"
    return replace(finding, state="met", sentence=sentence, lifted_by="", who="")


def _is_the_same(now: Finding, then: Finding) -> bool:
    """The same item on the same side of the same bound."""
    return now.item == then.item and now.sentence.partition(FIGURES)[0] == then.sentence.partition(FIGURES)[0]
