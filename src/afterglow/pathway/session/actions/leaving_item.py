"""Answer one item of the leaving list.  Each is a person's own tap, kept with its time; a later one counts instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.answer_item import keep_answer
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.leaving import ASSESSMENT_AFTER, LEAVING, SUICIDE_AFTER
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.rules.check_in import may_record
from afterglow.pathway.session.rules.leaving_items import may_answer
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.staff import queries as staff
from afterglow.science.verdict import Verdict

LOOK_WITHIN = timedelta(minutes=15)
"""A yes after the dose is looked at before the person leaves: J."""


@transaction.atomic
def answer_leaving_item(
    *, session_id: UUID, item: str, value: Mapping[str, Any], taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """One tap: the shapes are those of `rules.leaving_items`; the suicide questions and a pressure signature have their own actions.

    Raises Refusal `session.not_recovering`, `session.answer_incomplete`, `session.signature_needed`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["leaving", session_id, item, value, taken_at], at=at):
        return done
    if item == "pressure_near_own":
        raise Refusal(
            "session.signature_needed", "A pressure away from the person's own is accepted by a prescriber's signature.", "Ask the prescriber."
        )
    return _answer(session, item, value, taken_at=taken_at, key=key, by=by, at=at)


@transaction.atomic
def accept_pressure(*, session_id: UUID, sbp: float, signed: Signature, key: str, by: Actor, at: datetime) -> Charted:
    """A prescriber signs that this pressure is enough to go home, though it is not near the person's own.

    Raises Refusal `accounts.not_confirmed`, `session.not_qualified`, `session.not_recovering`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.discharge")
    require(by, "plan.order.sign")
    if done := earlier(by, key, ["accept_pressure", session_id, sbp], at=at):
        return done
    check_signature(signed, by=by, at=at)
    _licensed(session, ("prescriber_licence",), by=by, at=at)
    return _answer(session, "pressure_near_own", {"sbp": sbp}, taken_at=None, key=key, by=by, at=at)


@transaction.atomic
def answer_suicide_again(
    *, session_id: UUID, value: Mapping[str, Any], taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """The five questions, asked again after the dose.  The answers stay in the record; the timeline says only that they were asked.

    A yes or a declined answer opens an urgent flag.  Raises Refusal `session.not_recovering`, `session.answer_incomplete`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["suicide", session_id, value, taken_at], at=at):
        return done
    _recovering(session)
    true = happened(session, taken_at, at, not_before=session.dosing_ended_at)
    _whole(may_record("suicide", value, at=at))
    row = keep_answer(session, SUICIDE_AFTER, value, taken_at=true, by=by, at=at)
    if {"yes", "declined"} & {str(value.get(name)) for name in WORDS}:
        open_flag(
            person_id=session.person_id,
            kind="suicide_item",
            urgency="urgent",
            sentence="After a dose: a suicide question was answered yes or declined. Look at it before the person leaves.",
            source_kind="check_in_answer",
            source_id=str(row.id),
            due_at=at + LOOK_WITHIN,
            by=by,
            at=at,
        )
    payload = {"item": "suicide", "answer": str(row.id)}
    return put(session, "asked", payload, event=events.leaving_item_answered, key=key, taken_at=true, at=at, by=by)


@transaction.atomic
def assess_again(*, session_id: UUID, allows: bool, text: str, key: str, by: Actor, at: datetime) -> Charted:
    """A qualified clinician's assessment after such an answer: does it allow going home?

    Raises Refusal `session.not_recovering`, `session.not_qualified`, `session.no_words`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["assess", session_id, allows, text], at=at):
        return done
    _recovering(session)
    if not text.strip():
        raise Refusal("session.no_words", "The assessment has no words.", "Write what you found and what happens next.", field="text")
    _licensed(session, ("prescriber_licence", "therapy_licence"), by=by, at=at)
    value = {"allows": "yes" if allows else "no", "qualified": True, "text": text.replace("\x00", "").strip()[:2000]}
    row = keep_answer(session, ASSESSMENT_AFTER, value, taken_at=at, by=by, at=at)
    payload = {"item": "suicide_assessment", "answer": str(row.id)}
    return put(session, "asked", payload, event=events.leaving_item_answered, key=key, taken_at=at, at=at, by=by)


def _answer(session: Session, item: str, value: Mapping[str, Any], *, taken_at: datetime | None, key: str, by: Actor, at: datetime) -> Charted:
    _recovering(session)
    _whole(may_answer(item, value))
    true = happened(session, taken_at, at, not_before=session.dosing_ended_at)
    kept = {name: each.replace("\x00", "").strip()[:140] if isinstance(each, str) else each for name, each in value.items()}
    payload = {"item": item, **kept} if item != "escort" else {"item": item, **_whole_handover(kept)}
    return put(session, LEAVING, payload, event=events.leaving_item_answered, key=key, taken_at=true, at=at, by=by)


def _whole_handover(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": kept["kind"],
        "to_name": kept["to_name"],
        "adult_present": kept.get("adult_present") is True,
        "has_the_keys": kept.get("has_the_keys"),
        "documented": kept.get("documented") is True,
    }


def _recovering(session: Session) -> None:
    if session.state != "recovery":
        raise Refusal(
            "session.not_recovering", "The leaving list is answered in recovery, after the dose has ended.", "Look at the room as it is now."
        )


def _whole(verdict: Verdict) -> None:
    if not verdict.met:
        field = verdict.open[0].item
        raise Refusal("session.answer_incomplete", verdict.sentence, "Complete the answer.", field=field, findings=verdict.open)


def _licensed(session: Session, kinds: tuple[str, ...], *, by: Actor, at: datetime) -> None:
    today = at.astimezone(zone_of(session)).date()
    if by.user_id is None or not any(staff.credential_in_date(by.user_id, by.clinic_id, kind, today) for kind in kinds):
        raise Refusal(
            "session.not_qualified", "This needs a licence that is in date here, and none of yours is on record.", "Ask a licensed colleague."
        )
