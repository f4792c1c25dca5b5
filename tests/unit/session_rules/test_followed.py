"""What was done for a mark is tied to an answer that exists, to entries that stand, and says something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.followed import ENDS, Followed, may_follow

TOLD = Followed(answer=4, answers={4, 9}, entries=(5,), deeds={5, 6}, did="", ended="")


# req: S71
@pytest.mark.parametrize("changed", [{}, {"entries": (), "did": "Turned to the side."}, *({"entries": (), "ended": name} for name in ENDS)])
def test_one_thing_is_enough(changed: dict[str, Any]) -> None:
    assert may_follow(replace(TOLD, **changed)).met


# req: S71
@pytest.mark.parametrize(
    ("changed", "item"),
    [
        ({"answer": None}, "followed.answer"),
        ({"answer": 5}, "followed.answer"),
        ({"entries": (5, 7)}, "followed.entries"),
        ({"entries": ()}, "followed.did"),
        ({"did": "x" * 1001}, "followed.did"),
        ({"ended": "well"}, "followed.did"),
    ],
)
def test_what_cannot_be_tied_is_refused(changed: dict[str, Any], item: str) -> None:
    assert [finding.item for finding in may_follow(replace(TOLD, **changed)).open] == [item]
