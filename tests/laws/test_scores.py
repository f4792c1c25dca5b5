"""Laws of scoring, whatever is answered: totals stay in range, nothing missing becomes harmless, nothing raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import Answer, Instrument, instrument_from
from afterglow.science.scoring.score import Scored, ScoreRefused, score
from afterglow.science.scoring.ways import Highest, Subscales, Sum, Triage

INSTRUMENTS = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}
SUMS = {name: rules for name, rules in INSTRUMENTS.items() if isinstance(rules.scoring, Sum)}
SUICIDE = {name: rules for name, rules in INSTRUMENTS.items() if rules.flags}
CHANGING = {name: rules for name, rules in SUMS.items() if rules.change}
PARTED = {name: rules for name, rules in INSTRUMENTS.items() if isinstance(rules.scoring, Subscales)}
TRIAGES = {name: rules for name, rules in INSTRUMENTS.items() if isinstance(rules.scoring, Triage)}
GRAVITY = {"review": 0, "urgent": 1, "acute": 2}

anything: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 99),
    st.floats(),
    st.text(max_size=9),
    st.lists(st.integers()),
    st.sampled_from(["declined", "not_asked"]),
)


def answers_to(rules: Instrument, *, may_be_open: bool = True) -> st.SearchStrategy[dict[str, Answer]]:
    """Legal answers to every item; open ones are None unless everything must be answered."""
    choices: dict[str, st.SearchStrategy[Answer]] = {
        item.id: st.integers(*item.bounds) if item.bounds else st.sampled_from([option.value for option in item.options]) for item in rules.items
    }
    return st.fixed_dictionaries({item: st.none() | values if may_be_open else values for item, values in choices.items()})


@st.composite
def answered(draw: st.DrawFn, among: dict[str, Instrument], may_be_open: bool = True) -> tuple[Instrument, dict[str, Answer]]:
    rules = among[draw(st.sampled_from(sorted(among)))]
    return rules, draw(answers_to(rules, may_be_open=may_be_open))


@given(st.sampled_from(sorted(INSTRUMENTS)), st.dictionaries(st.text(max_size=4) | st.sampled_from(["q1", "q9", "thoughts"]), anything))
def test_scoring_is_total(name: str, answers: dict[str, Any]) -> None:
    got = score(INSTRUMENTS[name], answers, answers)
    assert isinstance(got, Scored | ScoreRefused)
    if isinstance(got, ScoreRefused):
        assert got.code
        assert got.sentence
        assert got.now


@given(answered(SUMS))
def test_a_total_is_in_range_and_in_its_band(case: tuple[Instrument, dict[str, Answer]]) -> None:
    rules, answers = case
    how, got = rules.scoring, score(rules, answers)
    assert isinstance(how, Sum)
    if isinstance(got, Scored):
        assert got.total is not None
        assert how.lowest <= got.total <= how.highest
        assert [band.name for band in how.bands if band.lowest <= got.total <= band.highest] == ([got.band] if how.bands else [])
        assert got.complete == (not got.unanswered) == (not got.prorated)
    else:
        assert len(got.unanswered) > how.missing_at_most
        assert {answers[item] for item in got.unanswered} == {None}


@given(answered(PARTED))
def test_a_subscale_is_a_number_of_its_range_or_not_known(case: tuple[Instrument, dict[str, Answer]]) -> None:
    rules, answers = case
    how, got = rules.scoring, score(rules, answers)
    assert isinstance(how, Subscales)
    if isinstance(got, ScoreRefused):
        assert got.unanswered
        return
    most_of = {item.id: item.extremes[1] for item in rules.items}
    for part in how.parts:
        worth, most = got.numbers[part.name], [most_of[item] for item in part.items]
        still_open = [item for item in part.items if answers[item] is None]
        assert worth is None if len(still_open) > len(part.items) - (part.least or len(part.items)) else isinstance(worth, int | float)
        assert worth is None or (isinstance(worth, int | float) and 0 <= worth <= (sum(most) if part.gives == "sum" else max(most)))


@given(answered(INSTRUMENTS), st.data())
# req: N43
def test_what_could_not_be_scored_is_not_scored_with_an_answer_less(case: tuple[Instrument, dict[str, Answer]], data: st.DataObject) -> None:
    rules, answers = case
    item = data.draw(st.sampled_from([item.id for item in rules.items]))
    before, after = score(rules, answers), score(rules, answers | {item: None})
    if isinstance(before, ScoreRefused):
        assert isinstance(after, ScoreRefused)
        assert set(before.unanswered) <= set(after.unanswered)


@given(answered(TRIAGES))
# hazard: H16
def test_a_triage_is_none_only_after_explicit_noes_and_never_milder_than_its_floor(case: tuple[Instrument, dict[str, Answer]]) -> None:
    rules, answers = case
    how, got = rules.scoring, score(rules, answers)
    assert isinstance(how, Triage)
    yes = [level for item, level in how.order if answers[item] == how.yes]
    if isinstance(got, ScoreRefused):
        assert not yes
        assert got.level == "urgent"
        return
    assert got.numbers["risk_floor"] == (yes[0] if yes else how.none)
    if not got.complete:
        assert got.numbers["risk"] is None
        assert got.level == "urgent"
    if got.numbers["risk"] == how.none:
        always = {item for item, _ in how.order} - {item for item, _ in how.only_after}
        assert {answers[item] for item in always} == {how.no}
    else:
        assert got.flags


@given(answered(SUMS), st.data())
def test_a_graver_answer_never_lowers_the_total_nor_closes_a_flag(case: tuple[Instrument, dict[str, Answer]], data: st.DataObject) -> None:
    rules, answers = case
    item = data.draw(st.sampled_from([item.id for item in rules.scored_items if isinstance(answers[item.id], int)] or [""]))
    asked = rules.item(item)
    most = asked.extremes[0 if asked.reverse else 1] if asked else 0
    lower, higher = score(rules, answers), score(rules, answers | {item: most} if item else answers)
    if isinstance(lower, Scored) and isinstance(higher, Scored):
        assert lower.total is not None
        assert higher.total is not None
        assert higher.total >= lower.total
        assert {flag.id for flag in lower.flags} <= {flag.id for flag in higher.flags}


@given(answered(SUICIDE), st.data())
# hazard: H16
# req: N43
def test_taking_an_answer_away_never_makes_it_harmless(case: tuple[Instrument, dict[str, Answer]], data: st.DataObject) -> None:
    """An answer that is taken away leaves a flag wherever there was one, and the interview's Start closed wherever it was."""
    rules, answers = case
    how = rules.scoring
    needless = {item for item, first in how.only_after if answers[first] == how.no} if isinstance(how, Triage) else set()
    item = data.draw(st.sampled_from([item.id for item in rules.items if item.id not in needless]))
    before, after = score(rules, answers), score(rules, answers | {item: None})
    if before.flags:
        assert after.flags
    assert set(before.blocks) <= set(after.blocks)
    watched = {name for flag in rules.flags if flag.missing for name in flag.items}
    if item in watched:
        assert any(item in flag.items for flag in after.flags)


