"""The room: one running session, live, and everything that may be done in it.

The page is whole without JavaScript (it reloads itself); with it the numbers come by the stream, and each part is drawn again by the server.
The page about a person writes one audit row; its parts, which only bring it up to date, write none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.face.strip import draw
from afterglow.pathway.session import access, events
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.as_needed import standing_orders
from afterglow.pathway.session.queries.check_in import Answers, answers
from afterglow.pathway.session.queries.comfort import touch_said
from afterglow.pathway.session.queries.falls import fall_note
from afterglow.pathway.session.queries.own_values import own_values
from afterglow.pathway.session.queries.phase import Number
from afterglow.pathway.session.queries.room import RoomPicture
from afterglow.pathway.session.queries.room import room as picture_of
from afterglow.pathway.session.queries.setting import setting_now
from afterglow.pathway.session.queries.timeline import Line
from afterglow.pathway.session.queries.watching import room_watch
from afterglow.pathway.session.rules.due import Due
from afterglow.pathway.session.rules.states import IN_THE_ROOM, MONITORED
from afterglow.pathway.session.rules.touch import NO
from afterglow.pathway.session.views.comfort import card
from afterglow.records.staff import queries as staff_queries
from afterglow.science.vitals.channels import number_text

NEED = "session.session.read"
SOON = timedelta(minutes=2)
SHOWN_ALWAYS = 8
"""Lines of the timeline before "earlier" is folded."""


@staff(NEED)
@require_GET
def room_view(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=NEED)
    picture = picture_of(session.id, request.at)
    trail.read(events.room_read, by=request.actor, at=request.at, person_id=picture.person_id, objects={"session": picture.session_id})
    context = _whole(request, picture) | {
        **card(session),
        "said_no": touch_said(session) in NO,
        "setting": setting_now(session),
        "today": today(picture),
        "as_needed": standing_orders(session, at=request.at),
        "session_plan_id": session.plan_id,
        "may_order": request.actor.may("plan.order.read"),
        **_falls(session, request),
        "crew": staff_queries.on_site(picture.site_id, request.at),
        "live_url": reverse("session:stream"),
        **watch(request, picture),
    }
    return render(request, "session/room.html", context)


@staff(NEED)
@require_GET
def line(request: HttpRequest, session_id: UUID) -> HttpResponse:
    picture = _picture(request, session_id)
    return render(request, "session/room_line.html", _whole(request, picture) | watch(request, picture))


@staff(NEED)
@require_GET
def marks(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _part(request, session_id, "session/room_marks.html")


@staff(NEED)
@require_GET
def strip(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _part(request, session_id, "session/room_strip.html")


@staff(NEED)
@require_GET
def side(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=NEED)
    context = _whole(request, picture_of(session.id, request.at)) | _falls(session, request) | {"said_no": touch_said(session) in NO}
    return render(request, "session/room_side.html", context)


@staff(NEED)
@require_GET
def deeds(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _part(request, session_id, "session/room_deeds.html")


def _picture(request: HttpRequest, session_id: UUID) -> RoomPicture:
    return picture_of(access.fetch_session(request.actor, session_id, need=NEED).id, request.at)


def _part(request: HttpRequest, session_id: UUID, template: str) -> HttpResponse:
    return render(request, template, _whole(request, _picture(request, session_id)))


def _falls(session: Session, request: HttpRequest) -> dict[str, Any]:
    """The note of fall risk, from check-in to leaving."""
    return {"falls": fall_note(session, at=request.at)} if session.state in IN_THE_ROOM else {}


def watch(request: HttpRequest, picture: RoomPicture) -> dict[str, Any]:
    """What stands about the monitor, and whether this person may hand over."""
    running = picture.state in MONITORED
    return {
        "watch": room_watch(picture.session_id, picture.site_id, clinic_id=request.clinic_id, at=request.at) if running else (),
        "may_hand_over": running and request.actor.may("session.session.check_in"),
    }


def _whole(request: HttpRequest, picture: RoomPicture) -> dict[str, Any]:
    """What the page and each of its parts are drawn from; the times of a room are its site's."""
    request.clinic = replace(request.clinic, zone=picture.zone)
    return {
        "room": picture,
        "drawing": draw(picture.strip),
        "numbers": [number(each) for each in picture.numbers],
        "due": [due_line(due, request.at) for due in picture.due],
        "recent": [shown_line(each) for each in picture.timeline[:SHOWN_ALWAYS]],
        "earlier": [shown_line(each) for each in picture.timeline[SHOWN_ALWAYS:]],
        "given": [each for each in reversed(picture.timeline) if each.kind == "medicine" and not each.withdrawn],
        "key": ids.new_token(),
        "may_chart": request.actor.may("session.session.chart"),
        "may_medicate": request.actor.may("chart.clinical.record"),
        "may_pause": request.actor.may("session.session.pause"),
        "elapsed": "" if picture.elapsed is None else clock_text(picture.elapsed),
        "may_discharge": request.actor.may("session.session.discharge"),
    }


