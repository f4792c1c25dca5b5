"""What a score asks of the prescriber holds the dose: a call that no rule knows would hold nothing."""

from __future__ import annotations

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.records.flags.rules import FOR_PRESCRIBERS

CALLS = [(file.path, call["id"]) for file in load_kind(LIBRARY_ROOT, "instruments") for call in file.content.get("calls", ())]


# req: S19
# hazard: H41
@pytest.mark.parametrize(("path", "call"), CALLS)
def test_each_call_holds_the_dose_until_a_prescriber_has_closed_its_flag(path: str, call: str) -> None:
    assert call in FOR_PRESCRIBERS


def test_the_library_has_calls() -> None:
    assert CALLS
