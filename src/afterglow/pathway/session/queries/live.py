"""What the stream says: each committed entry above a cursor, as the room's page reads it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.hub import Line
from afterglow.pathway.session.models import Entry, Reading, Session
from afterglow.pathway.session.queries.consent_now import against, running
from afterglow.pathway.session.queries.deeds import CORRECTED
from afterglow.records.chart import queries as chart
from afterglow.science.vitals.channels import CHANNELS, number_text, shown

CAUGHT_UP = 300
"""Entries that a stream sends again at most: who was away longer draws the room anew."""
Row = tuple[UUID, int, str, datetime, str]


def lines_after(cursors: Mapping[UUID, int]) -> list[Line]:
    """Every deed and reading above each session's cursor, in the order of the chain: one query when nothing is new, three when something is."""
    heads = {
        session_id: (seq, state)
        for session_id, seq, state in Session.objects.filter(id__in=list(cursors)).values_list("id", "seq", "state")
        if seq > cursors[session_id]
    }
    if not heads:
        return []
    asked = Q()
    for session_id in heads:
        asked |= Q(session_id=session_id, seq__gt=cursors[session_id])
    rows: list[Row] = list(Entry.objects.filter(asked).values_list("session_id", "seq", "kind", "taken_at", "text"))
    rows += [
        (session_id, seq, "", taken_at, text)
        for session_id, seq, taken_at, text in Reading.objects.filter(asked).values_list("session_id", "seq", "taken_at", "text")
    ]
    rows.sort(key=lambda row: (row[0], row[1]))
    return [Line(row[0], row[1], _text(row, heads[row[0]][1])) for row in rows]


def notices(session_ids: Collection[UUID]) -> list[Line]:
    """What stands against a running dose without being an entry of its session: a consent taken back.  Two queries, one where no dose runs."""
    held = running(session_ids)
    found = against(held)
    lines = []
    for each in held:
        if raised := found.get(each.session_id):
            mark = {"code": raised.mark.code, "level": raised.mark.level, "channel": raised.mark.channel, "sentence": _sentence(asdict(raised.mark))}
            said = {"room": str(each.session_id), "seq": 0, "kind": "notice", "at": raised.first_at.isoformat(), "state": each.state, "marks": [mark]}
            about = f"{raised.mark.code} {raised.first_at.isoformat()}"
            lines.append(Line(each.session_id, 0, json.dumps(said, separators=(",", ":"), ensure_ascii=False), about))
    return lines


def _text(row: Row, state: str) -> str:
    session_id, seq, kind, taken_at, text = row
    payload = json.loads(text)
    if kind == CORRECTED:  # what counts now, at the time at which it was taken
        payload = payload.get("payload") or {}
    said: dict[str, Any] = {"room": str(session_id), "seq": seq, "kind": "deed" if kind else "reading", "at": taken_at.isoformat(), "state": state}
    channels = shown_channels(payload.get("channels") or {})
    if channels:
        said["channels"] = channels
    if not kind or channels:
        said["marks"] = [
            {"code": mark["code"], "level": mark["level"], "channel": mark["channel"], "sentence": _sentence(mark)}
            for mark in payload.get("marks") or ()
        ]
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def _sentence(mark: Mapping[str, str]) -> str:
    return f"{mark['sentence']} {mark.get('says', '')}".strip()


def shown_channels(channels: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each channel as a screen may show it: a zero or an impossible number has words and no value.  Both pressures make one more, `pressure`."""
    found: dict[str, dict[str, Any]] = {}
    for code, each in channels.items():
        if code in CHANNELS:
            said = shown(code, each.get("value"))
            found[code] = {"value": said.number, "unit": CHANNELS[code].unit, "shown": said.text}
    if "sbp" in found and "dbp" in found:
        upper, lower = found["sbp"]["value"], found["dbp"]["value"]
        whole = upper is not None and lower is not None
        text = f"{number_text(upper)}/{number_text(lower)}" if whole else "no reading"
        found["pressure"] = {"value": upper if whole else None, "unit": "mmHg", "shown": text}
    return found


def heads_visible_to(actor: Actor, session_ids: Collection[UUID]) -> dict[UUID, int]:
    """Those of these sessions that this actor may see, with the number each stands at: constant queries."""
    people = None if actor.scope == "clinic" else list(chart.people_of(actor))
    return dict(_heads(list(session_ids), actor.clinic_id, people))


@prepared
def _heads(session_ids: Collection[UUID], clinic_id: UUID, people: Collection[UUID] | None) -> Rows:
    rows = Session.objects.filter(id__in=session_ids, site__clinic_id=clinic_id)
    return (rows if people is None else rows.filter(person_id__in=people)).values_list("id", "seq")
