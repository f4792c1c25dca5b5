"""The pure rules that decide about a course, each by the name under which its facts are recorded, and their answers in a form to compare."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from afterglow.pathway.session.rules.discharge import may_leave
from afterglow.pathway.session.rules.gate import may_start
from afterglow.science.outcomes.course import Standing, standing
from afterglow.science.verdict import Verdict

RULES: dict[str, Callable[..., Any]] = {"start": may_start, "leave": may_leave, "standing": standing}


def answer(name: str, arguments: list[Any], named: dict[str, Any]) -> dict[str, Any]:
    """What the rule says today: the verdict, what is open, and a digest of every sentence; for a standing its state and sentence."""
    told = RULES[name](*arguments, **named)
    return said(told)


def said(told: Verdict | Standing) -> dict[str, Any]:
    if isinstance(told, Standing):
        return {"state": told.state, "responded": told.responded, "watch": told.relapse_watch, "sentence": told.sentence}
    lines = "\n".join(f"{finding.item} {finding.state} {finding.sentence} {finding.lifted_by}" for finding in told)
    return {"met": told.met, "open": sorted(finding.item for finding in told.open), "sha256": hashlib.sha256(lines.encode()).hexdigest()[:16]}
