"""The check-in page as one value: each question with its last answer in words, and what the gate says about it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.clock import shown
from afterglow.ground.content.queries import LibraryRecord
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in import AnswerRow, Question, check_in_file, questions
from afterglow.pathway.session.queries.gate_facts_body import medicines_checked, unchecked_names
from afterglow.pathway.session.queries.gate_verdict import Gate, gate_now
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_medicines import to_be_held
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries import Identity
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import RoomRow
from afterglow.records.staff import queries as staff
from afterglow.science.verdict import Finding

SECTIONS = (("person", "The person"), ("body", "The body"), ("order", "Order, drug and line"), ("place", "The place"))
EXTRA = {"suicide": ("suicide_assessment",), "medicines": ("unchecked_medicines",), "screening": ("prescription_monitoring",)}
"""Answers that belong beside a question of the list and have a form of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One question: the words, the last answer of today in words ("" when none), and the gate's findings about it."""

    item: str
    section: str
    question: Question | None
    answered: str
    answer: AnswerRow | None
    findings: tuple[Finding, ...]

    @property
    def is_open(self) -> bool:
        return any(not finding.is_met for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInPage:
    """Everything the page shows; `to_hold` and `unchecked` are names from the medicine list."""

    gate: Gate
    library: LibraryRecord
    identity: Identity
    lines: tuple[Line, ...]
    airway_people: tuple[tuple[UUID, str], ...]
    people_here: tuple[tuple[UUID, str], ...]
    rooms: tuple[RoomRow, ...]
    to_hold: tuple[str, ...]
    unchecked: tuple[str, ...]
    monitor_name: str

    @property
    def visit(self) -> Visit:
        return self.gate.visit

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        return SECTIONS


def check_in_page(session: Session, *, by: Actor, at: datetime) -> CheckInPage:
    """A constant number of queries, however much was answered."""
    gate = gate_now(session, by=by, at=at)
    held = gate.visit
    checked = medicines_checked(held)
    here, placed = staff.on_site(held.site.id, at), _placed(gate)
    names = {row.user_id: row.name for row in accounts.staff_of(by.clinic_id)}
    return CheckInPage(
        gate=gate,
        library=check_in_file(),
        identity=chart.identity(session.person_id),
        lines=tuple(line for question in questions() for line in _lines(question, gate, placed, names)),
        airway_people=tuple((row.user_id, row.name) for row in staff.airway_competent_on_site(held.site.id, at)),
        people_here=tuple((row.user_id, row.name) for row in here),
        rooms=tuple(schedule.rooms_of(held.site.id, "dosing")),
        to_hold=to_be_held(checked) if checked else (),
        unchecked=unchecked_names(checked),
        monitor_name=names.get(session.monitor_id, "") if session.monitor_id else "",
    )


def asked_at(items: Iterable[str]) -> dict[str, str]:
    """Gate item -> the line of this page that it rests on; items that rest on none are left out."""
    asked = {each: question.id for question in questions() for each in question.gate}
    asked |= {extra: extra for beside in EXTRA.values() for extra in beside}
    found = {}
    for item in items:
        parts = item.split(".")
        names = [".".join(parts[:many]) for many in range(len(parts), 0, -1)]
        if line := next((asked[name] for name in names if name in asked), ""):
            found[item] = line
    return found


def _placed(gate: Gate) -> dict[str, dict[int, Finding]]:
    """Gate item -> its findings by their place: `interval.last` answers the gate item `interval`, `monitor.named` itself."""
    found: dict[str, dict[int, Finding]] = {}
    for place, finding in enumerate(gate.verdict):
        parts = finding.item.split(".")
        for many in range(1, len(parts) + 1):
            found.setdefault(".".join(parts[:many]), {})[place] = finding
    return found


def _lines(question: Question, gate: Gate, placed: dict[str, dict[int, Finding]], names: dict[UUID, str]) -> list[Line]:
    """The question, then the answers that belong beside it where they are wanted."""
    mine = {place: finding for each in question.gate for place, finding in placed.get(each, {}).items()}
    found = tuple(mine[place] for place in sorted(mine))
    lines = [_line(question.id, question.section, question, gate, found, names)]
    for item in EXTRA.get(question.id, ()):
        if _is_wanted(item, gate):
            lines.append(_line(item, question.section, None, gate, (), names))
    return lines


def _is_wanted(item: str, gate: Gate) -> bool:
    """The prescription-monitoring day is always asked; the other two only where there is something to assess or to read."""
    return {"suicide_assessment": _wants_assessment(gate), "unchecked_medicines": bool(gate.facts.unchecked_medicines)}.get(item, True)


def _wants_assessment(gate: Gate) -> bool:
    interview = gate.facts.suicide
    return interview is not None and interview.needs_assessment


def _line(item: str, section: str, question: Question | None, gate: Gate, found: tuple[Finding, ...], names: dict[UUID, str]) -> Line:
    answer = gate.visit.given.get(item)
    private = question.private if question else item == "suicide_assessment"
    return Line(
        item=item, section=section, question=question, answered=_in_words(answer, private, names, gate.visit.site.zone), answer=answer, findings=found
    )


def _in_words(answer: AnswerRow | None, private: bool, names: dict[UUID, str], zone: str) -> str:
    """The last answer; a private one only says that it was given (safety 35)."""
    if answer is None:
        return ""
    if private:
        return "answered"
    if answer.value is None:
        return "asked, not known"
    said = {key: value for key, value in answer.value.items() if value not in (None, "", [], {}, "qualified") and key not in ("said", "qualified")}
    parts = [str(answer.value["said"]).replace("_", " ")] if answer.value.get("said") else []
    return ", ".join([*parts, *(_part(key, value, names, zone) for key, value in said.items())])


def _part(key: str, value: Any, names: dict[UUID, str], zone: str) -> str:
    if key == "user_id":
        return names.get(UUID(value), "someone who no longer works here")
    if key.endswith("_at"):
        return f"{key.removesuffix('_at').replace('_', ' ')} at {shown(datetime.fromisoformat(value), zone)}"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said}" for name, said in value.items())
    return ", ".join(str(each) for each in value) if isinstance(value, list) else f"{key.replace('_', ' ')} {value}"
