"""Medicines at the gate, and a dose that was signed for on the order."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.session.rules.gate_dose import signed_on_the_order
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


SAY_WHY = Finding.unmet("dose.total", "Say why the total is above 60 mg.", lifted_by="two_signatures")
HARD = Finding.unmet("dose.total", "A hard stop.", lifted_by="nobody")


def test_a_reason_and_two_names_on_the_order_answer_say_why() -> None:
    # req: S36
    met = Finding.met("dose.minutes")
    found = signed_on_the_order(Verdict.of(SAY_WHY, met), reason="weight 140 kg", signed_by="Ana", second_by="Ben")
    assert found.met and "weight 140 kg" in found.findings[0].sentence and found.findings[1] is met


@pytest.mark.parametrize(("reason", "second"), [("", "Ben"), ("weight 140 kg", ""), ("weight 140 kg", "Ana")])
def test_less_than_that_leaves_it_open(reason: str, second: str) -> None:
    assert not signed_on_the_order(Verdict.of(SAY_WHY), reason=reason, signed_by="Ana", second_by=second).met


def test_a_hard_stop_stays() -> None:
    # hazard: H2
    assert not signed_on_the_order(Verdict.of(HARD), reason="weight 140 kg", signed_by="Ana", second_by="Ben").met
