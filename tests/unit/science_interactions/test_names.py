"""Names as people write them."""

from __future__ import annotations

import pytest

from afterglow.science.interactions.names import Names, names_from, recognise, words_of

CONTENT = {
    "medicines": [
        {"generic": "sertraline", "also": ["Zoloft"]},
        {"generic": "sodium oxybate", "also": ["GHB"]},
        {"generic": "St John's wort", "also": []},
        {"generic": "pseudoephedrine nasal", "also": []},
        {"generic": "pseudoephedrine", "also": ["Sudafed"]},
        {"generic": "food", "also": []},
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


def test_words() -> None:
    assert words_of("5-MeO-DMT") == ("5", "meo", "dmt")
