"""What the registry counts, read from its library file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """When a score counts: of the totals `opens` to `closes` after the anchor, the one nearest to `aim`."""

    id: str
    title: str
    anchor: Literal["first_dose", "last_dose"]
    opens: timedelta
    aim: timedelta
    closes: timedelta
    until_next_dose: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`least`: below so many people no figure is shown; `over_after`: without an infusion for so long a course is over."""

    instrument: str
    least: int
    over_after: timedelta
    points: tuple[Point, ...]
    lasting_from: Point
    lasting_to: Point


def definition_from(content: Mapping[str, Any]) -> Definition:
    """Raises KeyError where `lasting` names a point that is not there."""
    points = {row["id"]: _point(row) for row in content["points"]}
    return Definition(
        instrument=content["instrument"],
        least=content["least_people"]["value"],
        over_after=timedelta(days=content["course_over_after_days"]["value"]),
        points=tuple(points.values()),
        lasting_from=points[content["lasting"]["from"]],
        lasting_to=points[content["lasting"]["to"]],
    )


def _point(row: Mapping[str, Any]) -> Point:
    return Point(
        id=row["id"],
        title=row["title"],
        anchor=row["anchor"],
        opens=timedelta(days=row["from_day"]),
        aim=timedelta(days=row["aim_day"]),
        closes=timedelta(days=row["to_day"]),
        until_next_dose=row["until_next_dose"],
        note=row["note"],
    )