@given(answered(SUICIDE, may_be_open=False), st.data())
# hazard: H16
def test_a_worse_answer_is_never_a_milder_flag(case: tuple[Instrument, dict[str, Answer]], data: st.DataObject) -> None:
    rules, answers = case
    how = rules.scoring
    item = data.draw(st.sampled_from([item.id for item in rules.scored_items]))
    worst = {each.id: each.extremes[1] for each in rules.scored_items if isinstance(how, Sum)}
    before, after = score(rules, answers), score(rules, answers | {item: worst[item] if isinstance(how, Sum) else 1})
    if before.level is not None:
        assert after.level is not None
        assert GRAVITY[after.level] >= GRAVITY[before.level] or before.blocks


@given(
    st.dictionaries(
        st.sampled_from([item.id for item in INSTRUMENTS["suicide_since_last_contact"].items]), st.sampled_from([0, 1, "declined", "not_asked", None])
    )
)
# hazard: H16
def test_the_interview_opens_start_only_when_all_five_are_yes_or_no(answers: dict[str, Answer]) -> None:
    rules = INSTRUMENTS["suicide_since_last_contact"]
    assert isinstance(rules.scoring, Highest)
    got = score(rules, answers)
    settled = all(answers.get(item.id) in (0, 1) for item in rules.items)
    assert (not got.blocks) == settled
    assert ("suicide_interview_open" in {flag.id for flag in got.flags}) == (not settled)
    if isinstance(got, Scored) and got.result == rules.scoring.none:
        assert all(answers[item.id] == 0 for item in rules.items)


@given(answered({"asq": INSTRUMENTS["asq"]}))
# hazard: H16
def test_the_screen_is_negative_only_after_four_explicit_noes(case: tuple[Instrument, dict[str, Answer]]) -> None:
    rules, answers = case
    got = score(rules, answers)
    if isinstance(got, Scored) and got.result == "negative":
        assert [answers[f"q{number}"] for number in range(1, 5)] == [0, 0, 0, 0]
        assert answers["q5"] in (0, None)
    else:
        assert got.flags


@given(st.sampled_from(sorted(CHANGING)), st.integers(0, 40), st.integers(0, 40))
def test_change_is_never_undefined_by_a_low_baseline(name: str, baseline: int, now: int) -> None:
    rules = CHANGING[name].change
    assert rules is not None
    got = change(rules, baseline=baseline, now=now)
    assert (got.response == "not evaluable") == (baseline < rules.baseline_at_least) == (got.fall is None)
    if got.response == "response":
        assert 100 * (baseline - now) >= round(100 * rules.response_fall) * baseline
    assert (got.matters is None) == (rules.mcid_points is None)
