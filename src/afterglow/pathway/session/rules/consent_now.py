"""What a consent that no longer carries a dose means for one that runs: stop it (safety 4; hazards H28, H29).  Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from afterglow.science.vitals.marks import Mark

RUNS = ("dosing", "paused")
"""States in which drug goes in, or may go in again."""
WITHDRAWN, NO_CAPACITY = "consent_withdrawn", "capacity_not_shown"
CLEARED_BY_STOPPING = frozenset({WITHDRAWN, NO_CAPACITY})
"""Marks that no answer clears: they stand until the dose is stopped (J)."""
NOW = "Stop the dose and stay with the person."


def consent_mark(what: Literal["withdrawn", "no_capacity"], *, at: datetime, by: str) -> Mark:
    """The mark in words; `at` in the zone of the site."""
    if what == "withdrawn":
        code, sentence = WITHDRAWN, f"Consent was withdrawn at {at:%H:%M}, charted by {by}."
    else:
        code, sentence = NO_CAPACITY, f"{by} stated at {at:%H:%M} that this person cannot decide."
    return Mark(code=code, level="act", channel="", sentence=sentence, says=NOW, urgency="high")
