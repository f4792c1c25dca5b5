"""The session strip says what was measured: no zero drawn, no gap bridged, no extreme lost."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.face.shapes import Label, Path, Rect, Scale, apart, caret
from afterglow.ground.face.strip import HATCH, Drawing, draw
from afterglow.ground.face.strip_series import Band, Dose, Event, Pressure, Reading, Score, Series, Threshold, pieces, thin

EMPTY = Series(first_min=-15, last_min=125, now_min=20, gap_min=0.25)


def trace(*values: float | None, start: float = 0.0, step: float = 0.1) -> tuple[Reading, ...]:
    return tuple(Reading(minute=round(start + i * step, 3), value=v) for i, v in enumerate(values))


def words(drawing: Drawing) -> list[str]:
    return [s.text for s in drawing.shapes if isinstance(s, Label)]


def hatches(drawing: Drawing) -> list[Rect]:
    return [s for s in drawing.shapes if isinstance(s, Rect) and s.fill == HATCH]


# hazard: H11
@pytest.mark.parametrize("silent", [0.0, None, -1.0])
def test_a_zero_is_a_gap_and_never_a_point(silent: float | None) -> None:
    found, gaps = pieces(trace(97, 97, silent, silent, 96), gap_min=1.0)
    assert [[r.value for r in piece] for piece in found] == [[97, 97], [96]]
    assert [(g.start, g.end) for g in gaps] == [(0.1, 0.4)]


def test_silence_longer_than_the_interval_is_a_gap_even_without_zeros() -> None:
    found, gaps = pieces((*trace(97, 97), *trace(95, start=3.0)), gap_min=0.25)
    assert len(found) == 2
    assert [(g.start, g.end) for g in gaps] == [(0.1, 3.0)]


def test_a_trace_that_stopped_is_a_gap_up_to_now() -> None:
    _, gaps = pieces(trace(97, 97), gap_min=0.25, until=5.0)
    assert [(g.start, g.end) for g in gaps] == [(0.1, 5.0)]


def test_a_trace_of_silence_only_has_no_piece_and_one_gap() -> None:
    found, gaps = pieces(trace(0, 0, 0), gap_min=0.25, until=1.0)
    assert found == []
    assert [(g.start, g.end) for g in gaps] == [(0.0, 1.0)]


def test_an_unbroken_trace_and_an_empty_one_have_no_gap() -> None:
    assert pieces(trace(97, 96, 95), gap_min=0.25)[1] == []
    assert pieces((), gap_min=0.25, until=9.0) == ([], [])


@given(st.lists(st.integers(min_value=40, max_value=100), min_size=3, max_size=400), st.integers(min_value=1, max_value=60))
def test_thinning_keeps_both_ends_and_the_extremes(values: list[int], columns: int) -> None:
    piece = [Reading(minute=i / 60, value=v) for i, v in enumerate(values)]
    kept = thin(piece, span_min=len(values) / 60, columns=columns)
    assert {min(values), max(values)} <= {r.value for r in kept}
    assert (kept[0], kept[-1]) == (piece[0], piece[-1])
    assert [r.minute for r in kept] == sorted({r.minute for r in kept})
    assert len(kept) <= 4 * (columns + 2)


def test_every_gap_is_hatched_and_named() -> None:
    drawing = draw(dataclasses.replace(EMPTY, saturation=(*trace(97, 97, start=1), *trace(96, 96, start=8)), now_min=8.2))
    assert len(hatches(drawing)) == 1
    assert "no data" in words(drawing)


def test_a_silent_channel_says_no_data() -> None:
    assert "saturation, %: no data" in words(draw(EMPTY))


def test_systolic_points_down_and_diastolic_up_with_the_tip_on_the_value() -> None:
    assert caret(10, 50, down=True) == "M4,43 L10,50 L16,43"
    assert caret(10, 50, down=False) == "M4,57 L10,50 L16,57"
    carets = [
        s
        for s in draw(dataclasses.replace(EMPTY, pressures=(Pressure(minute=0, systolic=120, diastolic=80),))).shapes
        if isinstance(s, Path) and s.css == "s-caret"
    ]
    assert len(carets) == 2


def test_half_a_pressure_is_not_drawn() -> None:
    drawing = draw(dataclasses.replace(EMPTY, pressures=(Pressure(minute=0, systolic=120, diastolic=None),)))
    assert not [s for s in drawing.shapes if isinstance(s, Path)]
    assert drawing.rows[0].pressure == "no reading"


def test_a_value_beyond_the_panel_stands_there_with_its_number() -> None:
    drawing = draw(dataclasses.replace(EMPTY, pulse=trace(277, 276, start=19.8)))
    assert "277" in words(drawing)
    low = draw(dataclasses.replace(EMPTY, saturation=trace(31, start=19.9)))
    assert "31" in words(low)


def test_the_dose_bar_shows_given_paused_and_to_come() -> None:
    running = draw(dataclasses.replace(EMPTY, doses=(Dose(label="ketAMINE 35 mg", start_min=0, planned_end_min=45, pauses=((5, 10),)),)))
    css = [s.css for s in running.shapes if isinstance(s, Rect)]
    assert css == ["s-dose-rest", "s-dose", "s-dose-pause", "s-dose"]
    stopped = draw(dataclasses.replace(EMPTY, doses=(Dose(label="ketAMINE 35 mg", start_min=0, planned_end_min=40, ended_min=12),)))
    bars = [s for s in stopped.shapes if isinstance(s, Rect)]
    assert [b.css for b in bars] == ["s-dose"]
    assert bars[0].width == pytest.approx(12 / 140 * 730, abs=0.2)


def test_a_pause_that_still_lasts_ends_the_solid_bar() -> None:
    drawing = draw(dataclasses.replace(EMPTY, doses=(Dose(label="ketAMINE", start_min=0, planned_end_min=40, pauses=((15, 20),)),)))
    assert [s.css for s in drawing.shapes if isinstance(s, Rect)] == ["s-dose-rest", "s-dose", "s-dose-pause"]


def test_numbers_on_the_axis_do_not_cover_each_other() -> None:
    assert apart([10, 12, 60], 19) == [10, 29, 60]
    drawing = draw(dataclasses.replace(EMPTY, events=tuple(Event(number=n, minute=5 + n / 10, text=f"event {n}") for n in range(1, 4))))
    xs = [s.x for s in drawing.shapes if isinstance(s, Label) and s.css == "s-event-n"]
    assert len(xs) == 3
    assert all(b - a >= 19 for a, b in zip(xs, xs[1:], strict=False))


def test_thresholds_carry_their_name() -> None:
    drawing = draw(dataclasses.replace(EMPTY, thresholds=(Threshold(panel="pressure", value=160, label="notify above 160"),)))
    assert "notify above 160" in words(drawing)


def test_the_table_says_no_data_where_the_picture_is_hatched() -> None:
    series = dataclasses.replace(
        EMPTY,
        now_min=10,
        saturation=(*trace(*[97] * 51), *trace(*[0] * 50, start=5.1)),
        scores=(Score(label="awake", values=((5.0, "4"),)),),
        events=(Event(number=1, minute=0, text="Started."),),
    )
    rows = {row.minute: row for row in draw(series).rows}
    assert (rows[5].saturation, rows[5].what) == ("97", "awake 4")
    assert rows[10].saturation == "no data"
    assert rows[0].what == "(1) Started."
    assert rows[10].pulse == ""


def test_the_summary_names_the_last_numbers() -> None:
    series = dataclasses.replace(
        EMPTY, pressures=(Pressure(minute=10, systolic=138, diastolic=86),), pulse=trace(77, start=20), saturation=trace(0, start=20)
    )
    assert "pressure 138/86 mmHg at minute 10" in draw(series).summary
    assert "pulse 77 per minute at minute 20" in draw(series).summary
    assert "saturation: no data" in draw(series).summary
    assert "no readings yet" in draw(EMPTY).summary


def test_a_prediction_is_a_band_with_its_note() -> None:
    band = Band(minutes=(0, 20, 40), low=(0, 50, 90), middle=(0, 80, 150), high=(0, 130, 230), label="predicted", note="model, not for dosing")
    drawing = draw(dataclasses.replace(EMPTY, band=band, breathing=trace(14, start=19.9), heart_rate=trace(71, start=19.9)))
    assert {"predicted", "model, not for dosing", "breathing, per min", "heart rate (ECG), per min"} <= set(words(drawing))


def test_the_same_series_draws_the_same_picture_and_a_finished_one_has_no_now() -> None:
    series = dataclasses.replace(EMPTY, pulse=trace(70, 71, 72))
    assert draw(series) == draw(series)
    assert "now" in words(draw(series))
    assert "now" not in words(draw(dataclasses.replace(series, now_min=None)))


def test_names_of_traces_move_left_of_now_near_the_right_edge() -> None:
    drawing = draw(dataclasses.replace(EMPTY, now_min=124, saturation=trace(97, start=124)))
    label = next(s for s in drawing.shapes if isinstance(s, Label) and s.text == "saturation, %")
    assert "s-end" in label.css
    assert label.x < Scale(low=-15, high=125, near=56, far=786)(124)
