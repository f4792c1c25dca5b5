"""One person's doses with what they did, and the next planned one, for the page that compares them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.plan.actions.standing import OrderWish, order_standing
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.response.queries.predicted import predicted
from afterglow.pathway.response.queries.titration import titration
from afterglow.pathway.response.rules.dose_effect import EffectRow
from afterglow.pathway.response.rules.peaks import Predicted, as_given, as_planned
from afterglow.pathway.response.rules.titration import DoseLine
from afterglow.pathway.response.rules.trajectory import Trajectory
from afterglow.pathway.session.queries.dose_effects import DoseEffects, dose_effects
from afterglow.records.chart import queries as chart
from afterglow.records.chart.rules import age_years
from afterglow.science.dosing.limits import DoseLimits

NOT_KNOWN = "How much went in, and when, is not on record."
RUNS = "Nothing is worked out before the infusion is over."
NO_AMOUNT = "How much the plan gives is not known before the weight it rests on is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The next dose of a plan in force: as it is ordered, else as the plan gives it; `limits`: the bounds it is held against, for its drug."""

    row: EffectRow
    is_ordered: bool
    drug_name: str
    limits: DoseLimits


def rows_of(course: Trajectory) -> tuple[EffectRow, ...]:
    """Every dose of the course that was begun under an order, first to last.  A fixed number of queries."""
    lines = titration(course, []).lines
    sessions = {tick.number: (tick.session_id, tick.started_at) for tick in course.doses}
    held = dose_effects(dict(sessions.values()))
    return tuple(_row(line, held[sessions[line.dose.number][0]], _age(course, line.dose.started_at)) for line in lines)


def _age(course: Trajectory, moment: datetime) -> int | None:
    """In whole years on the day of the visits' place; None where the day of birth is not on record."""
    born_on = chart.identity(course.person_id).born_on
    return None if born_on is None else age_years(born_on, moment.astimezone(ZoneInfo(course.zone)).date())


def _row(line: DoseLine, effects: DoseEffects, age: int | None) -> EffectRow:
    dose = line.dose
    return EffectRow(
        number=dose.number,
        started_at=dose.started_at,
        is_running=effects.infusion is not None and not effects.is_over,
        amount_ug=dose.given_ug,
        over_min=dose.over_min,
        weight_g=dose.weight_g,
        predicted=_of_given(effects, dose.given_ug, dose.weight_g, age),
        own_sbp=effects.own_sbp,
        highest_sbp=effects.highest_sbp,
        nausea=effects.nausea,
        detached=effects.detached.peak,
        cadss=effects.cadss,
        before=line.before,
        after=line.after,
    )


def _of_given(effects: DoseEffects, given_ug: int | None, weight_g: int, age: int | None) -> Predicted:
    if effects.infusion is None or given_ug is None:
        return Predicted(why_none=NOT_KNOWN)
    if not effects.is_over:
        return Predicted(why_none=RUNS)
    doses = as_given(effects.infusion.segments, given_ug=given_ug)
    if not doses:
        return Predicted(why_none=NOT_KNOWN)
    return predicted(effects.infusion.drug, doses, weight_g=weight_g, age_years=age)


def next_planned(plan: PlanRow, course: Trajectory, *, reader: UUID, clinic_id: UUID) -> Planned | None:
    """The first dose of the plan that was not begun; None where the plan is not in force or none is left."""
    begun = {tick.number for tick in course.doses}
    number = next((each for each in range(1, plan.infusions + plan.boosters + 1) if each not in begun), None)
    if plan.state != "in_force" or number is None:
        return None
    standing = order_standing(plan, OrderWish(dose_no=number), signer=reader, clinic_id=clinic_id, at=course.at)
    order = next((row for row in plans.orders_of(plan.id, course.at, dose_no=number) if row.is_open), None)
    amount, over = (order.dose_ug, order.over_min) if order else (standing.planned_ug, standing.facts.planned_over_min)
    weight_g = standing.weight.grams if standing.weight else None
    if amount is None:
        told = Predicted(why_none=NO_AMOUNT)
    else:
        doses = as_planned(dose_ug=amount, over_min=over)
        told = predicted(plan.effective["drug"], doses, weight_g=weight_g, age_years=_age(course, course.at))
    row = EffectRow(number=number, started_at=None, amount_ug=amount, over_min=over, weight_g=weight_g, predicted=told)
    drug = standing.facts.dose.drug
    limits = standing.limits if drug is None else standing.limits.for_chirality(drug.chirality)
    return Planned(row=row, is_ordered=order is not None, drug_name=drug.name if drug else "racemic ketamine", limits=limits)
