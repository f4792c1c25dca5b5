"""Taking over another rule's answer with its reasons, never milder than it was."""

from __future__ import annotations

from dataclasses import replace

from afterglow.pathway.session.rules.gate_facts import Reasons
from afterglow.science.verdict import Finding


def taken_over(item: str, reasons: Reasons | None, missing: str, *, never: bool = False) -> tuple[Finding, ...]:
    """The findings of `reasons`; where there are none, one unknown `item` that says what is `missing`.

    `never`: whatever is open here, nobody lifts (an order, a credential): a milder answer from below is raised to that.
    """
    found = (reasons,) if isinstance(reasons, Finding) else tuple(reasons or ())
    if not found:
        return (Finding.unknown(item, missing, lifted_by="nobody" if never else ""),)
    return tuple(replace(finding, lifted_by="nobody") if never and not finding.is_met else finding for finding in found)
