"""Everything that the question "may this person go home?" rests on, gathered at one moment, and the list as the page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session.models import CheckInAnswer, Leaving, Session
from afterglow.pathway.session.queries import deeds, trace
from afterglow.pathway.session.queries.check_in import AnswerRow, answers
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.given import infusion_of
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.own_values import own_values
from afterglow.pathway.session.queries.place import zone_of
from afterglow.pathway.session.queries.standing import standing_of
from afterglow.pathway.session.rules.discharge import earliest, may_leave
from afterglow.pathway.session.rules.discharge_facts import TAPS, Aldrete, DischargeFacts, Handover, Measured, Pressure, Rescue, Tap
from afterglow.pathway.session.rules.gate_person import age_on
from afterglow.pathway.session.rules.staffing import night_reasons
from afterglow.pathway.session.rules.suicide import WORDS, Assessment, FiveAnswers, SuicideInterview
from afterglow.records.cabinet import queries as ledger
from afterglow.records.chart import queries as chart
from afterglow.science.dosing.amounts import milligrams_text
from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import Reading as Values

LEAVING = "leaving"
SUICIDE_AFTER = "suicide_after"
ASSESSMENT_AFTER = "suicide_assessment_after"
ALDRETE = ("activity", "respiration", "circulation", "consciousness", "saturation")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingList:
    """The list at `at`: every item with its finding, the earliest time by the clock, the drug that is not accounted for."""

    library: LibraryRecord
    facts: DischargeFacts
    verdict: Verdict
    earliest_at: datetime | None
    earliest_why: str
    open_ug: int
    volume_charted: bool

    def title(self, item: str) -> str:
        return next((str(each["title"]) for each in self.library.content["items"] if each["id"] == item), TITLES.get(item, item))

    def filled_by(self, item: str) -> str:
        return next((str(each["filled_by"]) for each in self.library.content["items"] if each["id"] == item), "record")


TITLES = {"pump_volume": "The pump's final volume", "drug_rest": "What was drawn and not given"}


def leaving_list(session: Session, *, at: datetime) -> LeavingList:
    """The whole list.  A constant number of queries."""
    limits = limits_of(session)
    all_deeds = deeds.deeds(session.id)
    held = trace.trace(session.id)
    facts = discharge_facts(session, all_deeds, held, limits, at=at)
    running, drawn = infusion_of(all_deeds), ledger.draws_of(session.id)
    charted = running is None or running.final_volume_ul is not None
    until, why = earliest(facts, limits)
    return LeavingList(
        library=library_file("alerts", "discharge"),
        facts=facts,
        verdict=Verdict.of(*may_leave(facts, limits), _volume(charted), _rest(drawn.open_ug)),
        earliest_at=until,
        earliest_why=why,
        open_ug=drawn.open_ug,
        volume_charted=charted,
    )


def _volume(charted: bool) -> Finding:
    if charted:
        return Finding.met("pump_volume", "Charted.")
    return Finding.unknown("pump_volume", "What the pump shows at the end is not charted. Read it from the pump.", mark="J")


def _rest(open_ug: int) -> Finding:
    if open_ug == 0:
        return Finding.met("drug_rest", "Everything that was drawn is given, wasted or returned.")
    return Finding.unmet("drug_rest", f"{milligrams_text(open_ug)} was drawn and is neither given, wasted nor returned. Waste it before a witness.")


def discharge_facts(session: Session, all_deeds: tuple[Deed, ...], held: trace.Trace, limits: SiteLimits, *, at: datetime) -> DischargeFacts:
    """The facts, as the rules ask for them.  None: nobody read, asked or did it."""
    zone = zone_of(session)
    today = at.astimezone(zone).date()
    own = own_values({session.id: session.started_at})[session.id] if session.started_at else {}
    rescues = tuple(
        Rescue(kind=deed.payload["rescue"], name=str(deed.payload["name"]), given_at=deed.taken_at)
        for deed in deeds.standing(all_deeds, "medicine")
        if deed.payload.get("rescue")
    )
    items = newest_items(all_deeds)
    plan = plans.plan(session.plan_id)
    pressures = _pressures(all_deeds, held)
    baseline = Pressure(taken_at=session.started_at or at, sbp=own["sbp"], dbp=own["dbp"]) if {"sbp", "dbp"} <= own.keys() else None
    return DischargeFacts(
        at=at,
        today=today,
        route="iv",
        dose_ended_at=session.dosing_ended_at,
        plan_minimum_min=_plan_minimum(plan),
        rescues=rescues,
        pressures=pressures,
        baseline=baseline,
        pressure_signed_by=_pressure_signed(items.get("pressure_near_own"), pressures, baseline),
        heart_rate=_heart_rate(all_deeds, held, fresh_min=limits.at("leave_values", "fresh_min"), at=at),
        baseline_heart_rate=own.get("hr"),
        saturation=_latest(all_deeds, held, "spo2"),
        on_oxygen=_on_oxygen(all_deeds),
        baseline_saturation=own.get("spo2"),
        alertness=_latest(all_deeds, held, "moaas"),
        aldrete=_aldrete(items.get("aldrete")),
        taps={item: Tap(ok=bool(items[item].payload["ok"]), by=items[item].by, at=items[item].taken_at) for item in TAPS if item in items},
        suicide=suicide_after(session, zone=zone),
        night_reasons=_night_reasons(session, today, zone, rescues),
        night_person=_night_person(session, items.get("night"), zone),
        handover=_handover(items.get("escort")),
        standing=standing_of(all_deeds, held, at=at),
    )


def newest_items(all_deeds: tuple[Deed, ...]) -> dict[str, Deed]:
    """The newest answer to each item of the list, by its true time."""
    return {str(deed.payload["item"]): deed for deed in deeds.standing(all_deeds, LEAVING)}


def _pressures(all_deeds: tuple[Deed, ...], held: trace.Trace) -> tuple[Pressure, ...]:
    """Every whole cuff pressure by true time, by hand and by device."""
    read = [*_by_hand(all_deeds), *(message.values for message in held.cuffs)]
    found = [
        Pressure(taken_at=each.taken_at, sbp=sbp, dbp=dbp)
        for each in read
        if (sbp := each.number("sbp")) is not None and (dbp := each.number("dbp")) is not None
    ]
    return tuple(sorted(found, key=lambda each: each.taken_at))


def _latest(all_deeds: tuple[Deed, ...], held: trace.Trace, channel: str) -> Measured | None:
    """The newest number of a channel; where the newest row has none (a silent sensor) there is none."""
    rows = [each for each in _by_hand(all_deeds) if channel in each.values]
    rows += [held.latest[channel].values] if channel in held.latest else []
    newest = max(rows, key=lambda each: each.taken_at, default=None)
    number = newest.number(channel) if newest is not None else None
    return None if newest is None or number is None else Measured(value=number, taken_at=newest.taken_at)


def _heart_rate(all_deeds: tuple[Deed, ...], held: trace.Trace, *, fresh_min: float, at: datetime) -> Measured | None:
    """The newest heart rate; the pulse of the oximeter, held against the same limits, where the heart rate is silent or old."""
    rate = _latest(all_deeds, held, "hr")
    if rate is not None and at - rate.taken_at <= timedelta(minutes=fresh_min):
        return rate
    return _latest(all_deeds, held, "pulse") or rate


def _by_hand(all_deeds: tuple[Deed, ...]) -> list[Values]:
    return [deeds.values(deed.payload, deed.taken_at) for deed in deeds.standing(all_deeds, "vitals")]


def _on_oxygen(all_deeds: tuple[Deed, ...]) -> bool | None:
    """As last charted with a set of vital signs; None where nobody said."""
    for deed in reversed(deeds.standing(all_deeds, "vitals")):
        word = (deed.payload.get("words") or {}).get("oxygen")
        if word:
            return bool(word == "oxygen")
    return None


def _plan_minimum(plan: Any) -> int | None:
    """The protocol's own time after the end of the dose, as the plan has it."""
    if plan is None:
        return None
    told = (plan.effective.get("discharge") or {}).get("min_after_end_min")
    return None if told is None else int(told)


