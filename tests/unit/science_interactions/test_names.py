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
    ],
    "noise": ["tablet", "mg", "sodium", "daily"],
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


def test_words() -> None:
    assert words_of("5-MeO-DMT") == ("5", "meo", "dmt")
