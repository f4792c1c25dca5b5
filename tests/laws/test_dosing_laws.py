"""Laws of dosing: what holds for every weight, dose and pump, not only for the examples."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from afterglow.pathway.plan.rules.course import course_dates, pattern_from
from afterglow.pathway.plan.rules.lifting import Lift, lift
from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms, milligrams_text
from afterglow.science.dosing.dose import PlannedDose, dose_from_weight, guardrails
from afterglow.science.dosing.given import Segment, given_so_far, volume_given_ul
from afterglow.science.dosing.interval import EarlierDose, intervals
from afterglow.science.dosing.pump import Mixture, drawn_ug, pump_agrees, pump_rate_ul_per_h, undiluted, volume_to_draw_ul
from afterglow.science.verdict import Finding, Verdict
from tests.unit.science_dosing.protocol import DRUGS, INTERVALS, LIMITS, PRODUCTS, PROTOCOL, RACEMATE, S_FORM

START = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
PATTERN = pattern_from(PROTOCOL)
weights_g = st.integers(20_000, 250_000)
doses_ug = st.integers(1, 400_000)
doses_per_kg = st.integers(100, 2000)
SEVERITY = {"": 0, "two_signatures": 1, "nobody": 2}


def severity(finding: Finding) -> int:
    return SEVERITY[finding.lifted_by]


@given(doses_per_kg, weights_g)
def test_the_dose_never_exceeds_the_signed_dose_per_weight_and_loses_less_than_a_step(ug_per_kg, weight_g):
    dose_ug = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=500)
    exact = Fraction(ug_per_kg * weight_g, 1000)
    assert exact - 500 < dose_ug <= exact
    assert dose_ug % 500 == 0


@given(doses_per_kg, weights_g, st.integers(2, 5))
def test_the_dose_is_linear_in_weight_up_to_rounding(ug_per_kg, weight_g, times):
    once = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=1)
    many = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g * times, step_ug=1)
    assert 0 <= many - times * once < times


@given(doses_per_kg, weights_g, st.integers(0, 100_000))
def test_a_heavier_person_never_gets_less(ug_per_kg, weight_g, more_g):
    lighter = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=500)
    assert dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g + more_g, step_ug=500) >= lighter


# hazard: H2
@given(doses_ug, st.integers(0, 100_000), weights_g, st.integers(1, 120), st.sampled_from(sorted(DRUGS)))
def test_a_larger_dose_is_never_judged_more_kindly(dose_ug, more_ug, weight_g, over_min, drug_id):
    assume(dose_ug * 1000 >= LIMITS.say_why_ug_per_kg[0] * weight_g)  # below the band a larger dose is the better one

    def judged(amount):
        dose = PlannedDose(drug=DRUGS[drug_id], dose_ug=amount, weight_g=weight_g, over_min=over_min)
        return [severity(finding) for finding in guardrails(dose, LIMITS)]

    assert all(smaller <= larger for smaller, larger in zip(judged(dose_ug), judged(dose_ug + more_ug), strict=True))


# hazard: H4
@given(doses_ug, weights_g, st.integers(1, 120))
def test_what_stops_the_racemate_stops_s_ketamine(dose_ug, weight_g, over_min):
    def stopped(drug):
        return {finding.item for finding in guardrails(PlannedDose(drug=drug, dose_ug=dose_ug, weight_g=weight_g, over_min=over_min), LIMITS).never}

    assert stopped(RACEMATE) <= stopped(S_FORM)


@given(st.none() | doses_ug, st.none() | weights_g, st.none() | st.integers(1, 120))
def test_a_missing_number_is_never_met(dose_ug, weight_g, over_min):
    assume(None in (dose_ug, weight_g, over_min))
    assert not guardrails(PlannedDose(drug=RACEMATE, dose_ug=dose_ug, weight_g=weight_g, over_min=over_min), LIMITS).met


@given(st.integers(1, 300_000), st.sampled_from(sorted(PRODUCTS)))
def test_the_draw_never_holds_more_than_the_order_and_less_than_a_microlitre_is_missing(dose_ug, vial):
    strength = PRODUCTS[vial].strength_ug_per_ml
    assume(dose_ug * 1000 >= strength)
    volume_ul = volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=strength)
    held = drawn_ug(volume_ul=volume_ul, strength_ug_per_ml=strength)
    assert held <= dose_ug < (volume_ul + 1) * strength / 1000


# hazard: H7
@given(st.integers(20, 240), st.sampled_from([10_000, 50_000, 100_000]), st.integers(30, 120))
def test_the_worked_out_rate_always_passes_its_own_check_or_is_refused_for_want_of_volume(half_mg, strength, over_min):
    dose_ug = half_mg * 500
    mixture = undiluted(volume_ul=volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=strength), strength_ug_per_ml=strength)
    rate = pump_rate_ul_per_h(mixture=mixture, dose_ug=dose_ug, over_min=over_min, step_ul_per_h=10)
    # half a step of 10 ul/h is at most 5% of any rate from 100 ul/h on
    assume(rate >= 100)
    assert pump_agrees(rate_ul_per_h=rate, over_min=over_min, mixture=mixture, dose_ug=dose_ug).is_met


# hazard: H3
@given(st.integers(20, 240), st.integers(30, 120))
def test_a_tenfold_strength_never_passes(half_mg, over_min):
    dose_ug = half_mg * 500
    volume_ul = volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=10_000)
    meant = undiluted(volume_ul=volume_ul, strength_ug_per_ml=10_000)
    rate = pump_rate_ul_per_h(mixture=meant, dose_ug=dose_ug, over_min=over_min, step_ul_per_h=10)
    slipped = undiluted(volume_ul=volume_ul, strength_ug_per_ml=100_000)
    assert pump_agrees(rate_ul_per_h=rate, over_min=over_min, mixture=slipped, dose_ug=dose_ug).state == "unmet"


@st.composite
def pumping(draw):
    """Segments in order with pauses between them; the last may still run."""
    at, segments = START, []
    for last in [False] * draw(st.integers(0, 4)) + [True]:
        at += timedelta(seconds=draw(st.integers(0, 600)))
        ends_at = at + timedelta(milliseconds=draw(st.integers(0, 1_800_000)))
        still_running = last and draw(st.booleans())
        segments.append(Segment(started_at=at, ended_at=None if still_running else ends_at, rate_ul_per_h=draw(st.integers(0, 20_000))))
        at = ends_at
    return segments


moments = st.integers(0, 4 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))


# hazard: H7
@given(pumping(), moments, st.integers(1000, 5000))
def test_no_more_goes_in_than_the_syringe_held(segments, at, total_ul):
    mixture = Mixture(drug_ug=35_000, total_ul=total_ul)
    given_now = given_so_far(segments, mixture=mixture, at=at)
    assert 0 <= given_now.dose_ug <= mixture.drug_ug
    assert 0 <= given_now.volume_ul <= mixture.total_ul
    assert given_now.ran_dry == (volume_given_ul(segments, at) > total_ul)


@given(pumping(), moments, st.integers(0, 3600))
def test_what_is_in_never_comes_out_again(segments, at, later_s):
    mixture = Mixture(drug_ug=35_000, total_ul=3500)
    assert (
        given_so_far(segments, mixture=mixture, at=at).dose_ug <= given_so_far(segments, mixture=mixture, at=at + timedelta(seconds=later_s)).dose_ug
    )


@given(pumping(), moments, st.data())
def test_splitting_a_segment_changes_nothing(segments, at, data):
    index = data.draw(st.integers(0, len(segments) - 1))
    part = segments[index]
    ends_at = part.ended_at or part.started_at + timedelta(hours=1)
    cut = part.started_at + (ends_at - part.started_at) * data.draw(st.fractions(0, 1)).limit_denominator(1000).__float__()
    halves = [
        Segment(started_at=part.started_at, ended_at=cut, rate_ul_per_h=part.rate_ul_per_h),
        Segment(started_at=cut, ended_at=part.ended_at, rate_ul_per_h=part.rate_ul_per_h),
    ]
    assert volume_given_ul([*segments[:index], *halves, *segments[index + 1 :]], at) == volume_given_ul(segments, at)


@given(pumping(), moments, st.integers(-10_000, 10_000))
def test_time_shift_changes_nothing(segments, at, hours):
    shift = timedelta(hours=hours)
    moved = [
        Segment(started_at=part.started_at + shift, ended_at=part.ended_at and part.ended_at + shift, rate_ul_per_h=part.rate_ul_per_h)
        for part in segments
    ]
    assert volume_given_ul(moved, at + shift) == volume_given_ul(segments, at)


histories = st.lists(st.tuples(st.integers(0, 24 * 100), st.sampled_from(["course", "booster", "elsewhere"])), max_size=20)


# hazard: H6
@given(histories, st.tuples(st.integers(0, 24 * 100), st.sampled_from(["course", "booster", "elsewhere"])), st.booleans())
def test_one_more_earlier_dose_never_opens_a_way(history, one_more, booster):
    def judged(doses):
        earlier = [EarlierDose(last_at=START - timedelta(hours=hours), where="elsewhere", kind=kind) for hours, kind in doses]
        return [severity(finding) for finding in intervals(at=START, earlier=earlier, asked_elsewhere=True, booster=booster, rules=INTERVALS)]

    assert all(fewer <= more for fewer, more in zip(judged(history), judged([*history, one_more]), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.sets(st.integers(0, 60), max_size=12), st.sampled_from([range(5), range(6), range(7), (0, 2, 4), (1, 3, 5)]))
def test_a_proposed_course_keeps_every_bound(start, blocked, open_weekdays):
    start_on = START.date() + timedelta(days=start)
    closed = {start_on + timedelta(days=day) for day in blocked}
    course = course_dates(start_on, PATTERN, today=start_on - timedelta(days=7), blocked=closed, open_weekdays=frozenset(open_weekdays))
    infusions = [visit.on for visit in course.visits if visit.kind == "infusion"]
    assert len(infusions) in (0, PATTERN.infusions)
    gaps = [(later - earlier).days for earlier, later in zip(infusions, infusions[1:], strict=False)]
    assert all(2 <= gap <= 4 for gap in gaps)
    assert not infusions or (infusions[0] >= start_on and 12 <= (infusions[-1] - infusions[0]).days + 1 <= 21)
    assert all((infusions[n + 3] - infusions[n]).days >= 7 for n in range(len(infusions) - 3))
    for visit in course.visits:
        assert visit.on not in closed
        assert visit.on.weekday() in open_weekdays
        assert visit.earliest <= visit.on <= visit.latest


lifted_by = st.sampled_from(["", "nobody", "two_signatures"])
open_findings = st.builds(
    lambda item, state, by: Finding(item=item, state=state, sentence="Open.", lifted_by=by),
    st.sampled_from("abcd"),
    st.sampled_from(["unmet", "unknown"]),
    lifted_by,
)
any_lifts = st.lists(
    st.builds(
        Lift,
        item=st.sampled_from("abcd"),
        reason=st.text(max_size=3),
        first_by=st.sampled_from("xy"),
        second_by=st.sampled_from("xyz"),
        second_licensed=st.none() | st.booleans(),
    ),
    max_size=6,
)


# hazard: H49
@given(st.lists(open_findings, min_size=1, max_size=6), any_lifts)
def test_no_set_of_lifts_moves_a_hard_stop(findings, lifts):
    verdict = Verdict(tuple(findings))
    after = lift(verdict, lifts)
    assert after.never == verdict.never
    assert [finding for finding in after.open if finding.lifted_by == ""] == [finding for finding in verdict.open if finding.lifted_by == ""]


# req: C25
@given(st.integers(1, 10**9))
def test_milligrams_are_written_and_read_back_exactly(amount_ug):
    assert micrograms(milligrams_text(amount_ug).removesuffix(" mg")) == amount_ug


@given(st.integers(-(10**6), 0), weights_g)
def test_no_dose_from_a_number_that_is_not_above_zero(ug_per_kg, weight_g):
    with pytest.raises(ImpossibleAmount):
        dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=500)
