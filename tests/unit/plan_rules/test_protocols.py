"""A protocol held against itself: each way in which a file can contradict itself is said in one sentence."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.plan.rules.protocols import protocol_faults
from afterglow.science.dosing.limits import drugs_from
from tests.unit.science_dosing.protocol import PROTOCOL

DRUGS = drugs_from(next(file.content for file in load_kind(LIBRARY_ROOT, "codes") if file.id == "ketamine_products"))


def faults(**rooms: Any) -> tuple[str, ...]:
    """The standard protocol with some keys changed, each given as room=(key, value) or room=value."""
    content = deepcopy(dict(PROTOCOL))
    for room, value in rooms.items():
        if isinstance(value, tuple):
            content[room][value[0]] = value[1]
        else:
            content[room] = value
    return protocol_faults(content, DRUGS)


@pytest.mark.parametrize("file", load_kind(LIBRARY_ROOT, "protocols"), ids=lambda file: file.path)
def test_every_protocol_of_the_library_agrees_with_itself(file):
    assert protocol_faults(file.content, DRUGS) == ()


# hazard: H2
@pytest.mark.parametrize(
    ("rooms", "says"),
    [
        ({"dose": ("mg_per_kg", 0.7), "vignettes": []}, "Its usual dose of 0.7 mg/kg lies outside 0.25 mg/kg to 0.6 mg/kg"),
        ({"dose": ("over_min", 20), "block_min": ("infusion", 20)}, "shorter than its own hard stop of 30 min"),
        ({"course": ("apart_days", [4, 2])}, "A range of days runs backwards"),
        ({"course": ("infusions", 3), "reviews": [{"after": 3}]}, "3 infusions this far apart take 5 to 9 days, not 12 to 21"),
        ({"course": ("apart_days", [1, 4])}, "may lie 24 h apart, and under 44 h each would need a reason"),
        ({"intervals": ("hard_stop_under_h", 45)}, "Its hard stop between doses is wider"),
        ({"reviews": [{"after": 6}, {"after": 3}, {"after": 6}]}, "Its reviews do not follow one another"),
        ({"reviews": [{"after": 3}]}, "Its last review follows infusion 3, and the course has 6"),
        ({"block_min": ("infusion", 30)}, "It books 30 min for an infusion of 40 min"),
        ({"block_min": ("recovery", 60), "discharge": ("min_after_end_min", 61)}, "It books 60 min of recovery; nobody may leave before 61 min"),
        ({"hard_stop": ("mg_per_kg", 0.5)}, "An amount in it is impossible: The say-why band must lie inside the hard stop"),
        ({"hard_stop": ("total_mg", 0.0001)}, "An amount in it is impossible: 0.0001 mg is not a whole number of micrograms"),
    ],
)
def test_a_contradiction_is_said(rooms, says):
    (sentence,) = faults(**rooms)
    assert says in sentence


EXAMPLE = {"weight_kg": 70, "gives_mg": 35, "over_min": 40, "asks": [], "refuses": []}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gives_mg": 36}, ["gives 36 mg; the rules give 35 mg"]),
        ({"asks": ["why the total is above 60 mg"]}, ["asks ['why the total is above 60 mg']; the rules: nothing"]),
        ({"over_min": 29}, ["refuses nothing; the rules: ['29 min is shorter than 30 min"]),
        (
            {"weight_kg": 130, "gives_mg": 65, "asks": ["why it is heavy"]},
            ["asks ['why it is heavy']; the rules: ['Say why the total is above 60 mg"],
        ),
        ({"drug": "ketamin"}, ["refuses nothing; the rules: ['The drug is not one of the listed ones"]),
        ({"weight_kg": 0}, ["An amount in it is impossible: the weight is 0"]),
    ],
)
def test_an_example_that_the_rules_do_not_give_is_said(change, says):
    told = faults(vignettes=[EXAMPLE | change])
    assert len(told) == len(says)
    assert all(part in sentence for part, sentence in zip(says, told, strict=True))
