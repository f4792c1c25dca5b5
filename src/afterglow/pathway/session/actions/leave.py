"""The end of a session: home by the list, or another way, which is always possible and always written down (safety 13, hazard H54)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent.actions.lock_until import lock_after_drug
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, put, step
from afterglow.pathway.session.actions.pump_times import last_pump_deed_at
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import Leaving, Session
from afterglow.pathway.session.queries.given import infusion
from afterglow.pathway.session.queries.leaving import LeavingList, leaving_list
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.rules.discharge import ExitRecord, still_to_record
from afterglow.pathway.session.rules.states import Deed
from afterglow.records.cabinet import queries as ledger
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.schedule.actions.book import lock_calendar
from afterglow.records.schedule.actions.change import mark
from afterglow.science.dosing.amounts import milligrams_text

CALL_WITHIN = timedelta(hours=1)
"""Somebody who left before the list was met is called within this time: J."""
LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitWords:
    """What is written down when somebody leaves another way; what nobody knows stays empty and becomes somebody's task."""

    last_state: str = ""
    pump_stopped_at: datetime | None = None
    to_where: str = ""
    handed_to: str = ""
    flag_owner: str = ""
    called: tuple[str, ...] = ()
    warned: bool | None = None


@transaction.atomic
def discharge(*, session_id: UUID, key: str, by: Actor, at: datetime) -> Charted:
    """Home, with every item of the list met at this moment, asked again under the locks.

    Raises Refusal `session.not_ready_to_leave` with every open item at once, `session.not_now`; NotFound; Forbidden.
    """
    session = _hold(by, session_id, need="session.session.discharge")
    if done := earlier(by, key, ["discharge", session_id], at=at):
        return done
    step(session, "discharge")
    held = leaving_list(session, at=at)
    if not held.verdict.met:
        sentence = f"{len(held.verdict.open)} item{'s are' if len(held.verdict.open) > 1 else ' is'} still open, so nobody goes home yet."
        now = "Do what is open. If the person leaves anyway, or goes by ambulance, chart that instead."
        raise Refusal("session.not_ready_to_leave", sentence, now, findings=held.verdict.open)
    saw = {
        "list": held.library.label,
        "sha256": held.library.sha256,
        "findings": [asdict(finding) for finding in held.verdict],
        "facts": asdict(held.facts),
    }
    return _end(session, "discharge", "discharged", saw, last_drug_at=held.facts.last_drug_at, key=key, by=by, at=at)


@transaction.atomic
def transfer(*, session_id: UUID, words: ExitWords, key: str, by: Actor, at: datetime) -> Charted:
    """To other care by ambulance, from any state in which the person is here.  Never refused for what is not recorded yet."""
    return _leave_otherwise(session_id, "transfer", "transferred", words, key=key, by=by, at=at)


@transaction.atomic
def leave_against_advice(*, session_id: UUID, words: ExitWords, key: str, by: Actor, at: datetime) -> Charted:
    """The person left before the list was met, with or without a word.  A flag opens with the calls that are due."""
    return _leave_otherwise(session_id, "leave_against_advice", "left_against_advice", words, key=key, by=by, at=at)


def _leave_otherwise(session_id: UUID, deed: Deed, how: str, told: ExitWords, *, key: str, by: Actor, at: datetime) -> Charted:
    session = _hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, [deed, session_id, asdict(told)], at=at):
        return done
    step(session, deed)
    running = session.state in ("dosing", "paused")
    held = leaving_list(session, at=at) if session.started_at else None
    _stop_the_pump(session, told, running=running, by=by, at=at)
    record = ExitRecord(
        kind="transferred" if how == "transferred" else "left_against_advice",
        last_state=told.last_state,
        pump_stopped_at=told.pump_stopped_at,
        drug_was_running=session.state == "dosing",
        to_where=told.to_where,
        handed_to=told.handed_to,
        flag_owner=told.flag_owner,
        called=told.called,
        warned=told.warned,
    )
    missing = still_to_record(record)
    saw = {
        "record": asdict(record),
        "missing": [asdict(finding) for finding in missing],
        "open": [asdict(each) for each in held.verdict.open] if held else [],
    }
    last_drug_at = _last_drug(session, held, at=at)
    charted = _end(session, deed, how, saw, last_drug_at=last_drug_at, key=key, by=by, at=at, says=" ".join(finding.sentence for finding in missing))
    _open_flags(session, how, told, missing=tuple(finding.sentence for finding in missing), by=by, at=at)
    return charted


