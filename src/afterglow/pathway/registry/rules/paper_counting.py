"""A paper's table with this clinic's people: each line for four groups, with its denominator, its interval and what is not known.  Pure.

A benefit is counted of everybody who is due: no score, no baseline and not judged stay in and never count as one.  A harm is counted of those with
the scores alone, because a missing score is no sign of safety; beside it stands how many there could be at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from afterglow.pathway.registry.rules.paper import Measure, Outcome, Paper, Subject, followed, like_the_paper, outcome
from afterglow.science.outcomes.proportion import Interval, Proportion, percent
from afterglow.science.outcomes.survival import Followed, Kept, kept_at

Group = Literal["started", "finished", "induction", "scored"]
GROUPS: tuple[tuple[Group, str], ...] = (
    ("started", "everyone who started"),
    ("finished", "those who finished the course"),
    ("induction", "those whose course is like the paper's"),
    ("scored", "of these, those with the scores that are needed"),
)
NO_COMPARISON = "A paper's number is no comparison group: people, doses and times of asking differ. These figures do not say what ketamine did."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line for one group.  `due`: everybody whose time is over and whom it is about; `no_score`, `no_baseline` and `not_judged` are part of it,
    `apart` part of `no_score`; `not_known`: beside it, nobody can say whether it is about them.

    `proportion` and `at_most` for a share, `kept` for what is kept.  `why_not`: why nothing of it is shown; "" where it is.
    """

    group: Group
    group_title: str
    due: int
    no_score: int
    apart: int
    no_baseline: int
    not_judged: int
    not_known: int
    proportion: Proportion | None
    at_most: Proportion | None
    kept: Kept | None
    why_not: str

    @property
    def words(self) -> str:
        if self.why_not:
            return self.why_not
        if self.kept is not None:
            return kept_words(self.kept)
        return self.proportion.in_words() if self.proportion is not None else ""

    @property
    def at_most_words(self) -> str:
        """For a harm: how many it could be if everybody who is not known had it."""
        if self.why_not or self.at_most is None or self.at_most == self.proportion:
            return ""
        return f"at most {self.at_most.count} of {self.at_most.out_of}, if all without the scores had it"

    @property
    def unknown_words(self) -> str:
        """Of whom nothing can be said, where it is shown and there is anybody."""
        if self.why_not or self.kept is not None:
            return ""
        counted = ((self.no_score, "without a score"), (self.no_baseline, "without a baseline"), (self.not_judged, "not judged"))
        said = [f"{number} {what}" for number, what in counted if number]
        return ", ".join([*said, f"beside them {self.not_known} of whom nobody knows whether it is about them"] if self.not_known else said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measure of the paper.  `published`: its number in words, with people and interval or that none is kept here."""

    id: str
    term: str
    text: str
    source: str
    mark: str
    harm: bool
    published: str
    published_mark: str
    rows: tuple[Row, ...]


def lines(content: Mapping[str, Any], paper: Paper, people: Sequence[Subject], at: datetime) -> tuple[Line, ...]:
    """The whole table of these people at this moment."""
    alike = [like_the_paper(paper.induction, person) for person in people]
    return tuple(
        Line(
            id=row["id"], term=row["term"], text=row["text"], source=row["source"], mark=row["mark"], harm=row["harm"],
            published=published_words(row["published"]), published_mark=row["published"]["mark"], rows=_rows(paper, measure, people, alike, at),
        )
        for row, measure in zip(content["measures"], paper.measures, strict=True)
    )  # fmt: skip


def _rows(paper: Paper, measure: Measure, people: Sequence[Subject], alike: Sequence[bool], at: datetime) -> tuple[Row, ...]:
    held = _kept_rows(paper, measure, people, alike, at) if measure.what == "kept" else _share_rows(paper, measure, people, alike, at)
    return tuple(held)


def _share_rows(paper: Paper, measure: Measure, people: Sequence[Subject], alike: Sequence[bool], at: datetime) -> list[Row]:
    stood = Counter((outcome(measure, person, at), person.finished, like) for person, like in zip(people, alike, strict=True))
    rows = list[Row]()
    for group, title in GROUPS:
        counted: Counter[Outcome] = Counter()
        for (one, finished, like), number in stood.items():
            if _belongs(group, finished, like):
                counted[one] += number
        rows.append(_share_row(measure, group, title, counted, paper.least, rows[0].due if rows else 0))
    return rows


def _share_row(measure: Measure, group: Group, title: str, counted: Counter[Outcome], least: int, started: int) -> Row:
    missing, judged = counted["missing"] + counted["apart"], counted["yes"] + counted["no"]
    unseen = missing + counted["no baseline"]
    due = judged + unseen + counted["not judged"]
    of_known = group == "scored" or measure.harm or measure.what == "present"
    proportion = Proportion(counted["yes"], judged if of_known else due)
    at_most = Proportion(counted["yes"] + unseen + counted["not judged"], due) if of_known and group != "scored" else None
    return Row(
        group=group, group_title=title, due=due, no_score=missing, apart=counted["apart"], no_baseline=counted["no baseline"],
        not_judged=counted["not judged"], not_known=counted["unknown"], proportion=proportion, at_most=at_most, kept=None,
        why_not=_why_not(proportion.out_of, due, started, least),
    )  # fmt: skip


def _kept_rows(paper: Paper, measure: Measure, people: Sequence[Subject], alike: Sequence[bool], at: datetime) -> list[Row]:
    """Of those who responded: whoever has not is not in it, so there is no fourth group."""
    response, rows = paper.measure(measure.responders_by), list[Row]()
    seen = [(followed(response, person, at), person.finished, like) for person, like in zip(people, alike, strict=True)]
    for group, title in GROUPS[:-1]:
        mine: list[Followed] = [one for one, finished, like in seen if one is not None and _belongs(group, finished, like)]
        kept = kept_at(mine, float(measure.limit))
        why_not = _why_not(kept.people, kept.people, rows[0].due if rows else 0, paper.least)
        if not why_not and kept.watched < paper.least:
            why_not = f"not shown: fewer than {paper.least} people are followed for {measure.limit} days"
        rows.append(
            Row(
                group=group, group_title=title, due=kept.people, no_score=0, apart=0, no_baseline=0, not_judged=0, not_known=0, proportion=None,
                at_most=None, kept=kept, why_not=why_not,
            )
        )  # fmt: skip
    return rows


def _belongs(group: Group, finished: bool, like: bool) -> bool:
    return group == "started" or (finished if group == "finished" else like)


def _why_not(out_of: int, due: int, started: int, least: int) -> str:
    """Few people are hidden, and so is a group whose few others could be worked out from everyone who started."""
    if out_of < least:
        return f"not shown: fewer than {least} people"
    if 0 < started - due < least:
        return f"not shown: it leaves out fewer than {least} of everyone who started, who could be worked out"
    return ""


def published_words(row: Mapping[str, Any]) -> str:
    """'53.6% (no interval is kept here; 537 of 9016)'."""
    interval = "no interval is kept here" if row["low"] is None else f"95% interval {row['low']:g} to {row['high']:g}%"
    return f"{row['percent']:g}% ({interval}; {row['people']})"


def kept_words(kept: Kept) -> str:
    """Share, interval, and how many were lost, left and are still followed."""
    if kept.share is None:
        return f"not known: nobody is followed for {kept.day:g} days"
    became = f"{kept.lost} lost it, {kept.gone} were no longer asked, {kept.watched} are followed for {kept.day:g} days"
    return f"{percent(kept.share)}% ({_interval_words(kept.interval)}); of {kept.people} who responded {became}"


def _interval_words(interval: Interval | None) -> str:
    if interval is None:
        return "no interval: all or none lost it"
    return f"95% interval {percent(interval.low)} to {percent(interval.high)}%"


def in_text(table: Sequence[Line], *, title: str, not_carried: Sequence[str]) -> str:
    """The table for somebody at the machine, with everything that a figure may not be read without."""
    said = [title, NO_COMPARISON]
    for line in table:
        said += ["", f"{line.term}: {line.text} ({line.mark})", f"  in the paper: {line.published} ({line.published_mark})"]
        said += [f"  {row.group_title}: {'; '.join(part for part in (row.words, row.at_most_words, row.unknown_words) if part)}" for row in line.rows]
    return "\n".join([*said, "", "Not known here of the paper:", *(f"- {each}" for each in not_carried)])


def facts(line: Line) -> dict[str, Any]:
    """One line for a program: numbers, or why there are none.  What is not shown on the page is not in it either."""
    rows = [_row_facts(row) for row in line.rows]
    published = {"words": line.published, "mark": line.published_mark}
    return {"id": line.id, "term": line.term, "text": line.text, "mark": line.mark, "source": line.source, "published": published, "here": rows}


def _row_facts(row: Row) -> dict[str, Any]:
    held: dict[str, Any] = {"group": row.group, "of_whom": row.group_title}
    if row.why_not:
        return held | {"not_shown": row.why_not}
    held |= {"due": row.due}
    if row.kept is not None:
        kept = row.kept
        return (
            held
            | {"days": kept.day, "lost": kept.lost, "no_longer_asked": kept.gone, "followed": kept.watched}
            | _estimate(kept.share, kept.interval)
        )
    held |= {"no_score": row.no_score, "of_them_in_an_unvalidated_translation": row.apart, "no_baseline": row.no_baseline}
    held |= {"not_judged": row.not_judged, "not_known_whether_about_them": row.not_known}
    if row.at_most is not None:
        held |= {"at_most": row.at_most.count}
    share = row.proportion
    return held | ({"numerator": share.count, "denominator": share.out_of} | _estimate(share.fraction, share.interval) if share else {})


def _estimate(share: float | None, interval: Interval | None) -> dict[str, Any]:
    return {"share": share, "interval_95": None if interval is None else [interval.low, interval.high]}
