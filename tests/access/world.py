"""Dan's whole record, made through the real actions, and where every address of the program points in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from afterglow.ground import ids
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.middleware import CLINIC_KEY, LINK_COOKIE
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts import queries as accounts_queries
from afterglow.ground.accounts.models import User
from afterglow.ground.content.queries import library_file
from afterglow.pathway.consent.models import Consent, Offer
from afterglow.pathway.enquiry.actions.receive_enquiry import receive_enquiry
from afterglow.pathway.integration.actions.give_practice import give_practice
from afterglow.pathway.integration.actions.set_goal import set_goal
from afterglow.pathway.plan.models import Order
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.screening.models import Case
from afterglow.pathway.screening.models import Override as ScreeningOverride
from afterglow.pathway.session.models import AsNeededOrder, Session
from afterglow.pathway.session.models import Override as SessionOverride
from afterglow.records.adverse.actions.record_event import record_event
from afterglow.records.cabinet.models import Movement
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_proxy import record_proxy
from afterglow.records.chart.models import CareTeamMember
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.actions.record_licence import record_licence
from afterglow.records.measures.models import Response
from afterglow.records.messages.actions.queue_message import queue_message
from afterglow.records.schedule import queries as calendar
from afterglow.records.staff.models import Credential, Shift
from tests.support.aftercare import aftercare_at_the_door
from tests.support.cast import PASSWORD, Cast
from tests.support.course import vitals
from tests.support.session import OnTheWay

LETTERS = {"o": "olga", "p": "ana", "n": "ben", "t": "theo", "f": "faye", "r": "rhea"}


@dataclass(frozen=True)
class Address:
    """One address of the program: its name with namespace, its pattern's parameters and the guard on its view."""

    name: str
    parameters: tuple[str, ...]
    guard: Any


def addresses() -> Iterator[Address]:
    yield from _walk(get_resolver(), "", ())


def _walk(resolver: URLResolver, namespace: str, outer: tuple[str, ...]) -> Iterator[Address]:
    for part in resolver.url_patterns:
        found = (*outer, *re.findall(r"<\w+:(\w+)>", str(part.pattern)))
        if isinstance(part, URLPattern):
            yield Address(f"{namespace}{part.name}", found, getattr(part.callback, "guard", None))
        else:
            yield from _walk(part, f"{namespace}{part.namespace}:" if part.namespace else namespace, found)


@dataclass
class World:
    """`browsers`: who -> a signed-in browser.  Tess is a therapist who is not on Dan's team, Rhea a researcher, Cora works at another clinic."""

    cast: Cast
    at: datetime
    browsers: dict[str, Client]
    link_browsers: dict[str, Client]
    places: dict[str, object]

    def url(self, address: Address) -> str:
        """The address with Dan's objects in it."""
        known = {
            **self.places,
            **{name.split(".")[1]: value for name, value in self.places.items() if name.startswith(f"{address.name.split(':')[0]}.")},
        }
        return reverse(address.name, kwargs={name: known[name] for name in address.parameters})


def build(way: OnTheWay) -> World:
    """Dan in the middle of his first dose, with something of every kind on his record."""
    cast = way.cast
    extra = {**_more(cast, way.at), "seq": vitals(way, way.at + timedelta(minutes=1)).seq}
    extra |= aftercare_at_the_door(cast, way.plan_id, way.at)
    tess, rhea = _staff(cast, way.at, "Tess Moor", "therapist"), _staff(cast, way.at, "Rhea Sund", "researcher")
    browsers = {who: cast.client(who) for who in ("olga", "ana", "ben", "theo", "faye", "cora")}
    browsers |= {"tess": _browser(tess), "rhea": _browser(rhea), "nobody": Client()}
    holders = {purpose: _holder(cast, purpose, way.at) for purpose in links.PERMISSIONS}
    return World(cast, way.at, browsers, holders, {**_places(cast, way.session_id), **extra})


def _more(cast: Cast, at: datetime) -> dict[str, object]:
    """What the way to a dose leaves out: a flag, an enquiry, a medicine, a questionnaire answered and one open."""
    flag = open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="PHQ-9 item 9 was answered above 0.",
        source_kind="response", source_id="access", by=cast.ben, at=at,
    )  # fmt: skip
    enquiry = receive_enquiry(
        channel="phone", given_name="Una", phone="+1 555 0102", may_contact=True, danger_now="no", key="una", by=cast.faye, at=at
    )
    medicine = record_medicine(person_id=cast.dan_id, name="sertraline", by=cast.ben, at=at)
    later = at + timedelta(days=15)  # a questionnaire is not asked again inside the time it asks about
    again = assign(person_id=cast.dan_id, instrument="phq9", occasion="access", channel="staff", site_id=cast.site_id, by=cast.ben, at=later)
    event = record_event(
        person_id=cast.dan_id, session_id="", kind="nausea", grade=1, began_at=at, done_text="Rest.", key="nausea", by=cast.ben, at=at
    )
    page = queue_message(
        channel="email", template="staff_page", facts={"waiting_min": 0}, source_kind="flag", source_id="access", window="0.1",
        to_user=cast.ana.user_id, by=cast.olga, at=at,
    )  # fmt: skip
    goal = set_goal(person_id=cast.dan_id, text="Swim again", key="goal", by=cast.theo, at=at)
    practice = give_practice(goal_id=goal, text="Walk", times_a_week=3, starts_on=at.date(), key="practice", by=cast.theo, at=at)
    return {
        "goal_id": goal,
        "entry_id": ids.new_id(at),
        "proxy_id": _proxy(cast, at),
        "practice_id": practice,
        "event_id": event,
        "message_id": page,
        "flag_id": flag,
        "enquiry_id": enquiry,
        "row_id": medicine,
        "assignment_id": again,
        "response_id": Response.objects.filter(person_id=cast.dan_id).latest("recorded_at").id,
        "licence_id": _licence(cast, at),
        "instrument": "isi",
        "group": "history",
        "item": "adult",
    }


