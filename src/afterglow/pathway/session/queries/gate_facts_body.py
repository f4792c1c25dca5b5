"""The gate's facts about the body: what was measured today, and the medicines as the interaction list knows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.screening.rules.told import may_still_act
from afterglow.pathway.session.queries.check_in import AnswerRow
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules import gate_medicines
from afterglow.pathway.session.rules.gate_facts import Fasting, HeldMedicine
from afterglow.science.dosing.limits import weight_rules_from
from afterglow.science.dosing.weight import WeighedOn, weight_is_current
from afterglow.science.interactions.matching import Checked, check
from afterglow.science.verdict import Verdict


def about_the_body(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_body` of the gate."""
    before = _fresh(held, held.given.get("values_before"))
    checked = medicines_checked(held)
    return {
        "pressures": held.given.pressures,
        "heart_rate": before.said("hr") if before else None,
        "breathing_rate": before.said("rr") if before else None,
        "saturation": before.said("spo2") if before else None,
        "weight": weight_reasons(held),
        "fasting": _fasting(held.given.get("fasting")),
        "held_medicines": _held(held, checked),
        "interactions": _interactions(held, checked),
        "unchecked_medicines": unchecked_names(checked),
        "unchecked_read_by": _read_by(held, unchecked_names(checked)),
    }


def _fresh(held: Visit, row: AnswerRow | None) -> AnswerRow | None:
    """The row while what it says is as young as a seated pressure has to be; an older one is asked again."""
    fresh = timedelta(minutes=held.limits.in_force.at("start_pressure", "fresh_min"))
    return row if row is not None and held.at - row.taken_at <= fresh else None


def weight_reasons(held: Visit) -> Verdict:
    """Measured here today; that it still is the order's weight is asked with the order."""
    weighed = held.weight
    seen = (
        None
        if weighed is None
        else WeighedOn(
            weight_g=weighed.grams,
            measured_on=held.day_of(weighed.taken_at),
            at_site=weighed.on_site,
            confirmed=None,  # `confirmed_by` of a weight says that it was read right, not that it still holds today
        )
    )
    return Verdict.of(weight_is_current(seen, held.today, weight_rules_from(held.plan.effective)))


def _fasting(row: AnswerRow | None) -> Fasting | None:
    if row is None or row.value is None:
        return None
    return Fasting(meal=row.value.get("meal"), meal_at=_moment(row.value.get("meal_at")), clear_fluid_at=_moment(row.value.get("clear_fluid_at")))


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def medicines_checked(held: Visit) -> Checked | None:
    """The medicines taken now, looked up by name for this route; None when nobody asked for the list."""
    listed = held.medicines
    if listed.state == "not_asked":
        return None
    known, _ = knowledge()
    taken = [row.name for row in listed.rows if may_still_act(row.stopped_on, held.today)]
    return check(taken, route="iv", facts={}, interactions=known.interactions, names=known.names)


def _held(held: Visit, checked: Checked | None) -> tuple[HeldMedicine, ...] | None:
    """Each medicine that an interaction says to hold, with today's answer for it."""
    if checked is None:
        return None
    row = held.given.get("medicines")
    said = (row.value or {}).get("held", {}) if row else {}
    known = {"held": True, "taken": False}
    names = gate_medicines.to_be_held(checked)
    if not names and row is None:
        return None  # the list is read with the person today even when nothing on it is held
    return tuple(HeldMedicine(name=name, held=known.get(said.get(name, ""))) for name in names)


def _interactions(held: Visit, checked: Checked | None) -> Verdict | None:
    if checked is None:
        return None
    decision = held.decision
    seen = [row.name for row in held.medicines.rows if decision is not None and row.recorded_at <= decision.signed_at]
    return gate_medicines.interactions(checked, seen_at_screening=seen)


def unchecked_names(checked: Checked | None) -> tuple[str, ...]:
    return () if checked is None else tuple(medicine.text for medicine in checked.not_checked)


def _read_by(held: Visit, names: tuple[str, ...]) -> str:
    """Who read the unlisted medicines today; a name added since was not read."""
    row = held.given.get("unchecked_medicines")
    return row.recorded_by if row is not None and row.value is not None and set(names) <= set(row.value.get("names") or ()) else ""
