"""What stands at the top of every staff page: where this person may go, and how many flags wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterglow.doors.desk.addresses import address
from afterglow.ground.access.actor import Actor
from afterglow.records.flags import queries as flags


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation: its name, its page, and what permission opens it ("": every signed-in member of staff)."""

    label: str
    page: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    current: bool
    count: int = 0


PLACES = (
    Place("Today", "desk:home"),
    Place("People", "desk:search", "chart.person.search"),
    Place("Enquiries", "enquiry:inbox", "enquiry.enquiry.read"),
    Place("Calendar", "schedule:today", "schedule.appointment.read"),
    Place("Rooms", "session:board", "session.session.read"),
    Place("Cabinet", "cabinet:lots", "cabinet.lot.read"),
    Place("Pharmacology", "desk:pharmacology", "session.session.read"),
    Place("Clinic", "desk:setup", "session.limits.read"),
    Place("Staff", "staff:people", "staff.credential.read"),
    Place("Roster", "staff:roster", "staff.roster.read"),
    Place("Outbox", "messages:outbox", "clinic.settings.edit"),
    Place("Registry", "registry:figures", "registry.figures.read"),
    Place("Trail", "desk:trail", "audit.trail.read"),
)
_PERSON = re.compile(r"^/people/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


def for_page(actor: Actor, *, path: str, at: datetime) -> dict[str, Any]:
    """`nav`, `flags_open`, `flags_url`, `sign_out_url`, and `journey_url` on a page of the chart.  At most two queries."""
    found = [(place, url) for place in PLACES if not place.permission or actor.may(place.permission) if (url := address(place.page))]
    current = max((url for _, url in found if path.startswith(url)), key=len, default="")
    context: dict[str, Any] = {
        "nav": [NavItem(place.label, url, url == current) for place, url in found],
        "flags_open": 0,
        "flags_url": "",
        "sign_out_url": address("accounts:sign_out"),
    }
    if actor.may("flags.flag.read"):
        context["flags_open"] = flags.open_count(actor.clinic_id) if actor.scope == "clinic" else len(flags.open_flags(actor, at))
        context["flags_url"] = address("flags:open_list")
    about = _PERSON.match(path)
    if about:
        context["journey_url"] = address("desk:journey", about[1])
    return context
