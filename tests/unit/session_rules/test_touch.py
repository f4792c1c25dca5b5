"""What counts about touch: only a yes that was said before the dose is a yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.session.rules.touch import touch_now

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
