"""What a person's journal asks before it opens, keeps or shares."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from afterglow.pathway.integration.rules import journal

AT = datetime(2026, 12, 9, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "state"), [("", "unmet"), ("short", "unmet"), ("  short  ", "unmet"), ("lantern", "met"), ("x" * 80, "met"), ("x" * 81, "unmet")]
)
def test_a_word_is_long_enough_and_fits(word: str, state: str) -> None:
    assert journal.is_a_word(word).state == state


@pytest.mark.parametrize(("tries", "state"), [(0, "met"), (7, "met"), (8, "unmet"), (9, "unmet")])
def test_after_eight_wrong_words_there_is_a_pause(tries: int, state: str) -> None:
    assert journal.may_try(tries).state == state


@pytest.mark.parametrize(
    ("text", "state"), [("", "unknown"), (" \n", "unknown"), ("The sea.", "met"), ("x" * 20_000, "met"), ("x" * 20_001, "unmet")]
)
def test_an_entry_has_words_and_fits(text: str, state: str) -> None:
    assert journal.may_keep(text).state == state


def test_nothing_is_shared_while_the_medicine_may_act() -> None:
    assert journal.may_share(locked_until_at=None).is_met
    assert journal.may_share(locked_until_at=AT).state == "unmet"


# hazard: H60
def test_only_what_the_care_team_reads_now_waits_with_a_change() -> None:
    assert journal.may_change(is_shown=False, locked_until_at=AT).is_met
    assert journal.may_change(is_shown=True, locked_until_at=None).is_met
    assert journal.may_change(is_shown=True, locked_until_at=AT).state == "unmet"


# hazard: H60
def test_nothing_is_removed_while_the_medicine_may_act() -> None:
    assert journal.may_remove(locked_until_at=None).is_met
    assert journal.may_remove(locked_until_at=AT).state == "unmet"
