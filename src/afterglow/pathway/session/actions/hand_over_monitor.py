"""Hand the monitoring of a running session to another person (hazard H45).

Locks: site, person, session, as Start does: two hand-overs, or a hand-over and a Start, that name one person come one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.accounts.queries import SiteRow, StaffRow
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, put, still_open
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.gate_facts_place import monitor_as_seen
from afterglow.pathway.session.queries.gate_verdict import signer_at
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.rules.gate import Override, lift
from afterglow.pathway.session.rules.staffing import may_monitor_dose, may_monitor_recovery
from afterglow.pathway.session.rules.states import MONITORED
from afterglow.science.verdict import Verdict

HANDED_OVER = "monitor_handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What lifts an open finding: the actor's signature, another person's, why, and the words that both read."""

    first: Signature
    second: Signature | None
    reason: str
    saw: str


@transaction.atomic
def hand_over_monitor(
    *,
    session_id: UUID,
    user_id: UUID,
    signed: Signature,
    reason: str = "",
    saw: str = "",
    second: Signature | None = None,
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """From whoever monitors now to `user_id`, who must be free for it: for a dose as the gate asks, in recovery by the site's number.

    What two signatures lift is lifted by `reason`, the actor's `signed` and a `second` person's, for the findings that both read (`saw`).
    Raises Refusal `session.not_possible` before the start, `session.ended`, `session.same_monitor`, `session.may_not_monitor` for what nobody
    lifts, `session.monitor_not_free` for what waits for two signatures, `session.monitor_busy`, `session.too_early`, `clock.future`,
    `accounts.not_confirmed`; NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.check_in")
    check_signature(signed, by=by, at=at)
    if done := earlier(by, key, ["hand over", session_id, user_id, reason, taken_at], at=at):
        return done
    _still_monitored(session)
    member = accounts.staff_member(user_id, clinic_id=by.clinic_id)
    if session.monitor_id == user_id:
        raise Refusal("session.same_monitor", f"{member.name} monitors this person already.", "Look at the room as it is now.", field="to")
    site = accounts.site(session.site_id, clinic_id=by.clinic_id)
    asked = _asked(session, user_id, site=site, at=at)
    lifted = _lifted(session, asked, Lift(first=signed, second=second, reason=reason, saw=saw), site=site, by=by, at=at)
    true = happened(session, taken_at, at, not_before=_last_change_at(session))
    old = _monitor_is(session, member)
    payload = {
        "from": str(old),
        "from_name": next((row.name for row in accounts.staff_of(by.clinic_id) if row.user_id == old), "somebody who no longer works here"),
        "to": str(user_id),
        "to_name": member.name,
        "lifted": lifted,
        **({"reason": reason.strip(), "second": second.name} if second is not None and lifted else {}),
    }
    event = events.monitor_handed_over
    said = reason.strip()[:200] if lifted else ""
    return put(session, HANDED_OVER, payload, event=event, key=key, taken_at=true, at=at, by=by, old={"monitor": old}, reason=said)


def _still_monitored(session: Session) -> None:
    """Only where drug may be on board.  Raises Refusal `session.ended`, `session.not_here`, `session.not_possible`."""
    still_open(session)
    if session.state not in MONITORED:
        raise Refusal("session.not_possible", "The dose has not started, so there is nothing to hand over.", "Name the monitor at check-in.")


def _asked(session: Session, user_id: UUID, *, site: SiteRow, at: datetime) -> Verdict:
    """May this person watch this session from now on?"""
    today = at.astimezone(ZoneInfo(site.zone)).date()
    monitor = monitor_as_seen(session, user_id, clinic_id=site.clinic_id, state=site.state, today=today)
    return may_monitor_recovery(monitor, limits_of(session)) if session.state == "recovery" else may_monitor_dose(monitor)


def _lifted(session: Session, asked: Verdict, lifting: Lift, *, site: SiteRow, by: Actor, at: datetime) -> list[str]:
    """The open findings, in words, that a reason and both signatures lift; none where nothing is open.

    Raises Refusal `session.may_not_monitor`, `session.monitor_not_free`.
    """
    if any(finding.lifted_by != "two_signatures" for finding in asked.open):
        raise Refusal("session.may_not_monitor", asked.sentence, "Ask somebody else to take over.", field="to", findings=asked.open)
    if not asked.open:
        return []
    if lifting.second is None or lifting.saw != asked.sentence:
        now = "Ask somebody who is free. If nobody is: read this, write why, and let a second person sign."
        raise Refusal("session.monitor_not_free", asked.sentence, now, field="to", facts={"saw": asked.sentence}, findings=asked.open)
    other = accounts.actor_for(lifting.second.user_id, by.clinic_id, request_id=by.request_id)
    check_signature(lifting.second, by=other, at=at)
    access.fetch_session(other, session.id, need="session.session.countersign")
    today = at.astimezone(ZoneInfo(site.zone)).date()
    first, second = (signer_at(signed.user_id, site, today) for signed in (lifting.first, lifting.second))
    overrides = [Override(item=each.item, saw=each.covers, reason=lifting.reason, first=first, second=second, signed_at=at) for each in asked.open]
    found = lift(asked, overrides, at=at)
    if not found.met:
        now = "Write a whole reason. Both who sign are licensed and work here, and one of them is a prescriber."
        raise Refusal("session.monitor_not_free", found.sentence, now, field="reason", facts={"saw": asked.sentence}, findings=found.open)
    return [finding.sentence for finding in asked.open]


def _monitor_is(session: Session, member: StaffRow) -> UUID | None:
    """Saves who monitors from now on; who did until now.  Raises Refusal `session.monitor_busy`."""
    old, session.monitor_id = session.monitor_id, member.user_id
    try:
        with transaction.atomic():
            session.save(update_fields=["monitor"])
    except IntegrityError:  # a dose at another site in the same instant: the database has the last word
        raise Refusal("session.monitor_busy", f"Another dose took {member.name} as its monitor at the same moment.", "Look at the board.") from None
    return old


def _last_change_at(session: Session) -> datetime | None:
    """When the monitor last changed, or the dose began: a hand-over lies after it."""
    last = Entry.objects.filter(session_id=session.id, kind=HANDED_OVER).order_by("-seq").values_list("taken_at", flat=True).first()
    return last or session.started_at
