"""What the room knows of how the person wants to be looked after: the comfort card, touch as it counts now, the plan for distress and its course."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.rules.distress import Distress, Plan, distress, plan_from
from afterglow.pathway.session.rules.touch import NO, YES, TouchNow, touch_now
from afterglow.records.chart.queries.comfort import ComfortRow, comfort

TOUCH, DISTRESS = "touch", "distress"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortNow:
    """`card` None: nobody asked."""

    card: ComfortRow | None
    touch: TouchNow


def comfort_now(session: Session) -> ComfortNow:
    """One query beside the session's own deeds."""
    card = comfort(session.person_id)
    written_at = card.recorded_at if card else None
    touch = touch_now(card.touch if card else None, written_at=written_at, started_at=session.started_at, said=touch_said(session))
    return ComfortNow(card=card, touch=touch)


def touch_said(session: Session) -> str:
    """The last stamp of this session that holds the person's own word; "" for none."""
    last = deeds.last((deed for deed in deeds.deeds(session.id) if deed.payload.get("stamp") in YES | NO), TOUCH)
    return str(last.payload["stamp"]) if last else ""


def distress_file() -> LibraryRecord:
    """The plan's library file: its version, and whether anybody has reviewed it."""
    return library_file("alerts", DISTRESS)


def distress_plan() -> Plan:
    return plan_from(distress_file().content)


def distress_of(held: Iterable[Deed], *, started_at: datetime | None) -> Distress:
    """Of one session: the ratings of the distress page and those charted with vital signs."""
    held = tuple(held)
    charted = deeds.standing(held, DISTRESS)
    ratings = [(deed.taken_at, deed.payload["rating"]) for deed in charted]
    ratings += [(deed.taken_at, (deed.payload.get("words") or {}).get("distress")) for deed in deeds.standing(held, "vitals")]
    did = [title for deed in charted for title in deed.payload["did"]]
    return distress([(at, int(value)) for at, value in ratings if value not in (None, "")], did, started_at=started_at)