def _hold(by: Actor, session_id: UUID, *, need: str) -> Session:
    """The appointment is marked too: its locks, sites and person, come before the session's."""
    seen = access.fetch_session(by, session_id, need=need)
    lock_calendar(by, seen.person_id)
    return access.lock_session(session_id)


def _stop_the_pump(session: Session, told: ExitWords, *, running: bool, by: Actor, at: datetime) -> None:
    """A running dose ends when the pump was stopped, where somebody says when; a paused one ended when it was paused."""
    if not running:
        return
    held = infusion(session.id)
    if told.pump_stopped_at is not None:
        true = happened(session, told.pump_stopped_at, at, not_before=last_pump_deed_at(session))
        append_entry(session, "pump_stopped", {"reason": "left the room"}, taken_at=true, at=at, by=by)
        session.dosing_ended_at = true
    elif held is not None and held.ended_at is not None:
        session.dosing_ended_at = held.ended_at


def _last_drug(session: Session, held: LeavingList | None, *, at: datetime) -> datetime | None:
    """When drug last went in, as far as it is known: until now where nobody knows when the pump stopped; None where none was given."""
    if session.started_at is None:
        return None
    rescues = [rescue.given_at for rescue in held.facts.rescues] if held else []
    return max([session.dosing_ended_at or at, *rescues])


def _end(
    session: Session, deed: Deed, how: str, saw: dict[str, Any], *, last_drug_at: datetime | None, key: str, by: Actor, at: datetime, says: str = ""
) -> Charted:
    """The row that closes the record, the state, the appointment, and the lock on consents until the person may sign again."""
    until = at
    if last_drug_at is not None:
        until = lock_after_drug(person_id=session.person_id, last_drug_at=last_drug_at, zone=zone_of(session).key, by=by, at=at)
    session.state, session.ended_at = step(session, deed), at
    session.save(update_fields=["state", "ended_at", "dosing_ended_at"])
    Leaving.objects.create(id=ids.new_id(at), session_id=session.id, how=how, at=at, by=by.label, saw_text=canonical(saw), no_driving_until_at=until)
    payload = {"how": how, "no_driving_until": until.isoformat(), **({"record": saw["record"]} if "record" in saw else {})}
    charted = put(session, LEFT, payload, event=events.left, key=key, taken_at=at, at=at, by=by, says=says)
    mark(appointment_id=session.appointment_id, state="done", by=by, at=at)
    return charted


def _open_flags(session: Session, how: str, told: ExitWords, *, missing: tuple[str, ...], by: Actor, at: datetime) -> None:
    """What still has to be done, each with a clock: the calls, the lines of the record, the drug."""
    asked: dict[str, Any] = {"source_kind": "session", "source_id": str(session.id), "person_id": session.person_id, "by": by, "at": at}
    if how == "left_against_advice":
        called = f"Called so far: {', '.join(told.called)}." if told.called else "Nobody was called yet."
        owner = accounts.staff_named(told.flag_owner, clinic_id=by.clinic_id)
        sentence = f"Left before the list was met. {called} Call the person, the escort and the emergency contact."
        open_flag(kind="left_against_advice", urgency="urgent", sentence=sentence[:300], due_at=at + CALL_WITHIN, owner_id=owner, **asked)
    if missing:
        open_flag(kind="exit_record_incomplete", urgency="today", sentence=f"Still to be written down: {' '.join(missing)}"[:300], **asked)
    rest = ledger.draws_of(session.id).open_ug
    if rest:
        sentence = f"{milligrams_text(rest)} drawn for this session is neither given, wasted nor returned."
        open_flag(kind="drug_not_accounted_for", urgency="today", sentence=sentence, **asked)
