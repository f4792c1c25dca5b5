"""Names as people write them."""

from __future__ import annotations

import pytest

from afterglow.science.interactions.names import Names, names_from, recognise, words_of
from afterglow.science.interactions.spelling import offers

CONTENT = {
    "medicines": [
        {"generic": "sertraline", "also": ["Zoloft"], "rxnorm": "36437", "atc": ["N06AB06"]},
        {"generic": "sodium oxybate", "also": ["GHB"]},
        {"generic": "St John's wort", "also": []},
        {"generic": "pseudoephedrine nasal", "also": []},
        {"generic": "pseudoephedrine", "also": ["Sudafed"]},
        {"generic": "food", "also": [], "rxnorm": None, "atc": []},
        {"generic": "grapefruit juice", "also": ["grapefruit"]},
    ],
    "directions": ["with food", "with or without food", "after a meal"],
    "noise": ["tablet", "mg", "sodium", "daily", "with"],
}


@pytest.fixture
def names() -> Names:
    return names_from(CONTENT, also=["Bupropion"])


@pytest.mark.parametrize(
    ("text", "generics", "left_over"),
    [
        ("  ZOLOFT 50mg tablet, daily ", ("sertraline",), ()),
        ("st. john\u2019s-wort", ("St John's wort",), ()),
        ("S\u00e9rtraline", ("sertraline",), ()),
        ("sodium oxybate", ("sodium oxybate",), ()),
        ("sertraline sodium 100", ("sertraline",), ()),
        ("pseudoephedrine nasal", ("pseudoephedrine nasal",), ()),
        ("bupropion/zoloft, Zoloft", ("Bupropion", "sertraline"), ()),
        ("sertraline turmeric", ("sertraline",), ("turmeric",)),
        ("sertralines", (), ("sertralines",)),
        ("RxNorm 36437", ("sertraline",), ()),
        ("rxnorm:36437 50 mg", ("sertraline",), ()),
        ("Lustral (n06ab06)", ("sertraline",), ("lustral",)),
        ("sertraline RxNorm 36437", ("sertraline",), ()),
        ("RxNorm 36438", (), ("rxnorm",)),
        ("36437", (), ()),
        ("N06AB05", (), ("n06ab05",)),
        ("sertraline 50 mg with food", ("sertraline",), ()),
        ("sertraline, with or without food, daily", ("sertraline",), ()),
        ("sertraline after a meal", ("sertraline",), ()),
        ("food", ("food",), ()),
        ("sertraline and food", ("sertraline", "food"), ("and",)),
        ("sertraline with grapefruit juice", ("sertraline", "grapefruit juice"), ()),
        ("sertraline with turmeric", ("sertraline",), ("turmeric",)),
        ("sertraline with foood", ("sertraline",), ("foood",)),
        ("with food", (), ()),
        ("", (), ()),
        ("50 mg", (), ()),
    ],
)
def test_recognised(names: Names, text: str, generics: tuple[str, ...], left_over: tuple[str, ...]) -> None:
    seen = recognise(text, names)
    assert (seen.generics, seen.left_over) == (generics, left_over)


def test_no_names_recognise_nothing() -> None:
    assert recognise("sertraline", Names(generics={}, noise=frozenset())).left_over == ("sertraline",)


def test_one_spelling_for_two_medicines_is_refused() -> None:
    with pytest.raises(ValueError, match="stands for"):
        names_from({"medicines": [{"generic": "a1", "also": ["Same"]}, {"generic": "b1", "also": ["same"]}], "noise": []})


def test_a_medicine_is_no_direction() -> None:
    with pytest.raises(ValueError, match="'after eight' is a medicine and a direction"):
        names_from({"medicines": [{"generic": "After Eight", "also": []}], "directions": ["after eight"], "noise": []})


def test_a_code_stands_for_one_medicine_and_none_is_offered_for_a_slip(names: Names) -> None:
    assert names.codes_of("sertraline") == ("RxNorm 36437", "ATC N06AB06") and names.codes_of("food") == ()
    assert offers(("n06ab05",), names) == ()
    with pytest.raises(ValueError, match="'n06ab06' stands for a1 and for b1"):
        names_from({"medicines": [{"generic": each, "also": [], "atc": ["N06AB06"]} for each in ("a1", "b1")], "noise": []})


def test_words() -> None:
    assert words_of("5-MeO-DMT") == ("5", "meo", "dmt")
