"""Every course counted against the protocol version it began under.  Pure; courses that stand alike are counted together.

The denominator of a share is every course of which something is due, also those of which it is not known.  Below the least number of people
nothing of a line is shown, and of a protocol version with fewer no line at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from afterglow.pathway.registry.rules.fidelity import PARTS, Part, State, whole
from afterglow.science.outcomes.proportion import Proportion

Parts = tuple[Part, ...]
TITLES: Final = {
    "course": "All of it",
    "dose": "Every dose inside the guardrails",
    "interval": "Days between infusions",
    "integration": "Integration visits in their window",
    "measures": "Questionnaires on time",
    "reviews": "Review signed before the next dose",
}
WHY: Final = {
    "dose.explained": "outside the band, with a reason and a second signature on the order",
    "dose.no_reason": "outside the band, without both a reason and a second signature on the order",
    "dose.hard_stop": "past a hard stop",
    "dose.unknown": "not known: no order for this drug on record",
    "interval.planned": "other than the protocol, as the signed plan asks with its reason",
    "interval.shorter": "closer together than protocol and plan ask",
    "interval.longer": "further apart than protocol and plan ask",
    "interval.unknown": "not known: the infusion before is not on record here",
    "integration.outside": "held outside its window",
    "integration.missed": "missed",
    "integration.none": "none booked, or cancelled and not booked anew",
    "integration.unknown": "not known: the end of the infusion is not on record",
    "integration.not_said.unknown": "not known: its time came and nobody said whether it was held",
    "measures.baseline": "not on record in the 14 days before the first infusion",
    "measures.review": "not on record between the infusion that is reviewed and the next",
    "measures.unknown": "not known: the infusion that is reviewed is not on record here",
    "reviews.bridging": "one bridging dose without a review, with its reason",
    "reviews.late": "signed after the next dose",
    "reviews.none": "never signed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """In how many of the courses that are due something was so at least once; one course may have several."""

    id: str
    words: str
    proportion: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of one protocol version.  `kept`: of every course of which it is due; `departed` and `not_known` are part of it."""

    part: str
    title: str
    kept: Proportion
    departed: int
    not_known: int
    because: tuple[Because, ...]
    least: int

    @property
    def due(self) -> int:
        return self.kept.out_of

    @property
    def shown(self) -> bool:
        """Enough people are due, and something is known of somebody: else there is nothing to say, not even a nought."""
        return self.kept.may_be_shown(self.least) and self.not_known < self.due

    @property
    def words(self) -> str:
        if self.kept.may_be_shown(self.least) and not self.shown:
            return "not known of anybody"
        return self.kept.in_words(self.least) if self.due else "nobody has got that far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """One protocol version.  `lines`: the course as one first, then each part; empty where too few people started."""

    protocol: str
    started: int
    lines: tuple[Line, ...]
    least: int

    @property
    def shown(self) -> bool:
        return self.started >= self.least


def fidelity(found: Mapping[tuple[str, Parts], int], least: int) -> tuple[Fidelity, ...]:
    """Each protocol version of which a course was begun, by its label.  `found`: (label, how the parts stand) -> how many people."""
    counted = []
    for label in sorted({label for label, _ in found}):
        mine = {parts: people for (each, parts), people in found.items() if each == label}
        started = sum(mine.values())
        counted.append(Fidelity(protocol=label, started=started, lines=_lines(mine, least) if started >= least else (), least=least))
    return tuple(counted)


def _lines(mine: Mapping[Parts, int], least: int) -> tuple[Line, ...]:
    courses: Counter[State] = Counter()
    for parts, people in mine.items():
        courses[whole(parts)] += people
    return (_line("course", courses, Counter(), least), *(_line(part, *_of_part(mine, place), least) for place, part in enumerate(PARTS)))


def _of_part(mine: Mapping[Parts, int], place: int) -> tuple[Counter[State], Counter[str]]:
    states: Counter[State] = Counter()
    why: Counter[str] = Counter()
    for parts, people in mine.items():
        part = parts[place]
        states[part.state] += people
        why.update(dict.fromkeys(part.why, people))
    return states, why


def _line(part: str, states: Counter[State], why: Counter[str], least: int) -> Line:
    due = states.total() - states["not due"]
    return Line(
        part=part,
        title=TITLES[part],
        kept=Proportion(states["kept"], due),
        departed=states["departed"],
        not_known=states["not known"],
        because=tuple(Because(id=one, words=WHY[one], proportion=Proportion(why[one], due)) for one in WHY if why[one]) if due >= least else (),
        least=least,
    )
