"""The worklists of home: what waits for this person, pulled from each station's own `waiting`.  Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.doors.desk.addresses import address
from afterglow.ground.access.actor import Actor
from afterglow.pathway.aftercare.queries import waiting as aftercare
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.enquiry import queries as enquiry
from afterglow.pathway.integration.queries import windows as integration
from afterglow.pathway.plan import queries as plan
from afterglow.pathway.response.queries import check_ins, reviews
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.session.queries import waiting as session
from afterglow.records.flags import queries as flags

SHOWN = 8  # of each list on home; the rest is behind its own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: who, what about them, since or until when, and where it is done."""

    label: str
    url: str
    note: str = ""
    moment: datetime | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """One list, longest waiting first; `total` counts what is not shown too, `most` of them where a query reads no further."""

    title: str
    items: tuple[Item, ...]
    total: int
    url: str
    empty: str
    most: int | None = None

    @property
    def counted(self) -> str:
        """'12', or '200 or more' where the query stopped."""
        return f"{self.total} or more" if self.most is not None and self.total >= self.most else str(self.total)


def worklists(actor: Actor, at: datetime) -> list[Worklist]:
    """Every list this person may see, most pressing first; a fixed number of queries however long they are."""
    lists = [build(actor, at) for permission, build in _LISTS if actor.may(permission)]
    return [*lists, _to_place(actor, at)] if _is_desk(actor) else lists


def _list(title: str, items: list[Item], empty: str, url: str = "", *, most: int | None = None) -> Worklist:
    return Worklist(title=title, items=tuple(items[:SHOWN]), total=len(items), url=url, empty=empty, most=most)


def _journey(person_id: UUID) -> str:
    return address("desk:journey", person_id)


def _flags(actor: Actor, at: datetime) -> Worklist:
    items = [
        Item(
            label=row.person_name,
            url=address("flags:page", row.id),
            note=f"{row.sentence} {row.owner_name or 'Nobody owns it yet.'}",
            moment=row.due_at,
            strong=row.overdue or not row.owner_name,
        )
        for row in flags.open_flags(actor, at)
    ]
    return _list("Flags", items, "No flag is open.", address("flags:open_list"))


def _calls(actor: Actor, at: datetime) -> Worklist:
    """Whoever did not answer a check-in in time, or could not be asked in writing."""
    items = [
        Item(
            label=row.person_name,
            url=address("response:check_in", row.id),
            note=f"{row.title}, dose {row.dose_no}",
            moment=row.silent_at,
            strong=True,
        )
        for row in check_ins.waiting_calls(actor)
    ]
    return _list("To call", items, "Nobody has to be called.", address("response:check_ins"))


def _visits(actor: Actor, at: datetime) -> Worklist:
    items = []
    for row in session.waiting(actor, at):
        where = f", {row.visit.room_name}" if row.visit.room_name else ""
        url = address("session:open", row.visit.id) if row.session_id is None else address("session:check_in", row.session_id)
        items.append(
            Item(
                label=row.visit.person_name,
                url=url,
                note=f"dose {row.visit.dose_no}{where}: {row.state.replace('_', ' ')}",
                moment=row.visit.starts_at,
            )
        )
    return _list("Dosing today", items, "Nobody is due for a dose today.", address("session:day"))


def _enquiries(actor: Actor, at: datetime) -> Worklist:
    items = [
        Item(
            label=row.name or "no name given",
            url=address("enquiry:page", row.id),
            note=row.urgency,
            moment=row.received_at,
            strong=row.overdue or row.urgency == "emergency",
        )
        for row in enquiry.waiting(actor, at)
    ]
    return _list("Enquiries", items, "No enquiry waits.", address("enquiry:inbox"))


def _cases(actor: Actor, at: datetime) -> Worklist:
    items = [
        Item(label=row.person_name, url=address("screening:case", row.id), note="screening is open", moment=row.opened_at)
        for row in screening.waiting(actor, at)
    ]
    return _list("Screening", items, "No case is open.", address("screening:list"), most=screening.MOST_WAITING)


