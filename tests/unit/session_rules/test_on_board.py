"""What somebody arrives with: a drug on board closes signing from check-in (safety 19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from afterglow.pathway.session.rules.on_board import on_board

TODAY = date(2026, 12, 7)
HELD = {"held": {"Xanax": "taken", "lisinopril": "taken", "Ativan": "held"}}


# req: N12
# hazard: H28
@pytest.mark.parametrize(
    ("item", "value", "says"),
    [
        ("intoxication", {"said": "yes"}, "signs of intoxication"),
        ("intoxication", {"said": "no"}, ""),
        ("intoxication", None, ""),
        ("substances", {"said": "yes", "taken": ["alcohol", "cannabis"]}, "alcohol, cannabis"),
        ("substances", {"said": "no", "taken": []}, ""),
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-07"}, "ketamine from elsewhere"),
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-06"}, "ketamine from elsewhere"),
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05"}, ""),
        ("other_ketamine", {"said": "yes", "where": "lozenges"}, "ketamine from elsewhere"),
        ("other_ketamine", {"said": "no"}, ""),
        ("medicines", HELD, "taken before the visit: Xanax"),
        ("medicines", {"held": {"lisinopril": "taken"}}, ""),
        ("medicines", {"held": {}}, ""),
        ("medicines", None, ""),
        ("escort", {"kind": "adult"}, ""),
    ],
)
def test_what_an_answer_says_is_on_board(item: str, value: Mapping[str, Any] | None, says: str) -> None:
    found = on_board(item, value, today=TODAY, clouding=("Xanax", "Ativan"))
    assert bool(found) is bool(says) and says in found
