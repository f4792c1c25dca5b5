"""What of a protocol rests on judgement: every marked part is found, said in words with all its numbers, and named so that it keeps its name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.pathway.plan.rules.guardrails import Guardrail, guardrails_are_accepted, guardrails_of

PROTOCOLS = newest("protocols")
BOUND: dict[str, Any] = {"mg_per_kg": [0.25, 0.6], "total_mg": 60, "source": "judgement", "mark": "J"}


def one(place: str, part: Any) -> Guardrail:
    (found,) = guardrails_of({place: part})
    return found


# hazard: H4
def test_a_part_says_its_bounds_in_words() -> None:
    found = one("say_why", BOUND)
    assert (found.id, found.title, found.source, found.mark) == ("say_why", "Doses that need a reason", "judgement", "J")
    assert found.lines == ("below 0.25 or above 0.6 mg/kg", "above 60 mg in total")


@pytest.mark.parametrize(("mark", "count"), [("J", 1), ("U", 1), ("V", 0), ("W", 0), ("D", 0)])
def test_judged_and_uncertain_parts_wait_for_somebody_and_published_ones_do_not(mark: str, count: int) -> None:
    assert len(guardrails_of({"say_why": {**BOUND, "mark": mark}})) == count


def test_a_part_whose_rounding_alone_is_judged_waits_for_that() -> None:
    dose = {"mg_per_kg": 0.5, "round_down_to_mg": 0.5, "source": "trial", "mark": "V", "rounding_mark": "J"}
    assert one("dose", dose).lines == ("down to whole steps of 0.5 mg",)


def test_a_part_that_nobody_wrote_words_for_is_listed_all_the_same() -> None:
    found = one("ceiling", {"mg": 900, "source": "judgement", "mark": "U"})
    assert (found.id, found.title, found.lines, found.text) == ("ceiling", "ceiling", (), '{"mark":"U","mg":900,"source":"judgement"}')


def test_sources_and_examples_are_no_guardrails() -> None:
    assert guardrails_of({"sources": [{"id": "x", "mark": "J", "source": "x"}], "vignettes": [{"mark": "J"}]}) == ()


def test_entries_of_a_list_keep_their_names_when_another_is_put_before_them() -> None:
    review = {"after": 3, "decides": ["continue", "stop"], "source": "judgement", "mark": "J"}
    (alone,) = guardrails_of({"reviews": [review]})
    earlier = guardrails_of({"reviews": [{**review, "after": 1}, review]})
    assert alone == earlier[1] and alone.id == "reviews.3" and alone.title == "Review after infusion 3"
    assert [each.id for each in guardrails_of({"odd": [[BOUND], {**BOUND}]})] == ["odd.1.1", "odd.2"]


def test_what_stops_a_dose_is_read_first_and_what_nobody_worded_before_it() -> None:
    found = guardrails_of({"pump": {**BOUND, "step_ml_per_h": 1}, "say_why": BOUND, "hard_stop": {**BOUND, "mg_per_kg": 1}, "odd": BOUND})
    assert [each.id for each in found] == ["odd", "hard_stop", "say_why", "pump"]


def test_codes_are_read_by_their_names() -> None:
    watched = {"phase": "after_rescue_drug", "measure": ["bp", "verbal_contact"], "every_min": 5, "source": "judgement", "mark": "J"}
    (found,) = guardrails_of({"monitoring": [watched]})
    assert found.title == "Watching after rescue drug: blood pressure, verbal contact"


def test_a_list_says_as_many_of_its_entries_as_it_has() -> None:
    scales = [{"instrument": "ymrs", "within_h": 48}, {"instrument": "asrm", "within_h": 168}]
    for many in (1, 2):
        (found,) = guardrails_of({"before_each_dose": {"any_of": scales[:many], "source": "judgement", "mark": "J"}})
        assert len(found.lines) == many and found.lines[0] == "YMRS of the last 48 h, completed since the last dose"


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda file: file.id)
def test_no_number_of_a_shipped_guardrail_is_left_unsaid(protocol: Any) -> None:
    found = guardrails_of(protocol.content)
    assert len({each.id for each in found}) == len(found) >= 29
    for each in found:
        assert each.lines, each.id
        said = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", " ".join((each.title, *each.lines)))}
        part = json.loads(each.text)
        wanted = {"round_down_to_mg": part["round_down_to_mg"]} if each.id == "dose" else part
        assert numbers(wanted) <= said, each.id


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda file: file.id)
def test_both_bands_of_the_dose_are_among_them(protocol: Any) -> None:
    assert {"say_why", "hard_stop", "intervals", "s_ketamine"} <= {each.id for each in guardrails_of(protocol.content)}


def numbers(part: Any) -> set[float]:
    if isinstance(part, dict):
        return set().union(*map(numbers, part.values()))
    if isinstance(part, list):
        return set().union(*map(numbers, part)) if part else set()
    return {float(part)} if isinstance(part, (int, float)) and not isinstance(part, bool) else set()


# hazard: H50
def test_nobody_lifts_a_guardrail_that_waits_and_unknown_is_not_accepted() -> None:
    unknown = guardrails_are_accepted(None, item="plan.guardrails")
    waiting = guardrails_are_accepted(("Weight", "Leaving"), item="plan.guardrails")
    assert (unknown.state, unknown.lifted_by, waiting.state, waiting.lifted_by) == ("unknown", "nobody", "unmet", "nobody")
    assert "2 guardrails" in waiting.sentence and "Weight" in waiting.sentence
    assert guardrails_are_accepted((), item="plan.guardrails").is_met
