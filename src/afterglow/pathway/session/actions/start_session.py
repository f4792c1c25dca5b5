"""Start the dose.  The gate is asked again under the locks, and every answer it gives is kept, the refusing ones too.

Locks: site, person, session, lot.  The site's lock is what makes staffing true: two Starts that name one monitor come one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent.actions.lock_until import lock_after_drug
from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.session import access, events
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import GateDecision, Session
from afterglow.pathway.session.queries.draw import Drawn, open_draw
from afterglow.pathway.session.queries.gate_verdict import Gate, gate_now, saw
from afterglow.pathway.session.rules.states import may_go
from afterglow.records.cabinet import queries as cabinet


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """What was started, when, by whom: whole micrograms, minutes and microlitres an hour."""

    session_id: UUID
    started_at: datetime
    started_by: str
    dose_ug: int
    over_min: int
    rate_ul_per_h: int

    @classmethod
    def from_answer(cls, kept: dict[str, Any]) -> SessionStarted:
        return cls(
            session_id=UUID(kept["session_id"]),
            started_at=datetime.fromisoformat(kept["started_at"]),
            started_by=kept["started_by"],
            dose_ug=kept["dose_ug"],
            over_min=kept["over_min"],
            rate_ul_per_h=kept["rate_ul_per_h"],
        )

    def as_answer(self) -> dict[str, Any]:
        return {
            "session_id": str(self.session_id),
            "started_at": self.started_at.isoformat(),
            "started_by": self.started_by,
            "dose_ug": self.dose_ug,
            "over_min": self.over_min,
            "rate_ul_per_h": self.rate_ul_per_h,
        }


def start_session(*, session_id: UUID, signed: Signature, key: str, by: Actor, at: datetime) -> SessionStarted:
    """Start dosing.  The same request may come again and gets the same answer; a second person's Start is refused.

    A refusal's decision is committed before it is raised.  Raises NotFound, Forbidden; Refusal `session.already_started`,
    `session.not_possible`, `session.gate_unmet` with every open item, `session.monitor_busy`, `accounts.not_confirmed`, `write.no_key`.
    """
    session = access.fetch_session(by, session_id, need="session.session.start")
    check_signature(signed, by=by, at=at)
    outcome = _decide(session, key=key, by=by, at=at)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


@transaction.atomic
def _decide(session: Session, *, key: str, by: Actor, at: datetime) -> SessionStarted | Refusal:
    """The whole start in one transaction; a refusal is returned, not raised, so that its decision stays."""
    session = _lock(session)
    if session.started_at is not None:
        return _same_request(session, key=key, by=by, at=at)
    step = may_go(session.state, "start")  # type: ignore[arg-type]
    if step.to is None:
        raise Refusal("session.not_possible", step.verdict.sentence, "Check the person in first.", findings=step.verdict.open)
    found = gate_now(session, by=by, at=at)
    drawn = open_draw(found.visit)
    if not found.verdict.met or drawn is None:
        _keep_decision(session, found, started=False, by=by, at=at)
        return _refused(session, found, by=by, at=at)
    try:
        with transaction.atomic():
            once(by, key, _fingerprint(session), at=at)  # never known here: a key that started this session was answered above
            _mark_started(session, found, key=key, by=by, at=at)
    except IntegrityError:  # the same monitor at another site in the same instant: the database has the last word
        _keep_decision(session, found, started=False, by=by, at=at)
        return _busy(session, by=by, at=at)
    _keep_decision(session, found, started=True, by=by, at=at)
    return _write(session, found, drawn, key=key, by=by, at=at)


def _lock(session: Session) -> Session:
    """Site, person, session, then every lot that drug of this session came from."""
    locked = access.lock_up_to_session(session)
    for lot_id in sorted({draw.lot_id for draw in cabinet.draws_of(session.id).draws}):
        cabinet.lock_lot(lot_id)
    return locked


def _same_request(session: Session, *, key: str, by: Actor, at: datetime) -> SessionStarted:
    """The first answer for the very same request; for anybody else the dose is running, or was given (hazard H5)."""
    if key and session.start_key == key:
        earlier = once(by, key, _fingerprint(session), at=at)
        if earlier is not None:
            return SessionStarted.from_answer(earlier)
    assert session.started_at is not None
    site = accounts.site(session.site_id, clinic_id=by.clinic_id)
    minutes = int((at - session.started_at).total_seconds() // 60)
    raise Refusal(
        "session.already_started",
        f"{session.started_by} started this dose at {_clock(session.started_at, site.zone)}, {minutes} min ago.",
        "Do not give another. Open the room to see what is running.",
        facts={"started_at": session.started_at.isoformat(), "started_by": session.started_by},
    )


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def _fingerprint(session: Session) -> list[str]:
    return ["start", str(session.id)]


def _keep_decision(session: Session, found: Gate, *, started: bool, by: Actor, at: datetime) -> None:
    GateDecision.objects.create(id=ids.new_id(at), session_id=session.id, at=at, by=by.label, started=started, saw_text=canonical(saw(found)))


def _refused(session: Session, found: Gate, *, by: Actor, at: datetime) -> Refusal:
    items = [finding.item for finding in found.verdict.open]
    trail.record(events.start_refused, by=by, at=at, person_id=session.person_id, objects={"session": session.id}, new={"open": items})
    return Refusal(
        "session.gate_unmet",
        f"The infusion was not started. {len(items)} {'item is' if len(items) == 1 else 'items are'} open: {found.verdict.sentence}",
        "Put each one right, or sign for those that a reason and two signatures lift.",
        findings=found.verdict.open,
    )


def _busy(session: Session, *, by: Actor, at: datetime) -> Refusal:
    trail.record(
        events.start_refused, by=by, at=at, person_id=session.person_id, objects={"session": session.id}, new={"open": ["monitor.only_here"]}
    )
    return Refusal(
        "session.monitor_busy", "Another dose started with this monitor, or in this room, at the same moment.", "Look at the board, then at the gate."
    )


def _mark_started(session: Session, found: Gate, *, key: str, by: Actor, at: datetime) -> None:
    assert found.visit.order is not None  # the gate is met
    session.state, session.started_at, session.started_by, session.start_key = "dosing", at, by.label, key
    session.order_id, session.plan_id, session.limits_text = found.visit.order.id, found.visit.plan.id, found.visit.limits.snapshot()
    session.save(update_fields=["state", "started_at", "started_by", "start_key", "order", "plan", "limits_text"])


def _write(session: Session, found: Gate, drawn: Drawn, *, key: str, by: Actor, at: datetime) -> SessionStarted:
    """Timeline, order, consent lock, audit, answer: all in the same transaction as the start itself."""
    order = found.visit.order
    assert order is not None
    payload = {
        "order": str(order.id),
        "drug": order.drug,
        "dose_ug": order.dose_ug,
        "over_min": order.over_min,
        "draw": str(drawn.draw_id),
        "lot": str(drawn.lot_id),
        "volume_ul": drawn.volume_ul,
        "drug_ug": drawn.drug_ug,
        "total_ul": drawn.total_ul,
        "rate_ul_per_h": drawn.rate_ul_per_h,
        "monitor": str(session.monitor_id),
        "limits": found.visit.limits.library.label,
    }
    append_entry(session, "started", payload, taken_at=at, at=at, by=by)
    use_order(order_id=order.id, by=by, at=at)
    lock_after_drug(person_id=session.person_id, last_drug_at=at + timedelta(minutes=order.over_min), zone=found.visit.site.zone, by=by, at=at)
    trail.record(
        events.started,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "order": order.id, "draw": drawn.draw_id},
        new=payload,
        library=found.visit.limits.library.label,
    )
    started = SessionStarted(
        session_id=session.id, started_at=at, started_by=by.label, dose_ug=order.dose_ug, over_min=order.over_min, rate_ul_per_h=drawn.rate_ul_per_h
    )
    answer(by, key, started.as_answer())
    return started
