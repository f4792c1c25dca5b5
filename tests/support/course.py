"""The course of a dose after its start, by the real actions: vital signs, the end of the pump, the rest, the leaving list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from afterglow.ground.accounts.actions import Signature
from afterglow.pathway.session.actions.chart_vitals import chart_vitals
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.finish import finish_dose
from afterglow.pathway.session.actions.leave import discharge
from afterglow.pathway.session.actions.leaving_item import answer_leaving_item, answer_suicide_again
from afterglow.pathway.session.actions.return_drug import account_for_rest
from afterglow.pathway.session.queries.given import dose_line, infusion
from afterglow.pathway.session.rules.discharge_facts import TAPS
from afterglow.records.cabinet import queries as cabinet
from tests.support.cast import build_cast, zone_by_day
from tests.support.session import FIVE_NO, OnTheWay, dosing, signature

AT = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)
"""When the dose of the action tests began: nine in the morning at the site."""


@contextmanager
def one_world(at: datetime) -> Iterator[OnTheWay]:
    """Dan, whose dose began at `at`: made once by the real actions in a transaction around many tests, each of which runs in a savepoint of it."""
    around = transaction.atomic()
    around.__enter__()
    try:
        yield dosing(build_cast(at, zone=zone_by_day(at)), at)
    finally:
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


UNITS = {"sbp": "mmHg", "dbp": "mmHg", "hr": "/min", "spo2": "%", "rr": "/min", "moaas": "score", "nausea": "score", "detached": "score"}
CALM = {"sbp": 120, "dbp": 76, "hr": 66, "spo2": 98, "rr": 14, "moaas": 5}
AWAKE = {"oxygen": "air", "orientation": "full", "contact": "answers", "iv_site": "sound"}
FULL_ALDRETE = dict.fromkeys(("activity", "respiration", "circulation", "consciousness", "saturation"), 2)
MIA = {"kind": "adult", "to_name": "Mia Marsh", "adult_present": True, "has_the_keys": True, "documented": None}


def vitals(
    way: OnTheWay, at: datetime, *, words: Mapping[str, str] | None = None, taken_at: datetime | None = None, key: str = "", **read: float
) -> Charted:
    """A set by Ben: calm values, or those that are named."""
    chosen: Mapping[str, Any] = read or CALM
    return chart_vitals(
        session_id=way.session_id,
        values={code: {"value": value, "unit": UNITS[code]} for code, value in chosen.items()},
        words=AWAKE if words is None else words,
        taken_at=taken_at,
        key=key or f"vitals {at} {hash(frozenset(chosen.items()))}",
        by=way.cast.ben,
        at=at,
    )


def finish(way: OnTheWay, at: datetime, *, volume_ul: int | None = None, why: str = "", key: str = "") -> Charted:
    """The pump's volume, as rate and time make it unless said otherwise."""
    held = infusion(way.session_id)
    assert held is not None
    volume = dose_line(held, at=held.ended_at or at).given.volume_ul if volume_ul is None else volume_ul
    key = key or f"finish {way.session_id}"
    return finish_dose(session_id=way.session_id, final_volume_ul=volume, why=why, key=key, by=way.cast.ben, at=at)


def waste_rest(way: OnTheWay, at: datetime, *, witness: Signature | None = None, key: str = "") -> int:
    """Everything that is left over, before Ana; how much it was, in micrograms."""
    rest = cabinet.draws_of(way.session_id).open_ug
    if rest:
        seen_by, key = witness or signature(way.cast.ana, at), key or f"waste {way.session_id}"
        account_for_rest(
            session_id=way.session_id, how="wasted", amount_ug=rest, witness=seen_by, reason="left over", key=key, by=way.cast.ben, at=at
        )
    return rest


def tap(way: OnTheWay, item: str, at: datetime, value: Mapping[str, Any] | None = None, *, key: str = "") -> Charted:
    return answer_leaving_item(session_id=way.session_id, item=item, value=value or {"ok": True}, key=key or f"{item} {at}", by=way.cast.ben, at=at)


def list_answered(way: OnTheWay, at: datetime, *, but: Mapping[str, Mapping[str, Any] | None] | None = None) -> None:
    """Every tap of the leaving list, as for somebody who is well; `but` gives other answers, None leaves an item out."""
    given: dict[str, Mapping[str, Any] | None] = {item: {"ok": True} for item in TAPS}
    given |= {"aldrete": {"parts": FULL_ALDRETE, "saturation_is_own": False}, "escort": MIA, "night": {"person": "Mia Marsh"}, "suicide": FIVE_NO}
    for item, value in {**given, **(but or {})}.items():
        if value is None:
            continue
        if item == "suicide":
            answer_suicide_again(session_id=way.session_id, value=value, key=f"suicide {at}", by=way.cast.ben, at=at)
        else:
            tap(way, item, at, value)


def recovered(way: OnTheWay, *, min_after: int = 95) -> datetime:
    """The dose in after 40 minutes, the rest wasted, two calm sets 11 minutes apart; the moment from which only the taps are missing."""
    over = way.at + timedelta(minutes=40)
    finish(way, over)
    waste_rest(way, over)
    leaving = over + timedelta(minutes=min_after)
    for minutes in (12, 1):
        vitals(way, leaving - timedelta(minutes=minutes))
    return leaving


def gone_home(way: OnTheWay) -> datetime:
    """Discharged with everything met; when."""
    leaving = recovered(way)
    list_answered(way, leaving)
    discharge(session_id=way.session_id, key=f"discharge {way.session_id}", by=way.cast.ben, at=leaving)
    return leaving
