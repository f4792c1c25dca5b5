"""How low mood stands on the day of the first infusion against before it: lower, the same, higher (S111).  Pure.

One rating of 0 to 10 in own words and no questionnaire: PHQ-9 looks back over two weeks and says nothing about hours (safety 23).  Nobody has found
out how large a fall on it matters, so there is no response here, and whoever was higher stands beside whoever was lower.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from afterglow.pathway.registry.rules.counting import GROUPS, Group, Row, Share
from afterglow.science.outcomes.proportion import Proportion

Moved = Literal["not due", "missing", "not judged", "lower", "same", "higher"]
SHARES: Final[Mapping[Moved, str]] = {"lower": "lower", "same": "the same", "higher": "higher"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay:
    """`opens`, `closes`: from the end of the infusion, when the rating of the evening counts; everybody is due once that time is over."""

    opens: timedelta
    closes: timedelta
    points: tuple[tuple[str, str, str], ...]
    least: int


def same_day_from(content: Mapping[str, Any]) -> SameDay:
    """From the registry's file.  Raises KeyError for a version that does not say it."""
    said = content["same_day"]
    return SameDay(
        opens=timedelta(hours=said["evening_from_h"]["value"]),
        closes=timedelta(hours=said["evening_to_h"]["value"]),
        points=tuple((row["id"], row["title"], row["note"]) for row in said["points"]),
        least=content["least_people"]["value"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDay:
    """One person's first infusion.  A rating is None where there is no number; `ended_at` None: the end is not on record."""

    finished: bool
    started_at: datetime
    ended_at: datetime | None
    before: int | None
    end: int | None
    later: Sequence[tuple[datetime, int]]


class Day(NamedTuple):
    """How one person counts; many stand alike."""

    finished: bool
    end: Moved
    evening: Moved


def judged(rule: SameDay, person: FirstDay, at: datetime) -> Day:
    """Where one person stands at both points; "not due" until the time of the evening is over, and it is counted from the start without an end."""
    if (person.ended_at or person.started_at) + rule.closes > at:
        return Day(person.finished, "not due", "not due")
    return Day(person.finished, moved(person.before, person.end), moved(person.before, evening(rule, person)))


def evening(rule: SameDay, person: FirstDay) -> int | None:
    """The first rating in the time that counts; None also where the end of the infusion is not known, so that nothing can be placed."""
    if person.ended_at is None:
        return None
    since, until = person.ended_at + rule.opens, person.ended_at + rule.closes
    return next((value for when, value in sorted(person.later) if since <= when <= until), None)


def moved(before: int | None, after: int | None) -> Moved:
    """A mood that was not low at all before cannot be lower, so it is not judged; neither is anything without a rating before."""
    if after is None:
        return "missing"
    if not before:
        return "not judged"
    return "lower" if after < before else "higher" if after > before else "same"


def rows(rule: SameDay, days: Iterable[Day]) -> tuple[Row, ...]:
    """Each point twice, for everyone who started and for those who finished the course."""
    stood = Counter(days)
    return tuple(_row(rule, place, stood, group, title) for place in range(len(rule.points)) for group, title in GROUPS)


def _row(rule: SameDay, place: int, stood: Mapping[Day, int], group: Group, group_title: str) -> Row:
    counted: Counter[Moved] = Counter()
    for day, people in stood.items():
        if day.finished or group == "started":
            counted[(day.end, day.evening)[place]] += people
    point, title, note = rule.points[place]
    due = counted.total() - counted["not due"]
    shares = tuple(_share(name, words, Proportion(counted[name], due), rule.least) for name, words in SHARES.items())
    return Row(
        point=point, title=title, note=note, group=group, group_title=group_title, due=due, missing=counted["missing"],
        not_judged=counted["not judged"], shares=shares, least=rule.least,
    )  # fmt: skip


def _share(name: str, title: str, proportion: Proportion, least: int) -> Share:
    return Share(id=name, title=title, proportion=proportion, words=proportion.in_words(least))
