"""The picture of a course says what was measured, when, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from afterglow.ground.face.shapes import Circle, Label, Line, Path
from afterglow.pathway.response.rules.picture import LEFT, RIGHT, Picture, draw
from afterglow.pathway.response.rules.trajectory import DoseTick, Mark, Missed, RuleLine
from tests.unit.response_rules.test_trajectory import AT, DOSES, SESSION, course, days, line, score


def words(picture: Picture) -> list[str]:
    return [shape.text for shape in picture.shapes if isinstance(shape, Label)]


def of_class(picture: Picture, css: str) -> list[Any]:
    return [shape for shape in picture.shapes if shape.css.startswith(css)]


def test_every_dose_is_a_rule_with_its_number_and_its_amount() -> None:
    picture = draw(course())
    assert len(of_class(picture, "t-dose-head")) == 3 and words(picture).count("35 mg") == 3
    xs = [shape.x1 for shape in picture.shapes if isinstance(shape, Line) and shape.css == "t-dose"]
    assert xs == sorted(xs) and xs[0] > LEFT and xs[-1] < RIGHT


def test_crowded_doses_keep_their_numbers_and_leave_the_amounts_to_the_table() -> None:
    many = tuple(DoseTick(number=n, started_at=days(-100 + n / 10), given_ug=None, session_id=SESSION) for n in range(1, 7))
    picture = draw(course(doses=many))
    assert [str(n) for n in range(1, 7)] == [word for word in words(picture) if word in "123456"][:6]
    assert "amount not known" not in words(picture)
    assert [row.value for row in picture.rows if row.what.startswith("Dose")] == ["amount not known"] * 6


def test_the_line_its_totals_and_its_rules_are_named() -> None:
    picture = draw(course())
    assert {"PHQ-9", "21", "9", "response: 10 or less", "remission: below 5"} <= set(words(picture))
    assert len(of_class(picture, "t-line")) == 1 and len(of_class(picture, "s-threshold")) == 2


def test_names_beside_the_lines_never_lie_on_each_other() -> None:
    picture = draw(course(scales=(line([score(-11, 21), score(-2, 10)]),)))
    ys = sorted(shape.y for shape in picture.shapes if isinstance(shape, Label) and shape.x > RIGHT)
    assert all(after - before >= 15 for before, after in zip(ys, ys[1:], strict=False))


def test_what_was_not_answered_is_a_cross_with_words_and_breaks_the_line() -> None:
    missed = (Missed(due_at=days(-5), title="Weekly", why="not answered in time"), Missed(due_at=days(-300), title="Old", why=""))
    picture = draw(course(scales=(line([score(-11, 21), score(-4, None), score(-3.5, 15), score(-2, 9, complete=False)], missed),)))
    assert words(picture).count("no answer") == 1 and words(picture).count("no total") == 1
    assert len(of_class(picture, "t-missed")) == 2 and len(of_class(picture, "t-line")) == 1
    assert [shape.css for shape in picture.shapes if isinstance(shape, Circle)].count("t-point t-point--open") == 1
    notes = {row.note for row in picture.rows if row.value == "no answer"}
    assert notes == {"Weekly: not answered in time", "Old"}
    assert [row.value for row in picture.rows if row.what == "PHQ-9" and row.value == "no total"] == ["no total"]


def test_totals_of_one_day_are_not_written_over_each_other() -> None:
    picture = draw(course(scales=(line([score(-11, 21), score(-2, 9), score(-1.9, 8)]),)))
    assert "9" in words(picture) and "8" not in words(picture)  # the table has both


def test_old_scores_stay_in_the_table_and_do_not_squeeze_the_course() -> None:
    picture = draw(course(scales=(line([score(-400, 24), score(-11, 21), score(-2, 9)]),)))
    assert "24" not in words(picture) and "24" in [row.value for row in picture.rows]


def test_scales_that_nobody_was_asked_are_left_out_and_the_daily_one_has_a_strip() -> None:
    today = replace(line([score(-1, 12)]), id="today", title="Today", standing=None, lines=())
    plain, more = draw(course()), draw(course(today=today))
    assert more.height > plain.height and "Today" in words(more)
    assert draw(course(today=replace(today, points=()))).height == plain.height
    assert draw(course(scales=(line([score(-11, 21)]), line([])))).height == plain.height


def test_a_rule_outside_the_scale_is_not_drawn_and_a_scale_of_missing_answers_keeps_its_name() -> None:
    bare = replace(line([], (Missed(due_at=days(-2), title="Weekly", why=""),)), lines=(RuleLine(value=40, name="far away"),))
    picture = draw(course(scales=(bare,)))
    assert "far away" not in words(picture) and "PHQ-9" in words(picture)


def test_what_else_happened_is_numbered_in_order_and_only_when_it_is_in_the_picture() -> None:
    marks = (
        Mark(kind="review", at=days(-1), text="Review after dose 3: stop the course"),
        Mark(kind="medicine", at=days(-4), text="sertraline stopped"),
        Mark(kind="medicine", at=days(-500), text="long ago"),
    )
    picture = draw(course(marks=marks))
    assert [(each.number, each.mark.text) for each in picture.numbered] == [(1, "sertraline stopped"), (2, "Review after dose 3: stop the course")]
    assert [row.what for row in picture.rows if row.note == "long ago"] == ["Medicine"]


def test_the_axis_ends_now_and_shows_no_more_dates_than_fit() -> None:
    for back in (8, 40, 300, 9000):
        first = DoseTick(number=1, started_at=AT - timedelta(days=back), given_ug=35_000, session_id=SESSION)
        picture = draw(course(doses=(first,), scales=()))
        ticks = [shape for shape in picture.shapes if isinstance(shape, Line) and shape.css == "s-axis" and shape.x1 == shape.x2]
        assert words(picture)[-1 - len(ticks) :].count("now") == 1 and (len(ticks) <= 9 or back > 8 * 364)
        assert max(shape.x1 for shape in ticks) == RIGHT


def test_nothing_measured_is_said_and_still_has_an_axis() -> None:
    picture = draw(course(doses=(), scales=(), given=0))
    assert picture.summary == "Nothing was measured and no dose was given yet." and picture.rows == () and picture.numbered == ()
    assert "now" in words(picture) and not of_class(picture, "t-dose")


def test_the_summary_holds_for_a_reader_who_does_not_see() -> None:
    missed = (Missed(due_at=days(-5), title="Weekly", why=""),)
    assert draw(course(scales=(line([score(-11, 21), score(-2, 9)], missed),))).summary == (
        "3 doses, 13 Nov 2026 to 20 Nov 2026. PHQ-9: 21, 9; 1 not answered."
    )
    one = draw(course(doses=DOSES[:1], scales=(line([score(-2, None)], missed),)))
    assert one.summary == "1 dose, 13 Nov 2026. PHQ-9: no total; 1 not answered."
    assert draw(course(scales=(line([score(-2, None)]),))).summary == "3 doses, 13 Nov 2026 to 20 Nov 2026."


def test_the_same_course_gives_the_same_picture() -> None:
    assert draw(course()) == draw(course())
    assert all(isinstance(shape, Line | Path | Circle | Label) for shape in draw(course()).shapes)


def test_crosses_that_stand_close_share_their_words_and_other_words_stand_higher() -> None:
    missed = tuple(Missed(due_at=days(-5 + after), title="The day after", why="") for after in (0.0, 0.1, 0.2))
    picture = draw(course(scales=(line([score(-11, 21), score(-4.95, None)], missed),)))
    assert len(of_class(picture, "t-missed")) == 4
    said = [shape for shape in picture.shapes if isinstance(shape, Label) and shape.text in ("no answer", "no total")]
    assert [shape.text for shape in said] == ["no answer", "no total", "no answer"] and len({shape.y for shape in said[:2]}) == 2
    assert [row.value for row in picture.rows].count("no answer") == 3, "the table names every one"
