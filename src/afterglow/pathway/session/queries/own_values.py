"""A person's own values before the dose: what a fall or a rise in the room is measured against."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import CheckInAnswer
from afterglow.pathway.session.queries.check_in import PRESSURE
from afterglow.pathway.session.rules.gate_body import settled
from afterglow.pathway.session.rules.gate_facts import SeatedPressure

BEFORE = "values_before"
READ_AGAIN_AFTER = timedelta(minutes=1)


@prepared
def _taken(session_ids: Collection[UUID]) -> Rows:
    rows = CheckInAnswer.objects.filter(session_id__in=session_ids, item__in=(PRESSURE, BEFORE)).order_by("recorded_at", "id")
    return rows.values_list("session_id", "item", "value_text", "taken_at")


def own_values(started: Mapping[UUID, datetime]) -> dict[UUID, dict[str, float]]:
    """For each session that has started: `sbp` and `dbp` (mean of the last two seated readings), `spo2`, `hr`, `rr` and `etco2`, taken before the start.

    A value nobody took is left out and takes no part in any mark.  One query for all sessions.
    """
    pressures: dict[UUID, list[SeatedPressure]] = {}
    found: dict[UUID, dict[str, float]] = {session_id: {} for session_id in started}
    for session_id, item, text, taken_at in _taken(list(started)):
        value = json.loads(text)
        if value is None or taken_at > started[session_id]:
            continue
        if item == PRESSURE:
            pressures.setdefault(session_id, []).append(SeatedPressure(taken_at=taken_at, sbp=value["sbp"], dbp=value["dbp"]))
        else:
            found[session_id] |= {channel: float(value[channel]) for channel in ("spo2", "hr", "rr", "etco2") if value.get(channel) is not None}
    for session_id, taken in pressures.items():
        mean = settled(tuple(taken))
        if mean is not None:
            found[session_id] |= {"sbp": mean[0], "dbp": mean[1]}
    return found


class Remembered:
    """The same, read again after a minute: a pressure of before the start may be written down late, but not every second."""

    def __init__(self) -> None:
        self._held: dict[UUID, tuple[datetime, dict[str, float]]] = {}

    def of(self, started: Mapping[UUID, datetime], *, at: datetime) -> dict[UUID, dict[str, float]]:
        """The own values of each of these sessions."""
        self._held = {session_id: kept for session_id, kept in self._held.items() if abs(at - kept[0]) < READ_AGAIN_AFTER}
        missing = {session_id: moment for session_id, moment in started.items() if session_id not in self._held}
        if missing:
            self._held |= {session_id: (at, values) for session_id, values in own_values(missing).items()}
        return {session_id: self._held[session_id][1] for session_id in started}
