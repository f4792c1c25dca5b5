"""Chart a medicine given in the room: what is known against it is kept with the entry and never stands in the way (safety 32)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.close_signing import close_signing
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, put, still_open, words
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.as_needed import cover
from afterglow.pathway.session.queries.rescue import before_giving
from afterglow.pathway.session.queries.sedating import CLOUDING, rescue_kind
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.science.quantities import Quantity, QuantityRefused

MEDICINE = "medicine"
DOSE_UNITS = ("ug", "mg", "g", "mL")
ONE_OR_A_THOUSAND = re.compile(r"\d,\d{3}(?!\d)")
"""A comma before exactly three digits is a decimal to one reader and a thousand to another: a thousandfold slip, so it is refused."""
ROUTES = ("iv", "im", "sc", "oral", "sl", "nasal", "inhaled")
RESCUE_KINDS = ("sedative", "opioid", "antihypertensive")
"""Drugs that start the waiting time again (safety 11)."""


TELL = "It was given outside any signed order: tell the prescriber now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What was given: the amount as typed with its unit, and how."""

    name: str
    amount: str
    unit: str
    route: str


@transaction.atomic
def give_medicine(
    *,
    session_id: UUID,
    dose: Dose,
    rescue: str = "",
    ordered_by: str,
    why: str = "",
    outside: str = "",
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """A medicine given on a prescriber's word: name, amount, route, who ordered it.  Ketamine is never given this way.

    A drug against nausea is given under a signed order, which the entry names (S74); what no order covers is refused.  Where it was given
    already, `outside` says why, and the entry says that it was outside any order: what happened is never kept out of the record.

    `rescue` says what kind it is ("sedative", "opioid", "antihypertensive", or "" for none of them); a name that the library knows as
    one of them counts as one whatever was chosen.  Such a drug starts the waiting time before leaving again; a sedative or an opioid closes
    signing too.  What the record knows against the drug is kept in the entry and said in the answer.
    Raises Refusal `session.unit`, `session.choice`, `session.no_orderer`, `session.is_ketamine`, `session.not_ordered`; NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.chart")
    require(by, "chart.clinical.record")
    told = [dose.name, dose.amount, dose.unit, dose.route, rescue, ordered_by, why, taken_at, *([outside] if outside else [])]
    if done := earlier(by, key, ["medicine", session_id, *told], at=at):
        return done
    still_open(session)
    true = happened(session, taken_at, at)
    payload = under_order(session, medicine_payload(dose, rescue=rescue, ordered_by=ordered_by, why=why), true, outside=outside)
    payload |= known_against(session, payload, at=at)
    waits = ["The waiting time before leaving starts again."] if payload["rescue"] else []
    says = " ".join([*waits, *([TELL] if payload.get("outside") else []), *payload["against"]])
    charted = put(session, MEDICINE, payload, event=events.medicine_given, key=key, taken_at=true, at=at, by=by, says=says)
    set_last_rescue(session)
    close_after(session, payload, true, by=by, at=at)
    flag_outside(session, payload, charted.seq, by=by, at=at)
    return charted


def known_against(session: Session, payload: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """What was known when it was charted, in words; empty where the library lists nothing for this person."""
    return {"against": list(before_giving(session, payload["name"], at=at).sentences)}


def under_order(session: Session, payload: dict[str, Any], true: datetime, *, outside: str = "", but_not: int | None = None) -> dict[str, Any]:
    """The payload with the order that covers it, or with why it was given without one; as it is for a drug that needs no such order.

    `but_not`: the number of the entry that this one replaces.  Raises Refusal `session.not_ordered`, `session.no_orderer`.
    """
    found = cover(session, payload, true, but_not=but_not)
    if found is None or (found.order is None and outside.strip()):
        if not payload["ordered_by"]:
            raise Refusal("session.no_orderer", "Nobody is named who ordered it.", "Enter the prescriber who ordered it.", field="ordered_by")
        return payload if found is None else {**payload, "outside": outside.replace("\x00", "").strip()[:300]}
    if found.order is None:
        raise Refusal(
            "session.not_ordered",
            f"No signed order covers this: {found.verdict.sentence}",
            "Ask a prescriber to sign an order first. If it was given already, say so below and why.",
            findings=found.verdict.open,
            field="outside",
        )
    return {**payload, "ordered_by": found.order.signed_by, "order": str(found.order.id), "count": found.count}


def flag_outside(session: Session, payload: dict[str, Any], seq: int, *, by: Actor, at: datetime) -> None:
    """What was given without an order is owed an answer by the prescriber who is named for it, or by whoever takes the flag."""
    if not payload.get("outside"):
        return
    open_flag(
        person_id=session.person_id,
        kind="given_outside_order",
        urgency="today",
        sentence=f"{payload['name']} was given outside any signed order, entry {seq}. A prescriber looks at it and writes what follows."[:300],
        source_kind="session_entry",
        source_id=f"{session.id.hex}:{seq}",
        owner_id=accounts.staff_named(payload["ordered_by"], clinic_id=by.clinic_id, role="prescriber"),
        by=by,
        at=at,
    )


def close_after(session: Session, payload: dict[str, Any], given_at: datetime, *, by: Actor, at: datetime) -> None:
    """A sedative or an opioid clouds the head as the dose does (safety 19)."""
    if payload["rescue"] in CLOUDING:
        close_signing(session, last_drug_at=given_at, why=f"a {payload['rescue']} given in the room", by=by, at=at)


def medicine_payload(dose: Dose, *, rescue: str, ordered_by: str, why: str) -> dict[str, Any]:
    """What is stored.  Raises the refusals of `give_medicine`."""
    name = words(dose.name, field="name", longest=80)
    if "ketamin" in name.lower():
        raise Refusal(
            "session.is_ketamine", "Ketamine is given only through the order and the pump.", "A further dose needs a new order.", field="name"
        )
    if ONE_OR_A_THOUSAND.search(dose.amount):
        sentence = f"“{dose.amount.strip()[:20]}” could be read as one or as a thousand."
        raise Refusal("session.unit", sentence, "Write decimals with a point and thousands without a comma: 1.5 or 1000.", field="amount")
    try:
        amount = Quantity(dose.amount.replace(",", "."), dose.unit)
    except QuantityRefused as wrong:
        raise Refusal("session.unit", wrong.sentence, wrong.now, field="amount") from None
    if amount.unit not in DOSE_UNITS or amount.value <= 0:
        raise Refusal("session.unit", "An amount of medicine is above zero, in ug, mg, g or mL.", "Enter amount and unit.", field="amount")
    if dose.route not in ROUTES:
        raise Refusal("session.choice", "How it was given is not said.", "Choose the route.", field="route")
    if rescue not in ("", *RESCUE_KINDS):
        raise Refusal("session.choice", "This kind of medicine is not on the list.", "Choose from the list.", field="rescue")
    return {
        "name": name,
        "amount": str(amount.value),
        "unit": amount.unit,
        "route": dose.route,
        "rescue": rescue or rescue_kind(name),
        "ordered_by": ordered_by.strip()[:140],
        "why": why.replace("\x00", "").strip()[:300],
    }


def set_last_rescue(session: Session) -> None:
    """The session's own copy of when the last rescue drug that counts was given."""
    found = [deed.taken_at for deed in deeds.standing(deeds.deeds(session.id), MEDICINE) if deed.payload["rescue"]]
    session.last_rescue_at = max(found, default=None)
    session.save(update_fields=["last_rescue_at"])
