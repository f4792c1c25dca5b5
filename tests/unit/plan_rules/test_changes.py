"""A protocol made into one person's plan."""

from copy import deepcopy

import pytest

from afterglow.pathway.plan.rules.changes import Change, course_can_be_kept, individualise
from tests.unit.science_dosing.protocol import PROTOCOL

BEFORE = deepcopy(PROTOCOL)


def changed(path, value, reason="Frail, 81 years old."):
    return individualise(PROTOCOL, [Change(path=path, value=value, reason=reason)])


def finding_of(result, path):
    return next(finding for finding in result.verdict if finding.item == f"plan.{path}")


def test_no_change_is_the_protocol_itself():
    result = individualise(PROTOCOL, [])
    assert result.content == PROTOCOL
    assert result.differences == ()
    assert result.verdict.met


# req: S45
def test_a_change_inside_the_range_is_shown_with_its_reason():
    result = changed("dose.mg_per_kg", "0.40")
    assert result.verdict.met
    (difference,) = result.differences
    assert (difference.was, difference.now, difference.unit, difference.reason) == (0.5, 0.4, "mg/kg", "Frail, 81 years old.")
    assert result.content["dose"]["mg_per_kg"] == 0.4
    assert PROTOCOL == BEFORE


def test_the_same_value_is_no_difference_and_needs_no_reason():
    for path, value in (("dose.mg_per_kg", "0.50"), ("course.apart_days", (2, 4)), ("dose.over_min", 40), ("dose.basis", "actual weight")):
        result = changed(path, value, reason="")
        assert result.differences == ()
        assert result.verdict.met


# req: S44
def test_a_difference_without_a_reason_is_open():
    result = changed("dose.over_min", 50, reason=" ")
    assert [finding.item for finding in result.verdict.open] == ["plan.dose.over_min.reason"]


# req: S36
@pytest.mark.parametrize(
    ("path", "value", "lifted_by"),
    [
        ("dose.mg_per_kg", 0.2, "two_signatures"),
        ("dose.mg_per_kg", 0.61, "two_signatures"),
        ("dose.mg_per_kg", 1.0, "two_signatures"),
        ("dose.mg_per_kg", 1.001, "nobody"),
        ("dose.over_min", 30, "two_signatures"),
        ("dose.over_min", 29, "nobody"),
        ("dose.over_min", 121, "nobody"),
        ("dose.basis", "adjusted weight", "two_signatures"),
        ("block_min.recovery", 60, "two_signatures"),
        ("block_min.recovery", 59, "nobody"),
        ("block_min.before", 15, "two_signatures"),
        ("order.valid_days", 8, "two_signatures"),
        ("order.valid_days", 15, "nobody"),
        ("course.infusions", 2, "two_signatures"),
        ("course.apart_days", [1, 4], "two_signatures"),
        ("course.within_days", [12, 60], "nobody"),
        ("hard_stop.mg_per_kg", 2.0, "nobody"),
        ("intervals.hard_stop_under_h", 1, "nobody"),
    ],
)
def test_the_two_bands_of_a_plan(path, value, lifted_by):
    finding = finding_of(changed(path, value), path)
    assert (finding.state, finding.lifted_by) == ("unmet", lifted_by)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dose.mg_per_kg", "half"),
        ("dose.mg_per_kg", 0),
        ("dose.mg_per_kg", True),
        ("dose.mg_per_kg", [0.5, 0.6]),
        ("dose.mg_per_kg", -0.5),
        ("dose.over_min", 40.5),
        ("dose.over_min", "40"),
        ("dose.over_min", [40, 50]),
        ("course.apart_days", 3),
        ("course.apart_days", [2]),
        ("course.apart_days", "24"),
        ("course.apart_days", [2, "4"]),
        ("dose.basis", "ideal weight"),
    ],
)
def test_a_value_that_is_none_is_unknown_and_changes_nothing(path, value):
    result = changed(path, value)
    assert finding_of(result, path).state == "unknown"
    assert result.differences == ()
    assert result.content == PROTOCOL
    assert not result.verdict.met


def test_what_is_not_listed_is_refused_and_unchanged():
    result = changed("hard_stop.mg_per_kg", 2.0)
    assert result.content == PROTOCOL
    assert result.differences == ()


def test_the_block_follows_the_infusion():
    assert changed("dose.over_min", 60).content["block_min"]["infusion"] == 60


# req: S47
def test_the_last_review_follows_the_last_infusion():
    assert [review["after"] for review in changed("course.infusions", 4).content["reviews"]] == [3, 4]
    longer = individualise(
        PROTOCOL,
        [
            Change(path="course.infusions", value=10, reason="Partial response."),
            Change(path="course.within_days", value=[20, 42], reason="Ten infusions."),
        ],
    )
    assert [review["after"] for review in longer.content["reviews"]] == [3, 6, 10]
    assert longer.content["reviews"][1]["decides"] == ["continue", "change", "stop", "refer"]
    assert longer.content["reviews"][-1]["decides"] == ["aftercare", "extend", "stop", "refer"]


@pytest.mark.parametrize(
    ("infusions", "within", "apart", "state"),
    [
        (6, [12, 21], [2, 4], "met"),
        (10, [12, 21], [2, 4], "met"),
        (12, [12, 21], [2, 4], "unmet"),
        (2, [12, 21], [2, 4], "unmet"),
        (6, [21, 12], [2, 4], "unmet"),
        (6, [12, 21], [4, 2], "unmet"),
    ],
)
def test_the_numbers_of_a_course_agree(infusions, within, apart, state):
    content = {"course": {"infusions": infusions, "within_days": within, "apart_days": apart}}
    (finding,) = course_can_be_kept(content)
    assert finding.state == state
    assert finding.lifted_by == ("" if state == "met" else "nobody")
