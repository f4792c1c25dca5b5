"""Does the person arrive with a drug that clouds the head?  Then nothing is signed from check-in on (safety 19; hazard H28).  Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

KETAMINE_ACTS = timedelta(days=1)
"""Ketamine from elsewhere on this day or the day before: the next day after sleep is not certain to have come (J)."""


def on_board(item: str, value: Mapping[str, Any] | None, *, today: date, clouding: Collection[str] = ()) -> str:
    """In words what this check-in answer says is on board; "" for nothing.  `clouding`: medicines of the list that are sedatives or opioids."""
    said = value or {}
    if item == "intoxication" and said.get("said") == "yes":
        return "signs of intoxication at check-in"
    if item == "substances" and said.get("said") == "yes":
        return f"taken before the visit: {', '.join(said['taken'])}"
    if item == "other_ketamine" and said.get("said") == "yes":
        last_on = said.get("last_on")
        recent = last_on is None or today - date.fromisoformat(str(last_on)) <= KETAMINE_ACTS
        return "ketamine from elsewhere before the visit" if recent else ""
    if item == "medicines":
        taken = [name for name, word in (said.get("held") or {}).items() if word == "taken" and name in clouding]
        return f"taken before the visit: {', '.join(taken)}" if taken else ""
    return ""