def number(shown: Number) -> dict[str, Any]:
    """One live number.  A silent one shows words; the last number there was is said beside them, with its time."""
    is_number = shown.text[:1].isdigit() and "(" not in shown.text
    return {
        "label": shown.label,
        "value": shown.text,
        "unit": shown.unit,
        "taken_at": shown.taken_at,
        "state": shown.state,
        "channel": shown.channel,
        "interval": f"{shown.interval_s:.0f}",
        "silent_after": f"{shown.silent_after_s:.0f}" if shown.silent_after_s else "",
        "last": shown.text if shown.state == "silent" and is_number else "",
    }


def clock_text(elapsed: timedelta) -> str:
    """mm:ss, as the page's own clock counts on."""
    minutes, seconds = divmod(int(elapsed.total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"


def due_line(due: Due, at: datetime) -> dict[str, str]:
    """One line of what is due next: in words, and how urgent."""
    left = due.due_at - at
    minutes = abs(left) // timedelta(minutes=1)
    late = f"{minutes} min overdue" if left < -timedelta(minutes=1) else "now"
    when = late if left < timedelta(minutes=1) else f"in {minutes} min"
    level = due.level if due.level != "none" else "soon" if left < SOON else ""
    return {"label": due.title, "when": when, "level": level}


def shown_line(entry: Line) -> dict[str, Any]:
    """One line of the timeline; what a correction replaced stays readable, what was taken back is struck out."""
    text = f"{entry.text} (First written: {entry.was})" if entry.was else entry.text
    return {
        "taken_at": entry.taken_at,
        "recorded_at": entry.recorded_at,
        "text": text,
        "by": entry.by,
        "number": entry.number or "",
        "late": entry.late,
        "corrected": entry.withdrawn,
    }


def today(picture: RoomPicture) -> list[str]:
    """The day in a few lines: own values before the dose, who comes, what was asked.  Private answers only say that they were given (safety 35)."""
    moment = picture.started_at or picture.at
    given = answers(picture.session_id, today=moment.astimezone(ZoneInfo(picture.zone)).date(), zone=picture.zone)
    return [said for said in (_before(picture), _asked(given, picture.zone), _fasting(given), _escort(given)) if said]


def _before(picture: RoomPicture) -> str:
    own = own_values({picture.session_id: picture.started_at})[picture.session_id] if picture.started_at else {}
    parts = [f"{number_text(own['sbp'])}/{number_text(own['dbp'])}"] if "sbp" in own else []
    parts += [f"{name} {number_text(own[code])}" for code, name in (("hr", "heart rate"), ("spo2", "saturation")) if code in own]
    return f"Before the dose: {', '.join(parts)}." if parts else ""


def _asked(given: Answers, zone: str) -> str:
    row = given.get("suicide")
    return "Suicide questions: not asked today." if row is None else f"Suicide questions asked at {row.taken_at.astimezone(ZoneInfo(zone)):%H:%M}."


def _fasting(given: Answers) -> str:
    row = given.get("fasting")
    return "" if row is None or row.value is None else "Fasting asked and recorded."


def _escort(given: Answers) -> str:
    row = given.get("escort")
    if row is None or row.value is None:
        return "Escort: not named yet."
    name = str(row.value.get("adult_name") or row.value.get("name") or "")
    return f"Escort: {name}." if name else "Escort: a documented other way."
