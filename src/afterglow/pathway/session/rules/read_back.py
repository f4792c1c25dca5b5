"""Does what the second person read back agree with what is to be given?  Pure (safety 15, hazards H1, H3, H7).

The second person types what they see on vial, syringe, pump and wristband; nothing is filled in for them.  A difference is not lifted by
anybody: the vial, the syringe or the pump is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from afterglow.science.dosing.amounts import millilitres_text
from afterglow.science.dosing.pump import plain_strength
from afterglow.science.verdict import Finding, Verdict

SOURCE = "Second person's read-back of drug, strength, volume, rate and patient (local judgement)"
READING_PERCENT = 1
"""How far a reading of a syringe or a pump may lie from the computed number: what a scale can be read to (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is to be given: from the order, the lot and the chart."""

    drug: str
    strength_ug_per_ml: int
    volume_ul: int
    rate_ul_per_h: int
    record_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the second person read; None: not read."""

    drug: str = ""
    strength_ug_per_ml: int | None = None
    volume_ul: int | None = None
    rate_ul_per_h: int | None = None
    record_no: str = ""


def read_back_agrees(prepared: Prepared, said: Said) -> Verdict:
    """One finding each for drug, strength, volume, rate and person."""
    return Verdict.of(
        _same("said_drug", "Drug", prepared.drug, said.drug.strip()),
        _strength(prepared, said),
        _near("said_volume", "Volume", prepared.volume_ul, said.volume_ul, f"{millilitres_text(prepared.volume_ul)} is to be drawn"),
        _near("said_rate", "Rate", prepared.rate_ul_per_h, said.rate_ul_per_h, f"{plain_strength(prepared.rate_ul_per_h)} mL/h is to be set"),
        _same("said_record_no", "Record number", prepared.record_no, said.record_no.strip()),
    )


def _same(item: str, what: str, wanted: str, said: str) -> Finding:
    if not said:
        return Finding.unknown(item, f"{what} was not read back.", source=SOURCE, mark="J")
    if said != wanted:
        return Finding.unmet(item, f"{what}: what was read back is not what is prepared. Look again.", source=SOURCE, mark="J")
    return Finding.met(item, source=SOURCE, mark="J")


def _strength(prepared: Prepared, said: Said) -> Finding:
    """Exactly the lot's: a tenfold slip is the classic fatal one."""
    item = "said_strength"
    if said.strength_ug_per_ml is None:
        return Finding.unknown(item, "Strength was not read back. Read it from the vial.", source=SOURCE, mark="J")
    if said.strength_ug_per_ml != prepared.strength_ug_per_ml:
        read, lot = plain_strength(said.strength_ug_per_ml), plain_strength(prepared.strength_ug_per_ml)
        sentence = f"The vial was read as {read} mg/mL; the chosen lot is {lot} mg/mL. Put the vial aside and look at the lot."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J")
    return Finding.met(item, source=SOURCE, mark="J")


def _near(item: str, what: str, wanted: int, said: int | None, words: str) -> Finding:
    if said is None:
        return Finding.unknown(item, f"{what} was not read back.", source=SOURCE, mark="J")
    if abs(said - wanted) * 100 > Fraction(READING_PERCENT) * wanted:
        return Finding.unmet(item, f"{what}: {words}, {plain_strength(said)} was read. Draw or set it again.", source=SOURCE, mark="J")
    return Finding.met(item, source=SOURCE, mark="J")
