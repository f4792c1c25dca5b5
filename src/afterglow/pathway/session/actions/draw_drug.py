"""Draw the drug from a received lot, read back by a second licensed person (safety 15, 17; hazards H1, H3, H5, H26)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.clock import shown
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.answer_item import check_answerable, keep_answer
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in import DRAW
from afterglow.pathway.session.queries.draw import Preparation, preparation
from afterglow.pathway.session.queries.gate_facts import gate_facts
from afterglow.pathway.session.queries.gate_visit import Visit, visit
from afterglow.pathway.session.rules.gate_order import about_the_order
from afterglow.pathway.session.rules.read_back import Prepared, Said, read_back_agrees
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.actions.draw import draw
from afterglow.records.chart import queries as chart
from afterglow.records.staff import queries as staff
from afterglow.science.dosing.amounts import ImpossibleAmount

NEEDED_FIRST = frozenset({"order.signed", "order.open", "order.in_time", "order.plan", "weight.unchanged"})
"""What of the gate is settled before drug leaves the shelf: there is an order in force for this dose and this weight."""


@transaction.atomic
def draw_drug(*, session_id: UUID, lot_id: UUID, made_up_to_ul: int | None, said: Said, reader: Signature, key: str, by: Actor, at: datetime) -> UUID:
    """The draw's id in the ledger.  `said` is what the second person read; `reader` their signature at this screen.

    Raises NotFound, Forbidden; Refusal `session.no_order`, `session.already_drawn`, `session.lot_refused`, `session.read_back_differs`,
    `session.reader_same`, `session.not_licensed`, `session.not_checked_in`, and those of the cabinet.
    """
    session = access.fetch_session(by, session_id, need="cabinet.movement.draw")
    second = accounts.actor_for(reader.user_id, by.clinic_id, request_id=by.request_id)
    check_signature(reader, by=second, at=at)
    if earlier := once(by, key, [session_id, lot_id, made_up_to_ul, reader.user_id], at=at):
        return UUID(earlier["draw"])
    session = access.lock_up_to_session(session)
    cabinet.lock_lot(lot_id)
    check_answerable(session)
    held = visit(session, by=by, at=at)
    _nothing_drawn_yet(held)
    _order_in_force(held)
    _reader_is_another(held, reader, by)
    prepared = _prepared(held, lot_id, made_up_to_ul)
    _reads_the_same(held, prepared, said)
    draw_id = draw(
        lot_id=lot_id,
        session_id=str(session_id),
        person_id=session.person_id,
        amount_ug=prepared.drug_ug,
        volume_ul=prepared.volume_ul,
        witness=reader,
        key=f"{key}:ledger"[:80],
        by=by,
        at=at,
    )
    _keep(session, prepared, draw_id, said, reader, by, at)
    answer(by, key, {"draw": str(draw_id)})
    return draw_id


def _keep(session: Session, prepared: Preparation, draw_id: UUID, said: Said, reader: Signature, by: Actor, at: datetime) -> None:
    """The draw in the check-in, on the timeline and in the audit trail."""
    assert said.rate_ul_per_h is not None  # read_back_agrees refused it otherwise
    value = {
        "draw": str(draw_id),
        "lot": str(prepared.lot.id),
        "lot_no": prepared.lot.lot_no,
        "order": str(prepared.order.id),
        "strength_ug_per_ml": prepared.lot.strength_ug_per_ml,
        "volume_ul": prepared.volume_ul,
        "drug_ug": prepared.drug_ug,
        "total_ul": prepared.mixture.total_ul,
        "rate_ul_per_h": said.rate_ul_per_h,
        "read_by": reader.name,
        "read_by_id": str(reader.user_id),
    }
    keep_answer(session, DRAW, value, taken_at=at, by=by, at=at)
    append_entry(session, "drawn", value, taken_at=at, at=at, by=by)
    trail.record(events.drug_drawn, by=by, at=at, person_id=session.person_id, objects={"session": session.id, "draw": draw_id}, new=value)


def _nothing_drawn_yet(held: Visit) -> None:
    """A second syringe for the same dose is how a dose is given twice (hazard H5)."""
    for earlier in cabinet.draws_of(held.session.id).draws:
        if earlier.open_ug > 0:
            raise Refusal(
                "session.already_drawn",
                f"{earlier.by} drew for this session at {shown(earlier.taken_at, held.site.zone)} from lot {earlier.lot_no}.",
                "Use that syringe, or waste or return it with a witness before drawing again.",
            )


def _order_in_force(held: Visit) -> None:
    open_ = [finding for finding in about_the_order(gate_facts(held), held.limits.in_force) if finding.item in NEEDED_FIRST and not finding.is_met]
    if open_ or held.order is None:
        raise Refusal(
            "session.no_order",
            "No drug is drawn without an order in force. " + " ".join(finding.sentence for finding in open_),
            "Ask the prescriber.",
            findings=tuple(open_),
        )


def _reader_is_another(held: Visit, reader: Signature, by: Actor) -> None:
    if reader.user_id == by.user_id:
        raise Refusal("session.reader_same", "Whoever draws cannot read back as well.", "Ask a second licensed person.", field="second_email")
    if not staff.is_licensed(reader.user_id, held.site.clinic_id, held.today):
        raise Refusal("session.not_licensed", f"{reader.name} has no licence in date here.", "Ask a licensed colleague.", field="second_email")


def _prepared(held: Visit, lot_id: UUID, made_up_to_ul: int | None) -> Preparation:
    lot = cabinet.lot(lot_id, held.site.clinic_id)
    try:
        prepared = preparation(held, lot, made_up_to_ul=made_up_to_ul)
    except ImpossibleAmount as wrong:
        raise Refusal("session.lot_refused", str(wrong), "Choose another volume or another lot.", field="made_up_to") from wrong
    if prepared is None or lot.site_id != held.site.id or not prepared.verdict.met:
        open_ = prepared.verdict.open if prepared else ()
        sentence = " ".join(finding.sentence for finding in open_) or "This lot is not at this site."
        raise Refusal("session.lot_refused", f"Nothing was drawn. {sentence}", "Choose another lot.", field="lot", findings=open_)
    return prepared


def _reads_the_same(held: Visit, prepared: Preparation, said: Said) -> None:
    wanted = Prepared(
        drug=prepared.order.drug,
        strength_ug_per_ml=prepared.lot.strength_ug_per_ml,
        volume_ul=prepared.volume_ul,
        rate_ul_per_h=prepared.rate_ul_per_h,
        record_no=chart.identity(held.session.person_id).record_no,
    )
    verdict = read_back_agrees(wanted, said)
    if not verdict.met:
        raise Refusal(
            "session.read_back_differs",
            f"Nothing was drawn. {verdict.sentence}",
            "Put vial and syringe aside, look at the order, the lot and the wristband, then read back again.",
            field=verdict.open[0].item,
            findings=verdict.open,
        )
