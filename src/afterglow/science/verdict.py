"""An answer with its reasons: the value that every rule in the house returns instead of a bare bool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["met", "unmet", "unknown"]
LiftedBy = Literal["", "nobody", "two_signatures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One item of a question: met, unmet or unknown, in words, with its source and who may lift it.

    `lifted_by` is "" for a met item or for one that is simply done (a missing tick), "nobody" for a hard stop,
    and "two_signatures" for what a reason and two different signers may override (safety 4).  `stands_on`: where the sentence counts the
    time and so changes by itself, what it counts from; "" where the sentence itself says all.
    """

    item: str
    state: State
    sentence: str = ""
    source: str = ""
    mark: str = ""
    lifted_by: LiftedBy = ""
    who: str = ""
    stands_on: str = ""

    @property
    def covers(self) -> str:
        """What a signature for this covers: it counts as long as this stays the same."""
        return self.stands_on or self.sentence

    @classmethod
    def met(cls, item: str, sentence: str = "", *, source: str = "", mark: str = "") -> Finding:
        return cls(item=item, state="met", sentence=sentence, source=source, mark=mark)

    @classmethod
    def unmet(cls, item: str, sentence: str, *, source: str = "", mark: str = "", lifted_by: LiftedBy = "", who: str = "") -> Finding:
        return cls(item=item, state="unmet", sentence=sentence, source=source, mark=mark, lifted_by=lifted_by, who=who)

    @classmethod
    def unknown(cls, item: str, sentence: str, *, source: str = "", mark: str = "", lifted_by: LiftedBy = "", who: str = "") -> Finding:
        return cls(item=item, state="unknown", sentence=sentence, source=source, mark=mark, lifted_by=lifted_by, who=who)

    @property
    def is_met(self) -> bool:
        return self.state == "met"


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings of one question, met ones included, in the order in which they were asked."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, *findings: Finding) -> Verdict:
        return cls(findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def met(self) -> bool:
        """True only when something was asked and every item is met: unknown is not met, and silence is no answer."""
        return bool(self.findings) and all(finding.is_met for finding in self.findings)

    @property
    def open(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_met)

    @property
    def never(self) -> tuple[Finding, ...]:
        """Open items that nobody may lift."""
        return tuple(finding for finding in self.open if finding.lifted_by == "nobody")

    @property
    def liftable(self) -> tuple[Finding, ...]:
        """Open items that a reason and two signatures may lift."""
        return tuple(finding for finding in self.open if finding.lifted_by == "two_signatures")

    @property
    def sentence(self) -> str:
        return " ".join(finding.sentence for finding in self.open) if not self.met else "Everything asked is met."
