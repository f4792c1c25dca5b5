"""Laws of screening: what is not known never helps, and nothing but two people lifts a hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from afterglow.pathway.screening.rules.assessment import assess
from afterglow.pathway.screening.rules.decision import Override, may_decide
from afterglow.science.criteria.catalogue import read_facts, stored_facts
from afterglow.science.criteria.interpreter import evaluate
from afterglow.science.criteria.staging import ASKED as STAGED
from afterglow.science.criteria.trd import BANDS, Trial, resistance
from afterglow.science.interactions.matching import LEVELS, check
from tests.spec.screening_library import ANA, BEN, ON, dan, knowledge

KEYS = ("a", "b", "c", "on", "today")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["x", "y"]),
    st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    st.decimals(-5, 5, places=1),
)
KEY = st.sampled_from(KEYS)
LEAF = st.one_of(
    st.builds(lambda operator, key: {operator: key}, st.sampled_from(["yes", "no", "known"]), KEY),
    st.builds(lambda key, value: {"equals": {"fact": key, "value": value}}, KEY, st.sampled_from(["x", "y"])),
    st.builds(lambda key, values: {"one_of": {"fact": key, "values": values}}, KEY, st.lists(st.sampled_from(["x", "y"]), min_size=1)),
    st.builds(
        lambda operator, key, value: {operator: {"fact": key, "value": value}},
        st.sampled_from(["at_least", "at_most", "above", "below"]),
        KEY,
        st.integers(-5, 5),
    ),
    st.builds(lambda key, days: {"within_days": {"fact": key, "days": days, "of": "today"}}, KEY, st.integers(0, 40)),
)
CONDITION = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda operator, parts: {operator: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=4)),
    ),
    max_leaves=12,
)


# req: S14
@given(CONDITION, st.dictionaries(KEY, VALUES), st.lists(KEY, min_size=1))
def test_taking_a_fact_away_leaves_the_answer_or_makes_it_unknown(condition: dict[str, Any], facts: dict[str, Any], forgotten: list[str]) -> None:
    before, after = evaluate(condition, facts), evaluate(condition, {**facts, **dict.fromkeys(forgotten)})
    assert after.holds is None or after.holds is before.holds
    assert (after.holds is None) == bool(after.missing)


FORM = [asked for asked in knowledge().catalogue.facts.values() if asked.asked_of != "computed"]


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Some answers to the form, of the right kind, far from a clear candidate."""
    drawn: dict[str, Any] = {}
    for asked in draw(st.lists(st.sampled_from(FORM), unique_by=lambda each: each.key, max_size=12)):
        if asked.kind == "yes_no":
            drawn[asked.key] = draw(st.sampled_from(["yes", "no", "unknown"]))
        elif asked.kind == "date":
            drawn[asked.key] = draw(st.dates(date(2025, 11, 1), date(2026, 12, 31)))
        elif asked.kind == "choice":
            drawn[asked.key] = draw(st.sampled_from(sorted(asked.choices)))
        else:
            drawn[asked.key] = draw(st.integers(int(asked.lowest or 0) + 1, int(asked.highest or 0)))
    return drawn


# req: S14
@settings(max_examples=60, deadline=None)
@given(answers(), st.lists(st.sampled_from([asked.key for asked in FORM]), min_size=1, max_size=5))
def test_adding_an_unknown_answer_never_turns_not_met_or_unknown_into_met(drawn: dict[str, Any], forgotten: list[str]) -> None:
    before = assess(dan(drawn), knowledge())
    after = assess(dan({**drawn, **dict.fromkeys(forgotten)}), knowledge())
    for earlier, later in zip(before.items, after.items, strict=True):
        assert later.finding.state in ("unknown", earlier.finding.state)
    assert not after.verdict.met or before.verdict.met


TRIALS = st.lists(
    st.builds(
        Trial,
        drug=st.sampled_from(["sertraline", "bupropion", "fluoxetine", "agomelatine"]),
        daily_dose_mg=st.one_of(st.none(), st.integers(1, 400)),
        weeks=st.one_of(st.none(), st.integers(1, 20)),
        improvement=st.one_of(st.none(), st.sampled_from(list(BANDS.values()))),
        this_episode=st.one_of(st.none(), st.booleans()),
        stopped_for=st.sampled_from([None, "no_effect", "side_effects", "other", "still_taking"]),
    ),
    min_size=1,
    max_size=5,
)


