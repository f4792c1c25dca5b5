"""Matching by name: never silent, never lowered by what nobody asked."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.science.criteria.interpreter import BadCondition
from afterglow.science.interactions.matching import (
    ROUTES,
    Checked,
    Interaction,
    UnknownMedicine,
    UnknownRoute,
    asked_every_session,
    check,
    interaction_from,
    rescue_check,
)
from afterglow.science.interactions.names import names_from

CLASSES = {"opioid": ["oxycodone", "morphine"], "benzo": ["lorazepam"], "both": ["oxylam"]}
NAMES = names_from(
    {"medicines": [], "noise": ["mg"]}, also=["oxycodone", "morphine", "lorazepam", "oxylam", "semaglutide", "labetalol", "grapefruit", "metformin"]
)


def row(file_id: str, level: str = "caution", **more: Any) -> Interaction:
    content = {
        "id": file_id,
        "version": 1,
        "title": file_id,
        "level": level,
        "drugs": [],
        "classes": [],
        "routes": dict.fromkeys(ROUTES, "full"),
        "effect": "slow breathing",
        "size": "large",
        "show": "Watch",
        "asked": "by_list",
        "sources": [{"citation": "Label 7"}],
        "mark": "V",
        "status": "unreviewed",
    }
    return interaction_from(content | more, CLASSES)


ROWS = (
    row("benzo", classes=["benzo"]),
    row("opioid", "high", classes=["opioid"]),
    row("pair", "high", together=[{"classes": ["opioid", "both"]}, {"classes": ["benzo", "both"]}]),
    row("glp1", "high", drugs=["semaglutide"], raised={"to": "hold", "when": {"yes": "symptoms"}}),
    row("grapefruit", drugs=["grapefruit"], routes=dict.fromkeys(ROUTES, "full") | {"iv": "none", "im": "little"}, asked="every_session"),
    row("rescue", "contraindicated", given=["labetalol"], when={"yes": "asthma"}),
    row("rescue_opioid", "high", given=["labetalol"], classes=["opioid"]),
)


def checked(*medicines: str, route: str = "iv", **facts: Any) -> Checked:
    return check(medicines, route=route, facts=facts, interactions=ROWS, names=NAMES)


def found(answer: Checked) -> list[tuple[str, str]]:
    return [(match.interaction.id, match.level) for match in answer.matches]


def test_the_gravest_first_and_each_once() -> None:
    answer = checked("lorazepam", "oxycodone 5 mg", "morphine")
    assert found(answer) == [("opioid", "high"), ("pair", "high"), ("benzo", "caution")]
    assert answer.together[0].medicines == ("morphine", "oxycodone", "lorazepam")
    assert answer.at("high")[0].medicines == ("morphine", "oxycodone")
    assert answer.at("caution")[0].interaction.id == "benzo"


def test_one_medicine_does_not_stand_for_two_groups() -> None:
    assert checked("oxylam").together == ()
    assert checked("oxylam", "lorazepam").together[0].medicines == ("oxylam", "lorazepam")
    assert checked("oxylam", "oxycodone").together[0].medicines == ("oxycodone", "oxylam")


@pytest.mark.parametrize(("facts", "level"), [({"symptoms": True}, "hold"), ({"symptoms": False}, "high"), ({}, "hold")])
def test_a_question_not_asked_never_lowers_a_level(facts: dict[str, Any], level: str) -> None:
    match = checked("semaglutide", **facts).matches[0]
    assert match.level == level
    assert ("Not asked yet: symptoms" in match.sentence) is (facts == {})


@pytest.mark.parametrize(
    ("route", "level", "says"),
    [("iv", "info", "No effect is expected by the iv route."), ("im", "info", "Little effect is expected by the im route."), ("oral", "caution", "")],
)
def test_what_matters_little_by_this_route_is_shown_as_such(route: str, level: str, says: str) -> None:
    match = checked("grapefruit", route=route).matches[0]
    assert (match.level, match.route_says) == (level, says)
    assert match.sentence == f"grapefruit: slow breathing. Watch.{' ' + says if says else ''}"


# hazard: H39
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lorazepam", ""),
        ("metformin", "metformin: not checked, no match by name."),
        ("lorazepam metformin", "metformin: not checked, no match by name."),
        ("lorazepam turmeric", "turmeric: not checked, no match by name."),
        ("turmeric 5 mg", "turmeric 5 mg: not checked, no match by name."),
        ("oxylam", "oxylam: not checked, no match by name."),
        ("5 mg", "5 mg: not checked, no match by name."),
        (" ", "(empty line): not checked, no match by name."),
    ],
)
def test_never_silent(text: str, says: str) -> None:
    answer = checked(text)
    assert answer.medicines[0].not_checked == says
    assert len(answer.not_checked) == (1 if says else 0)


def test_an_unknown_route_is_refused() -> None:
    with pytest.raises(UnknownRoute):
        checked("lorazepam", route="rectal")
    with pytest.raises(UnknownRoute):
        rescue_check("labetalol", [], route="", facts={}, interactions=ROWS, names=NAMES)


@pytest.mark.parametrize(
    ("medicines", "facts", "gives"),
    [
        ([], {"asthma": True}, [("rescue", ())]),
        ([], {}, [("rescue", ("asthma",))]),
        ([], {"asthma": False}, []),
        (["oxycodone"], {"asthma": False}, [("rescue_opioid", ())]),
        (["oxycodone"], {}, [("rescue", ("asthma",)), ("rescue_opioid", ())]),
    ],
)
def test_rescue(medicines: list[str], facts: dict[str, Any], gives: list[tuple[str, tuple[str, ...]]]) -> None:
    matches = rescue_check("Labetalol 10 mg", medicines, route="iv", facts=facts, interactions=ROWS, names=NAMES)
    assert [(match.interaction.id, match.not_asked) for match in matches] == gives


def test_a_condition_and_a_medicine_in_one_row() -> None:
    both = row("both", given=["labetalol"], classes=["opioid"], when={"yes": "asthma"})
    match = rescue_check("labetalol", ["morphine"], route="iv", facts={}, interactions=(both,), names=NAMES)[0]
    assert (match.medicines, match.not_asked) == (("labetalol", "morphine"), ())


def test_another_rescue_medicine_finds_nothing_and_an_unknown_one_is_refused() -> None:
    assert rescue_check("morphine", [], route="iv", facts={}, interactions=ROWS, names=NAMES) == ()
    with pytest.raises(UnknownMedicine):
        rescue_check("wonderdrug", [], route="iv", facts={}, interactions=ROWS, names=NAMES)


def test_what_every_session_asks() -> None:
    assert [each.id for each in asked_every_session(ROWS)] == ["grapefruit"]


@pytest.mark.parametrize("wrong", [{"when": {"call": "f"}}, {"raised": {"to": "hold", "when": {}}}])
def test_a_bad_condition_is_refused_when_the_file_is_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadCondition):
        row("wrong", **wrong)


def test_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        row("wrong", classes=["nobody"])
