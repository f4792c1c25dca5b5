"""The tables that leave for research: no name, no date, no free text, and no value that fewer than the least number of people share.  Pure.

Rows are in the order of the codes, which say nothing of who came first.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from typing import Any, Final

from afterglow.science.verdict import Finding, Verdict

HIDDEN: Final = ""
Line = tuple[object, ...]
# Table, column, unit, what it holds.
DICTIONARY: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "people",
        "person",
        "code",
        "One person, by a keyed code; the key stays at the clinic. The same in each set of this clinic while the key is the same.",
    ),
    ("people", "age_span", "years", "Age at the first dose as a span. Empty: not recorded, or shared by too few."),
    ("people", "treated_for", "id", "What the protocol of the first dose is for (library/indications). Empty: shared by too few."),
    ("people", "protocol", "id", "The protocol of the first dose (library/protocols). Empty: shared by too few."),
    ("doses", "person", "code", "As in people."),
    ("doses", "dose", "count", "1 for the first dose given here, boosters and later courses counted on."),
    ("doses", "day", "days", "Whole days of 24 hours since the first dose was begun; 0 for the first."),
    ("doses", "drug", "id", "The product ordered. Empty: not on record, or the protocol is shared by too few."),
    ("doses", "dose_mg_per_kg", "mg/kg", "As ordered, of the drug beside it. Empty where the drug is, or where it was not ordered by weight."),
    ("doses", "over_min", "min", "How long it was ordered to run. Empty where the drug is."),
    ("scores", "person", "code", "As in people."),
    ("scores", "scale", "id", "library/instruments. A scale that was not asked has no row: no row is not a 0."),
    ("scores", "day", "days", "Whole days of 24 hours since the first dose was begun; below 0: before it."),
    ("scores", "total", "points", "The total as scored; answers to single questions stay at the clinic."),
    (
        "figures",
        "*",
        "",
        "The registry's own figures, counted of the people of this set who started for resistant depression. Words: library/registry/outcomes.",
    ),
)
HEADS: Final = {table: tuple(column for each, column, _, _ in DICTIONARY if each == table) for table in ("people", "doses", "scores")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRule:
    """What the library file says.  `spans`: where each span of age begins, the last one open."""

    least: int
    spans: tuple[int, ...]
    days_before: int
    withheld: frozenset[str]
    scales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """`ug_per_kg`, `over_min`: as ordered; None where that is not on record."""

    day: int
    drug: str
    ug_per_kg: int | None
    over_min: int | None


@dataclass(frozen=True, slots=True)
class ScoreTaken:
    scale: str
    day: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of the set.  `age_span`, `treated_for`, `protocol`: "" where it is not known or not told."""

    code: str
    age_span: str
    treated_for: str
    protocol: str
    doses: tuple[DoseGiven, ...]
    scores: tuple[ScoreTaken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingFacts:
    """`approved_until_on`: of the approval noted last, None without one; `key_id`: of the key there is; `earlier_key_id`: "" before the first set."""

    people: int
    least: int
    approved_until_on: date | None
    key_id: str
    earlier_key_id: str
    on: date


def rule_from(content: Mapping[str, Any]) -> SetRule:
    """Raises KeyError for a file that is none of this kind."""
    return SetRule(
        least=content["least_people"]["value"],
        spans=tuple(sorted(content["age_spans_from_years"]["value"])),
        days_before=content["scores_from_days_before"]["value"],
        withheld=frozenset(content["withheld_indications"]["value"]),
        scales=tuple(content["scales"]["value"]),
    )


def may_make(facts: MakingFacts) -> Verdict:
    """May a set leave on this day?  Everything in the way at once; nobody lifts any of it."""
    return Verdict.of(_approved(facts), _enough(facts), _same_key(facts))


def age_span(born_on: date | None, on: date, spans: Sequence[int]) -> str:
    """`30-39`, `70+`; "" where the day of birth is not recorded or the person was younger than the first span."""
    if born_on is None:
        return HIDDEN
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    for begins, ends in zip(spans, (*spans[1:], None), strict=True):
        if years >= begins and (ends is None or years < ends):
            return f"{begins}+" if ends is None else f"{begins}-{ends - 1}"
    return HIDDEN


def told(values: Iterable[str], least: int) -> frozenset[str]:
    """The values that may stand.  Each is shared by at least `least` people, and so are those hidden together, so that no empty place tells its value.

    Where there are fewer people than that, nothing stands.
    """
    counted = Counter(values)
    shown = {value for value, people in counted.items() if value != HIDDEN and people >= least}
    hidden = sum(people for value, people in counted.items() if value not in shown)
    for value in sorted(shown, key=lambda each: (counted[each], each)):
        if not 0 < hidden < least:
            break
        shown.discard(value)
        hidden += counted[value]
    return frozenset(shown)


def coarsened(members: Sequence[Member], least: int) -> list[Member]:
    """The same people, in the order of their codes, with every value hidden that too few share: first what was treated, in it the protocol, in that the age."""
    found = sorted(members, key=lambda each: each.code)
    stands = _stands(found, lambda each: each.treated_for, lambda _: (), least)
    found = [one if one.treated_for in shown else replace(one, treated_for=HIDDEN) for one, shown in zip(found, stands, strict=True)]
    stands = _stands(found, lambda each: each.protocol, lambda each: (each.treated_for,), least)
    found = [one if one.protocol in shown else replace(one, protocol=HIDDEN) for one, shown in zip(found, stands, strict=True)]
    stands = _stands(found, lambda each: each.age_span, lambda each: (each.treated_for, each.protocol), least)
    return [one if one.age_span in shown else replace(one, age_span=HIDDEN) for one, shown in zip(found, stands, strict=True)]


def _stands(
    members: Sequence[Member], value: Callable[[Member], str], group: Callable[[Member], tuple[str, ...]], least: int
) -> list[frozenset[str]]:
    """For each of them, the values that may stand in their group."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for member in members:
        groups.setdefault(group(member), []).append(value(member))
    stands = {key: told(values, least) for key, values in groups.items()}
    return [stands[group(member)] for member in members]


def tables(members: Sequence[Member]) -> dict[str, bytes]:
    """File name -> bytes of the tables of people, doses and scores, and of the dictionary.  `members` as `coarsened` gives them."""
    rows: dict[str, list[Line]] = {
        "people": [(each.code, each.age_span, each.treated_for, each.protocol) for each in members],
        "doses": [(each.code, number, *_dose(each, dose)) for each in members for number, dose in enumerate(each.doses, start=1)],
        "scores": [(each.code, score.scale, score.day, score.total) for each in members for score in each.scores],
    }
    written = {f"{name}.csv": as_csv(HEADS[name], lines) for name, lines in rows.items()}
    return written | {"dictionary.csv": as_csv(("table", "column", "unit", "what_it_holds"), DICTIONARY)}


def _dose(member: Member, dose: DoseGiven) -> Line:
    """A dose means something only with its drug, and the drug would tell a protocol that is hidden."""
    if member.protocol == HIDDEN or not dose.drug:
        return (dose.day, HIDDEN, HIDDEN, HIDDEN)
    per_kg = HIDDEN if dose.ug_per_kg is None else f"{dose.ug_per_kg / 1000:g}"
    return (dose.day, dose.drug, per_kg, HIDDEN if dose.over_min is None else dose.over_min)


def as_csv(head: Sequence[str], lines: Iterable[Line]) -> bytes:
    """The bytes of one table, with its heads."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue().encode()


def described(files: Mapping[str, bytes]) -> list[dict[str, object]]:
    """Each table with its number of rows and the SHA-256 of its bytes, for the manifest."""
    return [{"file": name, "rows": held.count(b"\n") - 1, "sha256": hashlib.sha256(held).hexdigest()} for name, held in sorted(files.items())]


def reasons(why: Sequence[str], least: int) -> tuple[dict[str, int], int]:
    """How many people are in no table for each reason, and how many for reasons that too few share, counted together."""
    stands = told(why, least)
    counted = Counter(each for each in why if each in stands)
    return dict(sorted(counted.items())), len(why) - counted.total()


def _approved(facts: MakingFacts) -> Finding:
    if facts.approved_until_on is None:
        return Finding.unmet("research.approval", "No research board's approval is noted.", lifted_by="nobody")
    if facts.approved_until_on < facts.on:
        return Finding.unmet("research.approval", f"The research board's approval ended on {facts.approved_until_on:%d %b %Y}.", lifted_by="nobody")
    return Finding.met("research.approval")


def _enough(facts: MakingFacts) -> Finding:
    if facts.people >= facts.least:
        return Finding.met("research.people")
    return Finding.unmet("research.people", f"Fewer than {facts.least} people who started said yes to research.", lifted_by="nobody")


def _same_key(facts: MakingFacts) -> Finding:
    if facts.earlier_key_id in ("", facts.key_id):
        return Finding.met("research.key")
    return Finding.unmet(
        "research.key",
        "The key of the codes is another than that of the last set: nobody could be taken out of the earlier ones.",
        lifted_by="nobody",
    )
