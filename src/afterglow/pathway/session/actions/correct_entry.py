"""Correct an entry, or take it back: a new row that names the old one, which stays to be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.chart_note import ABOUT
from afterglow.pathway.session.actions.chart_vitals import vital_payload
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, put, still_open, words
from afterglow.pathway.session.actions.give_medicine import (
    Dose,
    close_after,
    flag_outside,
    known_against,
    medicine_payload,
    set_last_rescue,
    under_order,
)
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import CORRECTED, Deed

CORRECTABLE = ("vitals", "note", "medicine")
"""What a person typed.  Pump deeds, answers and drug amounts are not rewritten: they get a note beside them."""


@transaction.atomic
def correct_entry(
    *,
    session_id: UUID,
    seq: int,
    replacement: Mapping[str, Any] | None,
    reason: str,
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """`replacement`: the whole entry anew, in the shape its own action takes; None takes the entry back.  A reason is always given.

    Vitals: {"values", "words"}; note: {"text", "about"}; medicine: {"name", "amount", "unit", "route", "rescue", "ordered_by", "why", "outside"}.
    Raises Refusal `session.not_ordered`, `session.no_such_entry`, `session.not_correctable`, `session.corrected_before`, `session.no_words`; NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["correct", session_id, seq, replacement, reason, taken_at], at=at):
        return done
    still_open(session)
    wrong = _entry(session, seq)
    if wrong.kind == "medicine":
        require(by, "chart.clinical.record")
    why = words(reason, field="reason", longest=300)
    true = happened(session, taken_at or wrong.taken_at, at)
    payload: dict[str, Any] = {"corrects": seq, "kind": wrong.kind, "reason": why}
    payload |= {"withdrawn": True} if replacement is None else {"payload": _anew(session, wrong, replacement, true, at=at)}
    charted = put(
        session,
        CORRECTED,
        payload,
        event=events.entry_corrected,
        key=key,
        taken_at=true,
        at=at,
        by=by,
        corrects=seq,
        old=dict(wrong.payload),
        reason=why,
    )
    if wrong.kind == "medicine":
        set_last_rescue(session)
        anew = payload.get("payload") or {"rescue": ""}
        close_after(session, anew, true, by=by, at=at)
        flag_outside(session, anew, charted.seq, by=by, at=at)
    return charted


def _entry(session: Session, seq: int) -> Deed:
    found = next((deed for deed in deeds.deeds(session.id) if deed.seq == seq and deed.kind != CORRECTED), None)
    if found is None:
        raise Refusal("session.no_such_entry", f"There is no entry {seq} in this session.", "Choose an entry of the timeline.", field="seq")
    if found.kind not in CORRECTABLE:
        raise Refusal("session.not_correctable", "This entry is not rewritten.", "Write a note that says what is wrong with it.", field="seq")
    if found.withdrawn:
        raise Refusal("session.corrected_before", "This entry was taken back already.", "Look at the room as it is now.", field="seq")
    return found


def _anew(session: Session, wrong: Deed, replacement: Mapping[str, Any], true: datetime, *, at: datetime) -> dict[str, Any]:
    if wrong.kind == "vitals":
        values, said = replacement.get("values") or {}, {name: word for name, word in (replacement.get("words") or {}).items() if word}
        if not values and not said:
            raise Refusal("session.nothing_charted", "No value was entered.", "Enter what was read, or take the entry back.", field="sbp")
        return vital_payload(session, values, said, true, but_not=wrong.seq)
    if wrong.kind == "note":
        about = str(replacement.get("about") or wrong.payload["about"])
        if about not in ABOUT:
            raise Refusal("session.choice", "A note cannot be about that.", "Choose from the list.", field="about")
        return {"text": words(str(replacement.get("text", "")), field="text"), "about": about}
    dose = Dose(**{name: str(replacement.get(name, "")) for name in ("name", "amount", "unit", "route")})
    told = {name: str(replacement.get(name, "")) for name in ("rescue", "ordered_by", "why")}
    anew = under_order(session, medicine_payload(dose, **told), true, outside=str(replacement.get("outside") or ""), but_not=wrong.seq)
    return anew | known_against(session, anew, at=at)
