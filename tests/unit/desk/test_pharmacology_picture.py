"""Names beside curves: none covers another, and a curve without a band or a band without a curve is told as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from afterglow.doors.desk.pharmacology_picture import NAME_TALL, Curve, panels
from afterglow.science.pk.model import Site

TIMES = np.array([0.0, 30.0, 60.0])


def curve(name: str, highest: float, site: Site = "unknown", **changed: Any) -> Curve:
    levels = np.array([0.0, highest, highest / 10])
    return replace(Curve(name=name, analyte="ketamine", is_drug=True, site=site, levels=levels, low=None, high=None), **changed)


def test_names_are_pushed_apart_and_keep_their_pattern() -> None:
    (panel,) = panels([curve(f"model {number}", 100.0 + number) for number in range(4)], TIMES, [])
    ys = sorted(name.y for name in panel.names)
    assert all(later - earlier >= NAME_TALL - 0.2 for earlier, later in zip(ys, ys[1:], strict=False))
    assert {name.text: name.pattern for name in panel.names} == {f"model {number}": number for number in range(4)}
    assert max(ys) <= panel.picture.bottom


# hazard: H34
def test_arterial_and_venous_curves_never_share_a_picture_and_share_a_scale() -> None:
    several = panels([curve("vein", 50.0, "venous"), curve("artery", 200.0, "arterial"), curve("nobody knows", 80.0)], TIMES, [])
    assert [len(panel.picture.lines) for panel in several] == [1, 1, 1]
    assert len({panel.picture.levels for panel in several}) == 1


def test_a_level_is_told_with_its_band_where_there_is_one() -> None:
    low, high = np.array([0.0, 50.0, 5.0]), np.array([0.0, 150.0, 15.0])
    assert curve("one", 100.0).peak == "100"
    assert curve("one", 100.0, low=low, high=high).peak == "100 (50 to 150)"
    assert curve("one", 100.0, levels=None, low=low, high=high).peak == "50 to 150"
