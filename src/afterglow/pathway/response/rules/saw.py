"""What a reviewer had before them, as plain values: kept with the signature, and compared with what the page showed.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from afterglow.pathway.response.rules.trajectory import ScaleLine, Trajectory


def facts(course: Trajectory, open_flags: Sequence[str]) -> dict[str, Any]:
    """Everything the picture rests on, and nothing that changes by waiting: the same until somebody writes something new."""
    return {
        "plan": str(course.plan_id),
        "planned": course.planned,
        "given": course.given,
        "doses": [{"number": dose.number, "at": dose.started_at.isoformat(), "given_ug": dose.given_ug} for dose in course.doses],
        "scales": [_scale(scale) for scale in course.scales],
        "today": None if course.today is None else _scale(course.today),
        "marks": [{"kind": mark.kind, "at": mark.at.isoformat(), "text": mark.text} for mark in course.marks],
        "flags": list(open_flags),
        "due": None if course.due is None else course.due.after,
    }


def saw(course: Trajectory, open_flags: Sequence[str]) -> dict[str, Any]:
    """The facts, and the standing that was read from them at that moment."""
    standings = {scale.id: scale.standing for scale in course.scales if scale.standing is not None}
    return facts(course, open_flags) | {
        "at": course.at.isoformat(),
        "sentence": course.sentence,
        "standings": {
            name: {
                "state": each.state,
                "sentence": each.sentence,
                "baseline": each.baseline.total if each.baseline else None,
                "latest": each.latest.total if each.latest else None,
                "relapse_watch": each.relapse_watch,
            }
            for name, each in standings.items()
        },
    }


def _scale(scale: ScaleLine) -> dict[str, Any]:
    return {
        "id": scale.id,
        "points": [
            {"at": point.taken_at.isoformat(), "total": point.total, "complete": point.complete, "overlaps": list(point.looks_back_over)}
            | ({"wording": point.wording} if point.wording else {})
            for point in scale.points
        ],
        "missed": [{"due_at": each.due_at.isoformat(), "title": each.title, "why": each.why} for each in scale.missed],
    }