def _licence(cast: Cast, at: datetime) -> UUID:
    return record_licence(
        instrument="isi", holder="Harbour Clinic", reference="E-1", from_on=at.date(), until_on=None, site_id=cast.site_id, by=cast.olga, at=at
    )


def _staff(cast: Cast, at: datetime, name: str, role: str) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    user = accounts.add_staff(name=name, email=email, password=PASSWORD, role_ids=(role,), by=cast.olga, at=at)
    return accounts_queries.actor_for(user.id, cast.clinic_id)


def _browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=actor.user_id), backend="afterglow.ground.accounts.backend.LoginBackend")
    login = client.session
    login[CLINIC_KEY] = str(actor.clinic_id)
    login.save()
    return client


def _proxy(cast: Cast, at: datetime) -> UUID:
    """Mia, whom Dan lets fill in his intake; the same one however often this is asked."""
    return record_proxy(
        person_id=cast.dan_id, name="Mia Marsh", relation="sister", may=frozenset({"may_fill_intake"}), consented=True, consent_how="in_person",
        consented_at=at, by=cast.faye, at=at,
    )  # fmt: skip


def _holder(cast: Cast, purpose: str, at: datetime) -> Client:
    name, subject = ("Mia Marsh", str(_proxy(cast, at))) if purpose == links.PROXY else ("Dan Marsh", "")
    _, token = links.make_link(
        clinic_id=cast.clinic_id,
        person_id=cast.dan_id,
        holder=name,
        purpose=purpose,
        subject=subject,
        lasts=timedelta(days=3650),
        by=cast.faye,
        at=at,
    )
    _, cookie = links.open_by_token(token, at=at)
    client = Client()
    client.cookies[LINK_COOKIE] = cookie
    return client


def _places(cast: Cast, session_id: UUID) -> dict[str, object]:
    """Parameter name -> Dan's object; `app.parameter` where two rooms use the same name."""
    dan = cast.dan_id
    session = Session.objects.get(id=session_id)
    case = Case.objects.filter(person_id=dan).latest("opened_at")
    draw = Movement.objects.filter(session_id=str(session_id), what="drawn").latest("recorded_at")
    return {
        "person_id": dan,
        "clinic_id": cast.clinic_id,
        "site_id": cast.site_id,
        "protocol_id": library_file("protocols", "iv_mdd_standard").pk,
        "room_id": cast.room_id,
        "user_id": cast.ben.user_id,
        "session_id": session_id,
        "appointment_id": session.appointment_id,
        "plan_id": session.plan_id,
        "check_in_id": _check_in(session),
        "order_id": Order.objects.filter(plan_id=session.plan_id).latest("signed_at").id,
        "case_id": case.id,
        "consent_id": Consent.objects.filter(person_id=dan).latest("signed_at").id,
        "offer_id": Offer.objects.filter(person_id=dan).latest("offered_at").id,
        "lot_id": draw.lot_id,
        "draw_id": draw.id,
        "member_id": CareTeamMember.objects.filter(person_id=dan).latest("started_at").id,
        "credential_id": Credential.objects.filter(user_id=cast.ben.user_id).latest("recorded_at").id,
        "shift_id": Shift.objects.filter(user_id=cast.ben.user_id).latest("recorded_at").id,
        "token": "not-a-token",
        "slug": "medicines",
        "name": "medicines",
        "file_id": "first_visit",
        "number": 1,
        "dose_no": 1,
        "integration.appointment_id": next(row.id for row in calendar.of_person(dan) if row.kind == "integration"),
        "screening.override_id": _override(ScreeningOverride, cast, {"case_id": case.id, "as_prescriber": True}),
        "session.override_id": _override(SessionOverride, cast, {"session_id": session_id}),
        "session.order_id": _against_nausea(session, cast),
    }


def _against_nausea(session: Session, cast: Cast) -> UUID:
    """An as-needed order for Dan's dose, written directly."""
    at = datetime.now(UTC)
    row = AsNeededOrder.objects.create(
        id=ids.new_id(at), plan_id=session.plan_id, dose_no=1, use="as_needed", drug="ondansetron", dose_ug=4_000, route="iv", what_for="nausea",
        most_ug=8_000, least_min=30, saw_text="[]", signed_at=at, signed_by_id=cast.ana.user_id, expires_at=at + timedelta(days=7),
    )  # fmt: skip
    return row.id


def _check_in(session: Session) -> UUID:
    """A check-in after Dan's dose, written directly: the dose still runs, so that none is planned yet."""
    at = datetime.now(UTC)
    row = CheckIn.objects.create(
        id=ids.new_id(at), person_id=session.person_id, plan_id=session.plan_id, session_id=session.id, site_id=session.site_id,
        follow_up_id=library_file("follow_up", "iv_course").pk, rule_id="day_1", anchor="dose:1:day_1", title="The day after", instrument="today",
        dose_no=1, opens_at=at, due_at=at + timedelta(hours=12), closes_at=at + timedelta(hours=24), call_if_silent=True, planned_at=at,
    )  # fmt: skip
    return row.id


def _override(model: Any, cast: Cast, of: dict[str, object]) -> UUID:
    """An override waiting for its second signature, written directly: which item it lifts makes no difference at the door."""
    at = datetime.now(UTC)
    row = model.objects.create(
        id=ids.new_id(at), item="fasting", saw="Fasted.", reason="For this test only.", signed_at=at, signed_by_id=cast.ana.user_id, **of
    )
    found: UUID = row.id
    return found
