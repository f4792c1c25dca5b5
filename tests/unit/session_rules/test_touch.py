"""What counts about touch: only a yes that was said before the dose is a yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.session.rules.touch import may_stamp, touch_now

START = datetime(2026, 12, 7, 10, 0, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(days=3), START + timedelta(minutes=20)


# hazard: H43
@pytest.mark.parametrize(
    ("on_card", "written_at", "started_at", "word"),
    [
        (None, None, None, "not_asked"),
        ("unknown", BEFORE, START, "not_asked"),
        ("ask", BEFORE, START, "ask"),
        ("no", BEFORE, START, "no"),
        ("no", AFTER, START, "no"),
        ("yes", BEFORE, START, "yes"),
        ("yes", BEFORE, None, "yes"),
        ("yes", START, START, "ask"),
        ("yes", AFTER, START, "ask"),
        ("yes", None, START, "not_asked"),
    ],
)
def test_what_the_card_says_now(on_card: str | None, written_at: datetime | None, started_at: datetime | None, word: str) -> None:
    assert touch_now(on_card, written_at=written_at, started_at=started_at).word == word


def test_each_word_says_what_to_do() -> None:
    assert touch_now(None, written_at=None, started_at=None).tag == "Touch: not asked"
    assert "said under the drug" not in touch_now("yes", written_at=BEFORE, started_at=START).sentence
    assert "after this dose began" in touch_now("yes", written_at=AFTER, started_at=START).sentence


# req: S83 N13
# hazard: H43
@pytest.mark.parametrize(
    ("on_card", "said", "word"),
    [
        ("yes", "said_no", "no"),
        ("ask", "ended", "no"),
        ("no", "asked_for", "ask"),
        ("no", "said_yes", "no"),
        (None, "said_yes", "not_asked"),
        (None, "asked_for", "not_asked"),
        ("yes", "said_yes", "yes"),
    ],
)
def test_a_word_of_this_session_takes_back_and_never_widens_the_card(on_card: str | None, said: str, word: str) -> None:
    assert touch_now(on_card, written_at=BEFORE, started_at=START, said=said).word == word


# req: S83
@pytest.mark.parametrize(
    ("stamp", "words", "on_card", "field"),
    [
        ("said_yes", "", "ask", ""),
        ("said_no", "", None, ""),
        ("asked_for", "", "no", ""),
        ("as_agreed", "", "yes", ""),
        ("as_agreed", "", "ask", "stamp"),
        ("as_agreed", "", "no", "stamp"),
        ("as_agreed", "", None, "stamp"),
        ("without", "caught her as she fell", "no", ""),
        ("without", " ", "yes", "words"),
        ("hugged", "", "yes", "stamp"),
    ],
)
def test_what_may_be_stamped(stamp: str, words: str, on_card: str | None, field: str) -> None:
    verdict = may_stamp(stamp, words, touch_now(on_card, written_at=BEFORE, started_at=START))
    assert [finding.item for finding in verdict.open] == ([field] if field else [])
