"""The walk through the intake: what is done, what comes next.  One thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from afterglow.doors.portal import drafts
from afterglow.records.chart import queries as chart
from afterglow.records.chart.access import PersonRow
from afterglow.records.measures import queries as measures

# slug, what the person reads, about how long it takes, the chart's list behind it ("" when it is none)
PAGES = (
    ("about", "About you", "3 minutes", ""),
    ("private", "A private question", "1 minute", ""),
    ("problems", "Your health", "3 minutes", "problems"),
    ("medicines", "Your medicines", "4 minutes", "medicines"),
    ("allergies", "Your allergies", "1 minute", "allergies"),
    ("treatments", "What you tried for depression", "5 minutes", "trials"),
)
LIST_OF = {slug: list_name for slug, _, _, list_name in PAGES if list_name}
READ: dict[str, Callable[[UUID], chart.ListState[Any]]] = {
    "problems": chart.problems,
    "medicines": chart.medicines,
    "allergies": chart.allergies,
    "trials": chart.trials,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the intake.  `state`: done, current (the next thing to do) or later."""

    slug: str
    label: str
    takes: str
    note: str
    url: str
    state: str


def steps_of(person: PersonRow, *, by_proxy: bool = False) -> list[Step]:
    """Every page and every questionnaire for this person, in order; exactly one is current unless all are done.

    `by_proxy`: only what somebody may fill in for them.
    """
    asked_later = drafts.left_for_later(person.id)
    found: list[tuple[str, str, str, str, str, bool]] = []
    for slug, label, takes, list_name in PAGES:
        if by_proxy and slug == "private":
            continue
        done, note = _list_done(person.id, list_name) if list_name else _page_done(slug, person, asked_later, by_proxy)
        found.append((slug, label, takes, note, reverse(f"portal:{slug}"), done))
    for row in measures.open_assignments(person.id, channel="link"):
        if by_proxy and not row.proxy_may_fill:
            continue
        note = f"{row.answered_so_far} of {len(row.paper.questions)} answered" if row.answered_so_far else ""
        found.append((str(row.id), row.paper.title, "3 minutes", note, reverse("portal:questions", args=[row.id]), False))
    return _in_order(found)


def _in_order(found: Iterable[tuple[str, str, str, str, str, bool]]) -> list[Step]:
    made, current = [], False
    for slug, label, takes, note, url, done in found:
        state = "done" if done else "later" if current else "current"
        current = current or not done
        made.append(Step(slug=slug, label=label, takes=takes, note=note, url=url, state=state))
    return made


def next_of(steps: Iterable[Step]) -> Step | None:
    return next((step for step in steps if step.state == "current"), None)


def list_of(slug: str, person_id: UUID) -> chart.ListState[Any]:
    """The rows behind a list page."""
    return READ[LIST_OF[slug]](person_id)


def _list_done(person_id: UUID, list_name: str) -> tuple[bool, str]:
    """Done when someone went through the whole list after its last entry."""
    listed = READ[list_name](person_id)
    count = len(listed.rows)
    if listed.state == "none_known":
        return True, "none"
    last = max((row.recorded_at for row in listed.rows), default=None)
    done = listed.reviewed_at is not None and last is not None and listed.reviewed_at >= last
    return done, f"{count} so far" if count and not done else f"{count} on the list" if count else ""


def _page_done(slug: str, person: PersonRow, asked_later: set[str], by_proxy: bool) -> tuple[bool, str]:
    if slug == "about":
        reachable = by_proxy or person.contact_by == "none" or bool({"phone": person.phone, "email": person.email}.get(person.contact_by))
        return person.born_on is not None and reachable and bool(person.emergency_phone), ""
    if slug in asked_later:
        return True, "we will ask you at the clinic"
    return person.could_be_pregnant != "unknown", ""
