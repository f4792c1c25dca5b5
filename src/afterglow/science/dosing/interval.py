"""How long since the last ketamine from anyone, and how much of it there has been (safety 31, 38; hazards H6, H42).

Doses of other clinics, lozenges at home and nasal esketamine count like our own; the question is asked at every session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.dosing.limits import IntervalRules
from afterglow.science.verdict import Finding, Verdict

ASKED_WEEKS = 8
"""How far back "how often elsewhere" is asked: what every protocol reviews (`review_within_weeks`; a test of the library holds them together)."""
MOST_TIMES = 500
"""More doses in eight weeks than this is a slip of the pen (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDose:
    """A dose of any ketamine product, here or elsewhere.

    `last_at` is the latest moment at which drug of this dose can have been given (aware): the end of an infusion, or the end of the
    day when only the day is known.  The interval then never comes out longer than it was.

    What somebody takes elsewhere is known by its last time and by how often: `in_week` and `in_review` are the doses within the last seven
    days and within the protocol's time of review, this one counted; None where nobody said.  They mean nothing for a dose of our own.
    """

    last_at: datetime
    where: str
    kind: Literal["course", "booster", "elsewhere"]
    in_week: int | None = None
    in_review: int | None = None


def intervals(*, at: datetime, earlier: Sequence[EarlierDose] | None, asked_elsewhere: bool | None, booster: bool, rules: IntervalRules) -> Verdict:
    """May a dose start at `at`, after these?  `earlier` None: the history was not read.  `asked_elsewhere` None: nobody asked this time."""
    if earlier is None:
        return Verdict.of(
            _other_ketamine(asked_elsewhere, rules),
            Finding.unknown("interval.last", "Earlier doses are not known. Read the dose history first.", source=rules.source, mark=rules.mark),
        )
    past = [dose for dose in earlier if dose.last_at <= at]
    return Verdict.of(
        _other_ketamine(asked_elsewhere, rules),
        since_last(at, earlier, rules),
        doses_in_a_week(at, past, rules),
        doses_for_review(at, past, rules),
        boosters_for_review(at, past, rules, booster=booster),
    )


def since_last(at: datetime, earlier: Sequence[EarlierDose], rules: IntervalRules) -> Finding:
    """The gap to the nearest dose, before or after: a dose moved in front of another is just as close to it."""
    item = "interval.last"
    if not earlier:
        return Finding.met(item, "No earlier dose is known.", source=rules.source, mark=rules.mark)
    nearest = min(earlier, key=lambda dose: abs(at - dose.last_at))
    gap = abs(at - nearest.last_at)
    said = f"Another dose ({nearest.where}) is {hours_text(gap)} away"
    if gap < rules.hard_under:
        sentence = f"{said}; under {hours_text(rules.hard_under)} is a hard stop. Choose a later time."
        return Finding.unmet(item, sentence, source=rules.source, mark=rules.mark, lifted_by="nobody")
    if gap < rules.say_why_under:
        open_ = _say_why(item, f"{said}: say why it is under {hours_text(rules.say_why_under)}.", rules)
        return replace(open_, stands_on=f"Another dose ({nearest.where}), over by {nearest.last_at.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC")
    return Finding.met(item, f"{said}.", source=rules.source, mark=rules.mark)


def doses_in_a_week(at: datetime, past: Sequence[EarlierDose], rules: IntervalRules) -> Finding:
    """This dose and those of the seven days before it."""
    item, week = "interval.week", timedelta(days=7)
    count, known = _how_many(at, past, week, [dose.in_week for dose in past])
    if count > rules.say_why_over_per_week:
        return _say_why(item, f"This would be dose {count} within 7 days: say why it is more than {rules.say_why_over_per_week}.", rules)
    if not known:
        return _how_often(item, "in the last 7 days", rules)
    return Finding.met(item, f"Dose {count} within 7 days.", source=rules.source, mark=rules.mark)


def doses_for_review(at: datetime, past: Sequence[EarlierDose], rules: IntervalRules) -> Finding:
    """Many doses in a few weeks ask for a misuse and bladder review."""
    item = "interval.cumulative"
    weeks = rules.review_within.days // 7
    count, known = _how_many(at, past, rules.review_within, [dose.in_review for dose in past])
    if count > rules.review_over:
        sentence = (
            f"This would be dose {count} within {weeks} weeks, more than {rules.review_over}: "
            "a misuse and bladder review is due first. Say what it found."
        )
        return _say_why(item, sentence, rules)
    if not known:
        return _how_often(item, f"in the last {weeks} weeks", rules)
    return Finding.met(item, f"Dose {count} within {weeks} weeks.", source=rules.source, mark=rules.mark)


def boosters_for_review(at: datetime, past: Sequence[EarlierDose], rules: IntervalRules, *, booster: bool) -> Finding:
    """Boosters more often than every `booster_every`, over `booster_within`, ask for the same review."""
    item = "interval.boosters"
    if not booster:
        return Finding.met(item, "This dose is no booster.", source=rules.source, mark=rules.mark)
    count = 1 + sum(dose.kind == "booster" and at - dose.last_at < rules.booster_within for dose in past)
    if count * rules.booster_every > rules.booster_within:
        sentence = (
            f"This would be booster {count} within {rules.booster_within.days // 7} weeks, more often than every "
            f"{rules.booster_every.days // 7} weeks: a misuse and bladder review is due first. Say what it found."
        )
        return _say_why(item, sentence, rules)
    return Finding.met(item, f"Booster {count} within {rules.booster_within.days // 7} weeks.", source=rules.source, mark=rules.mark)


def _how_many(at: datetime, past: Sequence[EarlierDose], within: timedelta, told: Sequence[int | None]) -> tuple[int, bool]:
    """This dose and those `within`, and whether that is all: where nobody said how often elsewhere, it is the least that it can be."""
    near = [(dose, said) for dose, said in zip(past, told, strict=True) if at - dose.last_at < within]
    often = [1 if dose.kind != "elsewhere" else said for dose, said in near]
    return 1 + sum(max(1, each or 0) for each in often), None not in often


def hours_text(gap: timedelta) -> str:
    """44 h 0 min -> "44 h"; 19 h 59 min -> "19 h 59 min"; whole minutes rounded down."""
    minutes = gap // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _other_ketamine(asked_elsewhere: bool | None, rules: IntervalRules) -> Finding:
    item = "interval.other_ketamine_asked"
    if not asked_elsewhere:
        sentence = "Nobody has asked this time about ketamine from elsewhere: another clinic, lozenges, Spravato. Ask now."
        return Finding.unknown(item, sentence, source=rules.source, mark=rules.mark)
    return Finding.met(item, "Ketamine from elsewhere was asked about.", source=rules.source, mark=rules.mark)


def _how_often(item: str, when: str, rules: IntervalRules) -> Finding:
    sentence = f"There was ketamine from elsewhere {when}, and nobody said how often. Ask, or say why the dose may go on."
    return Finding.unknown(item, sentence, source=rules.source, mark=rules.mark, lifted_by="two_signatures", who=TWO_SIGNERS)


def _say_why(item: str, sentence: str, rules: IntervalRules) -> Finding:
    return Finding.unmet(item, sentence, source=rules.source, mark=rules.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
