"""More infusions than the person agreed to: a longer version, or a plan made anew after another one ended (S51).

What was agreed to is what stood written when the person signed; where nothing did, the first plan signed on that agreement.  Two may sign
a longer plan without the person, and what they sign is no agreement: the next plan is held against what the person signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.verdict import Finding

ITEM = "plan.extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A plan with more infusions than agreed.  `now`: in all, with the `given` ones of earlier plans; `made_at`: when it was drafted; `agreed_at`: the
    newest signature under the treatment consent, None without one."""

    before: int
    now: int
    made_at: datetime
    agreed_at: datetime | None
    given: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One signed version of a course.  `ended_at` None: still in force."""

    infusions: int
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCourse:
    """A course before this plan: its signed versions, the first one first, and how many infusions of it were given, boosters not counted."""

    versions: tuple[Version, ...]
    given: int


def made_anew(courses: Sequence[EarlierCourse], *, infusions: int, made_at: datetime, agreed_at: datetime | None) -> Extension | None:
    """Is a plan made anew longer than what was agreed?  None where it is not.  Courses that were over when the person signed count no more."""
    under = [course for course in courses if _goes_past(course, agreed_at)]
    if not under:
        return None
    given, before = sum(course.given for course in under), _agreed([version for course in under for version in course.versions], agreed_at)
    if given + infusions <= before:
        return None
    return Extension(before=before, now=given + infusions, given=given, made_at=made_at, agreed_at=agreed_at)


def _goes_past(course: EarlierCourse, agreed_at: datetime | None) -> bool:
    """A course that ended at the very moment of the signature had not ended before it."""
    ended_at = course.versions[-1].ended_at
    return agreed_at is None or ended_at is None or ended_at >= agreed_at


def _agreed(versions: Sequence[Version], agreed_at: datetime | None) -> int:
    written = [version for version in versions if agreed_at is not None and version.made_at < agreed_at]
    return (written[-1] if written else versions[0]).infusions


def extension_is_agreed(extension: Extension | None) -> Finding:
    """More infusions than the person agreed to are agreed to anew, by a signature given after they were written down, not at the same moment.

    Two may sign without it, with the reason and who allowed it: what somebody held back from harm needs may not wait for paper.
    """
    if extension is None:
        return Finding.met(ITEM)
    told = f"{extension.now} infusions{_with_earlier(extension.given)} instead of {extension.before}"
    if extension.agreed_at is None or extension.agreed_at <= extension.made_at:
        sentence = f"{told}: the person signed before this was written. Ask them to read and sign again, or say why not, and who agreed to it."
        return Finding.unmet(ITEM, sentence, mark="J", lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(ITEM, f"{told}: the person signed again after this was written.")


def _with_earlier(given: int) -> str:
    return f" in all, {given} of them given under earlier plans," if given else ""
