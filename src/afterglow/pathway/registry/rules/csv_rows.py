"""The registry's table as lines: one figure each, with what it is of.  Below the least number of people a line says so and holds no number."""

from __future__ import annotations

from datetime import datetime

from afterglow.pathway.registry.rules.counting import Figures, Row, Share
from afterglow.science.outcomes.proportion import Proportion

HEAD = (
    "clinic", "started_in", "point", "group", "figure", "count", "out_of", "percent", "interval_low_percent", "interval_high_percent",
    "no_score", "of_them_in_unvalidated_translation", "not_judged", "note", "definitions", "counted_at",
)  # fmt: skip
Line = tuple[object, ...]


def csv_rows(figures: Figures, *, clinic: str, period: str, definitions: str, counted_at: datetime) -> list[Line]:
    """Every figure of the page, in its order."""
    front, back = (_plain(clinic), period), (definitions, counted_at.isoformat(timespec="seconds"))
    lines = [(*front, "course", "started", "finished", *_numbers(figures.finished, figures.least), *back)]
    for row in (*figures.rows, *figures.lasting):
        lines += [(*front, row.point, row.group, share.id, *_of_row(row, share), *back) for share in row.shares]
    return lines


def _of_row(row: Row, share: Share) -> Line:
    """A row of too few, or of nobody with a score, shows nothing of it, also where a share would be of another number."""
    if not row.shown:
        return _hidden(row.why_not)
    return _numbers(share.proportion, row.least, row.missing, row.apart, row.not_judged)


def _numbers(proportion: Proportion, least: int, missing: int | str = "", apart: int | str = "", not_judged: int | str = "") -> Line:
    fraction, interval = proportion.fraction, proportion.interval
    if not proportion.may_be_shown(least) or fraction is None or interval is None:
        return _hidden(f"not shown: fewer than {least} people")
    percents = (f"{100 * fraction:.1f}", f"{100 * interval.low:.1f}", f"{100 * interval.high:.1f}")
    return (proportion.count, proportion.out_of, *percents, missing, apart, not_judged, "")


def _hidden(why: str) -> Line:
    return ("", "", "", "", "", "", "", "", why)


def _plain(text: str) -> str:
    """A text that a spreadsheet would take for a formula is told apart by the apostrophe that spreadsheets use for that."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
