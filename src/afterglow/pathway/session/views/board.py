"""The board: every dosing room of a site, to be read from four metres.  It shows no names unless asked, and nothing can be done from it (H1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.face.templatetags.addresses import address_of
from afterglow.pathway.session import events
from afterglow.pathway.session.queries import live, watching
from afterglow.pathway.session.queries.board import BoardRoom, BoardRow, board
from afterglow.pathway.session.rules.booked import over_in_words
from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.views.room import due_line, number
from afterglow.science.verdict import Finding

NEED = "session.session.read"
FROM_AFAR = ("pressure", "hr", "spo2", "rr")
"""What a board shows of a person; the rest is in the room."""
Watch = Mapping[UUID, tuple[Finding, ...]]
SHORT = {"pressure": "pressure", "hr": "heart rate", "spo2": "saturation", "rr": "breathing"}


@staff(NEED)
@require_GET
def board_view(request: HttpRequest) -> HttpResponse:
    """One audit row: a list, with its count."""
    site = site_here(request)
    shown = _rooms(request, site)
    trail.read(
        events.board_read,
        by=request.actor,
        at=request.at,
        objects={"site": site.id},
        count=sum(1 for each in shown if each.get("person") is not None),
    )
    return render(request, "session/board.html", _context(request, site, shown))


@staff(NEED)
@require_GET
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms alone, drawn again: no audit row."""
    site = site_here(request)
    return render(request, "session/board_rooms.html", _context(request, site, _rooms(request, site)))


def _context(request: HttpRequest, site: SiteRow, shown: list[dict[str, Any]]) -> dict[str, Any]:
    named = names_wanted(request)
    address = f"{reverse('session:board_rooms')}?site={site.id}{'&names=1' if named else ''}"
    return {
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "rooms": shown,
        "names": named,
        "rooms_url": address,
        "live_url": reverse("session:stream"),
        "board_at": request.at,
        "may_register": request.actor.may("session.device.register"),
        "forced_theme": "dusk",
    }


def names_wanted(request: HttpRequest) -> bool:
    return request.GET.get("names") == "1"


def _rooms(request: HttpRequest, site: SiteRow) -> list[dict[str, Any]]:
    found = board(site.id, request.at)
    seen = live.heads_visible_to(request.actor, [row.session_id for each in found for row in each.rows])
    named, watch = names_wanted(request), watching.site_watch(site, request.at)
    return [shown for each in found for shown in _shown(each, set(seen), watch, named=named, at=request.at, zone=site.zone)]


def _shown(room: BoardRoom, visible: set[UUID], watch: Watch, *, named: bool, at: datetime, zone: str) -> list[dict[str, Any]]:
    """One card a person; an empty room is one card."""
    if not room.rows:
        return [{"name": room.name}]
    return [
        _card(room.name, row, watch.get(row.session_id, ()), named=named, at=at, zone=zone) if row.session_id in visible else _closed(room.name, row)
        for row in room.rows
    ]


def _card(name: str, row: BoardRow, watch: tuple[Finding, ...], *, named: bool, at: datetime, zone: str) -> dict[str, Any]:
    """`watch`: what stands about the person who monitors, a notice beside the marks of the values."""
    lines = [due_line(due, at) for due in row.due]
    late = [line for line in lines if line["level"] in ("notify", "act")]
    return {
        "id": row.session_id,
        "seq": row.seq,
        "url": address_of("session:room", row.session_id),
        "name": name,
        "person": row.short_name if named else f"Monitor: {row.monitor or 'nobody named'}",
        "monitor": (row.monitor or "nobody named") if named else "",
        "phase": row.phase,
        "minutes": "" if row.elapsed is None else f"{int(row.elapsed.total_seconds() // 60)} min",
        "numbers": [number(each) | {"label": SHORT[each.channel]} for each in row.numbers if each.channel in FROM_AFAR],
        "marks": sorted(
            [*(mark_line(each) for each in row.marks if each.mark.level != "none"), *map(overdue, late), *map(watch_line, watch)],
            key=lambda mark: mark["level"] != "act",
        ),
        "due": next((f"{line['label']}, {line['when']}" for line in lines[:1]), ""),
        "leaving": "" if row.leaving_at is None else f"{row.leaving_at.astimezone(ZoneInfo(zone)):%H:%M %Z}",
        "over": over_in_words(row.over_min),
        "caution": row.device.caution if row.device else "",
    }


def mark_line(raised: Raised) -> dict[str, str]:
    """A mark that stands."""
    mark = raised.mark
    return {"level": mark.level, "code": mark.code, "channel": mark.channel, "sentence": mark.sentence}


def watch_line(finding: Finding) -> dict[str, str]:
    """What stands about a monitor, as a mark."""
    return {"level": "notify", "code": finding.item, "channel": "", "sentence": finding.sentence}


def overdue(line: dict[str, str]) -> dict[str, str]:
    """A check that is late, as a mark: on a board nobody reads a list of what is due."""
    return {"level": line["level"], "code": "overdue", "channel": "", "sentence": f"{line['label']}: {line['when']}"}


def _closed(name: str, row: BoardRow) -> dict[str, Any]:
    """A person whom this actor may not know of: that the room is in use, and whether somebody must go and look, nothing else."""
    look = (
        [{"level": "act", "code": "look", "sentence": "Somebody is needed in this room now."}]
        if any(each.mark.level == "act" for each in row.marks)
        else []
    )
    return {"name": name, "person": "In use", "phase": row.phase, "minutes": "", "numbers": [], "marks": look, "due": "", "leaving": ""}
