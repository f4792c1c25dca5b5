"""May a journal be opened, an entry be kept, shared, changed or removed?  Pure: everything the answer depends on is handed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from afterglow.science.verdict import Finding

LONGEST: Final = 20_000
"""Letters of one entry, as a chart note has."""
SHORTEST_WORD, LONGEST_WORD = 6, 80
"""Letters of the word that opens a journal: guesses are few, so a short one will do (J)."""
MOST_TRIES: Final = 8
"""Wrong words of one person within the pause (J: as often as a hurried hand may slip)."""
PAUSE: Final = timedelta(minutes=15)
"""How long a try counts; J, as for sign-in."""
HELP_WORDS: Final = 200
"""Letters a person may add when they tell the clinic: what fits into a flag."""


def is_a_word(word: str) -> Finding:
    """Long enough that nobody guesses it in a few tries."""
    letters = len(word.strip())
    if letters < SHORTEST_WORD:
        return Finding.unmet("journal.word", f"This word is shorter than {SHORTEST_WORD} letters.")
    if letters > LONGEST_WORD:
        return Finding.unmet("journal.word", f"This word is longer than {LONGEST_WORD} letters.")
    return Finding.met("journal.word")


def may_try(tries: int) -> Finding:
    """`tries`: wrong words of this person within the pause, this one not counted."""
    if tries >= MOST_TRIES:
        return Finding.unmet("journal.tries", "Too many words did not fit in the last 15 minutes.", mark="J")
    return Finding.met("journal.tries")


def may_keep(text: str) -> Finding:
    """An entry has words, and fits."""
    if not text.strip():
        return Finding.unknown("journal.text", "Nothing is written yet.")
    if len(text) > LONGEST:
        return Finding.unmet("journal.text", f"This is longer than {LONGEST} letters.")
    return Finding.met("journal.text")


def may_share(*, locked_until_at: datetime | None) -> Finding:
    """Whom an entry is shown to is decided with a clear head; `locked_until_at` is set while the medicine may still act (safety 19, 80)."""
    item = "journal.clear_headed"
    if locked_until_at is not None:
        return Finding.unmet(
            item,
            "Your medicine may still be at work, so nothing is shared yet.",
            source="Safety rule 19: nothing is agreed to under the drug",
            mark="J",
        )
    return Finding.met(item)


def may_change(*, is_shown: bool, locked_until_at: datetime | None) -> Finding:
    """Own words are always the person's to change; where the care team reads them now, other words would be shared with them (safety 19)."""
    if is_shown and locked_until_at is not None:
        return Finding.unmet(
            "journal.clear_headed",
            "Your medicine may still be at work, and your care team reads this entry: a change would be shared at once.",
            source="Safety rule 19: nothing is agreed to under the drug",
            mark="J",
        )
    return Finding.met("journal.clear_headed")


def may_remove(*, locked_until_at: datetime | None) -> Finding:
    """What cannot be undone is decided with a clear head (safety 19, 80)."""
    if locked_until_at is not None:
        return Finding.unmet(
            "journal.clear_headed",
            "Your medicine may still be at work, and what is removed never comes back.",
            source="Safety rule 19: nothing is agreed to under the drug",
            mark="J",
        )
    return Finding.met("journal.clear_headed")
