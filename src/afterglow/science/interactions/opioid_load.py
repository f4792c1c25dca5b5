"""How much opioid a medicine list holds, in morphine milligram equivalents (MME) a day.

A line counts only with a daily amount in mg by mouth, or in mcg an hour from a patch, and a factor for that way of taking it.  Every other
opioid is named with the reason, and then the sum is said as "at least".  A name that the library does not know could be an opioid: it is named
too.  The number is for watching beside pain, never for switching from one opioid to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from afterglow.science.interactions.names import Names, recognise

Way = Literal["mouth", "patch"]
State = Literal["none", "whole", "part", "not_known"]
WAYS: Mapping[Way, str] = {"mouth": "mg a day by mouth", "patch": "mcg an hour from a patch"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The library file `codes/opioid_mme` with the opioids of `codes/medicine_classes`; `label` names the version."""

    per: Mapping[tuple[str, Way], Fraction]
    not_converted: Mapping[str, str]
    opioids: frozenset[str]
    says: str
    label: str
    is_reviewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One medicine that is taken.  Both amounts None: no amount in a stated unit is on record."""

    text: str
    oral_ug_per_day: int | None = None
    patch_ng_per_h: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One line of the sum: amount times factor."""

    text: str
    amount: Fraction
    way: Way
    factor: Fraction

    @property
    def mme(self) -> Fraction:
        return self.amount * self.factor

    @property
    def sentence(self) -> str:
        return f"{self.text}: {plain(self.amount)} {WAYS[self.way]} x {plain(self.factor)} = {plain(self.mme)} MME"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """An opioid that is not in the sum, and why."""

    text: str
    why: str

    @property
    def sentence(self) -> str:
        return f"{self.text} ({self.why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpioidLoad:
    """`not_recognised`: lines with words the library does not know; whether they are opioids is not known."""

    counted: tuple[Counted, ...]
    not_counted: tuple[NotCounted, ...]
    not_recognised: tuple[str, ...]

    @property
    def mme(self) -> Fraction | None:
        """The sum of what could be counted; None when nothing could, which is no zero."""
        return sum((each.mme for each in self.counted), Fraction(0)) if self.counted else None

    @property
    def state(self) -> State:
        """part: something is counted and something is not; not_known: there is an opioid and none could be counted."""
        if self.counted:
            return "part" if self.not_counted else "whole"
        return "not_known" if self.not_counted else "none"

    @property
    def words(self) -> str:
        """The number as it may be shown alone: "at least" when an opioid is missing from it."""
        if self.mme is None:
            return "not known" if self.not_counted else "no opioid recognised"
        return f"{'at least ' if self.not_counted else ''}{plain(self.mme)} MME a day"

    @property
    def left_out(self) -> str:
        """'Not counted: ...', or ''."""
        return f"Not counted: {'; '.join(each.sentence for each in self.not_counted)}." if self.not_counted else ""

    @property
    def unknown_names(self) -> str:
        """'Not recognised: ...', or ''."""
        named = ", ".join(self.not_recognised)
        return f"Not recognised, so that an opioid may be among them: {named}." if named else ""


def factors_from(content: Mapping[str, Any], classes: Iterable[Mapping[str, Any]], *, label: str) -> Factors:
    """A checked library file and the classes of `codes/medicine_classes`.  Raises ValueError for a drug with two answers."""
    per: dict[tuple[str, Way], Fraction] = {}
    for row in content["factors"]:
        key = (row["generic"], row["way"])
        if key in per:
            raise ValueError(f"{row['generic']} has two factors.")
        per[key] = Fraction(str(row["factor"]))
    refused = {row["generic"]: row["why"] for row in content["not_converted"]}
    listed = {generic for generic, _ in per}
    if both := sorted(listed & set(refused)):
        raise ValueError(f"{both[0]} has a factor and is not converted.")
    of_class = {drug for each in classes if each["id"] == "opioid" for drug in each["drugs"]}
    return Factors(
        per=per,
        not_converted=refused,
        opioids=frozenset(of_class | listed | set(refused)),
        says=content["says"],
        label=label,
        is_reviewed=content["status"] == "reviewed",
    )


def opioid_load(lines: Sequence[Line], factors: Factors, names: Names) -> OpioidLoad:
    """The daily load of what is taken now.  The caller leaves out what was stopped."""
    counted, not_counted, unknown = [], [], []
    for line in lines:
        seen = recognise(line.text, names)
        found = [generic for generic in seen.generics if generic in factors.opioids]
        if not found:
            if seen.left_over or not seen.generics:
                unknown.append(line.text)
            continue
        answer = _of(line, found, factors)
        if isinstance(answer, Counted):
            counted.append(answer)
        else:
            not_counted.append(answer)
    return OpioidLoad(counted=tuple(counted), not_counted=tuple(not_counted), not_recognised=tuple(unknown))


def _of(line: Line, found: Sequence[str], factors: Factors) -> Counted | NotCounted:
    if len(found) > 1:
        return NotCounted(text=line.text, why="several opioids in one line: write a line for each")
    generic = found[0]
    if generic in factors.not_converted:
        return NotCounted(text=line.text, why=factors.not_converted[generic])
    ways = [way for way in WAYS if (generic, way) in factors.per]
    if not ways:
        return NotCounted(text=line.text, why="no factor in the library")
    amounts: dict[Way, int | None] = {"mouth": line.oral_ug_per_day, "patch": line.patch_ng_per_h}
    told = [way for way in WAYS if amounts[way] is not None]
    if not told:
        return NotCounted(text=line.text, why="no daily amount with its unit on record")
    if len(told) > 1:
        return NotCounted(text=line.text, why="two amounts in one line: write a line for each")
    way = told[0]
    if way not in ways:
        return NotCounted(text=line.text, why=f"the factor is for {WAYS[ways[0]]}")
    amount = Fraction(amounts[way] or 0, 1000)
    return Counted(text=line.text, amount=amount, way=way, factor=factors.per[(generic, way)])


def plain(value: Fraction) -> str:
    """At most one digit after the point, a half away from zero: '37.5', '60'.  A factor keeps what it has."""
    if (value * 1000).denominator == 1 and value < 10:
        return f"{float(value):g}"
    tenths = (value * 10 + Fraction(1, 2)) // 1
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
