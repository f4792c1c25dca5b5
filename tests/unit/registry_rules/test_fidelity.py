"""A course against its protocol version, part by part, and everybody counted: not known is never kept, few are not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.pathway.registry.rules.fidelity import PARTS, Course, Given, Part, Protocol, Visit, judged, protocol_from, whole
from afterglow.pathway.registry.rules.kept import TITLES, WHY, Fidelity, fidelity

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FIRST = AT - timedelta(days=100)
STANDARD: Protocol = protocol_from(next(file.content for file in newest("protocols") if file.id == "iv_mdd_standard"))
DAYS = (0, 3, 7, 10, 14, 17)


def dose(number: int, day: float, **other: Any) -> Given:
    began = FIRST + timedelta(days=day)
    told = {"drug": "ketamine_racemic", "ug_per_kg": 500, "ug": 35_000, "minutes": 40, "explained": False, "planned_apart": (2, 4)}
    told |= {"ended_at": began + timedelta(minutes=40)} | other
    return Given(number=number, began_at=began, day=began.date(), **told)


def course(days: tuple[float, ...] = DAYS, **other: Any) -> Course:
    doses = tuple(dose(number, day) for number, day in enumerate(days, start=1))
    times = [FIRST - timedelta(days=1), *(one.began_at + timedelta(days=2) for one in doses)]
    told: dict[str, Any] = {
        "doses": doses,
        "visits": tuple(Visit(one.began_at + timedelta(days=2), "held", one.number) for one in doses),
        "measured": {"phq9": times, "gad7": times},
        "signed": {3: FIRST + timedelta(days=9)},
        "bridged": frozenset(),
    }
    return Course(**(told | other))


def stands(found: Course, at: datetime = AT) -> dict[str, Part]:
    return dict(zip(PARTS, judged(STANDARD, found, at), strict=True))


# req: S36
def test_a_course_that_kept_to_everything_is_kept() -> None:
    found = stands(course())
    assert set(found.values()) == {Part("kept")}
    assert whole(found.values()) == "kept"


# req: S36
@pytest.mark.parametrize(
    ("order", "state", "why"),
    [
        ({"ug_per_kg": 250}, "kept", ()),
        ({"ug_per_kg": 600, "ug": 60_000, "minutes": 30}, "kept", ()),
        ({"ug_per_kg": 601, "explained": True}, "departed", ("dose.explained",)),
        ({"ug_per_kg": 249}, "departed", ("dose.no_reason",)),
        ({"ug": 60_001, "explained": True}, "departed", ("dose.explained",)),
        ({"ug_per_kg": 1_001, "explained": True}, "departed", ("dose.hard_stop",)),
        ({"ug": 120_001}, "departed", ("dose.hard_stop",)),
        ({"minutes": 29}, "departed", ("dose.hard_stop",)),
        ({"drug": "esketamine"}, "not known", ("dose.unknown",)),
        ({"drug": None, "ug_per_kg": None, "ug": None, "minutes": None}, "not known", ("dose.unknown",)),
        ({"ug_per_kg": None}, "not known", ("dose.unknown",)),
        ({"ug": None}, "not known", ("dose.unknown",)),
        ({"minutes": None}, "not known", ("dose.unknown",)),
    ],
)
def test_a_dose_against_the_guardrails(order: dict[str, Any], state: str, why: tuple[str, ...]) -> None:
    doses = (dose(1, 0), dose(2, 3, **order))
    assert stands(course(doses=doses))["dose"] == Part(state, why)  # type: ignore[arg-type]


# req: S36
@pytest.mark.parametrize(
    ("days", "apart", "why"),
    [
        ((0, 2), (2, 4), ()),
        ((0, 4), (2, 4), ()),
        ((0, 1), (2, 4), ("interval.shorter",)),
        ((0, 5), (2, 4), ("interval.longer",)),
        ((0, 7), (6, 8), ("interval.planned",)),
        ((0, 9), (6, 8), ("interval.longer",)),
    ],
)
def test_days_between_infusions(days: tuple[float, float], apart: tuple[int, int], why: tuple[str, ...]) -> None:
    doses = (dose(1, days[0]), dose(2, days[1], planned_apart=apart))
    assert stands(course(doses=doses))["interval"] == Part("departed" if why else "kept", why)


# req: S36
def test_an_infusion_that_is_not_on_record_leaves_what_hangs_on_it_unknown() -> None:
    doses = (dose(1, 0), dose(2, 3), dose(4, 10))
    found = stands(course(doses=doses))
    assert found["interval"] == Part("not known", ("interval.unknown",))
    assert found["measures"] == Part("not known", ("measures.unknown",))
    assert found["reviews"] == Part("kept")
    assert whole(found.values()) == "not known"


# req: S36
@pytest.mark.parametrize(
    ("visits", "state", "why"),
    [
        ([(24.7, "held", None)], "kept", ()),
        ([(72.6, "held", 1)], "kept", ()),
        ([(80, "held", 1)], "departed", ("integration.outside",)),
        ([(80, "held", 2)], "departed", ("integration.none",)),
        ([(-5, "held", 1)], "departed", ("integration.none",)),
        ([(30, "missed", 1)], "departed", ("integration.missed",)),
        ([(30, "missed", 1), (40, "held", 1)], "kept", ()),
        ([(30, "not said", 1)], "not known", ("integration.not_said.unknown",)),
        ([], "departed", ("integration.none",)),
    ],
)
def test_integration_in_its_window(visits: list[tuple[float, str, int | None]], state: str, why: tuple[str, ...]) -> None:
    told = tuple(Visit(FIRST + timedelta(hours=hours), said, number) for hours, said, number in visits)
    assert stands(course((0,), visits=told))["integration"] == Part(state, why)  # type: ignore[arg-type]


# req: S36
def test_integration_is_due_when_its_window_is_over_and_unknown_without_an_end() -> None:
    soon, late = FIRST + timedelta(hours=50), FIRST + timedelta(hours=73)
    assert stands(course((0,), visits=()), soon)["integration"] == Part("not due")
    assert stands(course((0,), visits=()), late)["integration"] == Part("departed", ("integration.none",))
    running = course(doses=(dose(1, 0, ended_at=None),))
    assert stands(running, soon)["integration"] == Part("not due")
    assert stands(running, late)["integration"] == Part("not known", ("integration.unknown",))
    every_second = replace(STANDARD, every=2)
    assert judged(every_second, course((0,), visits=()), late)[2] == Part("not due")


# req: S36
def test_questionnaires_before_the_first_and_for_each_review() -> None:
    before, after = FIRST - timedelta(days=1), FIRST + timedelta(days=8)
    both = {"phq9": [before, after], "gad7": [before, after]}
    assert stands(course(DAYS[:3], measured=both))["measures"] == Part("kept")
    assert stands(course(DAYS[:3], measured=both | {"gad7": [after]}))["measures"] == Part("departed", ("measures.baseline",))
    assert stands(course(DAYS[:3], measured={"phq9": [before], "gad7": [before]}))["measures"] == Part("departed", ("measures.review",))
    assert stands(course(DAYS[:3], measured={"phq9": [before], "gad7": [before]}), after)["measures"] == Part("kept")
    early = {"phq9": [FIRST - timedelta(days=15), after], "gad7": [before, after]}
    assert stands(course(DAYS[:3], measured=early))["measures"] == Part("departed", ("measures.baseline",))
    assert stands(course(DAYS[:3], measured={}))["measures"] == Part("departed", ("measures.baseline", "measures.review"))


# req: S36
def test_a_review_is_due_with_the_next_dose() -> None:
    fourth = FIRST + timedelta(days=10)
    assert stands(course(DAYS[:3], signed={}))["reviews"] == Part("not due")
    assert stands(course(signed={}))["reviews"] == Part("departed", ("reviews.none",))
    assert stands(course(signed={3: fourth}))["reviews"] == Part("kept")
    assert stands(course(signed={3: fourth + timedelta(minutes=1)}))["reviews"] == Part("departed", ("reviews.late",))
    assert stands(course(signed={}, bridged=frozenset({3})))["reviews"] == Part("departed", ("reviews.bridging",))


# req: S36
def test_a_departure_outweighs_what_is_not_known_and_both_are_named() -> None:
    doses = (dose(1, 0, drug=None), dose(2, 3, ug_per_kg=700))
    found = stands(course(doses=doses))
    assert found["dose"] == Part("departed", ("dose.no_reason", "dose.unknown"))
    assert whole(found.values()) == "departed"
    assert whole([Part("not due"), Part("kept")]) == "kept"
    assert whole([Part("not due")]) == "not due"


def counted(**people: int) -> Fidelity:
    """So many people who kept to all, departed in the dose, of whom integration is not known, or who are new."""
    none = (Part("not due"),) * 5
    known = {
        "kept": (Part("kept"),) * 5,
        "departed": (Part("departed", ("dose.explained",)), *(Part("kept"),) * 4),
        "unknown": (Part("kept"), Part("kept"), Part("not known", ("integration.unknown",)), Part("kept"), Part("kept")),
        "new": (Part("kept"), *none[1:]),
        "nothing": none,
    }
    (found,) = fidelity({("p", known[name]): number for name, number in people.items()}, 20)
    return found


# req: S36
# hazard: H36
def test_everyone_of_whom_it_is_due_is_in_the_denominator_and_unknown_is_not_kept() -> None:
    found = counted(kept=20, departed=7, unknown=5, new=4)
    lines = {line.part: line for line in found.lines}
    assert list(lines) == list(TITLES)
    assert (found.started, found.shown) == (36, True)
    assert (lines["course"].kept.count, lines["course"].due, lines["course"].departed, lines["course"].not_known) == (24, 36, 7, 5)
    assert lines["course"].words.startswith("24 of 36 (67%, 95% interval ")
    assert (lines["integration"].kept.count, lines["integration"].due, lines["integration"].not_known) == (27, 32, 5)
    assert [(one.id, one.proportion.count, one.proportion.out_of) for one in lines["dose"].because] == [("dose.explained", 7, 36)]
    assert [one.words for one in lines["integration"].because] == [WHY["integration.unknown"]]


# req: S36
# hazard: H36
def test_below_twenty_no_line_and_no_part_of_one_is_shown() -> None:
    few = counted(kept=19)
    assert (few.shown, few.lines) == (False, ())
    young = {line.part: line for line in counted(new=19, unknown=5).lines}
    assert (young["dose"].shown, young["integration"].shown, young["integration"].because) == (True, False, ())
    assert young["integration"].words == "not shown: fewer than 20 people"
    nobody = {line.part: line for line in counted(nothing=20).lines}
    assert (nobody["dose"].shown, nobody["dose"].words) == (False, "nobody has got that far")
    dark = {line.part: line for line in counted(unknown=20).lines}
    assert (dark["integration"].shown, dark["integration"].words) == (False, "not known of anybody")


def test_versions_stand_apart() -> None:
    kept, gone = (Part("kept"),) * 5, (Part("departed", ("dose.no_reason",)), *(Part("kept"),) * 4)
    found = fidelity({("b", kept): 20, ("a", gone): 21}, 20)
    assert [(one.protocol, one.started, one.lines[0].kept.count) for one in found] == [("a", 21, 0), ("b", 20, 20)]
