"""Dan's later doses, each by the real actions from the order to the way home, on its own day of the course."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.actions.check_in import check_in
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.book import book
from afterglow.records.staff import queries as staff
from afterglow.records.staff.actions.roster import roster
from tests.support.cast import Cast
from tests.support.course import gone_home
from tests.support.response import asked
from tests.support.session import EQUIPMENT, OnTheWay, a_lot, answered, booked, drawn, ordered, ready, started

DAYS = (0, 3, 7, 10, 14, 17)
"""Six infusions twice a week, as days after the first."""
VISIT, TALK = timedelta(minutes=160), timedelta(minutes=50)


def day_of(at: datetime, dose_no: int) -> datetime:
    """When the dose of this number begins, in a course whose first one began at `at`."""
    return at + timedelta(days=DAYS[dose_no - 1])


def open_for_the_day(cast: Cast, at: datetime) -> None:
    """Everybody on site from an hour ago for twelve hours, Ana on call for six days where nobody is, equipment checked."""
    for actor in (cast.ana, cast.ben, cast.theo, cast.faye):
        shift = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(hours=11)}
        roster(site_id=cast.site_id, user_id=actor.user_id, duty="on_site", **shift, by=cast.olga, at=at)
    if not staff.on_call(cast.site_id, at):
        roster(site_id=cast.site_id, user_id=cast.ana.user_id, duty="on_call", starts_at=at, ends_at=at + timedelta(days=6), by=cast.olga, at=at)
    check_equipment(site_id=cast.site_id, items=dict.fromkeys(EQUIPMENT, True), key=f"equipment {at}", by=cast.ben, at=at)


def further_dose(way: OnTheWay, dose_no: int, at: datetime, *, appointment_id: UUID | None = None) -> OnTheWay:
    """Ordered and booked (unless it is), checked in, drawn from a lot of its own, given and gone home, from `at` on."""
    cast = way.cast
    open_for_the_day(cast, at)
    record_weight(person_id=way.person_id, value="70", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    order = plans.order_for(way.plan_id, dose_no, at)
    if order is None or not order.holds:
        ordered(cast, way.plan_id, at, dose_no)
    visit_id = appointment_id or booked(cast, way.person_id, way.plan_id, at, dose_no=dose_no)
    session_id = open_session(appointment_id=visit_id, by=cast.ben, at=at)
    check_in(session_id=session_id, by=cast.ben, at=at)
    now = replace(way, session_id=session_id, at=at)
    answered(now, at)
    looked_up = {"looked_up_on": at.astimezone(ZoneInfo(cast.zone)).date().isoformat()}
    answer_item(session_id=session_id, item="prescription_monitoring", value=looked_up, key=f"looked up {session_id}", by=cast.ben, at=at)
    drawn(now, a_lot(cast, at, lot_no=f"K5-{dose_no}", vials=1), at)
    started(now, at, key=f"start {dose_no}")
    gone_home(now)
    return now


def visits_ahead(way: OnTheWay, dose_no: int, starts_at: datetime, at: datetime) -> UUID:
    """The desk books, at `at`, the dosing visit of this number and its integration visit the afternoon after; the dosing visit's id."""
    cast = way.cast
    told = {"person_id": way.person_id, "site_id": cast.site_id, "staff_user_id": None, "purpose_kind": "plan", "purpose_id": str(way.plan_id)}
    talk_at = starts_at + timedelta(hours=31)
    key, by = f"{way.plan_id} {dose_no}", cast.faye
    book(**told, kind="integration", room_id=None, starts_at=talk_at, ends_at=talk_at + TALK, dose_no=dose_no, key=f"talk {key}", by=by, at=at)
    return book(
        **told, kind="dosing", room_id=way.room_id, starts_at=starts_at, ends_at=starts_at + VISIT, dose_no=dose_no, key=f"visit {key}", by=by, at=at
    )


def three_doses(cast: Cast, at: datetime, total: int) -> OnTheWay:
    """Dan after three doses from `at` on, with a PHQ-9 of this total the day after the third; the visits of the fourth dose are booked.

    Before the first dose, a minute after `at`, he had 16.
    """
    way = replace(ready(cast, at), at=at + timedelta(minutes=1))
    started(way, way.at)
    gone_home(way)
    for dose_no in (2, 3):
        way = further_dose(way, dose_no, day_of(at, dose_no))
    visits_ahead(way, 4, day_of(at, 4), way.at + timedelta(hours=4))
    asked(cast, day_of(at, 3) + timedelta(days=1), total)
    return way


def three_more(way: OnTheWay, at: datetime, total: int) -> OnTheWay:
    """Doses four to six of the course that began at `at`, once a review let it go on, and a PHQ-9 of this total the day after the last."""
    for dose_no in (5, 6):
        visits_ahead(way, dose_no, day_of(at, dose_no), day_of(at, 4) - timedelta(hours=1))
    booked = {row.dose_no: row.id for row in schedule.of_person(way.person_id) if row.kind == "dosing"}
    for dose_no in (4, 5, 6):
        way = further_dose(way, dose_no, day_of(at, dose_no), appointment_id=booked[dose_no])
    asked(way.cast, way.at + timedelta(days=1), total)
    return way
