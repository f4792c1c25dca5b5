"""Invented people: the same from the same seed, apart from each other, unwell enough to be treated, and plainly not real."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from afterglow.simulator.people import dan, invent

TODAY = date(2026, 12, 7)


def test_the_same_seed_gives_the_same_people() -> None:
    assert [invent(7, number, TODAY) for number in range(30)] == [invent(7, number, TODAY) for number in range(30)]
    assert invent(7, 3, TODAY) != invent(8, 3, TODAY)


@pytest.mark.parametrize("seed", [1, 7, 20261207])
def test_no_two_people_share_a_name_or_an_address(seed: int) -> None:
    everyone = [*(invent(seed, number, TODAY) for number in range(60)), dan()]
    for one, other in combinations(everyone, 2):
        assert one.name != other.name
        assert one.email != other.email


@pytest.mark.parametrize("seed", [1, 7, 20261207])
def test_everyone_could_be_somebody_and_nobody_is(seed: int) -> None:
    for who in [*(invent(seed, number, TODAY) for number in range(60)), dan()]:
        assert 18 <= (TODAY - who.born_on).days // 365 < 61
        assert who.email.endswith("@example.org")
        assert who.phone.startswith("+1 555 01")
        assert 50 <= float(who.weight_kg) <= 100
        assert sum(who.phq9) >= 10  # below it nobody could tell whether treatment helps
        assert all(0 <= value <= 3 for value in (*who.phq9, *who.gad7))
        assert (len(who.phq9), len(who.gad7)) == (9, 7)
        assert who.medicine[0] not in {trial.drug for trial in who.trials}
        assert who.pregnant_possible in ("yes", "no")


def test_adding_a_person_changes_nobody_else() -> None:
    before = [invent(7, number, TODAY) for number in range(12)]
    invent(7, 40, TODAY)
    assert [invent(7, number, TODAY) for number in range(12)] == before
