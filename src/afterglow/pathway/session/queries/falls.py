"""The note of fall risk of one visit: the reasons on record at one moment, what nobody asked, and what is done about it (S75)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.check_in import Answers, answers
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.queries.sedating import CLOUDING, clouds
from afterglow.pathway.session.rules.falls import MEASURES, FallFacts, fall_risk
from afterglow.pathway.session.rules.gate_person import age_on
from afterglow.pathway.session.rules.on_board import on_board
from afterglow.records.adverse import queries as adverse
from afterglow.records.adverse.queries import EventRow
from afterglow.records.chart import queries as chart
from afterglow.science.verdict import Finding, Verdict

FALLS = "falls"
KINDS = frozenset({"dizziness", "fall"})
"""Ids of `codes/adverse_events` that say something about falling."""
EARLIER_SHOWN = 3
ASKED_TODAY = ("intoxication", "substances", "other_ketamine")


@dataclass(frozen=True, slots=True, kw_only=True)
class FallNote:
    """`risk`: unmet is a reason, unknown what nobody asked.  `done` in words, `by` and `at`: the newest note; None and empty where there is none."""

    risk: Verdict
    done: tuple[str, ...]
    marked: tuple[str, ...]
    walks_with: str
    fell: str
    by: str
    at: datetime | None

    @property
    def reasons(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.risk if finding.state == "unmet")

    @property
    def not_known(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.risk if finding.state == "unknown")


def fall_note(session: Session, *, at: datetime) -> FallNote:
    """As it stands at `at`, or as it stood when the visit ended.  A constant number of queries."""
    now = session.ended_at or at
    all_deeds = deeds.deeds(session.id)
    written = deeds.standing(all_deeds, FALLS)
    newest = written[-1] if written else None
    marked = tuple(newest.payload["done"]) if newest else ()
    fell = next((str(deed.payload["fell"]) for deed in reversed(written) if deed.payload["fell"]), "")
    return FallNote(
        risk=fall_risk(_facts(session, all_deeds, fell=fell, at=now)),
        done=tuple(MEASURES[each] for each in marked),
        marked=marked,
        walks_with=str(newest.payload["walks_with"]) if newest else "",
        fell=fell,
        by=newest.by if newest else "",
        at=newest.taken_at if newest else None,
    )


def _facts(session: Session, all_deeds: tuple[Deed, ...], *, fell: str, at: datetime) -> FallFacts:
    zone = zone_of(session)
    today = (session.started_at or at).astimezone(zone).date()
    given = answers(session.id, today=today, zone=zone.key)
    listed = chart.medicines(session.person_id)
    sedating = [row.name for row in listed.rows if row.is_taken and clouds(row.name)]
    said = given.said("medicines", "held") or {}
    events = [row for row in adverse.of_person(session.person_id) if row.kind in KINDS]
    here = [row for row in events if row.session_id == str(session.id)]
    born_on = chart.identity(session.person_id).born_on
    return FallFacts(
        age_years=None if born_on is None else age_on(born_on, today),
        medicines_read=listed.state != "not_asked",
        taken=[name for name in sedating if said.get(name) == "taken"],
        held=[name for name in sedating if said.get(name) == "held"],
        not_said=[name for name in sedating if said.get(name) not in ("taken", "held")],
        on_board=[words for item in ASKED_TODAY if (words := on_board(item, _value(given, item), today=today))],
        substances_asked=given.said("substances") in ("yes", "no"),
        given=[str(deed.payload["name"]) for deed in deeds.standing(all_deeds, "medicine") if deed.payload.get("rescue") in CLOUDING],
        now=[_event_words(row) for row in here],
        earlier=[f"{_event_words(row)} on {row.began_at.astimezone(zone):%-d %b %Y}" for row in events if row not in here][:EARLIER_SHOWN],
        fell=fell,
        ketamine_given=session.started_at is not None,
        walks_steadily=_walks_steadily(session, all_deeds),
    )


def _value(given: Answers, item: str) -> Mapping[str, Any] | None:
    row = given.get(item)
    return None if row is None else row.value


def _event_words(row: EventRow) -> str:
    return f"{row.title}, {row.grade_word}"


def _walks_steadily(session: Session, all_deeds: tuple[Deed, ...]) -> bool:
    """Somebody saw it after the dose and after the last drug that starts the waiting time again; a later "no" takes it back."""
    seen = [deed for deed in deeds.standing(all_deeds, "leaving") if deed.payload["item"] == "gait"]
    since = [moment for moment in (session.dosing_ended_at, session.last_rescue_at) if moment is not None]
    return bool(seen) and session.dosing_ended_at is not None and seen[-1].payload["ok"] is True and seen[-1].taken_at >= max(since)
