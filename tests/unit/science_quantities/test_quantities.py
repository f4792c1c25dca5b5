"""Units: exact, closed, and refusing rather than guessing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.science.quantities import UNITS, NotANumber, NotWhole, Quantity, UnitMismatch, UnknownUnit, shown, unit_named, weight_question


@pytest.mark.parametrize(
    ("value", "unit", "into", "gives"),
    [
        (1, "g", "mg", "1000"),
        (0.3, "mg", "ug", "300"),
        (154, "lb", "kg", "69.85322498"),
        ("70", "kg", "lb", "154.3235835294143065060816609"),
        (1.5, "h", "min", "90"),
        (98.6, "degF", "degC", "37"),
        (37, "degC", "degF", "98.6"),
        (50, "mg/mL", "ng/mL", "50000000"),
        (2, "mL", "uL", "2000"),
        (40, "mmHg", "mm[Hg]", "40"),
    ],
)
def test_converts_exactly(value: float | str, unit: str, into: str, gives: str) -> None:
    assert Quantity(value, unit).to(into).value == Decimal(gives)


@pytest.mark.parametrize("symbol", ["", None, "MG", "kgs", "stone", "ug/kg", 5])
def test_a_unit_is_never_guessed(symbol: object) -> None:
    with pytest.raises(UnknownUnit) as refused:
        unit_named(symbol)
    assert refused.value.code == "unit.unknown"
    assert "Choose one of" in refused.value.now


def test_other_spellings_of_the_same_unit() -> None:
    assert [unit_named(symbol) for symbol in ("mcg", "\u00b5g", "\u03bcg", " lbs ", "[degF]")] == ["ug", "ug", "ug", "lb", "degF"]


def test_carbon_dioxide_in_percent_never_becomes_mmhg() -> None:
    with pytest.raises(UnitMismatch):
        Quantity(5, "%").to("mmHg")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "", "abc", True, None, [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(NotANumber):
        Quantity(value, "mg")  # type: ignore[arg-type]


def test_whole_amounts_are_never_rounded_silently() -> None:
    assert Quantity("35.123", "mg").whole("ug") == 35_123
    with pytest.raises(NotWhole):
        Quantity("35.1234", "mg").whole("ug")


def test_ratio_is_exact_and_refuses_zero() -> None:
    assert Quantity(1, "kg").ratio_to(Quantity(500, "g")) == Fraction(2)
    with pytest.raises(NotANumber):
        Quantity(1, "kg").ratio_to(Quantity(0, "g"))


@pytest.mark.parametrize(("value", "text"), [("35.0000", "35"), ("0.12345", "0.1234"), ("-0.00001", "0"), ("1E+40", "1" + "0" * 40), ("100", "100")])
def test_shown_for_reading(value: str, text: str) -> None:
    assert shown(Decimal(value)) == text


def test_reads_with_its_unit() -> None:
    assert str(Quantity("35.50", "mg")) == "35.5 mg"


# hazard: H2
@pytest.mark.parametrize(
    ("previous", "new", "state"),
    [
        (("70", "kg"), ("71", "kg"), "met"),
        (("70", "kg"), ("154", "kg"), "unmet"),
        (("70", "kg"), ("154", "lb"), "met"),
        (("154", "kg"), ("70", "kg"), "unmet"),
        (("100", "kg"), ("42", "kg"), "unmet"),
        (("100", "kg"), ("41.9", "kg"), "met"),
        (("100", "kg"), ("50", "kg"), "unmet"),
        (("100", "kg"), ("50.1", "kg"), "met"),
        (("50", "kg"), ("100", "kg"), "unmet"),
        (("50", "kg"), ("99.9", "kg"), "met"),
        (("50", "kg"), ("120", "kg"), "unmet"),
        (("50", "kg"), ("120.1", "kg"), "met"),
    ],
)
def test_pounds_or_kilograms(previous: tuple[str, str], new: tuple[str, str], state: str) -> None:
    finding = weight_question(Quantity(*previous), Quantity(*new))
    assert finding.state == state
    assert finding.lifted_by == ("nobody" if state == "unmet" else "")


def test_a_first_weight_has_nothing_to_compare() -> None:
    assert weight_question(None, Quantity(70, "kg")).is_met


@pytest.mark.parametrize(
    ("weight", "error"), [(Quantity(70, "mL"), UnitMismatch), (Quantity(0, "kg"), NotANumber), (Quantity(-70, "kg"), NotANumber)]
)
def test_what_is_no_weight_is_refused(weight: Quantity, error: type[Exception]) -> None:
    with pytest.raises(error):
        weight_question(None, weight)
    with pytest.raises(error):
        weight_question(weight, Quantity(70, "kg"))


@given(
    st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=6),
    st.sampled_from(
        [(one, other) for one in UNITS for other in UNITS if one != other and UNITS[one].measures == UNITS[other].measures],
    ),
)
def test_there_and_back_is_the_same_amount(value: Decimal, pair: tuple[str, str]) -> None:
    one, other = pair
    there_and_back = Quantity(value, one).to(other).to(one).value
    assert abs(there_and_back - value) <= max(abs(value), Decimal(1)) * Decimal("1e-24") * 1000
