"""What a protocol asks before each dose: a scale that exists, counts no longer than it looks back, and calls the prescriber when it is over its line."""

from __future__ import annotations

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.records.flags.rules import FOR_PRESCRIBERS

NEWEST = {
    kind: {file.id: file.content for file in sorted(load_kind(LIBRARY_ROOT, kind), key=lambda file: file.version)}
    for kind in ("protocols", "instruments", "indications")
}
ASKED = [(name, each) for name, content in NEWEST["protocols"].items() for each in content.get("before_each_dose", {"any_of": []})["any_of"]]


# req: S19
# hazard: H41
def test_every_protocol_for_bipolar_depression_asks_for_a_mania_scale() -> None:
    assert {name for name, _ in ASKED} == set(NEWEST["indications"]["bipolar"]["protocols"])


# req: S19
@pytest.mark.parametrize(("protocol", "each"), ASKED, ids=lambda value: str(value))
def test_a_rating_counts_no_longer_than_its_questions_look_back(protocol: str, each: dict[str, object]) -> None:
    scale = NEWEST["instruments"][str(each["instrument"])]
    assert each["within_h"] == 24 * scale["recall"]["days"]
    assert scale["min_interval_days"] <= scale["recall"]["days"], "it can be asked again as soon as it is too old"
    assert {call["id"] for call in scale["calls"]} <= FOR_PRESCRIBERS
