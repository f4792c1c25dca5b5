"""What the gate's questions share, read once at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.queries import ConsentState
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import OrderRow, PlanRow
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.queries import DecisionRow
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in import Answers, answers
from afterglow.pathway.session.queries.limits import SiteLimitState, site_limits
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.chart.access import PersonRow
from afterglow.records.chart.queries import BodyRow, ListState, MedicineRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The session as the gate sees it: what several questions rest on is read once, and nothing is remembered between two gates.

    `today` is the site's day at `at`; `order` is the newest order for this dose that has not ended, or the newest of all.
    """

    session: Session
    person: PersonRow
    site: SiteRow
    at: datetime
    today: date
    given: Answers
    plan: PlanRow
    order: OrderRow | None
    weight: BodyRow | None
    consent: ConsentState
    decision: DecisionRow | None
    medicines: ListState[MedicineRow]
    limits: SiteLimitState

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.site.zone)).date()


def visit(session: Session, *, by: Actor, at: datetime) -> Visit:
    """Read what the gate's questions share.  Raises NotFound when person, plan or site are not for this actor."""
    site = accounts.site(session.site_id, clinic_id=by.clinic_id)
    today = at.astimezone(ZoneInfo(site.zone)).date()
    plan = _plan(session)
    return Visit(
        session=session,
        person=chart_access.fetch_person(by, session.person_id),
        site=site,
        at=at,
        today=today,
        given=answers(session.id, today=today, zone=site.zone),
        plan=plan,
        order=plans.order_for(plan.id, session.dose_no, at),
        weight=chart.latest_weight(session.person_id),
        consent=consent.in_force(session.person_id, at=at),
        decision=screening.latest_decision(session.person_id),
        medicines=chart.medicines(session.person_id),
        limits=site_limits(session.site_id),
    )


def _plan(session: Session) -> PlanRow:
    """The version in force of the course that this visit belongs to; the version it was placed from when none is in force."""
    held = plans.plan_in_force(session.person_id)
    if held is not None and session.plan_id in plans.course_of(held.id):
        return held
    return plans.plan(session.plan_id)
