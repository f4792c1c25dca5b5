"""The chair is booked for dose, recovery and what comes after; who stays longer is seen, because somebody else may be coming."""

from __future__ import annotations

from datetime import datetime

from afterglow.pathway.session.rules.states import IN_THE_ROOM


def minutes_over(state: str, booked_until: datetime, at: datetime) -> int:
    """Whole minutes that somebody is here beyond the booked end; 0 within it and for who has left.  It hurries nobody: leaving has rules of its own."""
    if state not in IN_THE_ROOM:
        return 0
    return max(0, int((at - booked_until).total_seconds() // 60))


def over_in_words(minutes: int) -> str:
    """'12 min over its booked time'; nothing where it is not."""
    return f"{minutes} min over its booked time" if minutes else ""
