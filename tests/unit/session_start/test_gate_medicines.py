"""Medicines at the gate, and a dose that was signed for on the order."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.session.rules.gate_dose import SaidWhy, signed_on_the_order
from afterglow.pathway.session.rules.gate_medicines import interactions, to_be_held
from afterglow.science.interactions.matching import Checked, check, interaction_from
from afterglow.science.interactions.names import names_from
from afterglow.science.verdict import Finding, Verdict


@cache
def _library() -> tuple[tuple, object]:
    codes = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "codes")}
    classes = {entry["id"]: entry["drugs"] for entry in codes["medicine_classes"]["classes"]}
    rows = tuple(interaction_from(file.content, classes) for file in load_kind(LIBRARY_ROOT, "interactions"))
    known = {drug for row in rows for drug in (*row.drugs, *row.given)}
    return rows, names_from(codes["medicine_names"], also=sorted(known))


def checked(*medicines: str) -> Checked:
    rows, names = _library()
    return check(medicines, route="iv", facts={}, interactions=rows, names=names)  # type: ignore[arg-type]


@cache
def by_level(level: str) -> str:
    """A medicine that the library lists at this level by itself."""
    rows, _ = _library()
    for row in rows:
        if row.level == level and row.drugs and not row.given and not row.together:
            for drug in sorted(row.drugs):
                if [match.level for match in checked(drug).matches] == [level]:
                    return drug
    raise LookupError(level)


def test_a_medicine_to_be_held_is_asked_by_the_words_of_the_list() -> None:
    held = by_level("hold")
    assert to_be_held(checked(f"{held} daily", "paracetamol")) == (f"{held} daily",)


def test_high_is_met_only_when_the_prescriber_saw_it_at_screening() -> None:
    # hazard: H39
    high = by_level("high")
    assert interactions(checked(high), seen_at_screening=[high]).met
    (found,) = interactions(checked(high), seen_at_screening=[]).open
    assert found.lifted_by == "two_signatures" and "New since screening" in found.sentence


def test_nothing_grave_says_so() -> None:
    assert interactions(checked("paracetamol"), seen_at_screening=[]).met


def test_contraindicated_is_lifted_by_nobody() -> None:
    """No medicine is contraindicated by itself today; a file that says so is a hard stop at once."""
    rows, names = _library()
    high = by_level("high")
    worst = [replace(row, level="contraindicated") if high in row.drugs else row for row in rows]
    found = check([high], route="iv", facts={}, interactions=worst, names=names)  # type: ignore[arg-type]
    (finding,) = interactions(found, seen_at_screening=[high]).open
    assert finding.lifted_by == "nobody"


SAY_WHY = Finding.unmet("dose.per_weight", "Say why the dose is above 1 mg/kg: this is 1.1 mg/kg.", lifted_by="two_signatures")
HARD = Finding.unmet("dose.per_weight", "A hard stop.", lifted_by="nobody")
RECORDED = {"item": "dose.per_weight", "state": "met", "sentence": f"{SAY_WHY.sentence} Lifted by Ana and Ben: weight 140 kg"}


def said(**changed: object) -> SaidWhy:
    """An order of Ana and Ben that says why for the dose per weight."""
    signers: dict[str, Any] = {"signed_by": "Ana", "signed_by_id": UUID(int=1), "second_by": "Ben", "second_by_id": UUID(int=2)}
    return replace(SaidWhy(reason="weight 140 kg", **signers, recorded=(RECORDED,)), **changed)  # type: ignore[arg-type]


def answered(now: Finding, *, then: Finding = SAY_WHY, **changed: object) -> Finding:
    """What becomes of a finding of today, beside the order as it was."""
    (found,) = signed_on_the_order(Verdict.of(now), said(**changed), as_ordered=Verdict.of(then)).findings
    return found


def test_a_reason_and_two_names_on_the_order_answer_say_why() -> None:
    # req: S36
    met = Finding.met("dose.minutes")
    found = signed_on_the_order(Verdict.of(SAY_WHY, met), said(), as_ordered=Verdict.of(SAY_WHY, met))
    assert found.met and "weight 140 kg" in found.findings[0].sentence and found.findings[1] is met


def test_a_weight_that_drifted_a_little_is_the_same_deviation() -> None:
    """How far it may drift is the order's own question: beyond it the order is void."""
    assert answered(replace(SAY_WHY, sentence=SAY_WHY.sentence.replace("1.1 mg", "1.12 mg"))).is_met


@pytest.mark.parametrize(("reason", "second"), [("", UUID(int=2)), ("weight 140 kg", None), ("weight 140 kg", UUID(int=1))])
def test_less_than_that_leaves_it_open(reason: str, second: UUID | None) -> None:
    assert not answered(SAY_WHY, reason=reason, second_by_id=second).is_met


def test_two_people_of_one_name_are_two() -> None:
    assert answered(SAY_WHY, second_by="Ana").is_met


def test_a_hard_stop_stays() -> None:
    # hazard: H2
    assert not answered(HARD).is_met
    assert not answered(HARD, then=HARD).is_met


# req: S36
# hazard: H2 H49
@pytest.mark.parametrize(
    "recorded",
    [
        (),
        ({**RECORDED, "item": "dose.total"},),
        ({**RECORDED, "state": "unmet"},),
        ({**RECORDED, "sentence": "70 mg at 70 kg."},),
        ({**RECORDED, "sentence": SAY_WHY.sentence},),
    ],
    ids=["nothing", "another item", "left open", "inside the band then", "not lifted"],
)
def test_what_the_order_did_not_record_as_said_why_stays_open(recorded: tuple[dict[str, str], ...]) -> None:
    found = answered(SAY_WHY, recorded=recorded)
    assert found.state == "unmet" and found.lifted_by == "two_signatures"


# hazard: H2 H49
@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("Say why the dose is below 1 mg/kg: this is 0.9 mg/kg.", SAY_WHY.sentence),
        ("Say why the dose is above 0.8 mg/kg: this is 1.1 mg/kg.", "Say why the dose is above 0.8 mg/kg: this is 1.1 mg/kg."),
    ],
    ids=["the other side", "a tighter bound since"],
)
def test_another_deviation_than_the_recorded_one_stays_open(now: str, then: str) -> None:
    assert not answered(replace(SAY_WHY, sentence=now), then=replace(SAY_WHY, sentence=then)).is_met
