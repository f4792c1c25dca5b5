"""What stands beside the infusions of a plan: the talks that the template asks for, against those in the calendar (S45).  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TALKS: Final[Mapping[str, str]] = {"preparation": "Preparation visits", "integration": "Integration visits", "review": "Reviews of the response"}
"""Kinds of the calendar, in the order of the walk."""
HELD: Final = ("done",)
GONE: Final = ("cancelled", "missed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLine:
    """One kind of talk: how many the template of the plan asks for, how many stand in the calendar or were held, and how many of those are over."""

    title: str
    asked: int
    placed: int
    held: int

    @property
    def difference(self) -> str:
        """In words; "" where calendar and template agree."""
        if self.placed == self.asked:
            return ""
        more = self.placed - self.asked
        return f"{more} more than the template" if more > 0 else f"{-more} fewer than the template"


def talks(content: Mapping[str, Any], visits: Sequence[tuple[str, str]]) -> tuple[TalkLine, ...]:
    """`content`: the template with the plan's changes; `visits`: kind and state of every appointment of the plan.

    A visit that was cancelled or missed is not placed: it has to be booked anew.
    """
    infusions, every = int(content["course"]["infusions"]), int(content["visits"]["integration"]["after_every"])
    asked = {
        "preparation": int(content["visits"]["preparation"]["count"]),
        "integration": infusions // every,
        "review": sum(1 for review in content["reviews"] if review["after"] <= infusions),
    }
    return tuple(
        TalkLine(
            title=title,
            asked=asked[kind],
            placed=sum(1 for each, state in visits if each == kind and state not in GONE),
            held=sum(1 for each, state in visits if each == kind and state in HELD),
        )
        for kind, title in TALKS.items()
    )