# req: S13
@given(
    TRIALS,
    st.integers(0, 4),
    st.sampled_from(["daily_dose_mg", "weeks", "improvement", "this_episode", "stopped_for"]),
    st.sampled_from(["mgh_atrq", "esketamine", "athf_sf"]),
)
def test_forgetting_part_of_a_trial_never_makes_resistance(trials: list[Trial], place: int, field: str, definition: str) -> None:
    place %= len(trials)
    forgotten = [replace(each, **{field: None}) if number == place else each for number, each in enumerate(trials)]
    states = [resistance(told, knowledge().definitions[definition], knowledge().minimum_daily_mg).finding.state for told in (trials, forgotten)]
    assert states[1] != "met" or states[0] == "met"


# req: S12
@settings(deadline=None)
@given(
    TRIALS,
    st.fixed_dictionaries(
        {
            "episode.duration_months": st.integers(0, 60),
            "episode.severity": st.sampled_from(["mild", "severe", "severe_psychotic"]),
            "treatment.augmentation_tried": st.sampled_from(["yes", "no"]),
            "treatment.optimised_or_augmented_times": st.integers(0, 6),
            "treatment.ect": st.sampled_from(["not_tried", "failed", "helped"]),
        }
    ),
    st.sampled_from(STAGED),
)
def test_forgetting_an_answer_never_stages_and_the_range_still_holds(trials: list[Trial], said: dict[str, Any], forgotten: str) -> None:
    before = assess(dan(said, trials=tuple(trials)), knowledge()).stages
    after = assess(dan({**said, forgotten: None}, trials=tuple(trials)), knowledge()).stages
    for known, less in zip(before, after, strict=True):
        if less.total is not None:
            assert less.total == known.total
        for part, wider in zip(known.parts, less.parts, strict=True):
            assert wider.lowest <= part.lowest
            assert wider.highest is None or (part.highest is not None and part.highest <= wider.highest)


# req: S13
@given(TRIALS)
def test_a_stricter_bar_never_finds_more_resistance(trials: list[Trial]) -> None:
    states = {
        name: resistance(trials, knowledge().definitions[name], knowledge().minimum_daily_mg, none_taken=False).finding.state
        for name in ("mgh_atrq", "esketamine")
    }
    assert states["esketamine"] != "met" or states["mgh_atrq"] == "met"


LINES = st.lists(
    st.one_of(st.sampled_from(["oxycodone", "Xanax 1 mg", "Lyrica", "Ozempic", "sertraline", "cocaine", "grapefruit"]), st.text(max_size=20)),
    max_size=6,
)


# req: S29
@given(LINES, LINES, st.sampled_from(["iv", "oral", "sublingual"]))
def test_each_medicine_is_matched_or_said_to_be_unchecked_and_more_medicines_never_calm(lines: list[str], more: list[str], route: str) -> None:
    def worst(medicines: list[str]) -> int:
        answer = check(medicines, route=route, facts={}, interactions=knowledge().interactions, names=knowledge().names)
        assert [each.text for each in answer.medicines] == medicines
        assert all(each.matches or each.not_checked for each in answer.medicines)
        return max((LEVELS.index(match.level) for match in answer.matches), default=-1)

    assert worst(lines + more) >= worst(lines)


ASKED = st.fixed_dictionaries({}, optional={key: st.booleans() for key in ("medicines.glp1_symptoms_or_dose_change", "substances.stimulant_today")})


# req: S29
# hazard: H39
@given(LINES, st.randoms(use_true_random=False), st.sampled_from(["iv", "oral", "intranasal"]), ASKED)
def test_the_order_of_the_medicines_does_not_matter(lines: list[str], by_chance: Any, route: str, facts: dict[str, bool]) -> None:
    def answer(medicines: list[str]) -> tuple[Any, ...]:
        told = check(medicines, route=route, facts=facts, interactions=knowledge().interactions, names=knowledge().names)
        found = [(match.interaction.id, match.level, match.sentence) for match in told.matches]
        return found, sorted(each.not_checked for each in told.not_checked)

    shuffled = list(lines)
    by_chance.shuffle(shuffled)
    assert answer(shuffled) == answer(lines)


