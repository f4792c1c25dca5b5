"""Pain beside opioid load: by day, nothing looks ahead, and no list is not the same as no opioid."""

from __future__ import annotations

from datetime import date, timedelta

from afterglow.pathway.response.rules.pain import MOST_DAYS, NO_LIST, Load, Rated, pain_days

DAY = date(2026, 11, 1)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


LOADS = (Load(on=on(2), words="30 MME a day"), Load(on=on(5), words="at least 10 MME a day", left_out="Not counted: codeine (x)."))


# req: S25
def test_each_day_has_its_pain_and_the_load_as_it_stood() -> None:
    rated = [Rated(on=on(0), now="7"), Rated(on=on(3), now="6"), Rated(on=on(3), now="5"), Rated(on=on(5), strength="4.0", interference="5.5")]
    lines = pain_days(rated, LOADS)
    assert [(line.on, line.now, line.load.words if line.load else None, line.changed) for line in lines] == [
        (on(0), ("7",), NO_LIST, False),
        (on(2), (), "30 MME a day", True),
        (on(3), ("6", "5"), "30 MME a day", False),
        (on(5), (), "at least 10 MME a day", True),
    ]
    assert (lines[3].strength, lines[3].interference) == (("4.0",), ("5.5",))


def test_there_is_no_table_without_pain_or_an_opioid() -> None:
    none = Load(on=on(0), words="no opioid recognised", is_opioid=False)
    assert pain_days([], [none]) == () == pain_days([], None)
    assert len(pain_days([], LOADS)) == 2
    assert [line.load for line in pain_days([Rated(on=on(1), now="3")], [none])] == [none, none]


def test_without_the_right_to_the_list_no_load_is_shown() -> None:
    assert [line.load for line in pain_days([Rated(on=on(1), now="3")], None)] == [None]


def test_the_latest_days_are_kept() -> None:
    lines = pain_days([Rated(on=on(back), now="3") for back in range(40)], None)
    assert len(lines) == MOST_DAYS and lines[-1].on == on(39)