def _pressure_signed(deed: Deed | None, pressures: tuple[Pressure, ...], baseline: Pressure | None) -> str:
    """Who signed that the pressure is enough; it holds for that pressure and any nearer to the person's own, not for a worse one."""
    if deed is None or not pressures:
        return ""
    signed, last = float(deed.payload["sbp"]), pressures[-1].sbp
    if baseline is None:
        return deed.by if pressures[-1].taken_at <= deed.taken_at else ""
    return deed.by if abs(last - baseline.sbp) <= abs(signed - baseline.sbp) else ""


def _aldrete(deed: Deed | None) -> Aldrete | None:
    if deed is None:
        return None
    parts = {name: deed.payload["parts"].get(name) for name in ALDRETE}
    return Aldrete(at=deed.taken_at, saturation_is_own=bool(deed.payload.get("saturation_is_own")), **parts)


def _handover(deed: Deed | None) -> Handover | None:
    if deed is None:
        return None
    told = deed.payload
    return Handover(
        kind=told["kind"],
        to_name=str(told["to_name"]),
        adult_present=bool(told["adult_present"]),
        has_the_keys=told["has_the_keys"],
        documented=bool(told["documented"]),
        by=deed.by,
        at=deed.taken_at,
    )


def _night_reasons(session: Session, today: date, zone: ZoneInfo, rescues: tuple[Rescue, ...]) -> tuple[str, ...]:
    born_on = chart.identity(session.person_id).born_on
    before = Session.objects.filter(person_id=session.person_id, started_at__isnull=False).exclude(id=session.id).exists()
    asked = [_check_in_suicide(session, zone), suicide_after(session, zone=zone)]
    return night_reasons(
        age_years=0 if born_on is None else age_on(born_on, today),
        first_dose=not before,
        suicidal_indication=any(each is not None and bool(each.answers.that_are("yes") or each.answers.that_are("declined")) for each in asked),
        rescue_sedative=any(rescue.kind == "sedative" for rescue in rescues),
    )


