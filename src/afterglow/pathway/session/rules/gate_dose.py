"""What the order itself has already answered: a dose outside the say-why band was signed for with a reason by two people (safety 14)."""

from __future__ import annotations

from dataclasses import replace

from afterglow.science.verdict import Finding, Verdict


def signed_on_the_order(verdict: Verdict, *, reason: str, signed_by: str, second_by: str) -> Verdict:
    """The same verdict; what two signatures may lift is met where the order carries the reason and both names.  A hard stop stays."""
    if not reason.strip() or not second_by or second_by == signed_by:
        return verdict
    return Verdict(tuple(_said_why(finding, reason.strip(), signed_by, second_by) for finding in verdict))


def _said_why(finding: Finding, reason: str, signed_by: str, second_by: str) -> Finding:
    if finding.is_met or finding.lifted_by != "two_signatures":
        return finding
    sentence = f"{finding.sentence} Said on the order by {signed_by} and {second_by}: {reason}"
    return replace(finding, state="met", sentence=sentence, lifted_by="", who="")
