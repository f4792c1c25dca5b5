"""Record the answer to one check-in question.  Answers are never changed: a later one counts instead, the earlier one stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.close_signing import close_signing
from afterglow.pathway.session.models import CheckInAnswer, Session
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.queries.sedating import clouds
from afterglow.pathway.session.rules.check_in import BY_A_PRESCRIBER, BY_A_QUALIFIED_CLINICIAN, may_record
from afterglow.pathway.session.rules.on_board import on_board
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.staff import queries as staff

PRIVATE = frozenset({"pregnancy", "suicide", "suicide_assessment", "substances"})
"""Items whose answer stays in the record; the audit trail names the item and not what was said (safety 35, 45)."""
SUICIDE_DUE = timedelta(minutes=30)
"""How soon somebody owns a yes (judgement): the person is here, and does not leave before it is looked at."""


@transaction.atomic
def answer_item(
    *, session_id: UUID, item: str, value: Mapping[str, Any] | None, taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> UUID:
    """Keep one answer; None is "asked, not known".  The shapes are those of `rules.check_in`.

    A yes, or a declined answer, in the suicide interview opens an urgent flag; a drug on board closes signing.  Raises NotFound, Forbidden; Refusal `session.not_checked_in`,
    `session.answer_incomplete`, `session.not_qualified`, `clock.future`.
    """
    session = access.fetch_session(by, session_id, need="session.session.check_in")
    if earlier := once(by, key, [session_id, item, value], at=at):
        return UUID(earlier["answer"])
    session = access.lock_up_to_session(session)
    check_answerable(session)
    when = taken_at or at
    check_taken(when, at)
    verdict = may_record(item, value, at=at)
    if not verdict.met:
        raise Refusal(
            "session.answer_incomplete", f"Nothing was recorded. {verdict.sentence}", "Complete the answer.", field=item, findings=verdict.open
        )
    kept = _with_who(item, value, access.fetch_site(by, session.site_id, need="session.session.check_in"), by, at)
    row = keep_answer(session, item, kept, taken_at=when, by=by, at=at)
    _close_signing(session, item, kept, by=by, at=at)
    if item == "suicide":
        _flag_a_yes(session, value, row.id, by=by, at=at)
    shown = None if item in PRIVATE else kept
    trail.record(
        events.answer_recorded,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "answer": row.id},
        new={"item": item, "value": shown},
    )
    answer(by, key, {"answer": str(row.id)})
    return row.id


def _close_signing(session: Session, item: str, value: Mapping[str, Any] | None, *, by: Actor, at: datetime) -> None:
    """Who arrives with a sedative, a substance or other ketamine on board signs nothing from now on; a later answer never shortens it."""
    said = (value or {}).get("held") or {} if item == "medicines" else {}
    why = on_board(item, value, today=at.astimezone(zone_of(session)).date(), clouding=[name for name in said if clouds(name)])
    if why:
        close_signing(session, last_drug_at=at, why=why, by=by, at=at)


def check_answerable(session: Session) -> None:
    """Answers belong to a checked-in session; after the start the gate is history.  Raises Refusal `session.not_checked_in`."""
    if session.state != "checked_in":
        raise Refusal(
            "session.not_checked_in", "Check-in answers are taken between check-in and start.", "Check the person in, or chart in the room."
        )


def keep_answer(session: Session, item: str, value: Mapping[str, Any] | None, *, taken_at: datetime, by: Actor, at: datetime) -> CheckInAnswer:
    """The row itself; the caller has decided that it may be kept."""
    return CheckInAnswer.objects.create(
        id=ids.new_id(at),
        session_id=session.id,
        item=item,
        value_text=canonical(value),
        taken_at=taken_at,
        recorded_at=at,
        recorded_by=by.label,
        by_user_id=by.user_id,
    )


def _with_who(item: str, value: Mapping[str, Any] | None, site: SiteRow, by: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Some answers count only from somebody who is qualified to give them, on the day on which they give them."""
    if item not in BY_A_PRESCRIBER | BY_A_QUALIFIED_CLINICIAN or value is None:
        return value
    today = at.astimezone(ZoneInfo(site.zone)).date()
    kinds = ("prescriber_licence",) if item in BY_A_PRESCRIBER else ("prescriber_licence", "therapy_licence")
    if by.user_id is None or not any(staff.credential_in_date(by.user_id, site.clinic_id, kind, today, site.state) for kind in kinds):
        who = "a licensed prescriber" if item in BY_A_PRESCRIBER else "a licensed prescriber or therapist"
        raise Refusal("session.not_qualified", f"This is answered by {who}, and no such licence of yours is in date here.", f"Ask {who}.", field=item)
    return {**value, "qualified": True}


def _flag_a_yes(session: Session, value: Mapping[str, Any] | None, answer_id: UUID, *, by: Actor, at: datetime) -> None:
    said = {key: (value or {}).get(key) for key in WORDS}
    if not {"yes", "declined"} & set(said.values()):
        return
    grave = any(said[key] in ("yes", "declined") for key in ("intent_or_plan", "act_or_preparation"))
    open_flag(
        person_id=session.person_id,
        kind="suicide_item",
        urgency="urgent",
        sentence="Check-in before a dose: a suicide question was answered yes or declined"
        + (", intent, plan or act among them." if grave else ". Look at it before anything else."),
        source_kind="check_in_answer",
        source_id=str(answer_id),
        due_at=at + SUICIDE_DUE,
        by=by,
        at=at,
    )
