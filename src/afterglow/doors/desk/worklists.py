"""The worklists of home: what waits for this person, pulled from each station's own `waiting`.  Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from afterglow.doors.desk.addresses import address
from afterglow.ground.access.actor import Actor
from afterglow.pathway.aftercare.queries import waiting as aftercare
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.enquiry import queries as enquiry
from afterglow.pathway.integration.queries import windows as integration
from afterglow.pathway.plan.queries import waiting as plan
from afterglow.pathway.response.queries import check_ins, reviews
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.session.queries import waiting as session
from afterglow.records.flags import queries as flags

Row = TypeVar("Row")
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


def _list(title: str, rows: Sequence[Row], line: Callable[[Row], Item], empty: str, url: str = "", *, most: int | None = None) -> Worklist:
    """The first rows as lines; the rest is counted, and nobody draws it."""
    return Worklist(title=title, items=tuple(line(row) for row in rows[:SHOWN]), total=len(rows), url=url, empty=empty, most=most)


def _journey(person_id: UUID) -> str:
    return address("desk:journey", person_id)


def _flags(actor: Actor, at: datetime) -> Worklist:
    def line(row: flags.FlagRow) -> Item:
        return Item(
            label=row.person_name,
            url=address("flags:page", row.id),
            note=f"{row.sentence} {row.owner_name or 'Nobody owns it yet.'}",
            moment=row.due_at,
            strong=row.overdue or not row.owner_name,
        )

    return _list("Flags", flags.open_flags(actor, at), line, "No flag is open.", address("flags:open_list"))


def _calls(actor: Actor, at: datetime) -> Worklist:
    """Whoever did not answer a check-in in time, or could not be asked in writing."""

    def line(row: check_ins.CheckInRow) -> Item:
        url = address("response:check_in", row.id)
        return Item(label=row.person_name, url=url, note=f"{row.title}, dose {row.dose_no}", moment=row.silent_at, strong=True)

    return _list("To call", check_ins.waiting_calls(actor), line, "Nobody has to be called.", address("response:check_ins"))


def _visits(actor: Actor, at: datetime) -> Worklist:
    def line(row: session.DueVisit) -> Item:
        where = f", {row.visit.room_name}" if row.visit.room_name else ""
        return Item(
            label=row.visit.person_name,
            url=address("session:open", row.visit.id) if row.session_id is None else address("session:check_in", row.session_id),
            note=f"dose {row.visit.dose_no}{where}: {row.state.replace('_', ' ')}",
            moment=row.visit.starts_at,
        )

    return _list("Dosing today", session.waiting(actor, at), line, "Nobody is due for a dose today.", address("session:day"))


def _enquiries(actor: Actor, at: datetime) -> Worklist:
    def line(row: enquiry.EnquiryRow) -> Item:
        return Item(
            label=row.name or "no name given",
            url=address("enquiry:page", row.id),
            note=row.urgency,
            moment=row.received_at,
            strong=row.overdue or row.urgency == "emergency",
        )

    return _list("Enquiries", enquiry.waiting(actor, at), line, "No enquiry waits.", address("enquiry:inbox"))


def _cases(actor: Actor, at: datetime) -> Worklist:
    def line(row: screening.CaseRow) -> Item:
        return Item(label=row.person_name, url=address("screening:case", row.id), note="screening is open", moment=row.opened_at)

    return _list("Screening", screening.waiting(actor, at), line, "No case is open.", address("screening:list"), most=screening.MOST_WAITING)


def _consents(actor: Actor, at: datetime) -> Worklist:
    def line(row: screening.ClearedRow) -> Item:
        return Item(label=row.person_name, url=_journey(row.person_id), note="cleared, consent is open", moment=row.cleared_at)

    return _list(
        "Consent", consent.waiting(actor, at), line, "Nobody cleared waits for consent.", address("consent:list"), most=screening.MOST_WAITING
    )


def _plans(actor: Actor, at: datetime) -> Worklist:
    """Infusions of the next days without an order, drafts without a signature, consented people without a plan."""

    def line(row: plan.WaitingRow) -> Item:
        url = _journey(row.person_id) if row.plan_id is None else address("plan:plan", row.plan_id)
        return Item(label=row.person_name, url=url, note=row.note, moment=row.moment, strong=row.strong)

    empty = "No plan or order waits for a signature."
    return _list("Plans and orders", plan.waiting(actor, at), line, empty, address("plan:waiting"), most=screening.MOST_WAITING)


def _reviews(actor: Actor, at: datetime) -> Worklist:
    def line(row: reviews.WaitingReview) -> Item:
        return Item(
            label=row.person_name,
            url=address("response:person", row.person_id),
            note=f"the review after infusion {row.after} is due, {row.given} given",
            moment=row.since,
            strong=row.overdue,
        )

    return _list("Reviews", reviews.waiting(actor, at), line, "No course waits for a review.", address("response:reviews"))


def _integration(actor: Actor, at: datetime) -> Worklist:
    """Windows after a dose and doses ahead without a visit; what needs somebody first."""

    def line(row: integration.WaitingRow) -> Item:
        return Item(
            label=row.person_name,
            url=address("integration:visit", row.appointment_id) if row.appointment_id else address("integration:person", row.person_id),
            note=f"dose {row.dose_no}{f', window {row.countdown}' if row.countdown else ''}. {row.sentence}",
            moment=row.moment,
            strong=row.alert,
        )

    return _list("Integration", integration.waiting(actor, at), line, "Every dose had its visit, or has it booked.", address("integration:waiting"))


def _aftercare(actor: Actor, at: datetime) -> Worklist:
    """Scores that got worse, checks that are due, people to begin with, boosters without a visit."""

    def line(row: aftercare.WaitingRow) -> Item:
        url = address("aftercare:check", row.check_id) if row.check_id else address("aftercare:person", row.person_id)
        return Item(label=row.person_name, url=url, note=row.note, moment=row.moment, strong=row.strong)

    return _list("Aftercare", aftercare.waiting(actor, at), line, "Nobody is due to be looked at.", address("aftercare:due"))


def _to_place(actor: Actor, at: datetime) -> Worklist:
    """Boosters first, then the courses of signed plans."""

    def line(row: aftercare.VisitToPlace | plan.WaitingRow) -> Item:
        if isinstance(row, plan.WaitingRow):
            return Item(label=row.person_name, url=address("plan:visits", row.plan_id), note=row.note, moment=row.moment)
        url = address("aftercare:visit", row.aftercare_id, row.dose_no)
        return Item(label=row.person_name, url=url, note=f"booster {row.number} has no visit", moment=row.since)

    rows: list[aftercare.VisitToPlace | plan.WaitingRow] = [*aftercare.to_place(actor), *plan.to_place(actor)]
    return _list("Visits to place", rows, line, "Every signed plan has its visits in the calendar.")


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
