"""The pharmacokinetic models beside what was measured in people: every figure, every miss."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docs_markdown import page, table

LIBRARY = "src/afterglow/library"


def has_models(root: Path) -> bool:
    """Whether this tree has models and what they are checked against; a bare copy of the documents has not."""
    return (root / LIBRARY / "codes/pk_observed_levels").is_dir() and (root / LIBRARY / "pk_models").is_dir()


def observed_page(root: Path) -> str:
    """A table for each study: what was measured, what each model says, and whether that lies inside the stated interval."""
    sys.path.insert(0, str(root / "src"))
    from afterglow.doors.ops import pk_check
    from afterglow.ground.content.files import load_kind

    codes = {file.id: file for file in load_kind(root / LIBRARY, "codes")}
    rows = list(pk_check.rows_of(codes, {file.id: file for file in load_kind(root / LIBRARY, "pk_models")}))
    parts = [f"{codes[pk_check.LEVELS].content['says']} The same from a terminal: `afterglow pk check`.", pk_check.counted(rows)]
    for study in dict.fromkeys(row["study"] for row in rows):
        here = [row for row in rows if row["study"] == study]
        parts += [f"## {here[0]['title']}", _about(here), table(HEAD, [_cells(row, pk_check) for row in here])]
    return page("Models beside what was measured", *parts)


HEAD = ("measured", "value", "interval", "model", "model says", "model / measured", "standing")


def _about(rows: list[dict[str, Any]]) -> str:
    first = rows[0]
    interval = f"Interval: {first['interval_is']}." if first["interval_is"] else "No interval was published."
    sites = sorted({row["sites"] for row in rows if row.get("sites")})
    reference = (
        ["The model is kept for reference only; what the product shows is a band that covers the peak."] if first.get("reference_only") else []
    )
    said = [f"Source: `{first['source']}`, mark {first['mark']}.", interval, first["note"], *sites, *reference]
    return " ".join(sentence for sentence in said if sentence)


def _cells(row: dict[str, Any], words: Any) -> tuple[str, ...]:
    seen = (words.when(row), f"{row['value']:.4g} {row['unit']}", words.interval(row))
    if row["model"] is None:
        return (*seen, "", "", "", row["standing"])
    return (*seen, f"`{row['model']}`", f"{row['predicted']:.4g}", f"{row['ratio']:.2f}", row["standing"])
