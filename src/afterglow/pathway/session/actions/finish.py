"""The end of the infusion: what the pump shows is charted, compared with rate and time, and given from the cabinet's ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, own_key, put, step
from afterglow.pathway.session.actions.pump_times import held_infusion, last_pump_deed_at
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.given import Infusion, given_ug
from afterglow.pathway.session.queries.watching import watch_in_recovery
from afterglow.pathway.session.rules.states import ENDED
from afterglow.records.cabinet import queries as ledger
from afterglow.records.cabinet.actions import part as cabinet
from afterglow.science.dosing.amounts import milligrams_text, millilitres_text
from afterglow.science.dosing.given import given_so_far, pump_volume_agrees
from afterglow.science.verdict import Finding


@transaction.atomic
def finish_dose(
    *, session_id: UUID, final_volume_ul: int, why: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """Ends a running dose and charts the pump's volume; after a stop (or an exit in a hurry) it charts the volume alone.

    The ledger is given what the pump says went in.  More than 5% away from rate and time needs `why`.
    Raises Refusal `session.not_now`, `session.volume`, `session.volume_disagrees`, `session.volume_charted`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.pause")
    if done := earlier(by, key, ["finish", session_id, final_volume_ul, why, taken_at], at=at):
        return done
    held = held_infusion(session)
    if held.final_volume_ul is not None:
        raise Refusal(
            "session.volume_charted", f"{millilitres_text(held.final_volume_ul)} is charted already.", "Write a note if the pump was read wrongly."
        )
    if session.state == "paused":
        raise Refusal("session.not_now", "The pump is paused.", "Stop the dose first, then chart what the pump shows.")
    running = session.state == "dosing"
    to = step(session, "finish") if running else None
    true = happened(session, taken_at, at, not_before=last_pump_deed_at(session))
    finding, given = _compare(held, final_volume_ul, ended_at=true if running else held.ended_at or session.ended_at, why=why)
    kind = "finished" if running else "addendum" if session.state in ENDED else "pump_volume"
    watch = watch_in_recovery(session, clinic_id=by.clinic_id, at=at) if running else ()
    payload = {
        "final_volume_ul": final_volume_ul,
        "given_ug": given,
        "agrees": finding.is_met,
        "compared": finding.sentence,
        "why": why.strip(),
        "text": f"The pump's final volume: {millilitres_text(final_volume_ul)}, {milligrams_text(given)} given.",
        **({"watch": watch} if watch else {}),
    }
    charted = put(session, kind, payload, event=events.finished, key=key, taken_at=true, at=at, by=by, says=" ".join(watch), reason=why.strip()[:200])
    _give(session, given, key=key, by=by, at=at)
    if to is not None:
        session.state, session.dosing_ended_at = to, true
        session.save(update_fields=["state", "dosing_ended_at"])
    return charted


def _compare(held: Infusion, final_volume_ul: int, *, ended_at: datetime | None, why: str) -> tuple[Finding, int]:
    """The finding and the whole micrograms that went in.  Raises Refusal `session.volume`, `session.volume_disagrees`."""
    if not 0 <= final_volume_ul <= held.mixture.total_ul:
        most = millilitres_text(held.mixture.total_ul)
        raise Refusal(
            "session.volume", f"The syringe held {most}; more, or less than nothing, cannot have gone in.", "Read it from the pump.", field="volume"
        )
    if ended_at is None:
        raise Refusal("session.pump_runs", "When the pump stopped is not charted.", "Stop the dose first, then chart what the pump shows.")
    finding = pump_volume_agrees(given_so_far(held.segments, mixture=held.mixture, at=ended_at), charted_ul=final_volume_ul)
    if not finding.is_met and not why.strip():
        raise Refusal("session.volume_disagrees", finding.sentence, "Read the pump again, or write why.", field="why", findings=(finding,))
    return finding, given_ug(held, volume_ul=final_volume_ul)


def _give(session: Session, amount_ug: int, *, key: str, by: Actor, at: datetime) -> None:
    """What went in, taken from the draws of this session in the order in which they were drawn."""
    left = amount_ug
    for draw in ledger.draws_of(session.id).draws:
        share = min(left, draw.open_ug)
        if share > 0:
            cabinet.give(draw_id=draw.id, amount_ug=share, key=own_key(key, "given", draw.id), by=by, at=at)
            left -= share
    if left > 0:
        raise Refusal(
            "session.more_given_than_drawn",
            f"{milligrams_text(left)} more than was drawn would have gone in.",
            "Check the pump's volume against what was drawn.",
            field="volume",
        )