def _consents(actor: Actor, at: datetime) -> Worklist:
    items = [
        Item(label=row.person_name, url=_journey(row.person_id), note="cleared, consent is open", moment=row.cleared_at)
        for row in consent.waiting(actor, at)
    ]
    return _list("Consent", items, "Nobody cleared waits for consent.", address("consent:list"), most=screening.MOST_WAITING)


def _plans(actor: Actor, at: datetime) -> Worklist:
    """Infusions of the next days without an order, drafts without a signature, consented people without a plan."""
    items = [
        Item(
            label=row.person_name,
            url=_journey(row.person_id) if row.plan_id is None else address("plan:plan", row.plan_id),
            note=row.note,
            moment=row.moment,
            strong=row.strong,
        )
        for row in plan.waiting(actor, at)
    ]
    return _list("Plans and orders", items, "No plan or order waits for a signature.", address("plan:waiting"), most=screening.MOST_WAITING)


def _reviews(actor: Actor, at: datetime) -> Worklist:
    items = [
        Item(
            label=row.person_name,
            url=address("response:person", row.person_id),
            note=f"the review after infusion {row.after} is due, {row.given} given",
            moment=row.since,
            strong=row.overdue,
        )
        for row in reviews.waiting(actor, at)
    ]
    return _list("Reviews", items, "No course waits for a review.", address("response:reviews"))


def _integration(actor: Actor, at: datetime) -> Worklist:
    """Windows after a dose and doses ahead without a visit; what needs somebody first."""
    items = [
        Item(
            label=row.person_name,
            url=address("integration:visit", row.appointment_id) if row.appointment_id else address("integration:person", row.person_id),
            note=f"dose {row.dose_no}{f', window {row.countdown}' if row.countdown else ''}: {row.sentence}",
            moment=row.moment,
            strong=row.alert,
        )
        for row in integration.waiting(actor, at)
    ]
    return _list("Integration", items, "Every dose had its visit, or has it booked.", address("integration:waiting"))


def _aftercare(actor: Actor, at: datetime) -> Worklist:
    """Scores that got worse, checks that are due, people to begin with, boosters without a visit."""
    items = [
        Item(
            label=row.person_name,
            url=address("aftercare:check", row.check_id) if row.check_id else address("aftercare:person", row.person_id),
            note=row.note,
            moment=row.moment,
            strong=row.strong,
        )
        for row in aftercare.waiting(actor, at)
    ]
    return _list("Aftercare", items, "Nobody is due to be looked at.", address("aftercare:due"))


def _to_place(actor: Actor, at: datetime) -> Worklist:
    boosters = [
        Item(
            label=row.person_name,
            url=address("aftercare:visit", row.aftercare_id, row.dose_no),
            note=f"booster {row.number} has no visit",
            moment=row.since,
        )
        for row in aftercare.to_place(actor)
    ]
    courses = [Item(label=row.person_name, url=address("plan:visits", row.plan_id), note=row.note, moment=row.moment) for row in plan.to_place(actor)]
    items = [*boosters, *courses]
    return _list("Visits to place", items, "Every signed plan has its visits in the calendar.")


def _is_desk(actor: Actor) -> bool:
    """Books for the whole clinic without reading plans; who reads plans meets the visits on the plan's own page."""
    return actor.may("schedule.appointment.book") and not actor.may("plan.plan.read") and actor.scope == "clinic"


_LISTS: tuple[tuple[str, Callable[[Actor, datetime], Worklist]], ...] = (
    ("flags.flag.read", _flags),
    ("response.check_in.call", _calls),
    ("session.session.read", _visits),
    ("enquiry.enquiry.read", _enquiries),
    ("screening.case.read", _cases),
    ("consent.consent.read", _consents),
    ("plan.plan.read", _plans),
    ("integration.visit.read", _integration),
    ("response.trajectory.read", _reviews),
    ("aftercare.plan.read", _aftercare),
)
