"""What is close to a known name: offered, the nearest first, never for short words."""

from __future__ import annotations

import pytest

from afterglow.science.interactions.names import Names, names_from
from afterglow.science.interactions.spelling import offers, slips_between


@pytest.fixture
def names() -> Names:
    medicines = [{"generic": "sertraline", "also": ["Zoloft"]}, {"generic": "sodium oxybate", "also": []}, {"generic": "LSD", "also": []}]
    return names_from({"medicines": medicines, "noise": []}, also=["aaaac", "aaaca", "aacaa", "acaaa"])


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("ab", "abc", 1),
        ("abc", "acb", 1),
        ("ab", "ba", 1),
        ("ca", "abc", 3),
        ("sertraline", "setralien", 2),
    ],
)
def test_slips_are_letters_missing_added_changed_or_swapped(one: str, other: str, slips: int) -> None:
    assert slips_between(one, other) == slips_between(other, one) == slips


@pytest.mark.parametrize(
    ("left_over", "offered"),
    [
        (("sertralin",), ["sertraline"]),
        (("setralin",), ["sertraline"]),
        (("strlin",), []),
        (("zolof",), ["zoloft (sertraline)"]),
        (("zolo",), []),
        (("sodim", "oxibate"), ["sodium oxybate"]),
        (("lds",), []),
        (("turmeric",), []),
        ((), []),
        (("aaaaa",), ["aaaac", "aaaca", "aacaa"]),
        (("zolofy", "sertralinn"), ["sertraline"]),
    ],
)
def test_the_nearest_first_each_medicine_once_three_at_most(left_over: tuple[str, ...], offered: list[str], names: Names) -> None:
    assert [str(offer) for offer in offers(left_over, names)] == offered


def test_an_offer_says_for_which_word_it_is(names: Names) -> None:
    (offer,) = offers(("turmeric", "zolofy"), names)
    assert (offer.written, offer.spelling, offer.generic) == ("zolofy", "zoloft", "sertraline")
