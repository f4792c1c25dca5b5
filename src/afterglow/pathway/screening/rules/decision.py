"""May the prescriber decide so?  Only a clear needs everything settled; no one is ever kept from saying no, not here or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from afterglow.pathway.screening.rules.assessment import Assessment
from afterglow.science.verdict import Finding, Verdict

Decision = Literal["clear", "decline", "refer", "postpone"]
DECISIONS: Final[tuple[Decision, ...]] = ("clear", "decline", "refer", "postpone")
# Shorter than this is no reason (J): it keeps a full stop or "ok" from becoming the record of a safety override.
SHORTEST_REASON: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, as of the moment of signing: `by` is the id of the signer, `name` for sentences."""

    by: str
    name: str
    is_prescriber: bool
    is_licensed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One held item that is to be passed over, why, and who signed for that."""

    item: str
    reason: str
    signatures: tuple[Signature, ...]


def may_decide(assessment: Assessment, decision: Decision, overrides: Sequence[Override], *, reason: str, signed: Signature) -> Verdict:
    """Every finding behind the decision; it may be taken when the verdict is met.

    A clear needs: nothing unknown, nothing open that nobody may lift, and each held item overridden with a reason and the
    signatures of two different licensed people, one of them a prescriber (safety rule 4).  The other decisions need a reason.
    """
    decider = _decided_by_prescriber(signed)
    if decision != "clear":
        return Verdict.of(decider, _reason_given("decision.reason", reason))
    by_item = {override.item: override for override in overrides}
    passed = tuple(_passed(finding, by_item.get(finding.item)) for finding in assessment.verdict)
    liftable = {finding.item for finding in assessment.verdict.liftable}
    astray = tuple(_astray(item) for item in by_item if item not in liftable)
    twice = () if len(by_item) == len(overrides) else (Finding.unmet("override.twice", "An item is overridden twice. Keep one reason for each."),)
    return Verdict.of(decider, *passed, *astray, *twice)


def override_stands(override: Override) -> Finding:
    """Does this override carry a reason and two signatures by different licensed people, one of them a prescriber?"""
    signers = {signature.by for signature in override.signatures}
    item = override.item
    if not _reason_given(item, override.reason).is_met:
        return Finding.unmet(item, f"Say why, in at least {SHORTEST_REASON} characters.", lifted_by="two_signatures")
    if len(signers) < 2:
        return Finding.unmet(item, "Two different people sign an override; one person counts once.", lifted_by="two_signatures")
    unlicensed = sorted(signature.name for signature in override.signatures if not signature.is_licensed)
    if unlicensed:
        return Finding.unmet(
            item, f"Only licensed staff sign an override: {', '.join(unlicensed)} has no licence in date.", lifted_by="two_signatures"
        )
    if not any(signature.is_prescriber for signature in override.signatures):
        return Finding.unmet(item, "One of the two signatures is a prescriber's.", lifted_by="two_signatures")
    names = " and ".join(sorted({signature.name for signature in override.signatures}))
    return Finding.met(item, f"Overridden by {names}: {override.reason.strip()}")


def _passed(finding: Finding, override: Override | None) -> Finding:
    """The finding itself, unless it may be lifted and someone tries to."""
    if override is None or finding.is_met or finding.state == "unknown" or finding.lifted_by != "two_signatures":
        return finding
    lifted = override_stands(override)
    if lifted.is_met:
        return Finding.met(finding.item, f"{finding.sentence} {lifted.sentence}", source=finding.source, mark=finding.mark)
    return Finding.unmet(
        finding.item,
        f"{finding.sentence} {lifted.sentence}",
        source=finding.source,
        mark=finding.mark,
        lifted_by="two_signatures",
        who=finding.who,
    )


def _astray(item: str) -> Finding:
    return Finding.unmet(f"override.{item}", f"{item} is not an open item that two signatures may lift. Take this override away.", lifted_by="nobody")


def _decided_by_prescriber(signed: Signature) -> Finding:
    if signed.is_prescriber and signed.is_licensed:
        return Finding.met("decision.by", f"Decided by {signed.name}.")
    return Finding.unmet("decision.by", f"{signed.name} is not a prescriber with a licence in date; the prescriber decides.", lifted_by="nobody")


def _reason_given(item: str, reason: str) -> Finding:
    if len(reason.strip()) >= SHORTEST_REASON:
        return Finding.met(item, reason.strip())
    return Finding.unmet(item, f"Say why, in at least {SHORTEST_REASON} characters.")
