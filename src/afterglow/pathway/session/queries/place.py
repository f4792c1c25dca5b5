"""Where a session is: the name of its room, and its site's time zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from afterglow.pathway.session.models import Session


def room_name(session: Session) -> str:
    """The room's name; empty while no room is chosen."""
    return Session.objects.values_list("room__name", flat=True).get(id=session.id) or ""


def zone_of(session: Session) -> ZoneInfo:
    """The time zone of the session's site."""
    return ZoneInfo(Session.objects.values_list("site__zone", flat=True).get(id=session.id))
