"""What a list says, which weights and heights can be true, whose names are alike.  Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from typing import Literal
from uuid import UUID

from afterglow.science.quantities import NotANumber, Quantity, UnknownUnit, weight_question
from afterglow.science.verdict import Finding, Verdict

ListSays = Literal["listed", "none_known", "not_asked"]

# Two layers (C24): outside POSSIBLE nobody has ever been, so it is refused; outside LIKELY someone must say that it is right.  Judgement (J).
POSSIBLE_WEIGHT_G, LIKELY_WEIGHT_G = (2_000, 650_000), (35_000, 150_000)
POSSIBLE_HEIGHT_MM, LIKELY_HEIGHT_MM = (400, 2_730), (1_350, 2_150)
OLDEST_YEARS = 122  # the longest documented human life (Jeanne Calment, 1875-1997)
MM_PER = {"cm": Fraction(10), "in": Fraction(254, 10)}  # the international inch is 25.4 mm exactly (1959)


def list_says(rows: int, last_change_at: datetime | None, review_at: datetime | None, none_known: bool | None) -> ListSays:
    """A list with rows is listed; an empty one is 'none known' only if someone asked after its last change.  Silence is 'not asked'."""
    if rows:
        return "listed"
    if review_at is None or not none_known:
        return "not_asked"
    if last_change_at is not None and last_change_at > review_at:
        return "not_asked"
    return "none_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One line of a medicine list as it was written, replaced ones and withdrawals among them."""

    id: UUID
    replaces_id: UUID | None
    withdrawn: bool
    recorded_at: datetime
    name: str
    oral_ug_per_day: int | None
    patch_ng_per_h: int | None
    stopped_on: date | None


def taken_on(rows: Sequence[Written], place: tzinfo, day: date) -> tuple[Written, ...]:
    """What was taken by the list as it stood at the end of a day: nothing written later is known yet."""
    known = [row for row in rows if row.recorded_at.astimezone(place).date() <= day]
    superseded = {row.replaces_id for row in known}
    stands = (row for row in known if not row.withdrawn and row.id not in superseded)
    return tuple(row for row in stands if row.stopped_on is None or row.stopped_on > day)


def days_of_change(rows: Sequence[Written], place: tzinfo, until: date) -> tuple[date, ...]:
    """The days on which the list may have become another: something was written, or a medicine was stopped."""
    written = {row.recorded_at.astimezone(place).date() for row in rows}
    stopped = {row.stopped_on for row in rows if row.stopped_on is not None}
    return tuple(day for day in sorted(written | stopped) if day <= until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A weight in whole grams or a height in whole millimetres, with what was typed."""

    value: int
    typed: str
    unit: str


def weight_of(typed: str, unit: str) -> Measured:
    """What was typed, in whole grams (a pound is 453.59237 g: rounded to the gram).  Raises NotANumber, UnknownUnit."""
    if unit not in {"kg", "lb"}:
        raise UnknownUnit("No unit was chosen for the weight.", "Choose kilograms or pounds: the unit is never guessed.")
    quantity = Quantity(typed.replace(",", "."), unit)
    if quantity.value <= 0:
        raise NotANumber(f"A weight of {typed} is not possible.", "Weigh again and enter what the scale shows.")
    return Measured(value=round(quantity.to("g").value), typed=typed.strip(), unit=unit)


def height_of(typed: str, unit: str) -> Measured:
    """What was typed, in whole millimetres.  Raises NotANumber, UnknownUnit."""
    if unit not in MM_PER:
        raise UnknownUnit("No unit was chosen for the height.", "Choose centimetres or inches: the unit is never guessed.")
    if not re.fullmatch(r"\d{1,4}([.,]\d{1,3})?", typed.strip()):
        raise NotANumber("The height is not a number.", "Enter digits only, such as 172.5.")
    return Measured(value=round(Fraction(typed.strip().replace(",", ".")) * MM_PER[unit]), typed=typed.strip(), unit=unit)


def weight_is_believable(new: Measured, previous_g: int | None, confirmed: bool) -> Verdict:
    """Possible at all; not pounds for kilograms; and, when unlikely or far from the last one, confirmed by a person (safety 16)."""
    previous = None if previous_g is None else Quantity(previous_g, "g").to("kg")
    question = weight_question(previous, Quantity(new.value, "g").to("kg"))
    return Verdict.of(_possible("weight", new, POSSIBLE_WEIGHT_G), question, _likely("weight", new, LIKELY_WEIGHT_G, confirmed))


def height_is_believable(new: Measured, confirmed: bool) -> Verdict:
    return Verdict.of(_possible("height", new, POSSIBLE_HEIGHT_MM), _likely("height", new, LIKELY_HEIGHT_MM, confirmed))


def _possible(what: str, new: Measured, band: tuple[int, int]) -> Finding:
    if band[0] <= new.value <= band[1]:
        return Finding.met(f"{what}.possible")
    return Finding.unmet(
        f"{what}.possible", f"A {what} of {new.typed} {new.unit} is not possible.", mark="J", lifted_by="nobody", who="Measure again."
    )


def _likely(what: str, new: Measured, band: tuple[int, int], confirmed: bool) -> Finding:
    if confirmed or band[0] <= new.value <= band[1]:
        return Finding.met(f"{what}.likely")
    return Finding.unmet(
        f"{what}.likely",
        f"{new.typed} {new.unit} is unusual. Look at the scale and the unit again, then confirm that it is right.",
        source="Afterglow safety rule 16",
        mark="J",
    )


def change_percent(before: int, now: int) -> int:
    """How much a value changed, in whole percent, away from zero: +6 or -6."""
    share = Fraction(now - before, before) * 100
    whole = -(-abs(share) // 1)
    return int(whole) if share >= 0 else -int(whole)


def birth_date_is_possible(born_on: date, on: date) -> Finding:
    """Not in the future and not longer ago than anyone has lived."""
    if born_on > on:
        return Finding.unmet("person.born_on", "This date of birth lies in the future.")
    if on.year - born_on.year > OLDEST_YEARS:
        return Finding.unmet("person.born_on", "This date of birth is longer ago than anyone has lived.")
    return Finding.met("person.born_on")


def age_years(born_on: date, on: date) -> int:
    """Whole years on a day; someone born on 29 February has their birthday on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def folded(text: str) -> str:
    """Casefolded, without accents, one space between words: how names are stored to be found, the same on every database."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def search_name(given_name: str, family_name: str) -> str:
    """Family name first, so that an index finds those of one family name together."""
    return f"{folded(family_name)} {folded(given_name)}"


def names_are_alike(one: str, other: str) -> bool:
    """Given names that a hurried reader may take for one another: equal, one the start of the other, or at most two letters apart."""
    one, other = folded(one), folded(other)
    return one.startswith(other) or other.startswith(one) or _edits(one, other) <= 2


def _edits(one: str, other: str) -> int:
    """Levenshtein distance (1966): letters added, left out or changed."""
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, start=1):
        above, row = row, [index]
        for column, sign in enumerate(other, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != sign)))
    return row[-1]


MONTHS = {name: number for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}


def date_in(text: str) -> date | None:
    """A date a person may type into a search: 1982-03-04 or 4 Mar 1982.  Never 3/4/1982: it has two meanings."""
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip())
    said = re.fullmatch(r"(\d{1,2})\.?\s+([a-z]{3})[a-z]*\.?\s+(\d{4})", text.strip().casefold())
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif said and said[2] in MONTHS:
        year, month, day = int(said[3]), MONTHS[said[2]], int(said[1])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