def _night_person(session: Session, deed: Deed | None, zone: ZoneInfo) -> str:
    """Who stays, as said at the end, else as said at the check-in."""
    if deed is not None:
        return str(deed.payload["person"])
    day = (session.started_at or session.scheduled_at).astimezone(zone).date()
    return str(answers(session.id, today=day, zone=zone.key).said("night", "name") or "")


def _check_in_suicide(session: Session, zone: ZoneInfo) -> SuicideInterview | None:
    return _interview(_newest(session.id, "suicide"), None, zone)


def suicide_after(session: Session, *, zone: ZoneInfo) -> SuicideInterview | None:
    """The five questions as asked again after the dose, with the assessment that followed."""
    return _interview(_newest(session.id, SUICIDE_AFTER), _newest(session.id, ASSESSMENT_AFTER), zone)


def _newest(session_id: UUID, item: str) -> AnswerRow | None:
    row = CheckInAnswer.objects.filter(session_id=session_id, item=item).order_by("-recorded_at", "-id").first()
    if row is None:
        return None
    value: Mapping[str, Any] | None = json.loads(row.value_text)
    return AnswerRow(
        item=item, value=value, taken_at=row.taken_at, recorded_at=row.recorded_at, recorded_by=row.recorded_by, by_user_id=row.by_user_id
    )


def _interview(row: AnswerRow | None, assessed: AnswerRow | None, zone: ZoneInfo) -> SuicideInterview | None:
    if row is None or row.value is None:
        return None
    assessment = None
    if assessed is not None and assessed.value is not None:
        assessment = Assessment(
            by=assessed.recorded_by,
            qualified=bool(assessed.value.get("qualified")),
            completed_at=assessed.taken_at,
            on=assessed.taken_at.astimezone(zone).date(),
            allows=assessed.yes("allows") is True,
        )
    return SuicideInterview(
        answers=FiveAnswers(**{name: row.value.get(name, "not_asked") for name in WORDS}),
        asked_at=row.taken_at,
        asked_on=row.taken_at.astimezone(zone).date(),
        asked_by=row.recorded_by,
        new_or_worse=row.yes("new_or_worse"),
        assessment=assessment,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingRow:
    """How a session ended; the document of the session shows it."""

    how: str
    at: datetime
    by: str
    saw: Mapping[str, Any]
    no_driving_until: datetime


def left(session_id: UUID) -> LeavingRow | None:
    """The end of a session; None while it has none."""
    row = Leaving.objects.filter(session_id=session_id).first()
    if row is None:
        return None
    return LeavingRow(how=row.how, at=row.at, by=row.by, saw=json.loads(row.saw_text), no_driving_until=row.no_driving_until_at)
