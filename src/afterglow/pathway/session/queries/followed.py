"""Each mark that was answered, with what was done for it and how it ended, each with its time: made from deeds that are already read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import CORRECTED, Deed
from afterglow.pathway.session.queries.standing import ACKNOWLEDGED
from afterglow.pathway.session.queries.timeline import text_of
from afterglow.pathway.session.rules.followed import ENDS

FOLLOWED = "followed"
NO_DEED = frozenset(
    {
        ACKNOWLEDGED,
        CORRECTED,
        FOLLOWED,
        "drawn",
        "started",
        "monitor_named",
        "monitor_handed_over",
        "checked_in",
        "rated",
        "leaving",
        "asked",
        "left",
        "addendum",
    }
)
"""Entries that are no deed for a mark."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: when, by whom, in words; `seq` 0 where it is no entry of its own."""

    seq: int
    taken_at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkCourse:
    """From mark to end.  `raised_at` None: not kept with older answers; `ended` "": nobody said how it ended yet."""

    seq: int
    sentence: str
    raised_at: datetime | None
    answered_at: datetime
    answered_by: str
    saw: str
    done: tuple[Step, ...]
    ended: str
    ended_at: datetime | None
    ended_by: str

    @property
    def is_open(self) -> bool:
        """Did nobody say yet that it is over?"""
        return self.ended in ("", ENDS["goes_on"])


def courses_of_marks(all_deeds: Iterable[Deed]) -> tuple[MarkCourse, ...]:
    """The newest answer first."""
    rows = tuple(all_deeds)
    by_seq = {deed.seq: deed for deed in rows if not deed.withdrawn}
    said: dict[int, list[Deed]] = {}
    for deed in deeds.standing(rows, FOLLOWED):
        said.setdefault(int(deed.payload["answer"]), []).append(deed)
    answered = reversed(deeds.standing(rows, ACKNOWLEDGED))
    return tuple(_course(deed, said.get(deed.seq, []), by_seq) for deed in answered)


def may_be_named(all_deeds: Iterable[Deed]) -> tuple[Deed, ...]:
    """The entries that can be named as done for a mark, the newest first."""
    return tuple(sorted((deed for deed in all_deeds if deed.kind not in NO_DEED and not deed.withdrawn), key=lambda deed: -deed.seq))


def _course(answer: Deed, said: list[Deed], by_seq: dict[int, Deed]) -> MarkCourse:
    steps: dict[int, Step] = {}
    words = []
    for deed in said:
        for seq in deed.payload["entries"]:
            if (named := by_seq.get(int(seq))) is not None:
                steps[named.seq] = Step(named.seq, named.taken_at, named.by, text_of(named.kind, named.payload))
        if deed.payload["did"]:
            words.append(Step(0, deed.taken_at, deed.by, str(deed.payload["did"])))
    end = next((deed for deed in reversed(said) if deed.payload["ended"]), None)
    raised = answer.payload.get("raised_at")
    return MarkCourse(
        seq=answer.seq,
        sentence=" ".join(answer.payload["sentences"]),
        raised_at=datetime.fromisoformat(raised) if raised else None,
        answered_at=answer.taken_at,
        answered_by=answer.by,
        saw=str(answer.payload.get("saw", "")),
        done=tuple(sorted([*steps.values(), *words], key=lambda step: step.taken_at)),
        ended=ENDS[end.payload["ended"]] if end else "",
        ended_at=end.taken_at if end else None,
        ended_by=end.by if end else "",
    )
