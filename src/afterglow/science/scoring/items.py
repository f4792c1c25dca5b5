"""The questions of an instrument and their legal answers: one of a list of options, or a whole number between two bounds."""

from __future__ import annotations

from dataclasses import dataclass

Answer = int | str | None
UNANSWERED: tuple[Answer, ...] = (None, "not_asked")


class InstrumentInvalid(ValueError):
    """The rules of an instrument contradict themselves; the sentence says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: int | str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.  `asked_when` is "always" or "screen_positive" (only after a positive answer to another).

    `reverse`: the highest answer counts least (its points are lowest + highest option - answer).
    `bounds`: any whole number from the first to the second, instead of options (a measured value, a mark on a line).
    """

    id: str
    text: str
    options: tuple[Option, ...]
    scored: bool
    asked_when: str
    reverse: bool = False
    bounds: tuple[int, int] | None = None

    @property
    def extremes(self) -> tuple[int, int]:
        """The least and the most an answer counts.  For items whose answers are numbers."""
        if self.bounds is not None:
            return self.bounds
        values = [int(option.value) for option in self.options]
        return min(values), max(values)

    def answer_from(self, text: str | None) -> Answer:
        """The legal answer a form's text stands for, or None for an empty field.  Raises ValueError for anything else."""
        if text is None or text == "":
            return None
        for option in self.options:
            if str(option.value) == text:
                return option.value
        raise ValueError(f"{text!r} is not an answer to {self.id}")

    def points(self, answer: int) -> int:
        """What a legal answer counts in a sum."""
        return sum(self.extremes) - answer if self.reverse else answer

    def allows(self, answer: Answer) -> bool:
        """True for a value of the option list; True/False and 1.0 are not answers although Python calls them equal to 1."""
        if self.bounds is not None:
            return type(answer) is int and self.bounds[0] <= answer <= self.bounds[1]
        return any(type(answer) is type(option.value) and answer == option.value for option in self.options)
