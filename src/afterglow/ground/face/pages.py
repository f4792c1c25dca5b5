"""A long list in parts: which rows are shown, of how many.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

ROWS = 50
"""So many stand on one page (J: two screens)."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows `start` up to `stop`, counted from nought, of a list of `of`; `number` is the page, from 1."""

    number: int
    of: int

    @property
    def start(self) -> int:
        return (self.number - 1) * ROWS

    @property
    def stop(self) -> int:
        return min(self.start + ROWS, self.of)

    @property
    def before(self) -> int | None:
        """The page before this one, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after this one, if there is one."""
        return self.number + 1 if self.stop < self.of else None

    @property
    def in_words(self) -> str:
        """Nothing where the whole list is shown."""
        return f"{self.start + 1} to {self.stop} of {self.of}" if self.of > ROWS else ""


def part_of(asked: str, of: int) -> Part:
    """The page that was asked for.  Anything that is no page is the first one; beyond the end of a list that has become shorter, the last one."""
    last = max(1, -(-of // ROWS))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return Part(min(max(number, 1), last), of)