# req: S29
# hazard: H39
@given(
    LINES,
    st.sampled_from(["iv", "oral", "intranasal"]),
    ASKED,
    st.sampled_from(["medicines.glp1_symptoms_or_dose_change", "substances.stimulant_today"]),
)
def test_forgetting_an_answer_never_calms_an_interaction(lines: list[str], route: str, facts: dict[str, bool], forgotten: str) -> None:
    def levels(known: dict[str, bool]) -> dict[str, int]:
        told = check(lines, route=route, facts=known, interactions=knowledge().interactions, names=knowledge().names)
        return {match.interaction.id: LEVELS.index(match.level) for match in told.matches}

    before, after = levels(facts), levels({key: value for key, value in facts.items() if key != forgotten})
    assert before.keys() == after.keys()
    assert all(after[key] >= before[key] for key in before)


# req: S29
# hazard: H39
@given(st.text(max_size=25))
def test_a_line_that_names_nothing_known_is_not_checked_and_screening_does_not_clear(text: str) -> None:
    told = check([text], route="iv", facts={}, interactions=knowledge().interactions, names=knowledge().names)
    if not told.medicines[0].generics:
        assert told.not_checked == told.medicines
        assessment = assess(dan(medicines=(text,)), knowledge())
        assert [item.criterion.id for item in assessment.items if item.blocks] == ["medicines_all_checked"]
        assert not assessment.verdict.met


@st.composite
def misspelled(draw: st.DrawFn) -> str:
    """A known name of six letters or more with one letter taken out; not one that says how a medicine is given ("liquids" less its last)."""
    name = draw(st.sampled_from(sorted(words[0] for words in knowledge().names.generics if len(words) == 1 and len(words[0]) >= 6)))
    place = draw(st.integers(0, len(name) - 1))
    written = name[:place] + name[place + 1 :]
    assume(written not in knowledge().names.noise)
    return written


# req: S29
# hazard: H39
@pytest.mark.parametrize("written", ["liquid", "tablets", "50 mg", "with food"])
def test_a_line_that_says_only_how_a_medicine_is_given_is_not_checked(written: str) -> None:
    told = check([written], route="iv", facts={}, interactions=knowledge().interactions, names=knowledge().names)
    assert (told.medicines[0].generics, told.medicines[0].did_you_mean, told.not_checked) == ((), (), told.medicines)


# req: S29
# hazard: H39
@given(misspelled())
def test_a_misspelling_is_offered_and_never_taken(written: str) -> None:
    told = check([written], route="iv", facts={}, interactions=knowledge().interactions, names=knowledge().names)
    (medicine,) = told.medicines
    if medicine.generics:  # what is left is another known name, such as "nicotine" less a letter would be
        assert medicine.did_you_mean == ()
    else:
        assert medicine.did_you_mean
        assert medicine.matches == ()
        assert medicine.not_checked


# req: S14
@settings(max_examples=60, deadline=None)
@given(answers(), st.sets(st.sampled_from([criterion.id for criterion in knowledge().criteria])))
def test_no_set_of_overrides_clears_an_unknown_or_what_nobody_lifts(drawn: dict[str, Any], items: set[str]) -> None:
    assessment = assess(dan(drawn), knowledge())
    overrides = [Override(item=each, reason="Discussed with cardiology today.", signatures=(ANA, BEN)) for each in sorted(items)]
    verdict = may_decide(assessment, "clear", overrides, reason="", signed=ANA)
    still_open = {finding.item for finding in assessment.verdict.open}
    liftable = {finding.item for finding in assessment.verdict.liftable}
    assert verdict.met == (still_open == liftable == items)


@settings(max_examples=30, deadline=None)
@given(answers())
def test_a_stored_decision_can_be_judged_again(drawn: dict[str, Any]) -> None:
    first = assess(dan(drawn), knowledge())
    collected = {key: value for key, value in stored_facts(first.facts).items() if knowledge().catalogue.facts[key].asked_of != "computed"}
    again = assess(replace(dan(), on=ON, answers=read_facts(knowledge().catalogue, collected)), knowledge())
    assert [item.finding for item in again.items] == [item.finding for item in first.items]


@given(st.decimals(0, 1000, places=2), st.sampled_from(["sertraline", "bupropion"]))
def test_a_dose_counts_from_the_minimum_on(dose: Decimal, drug: str) -> None:
    told = Trial(drug=drug, daily_dose_mg=dose, weeks=8, improvement=BANDS["none"], this_episode=True, stopped_for="no_effect")
    counted = resistance([told], knowledge().definitions["mgh_atrq"], knowledge().minimum_daily_mg).trials[0].counts
    assert counted is (dose >= knowledge().minimum_daily_mg[drug])
