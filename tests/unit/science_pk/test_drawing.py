"""Where curves lie on their grid."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.science.pk.drawing import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Seen, drawing


def test_a_curve_starts_at_the_lower_left_and_stays_inside():
    made = drawing([("one", np.array([0.0, 87.0, 3.0]))], np.array([0.0, 40.0, 240.0]))
    points = [tuple(float(part) for part in point.split(",")) for point in made.lines[0].points.split()]
    assert points[0] == (LEFT, HEIGHT - BOTTOM)
    assert all(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM for x, y in points)
    assert [tick.text for tick in made.levels] == ["0", "20", "40", "60", "80", "100"]
    assert made.levels[-1].at == TOP


@pytest.mark.parametrize(("last", "texts"), [(240.0, "0 50 100 150 200 250"), (60.0, "0 10 20 30 40 50 60"), (360.0, "0 60 120 180 240 300 360")])
def test_ticks_are_round(last, texts):
    made = drawing([("one", np.array([0.0, 1.0]))], np.array([0.0, last]))
    assert " ".join(tick.text for tick in made.times) == texts


def test_an_observation_is_drawn_with_its_spread_and_never_below_zero():
    made = drawing([("one", np.array([0.0, 10.0]))], np.array([0.0, 30.0]), [Seen(name="Grant 1981", at_min=60, level=40, spread=50)])
    x, y, low, high, name = made.marks[0]
    assert (x, low, name) == (WIDTH - RIGHT, HEIGHT - BOTTOM, "Grant 1981")
    assert TOP <= high < y < low


def test_nothing_at_all_is_a_flat_line():
    made = drawing([("one", np.zeros(1))], np.zeros(1))
    assert made.lines[0].points == f"{LEFT},{HEIGHT - BOTTOM}"
    assert drawing([], np.array([0.0, 5.0])).lines == ()


def test_an_area_goes_out_along_its_upper_edge_and_back_along_the_lower():
    made = drawing([], np.array([0.0, 60.0]), areas=[("band", np.array([0.0, 20.0]), np.array([0.0, 100.0]))])
    (area,) = made.areas
    points = [tuple(float(part) for part in pair.split(",")) for pair in area.points.split(" ")]
    assert [x for x, _ in points] == [56.0, 704.0, 704.0, 56.0]
    assert points[1][1] < points[2][1] < points[3][1] == 320.0


def test_several_pictures_can_stand_on_one_scale():
    low = drawing([("one", np.array([0.0, 10.0]))], np.array([0.0, 30.0]), at_least=200.0)
    high = drawing([("two", np.array([0.0, 200.0]))], np.array([0.0, 30.0]))
    assert low.levels == high.levels
