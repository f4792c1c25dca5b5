"""Start: what it writes, what it refuses, and that every answer of the gate is kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries as consents
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.start_session import start_session
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, GateDecision, Session
from afterglow.pathway.session.queries.limits import limits_at_start, site_limits
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.chart.actions.record_weight import record_weight
from tests.support import session as steps
from tests.support.cast import Cast
from tests.support.consent import a_document
from tests.support.plan import consent
from tests.support.session import OnTheWay, signature, started


def decisions(session_id: UUID) -> list[bool]:
    return list(GateDecision.objects.filter(session_id=session_id).order_by("at", "id").values_list("started", flat=True))


# req: S68, S32
def test_start_writes_the_whole_start_in_one_piece(ready: OnTheWay, at: datetime) -> None:
    done = started(ready, at)
    session = Session.objects.get(id=ready.session_id)
    assert (session.state, session.started_at, session.started_by) == ("dosing", at, "Ben Okoye")
    assert (done.dose_ug, done.over_min) == (35_000, 40)
    assert session.monitor_id == ready.cast.ben.user_id and session.room_id == ready.room_id
    entry = Entry.objects.get(session_id=session.id, kind="started")
    payload = json.loads(entry.text)
    assert payload["dose_ug"] == 35_000 and payload["total_ul"] == 20_000 and payload["rate_ul_per_h"] == done.rate_ul_per_h == 30_000
    assert payload["drug_ug"] == 35_000 and payload["volume_ul"] == 700
    assert first_broken_link(session.id) is None
    order = plans.order(UUID(payload["order"]), at)
    assert order.ended == "used" and session.order_id == order.id
    assert cabinet.draws_of(session.id).open_ug == 35_000
    assert decisions(session.id) == [True]
    rows = AuditRow.objects.filter(event="session.started")
    assert [row.person_id for row in rows] == [ready.person_id]


# req: N12
# hazard: H28
def test_no_consent_is_signed_until_the_day_after(ready: OnTheWay, at: datetime) -> None:
    started(ready, at)
    until = consents.locked_until(ready.person_id, at + timedelta(minutes=1))
    assert until is not None and until >= at + timedelta(hours=24, minutes=40)


# hazard: H51
def test_the_session_keeps_the_limits_it_started_with(ready: OnTheWay, at: datetime) -> None:
    started(ready, at)
    held = limits_at_start(Session.objects.get(id=ready.session_id).limits_text)
    assert held.values == site_limits(ready.cast.site_id).in_force.values
    assert held.at("sbp", "act_from") == 180


# req: S68
# hazard: H5
def test_the_same_request_again_gives_the_same_answer_and_nothing_more(ready: OnTheWay, at: datetime) -> None:
    first = started(ready, at)
    again = started(ready, at + timedelta(seconds=20))
    assert again == first
    assert Entry.objects.filter(session_id=ready.session_id, kind="started").count() == 1
    assert decisions(ready.session_id) == [True]


# hazard: H5
def test_another_start_is_refused_and_says_who_and_when(ready: OnTheWay, at: datetime) -> None:
    started(ready, at)
    for later, key, who in ((22, "another", ready.cast.ben), (25, "start", ready.cast.ana), (26, "", ready.cast.ben)):
        with pytest.raises(Refusal) as refused:
            started(ready, at + timedelta(minutes=later), key=key, by=who)
        assert refused.value.code == "session.already_started"
        assert refused.value.sentence == f"Ben Okoye started this dose at 01:00, {later} min ago."
    assert Entry.objects.filter(session_id=ready.session_id, kind="started").count() == 1


# hazard: H5
def test_an_ended_session_never_starts_again(ready: OnTheWay, at: datetime) -> None:
    started(ready, at)
    Session.objects.filter(id=ready.session_id).update(state="discharged", dosing_ended_at=at, ended_at=at)
    with pytest.raises(Refusal) as refused:
        started(ready, at + timedelta(hours=3), key="again")
    assert refused.value.code == "session.already_started"


# req: N1
def test_a_refused_start_keeps_what_it_saw_and_uses_up_nothing(ready: OnTheWay, at: datetime) -> None:
    answer_item(session_id=ready.session_id, item="escort", value={"kind": "none"}, key="no escort", by=ready.cast.ben, at=at)
    with pytest.raises(Refusal) as refused:
        started(ready, at)
    assert refused.value.code == "session.gate_unmet"
    assert [finding.item for finding in refused.value.findings] == ["escort"]
    assert Session.objects.get(id=ready.session_id).state == "checked_in"
    kept = GateDecision.objects.get(session_id=ready.session_id)
    saw = json.loads(kept.saw_text)
    assert not kept.started and saw["facts"]["escort"]["kind"] == "none"
    assert [each["item"] for each in saw["findings"] if each["state"] != "met"] == ["escort"]
    assert AuditRow.objects.filter(event="session.start_refused", person_id=ready.person_id).count() == 1
    answer_item(session_id=ready.session_id, item="escort", value={"kind": "adult", "adult_name": "Mia"}, key="escort", by=ready.cast.ben, at=at)
    assert started(ready, at + timedelta(minutes=1)).started_by == "Ben Okoye"
    assert decisions(ready.session_id) == [False, True]


# req: N1
def test_everything_open_is_named_at_once(way: OnTheWay, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        started(way, at)
    items = {finding.item for finding in refused.value.findings}
    assert {
        "identity",
        "capacity",
        "intoxication",
        "suicide",
        "pressure",
        "escort",
        "equipment",
        "limits",
        "monitor.named",
        "draw",
        "read_back",
    } <= items


def test_a_session_that_nobody_checked_in_does_not_start(way: OnTheWay, at: datetime) -> None:
    Session.objects.filter(id=way.session_id).update(state="scheduled")
    with pytest.raises(Refusal) as refused:
        started(way, at)
    assert refused.value.code == "session.not_possible"


# req: S68
@pytest.mark.parametrize("who", ["other", "old"])
def test_start_takes_the_starters_own_signature_of_this_moment(ready: OnTheWay, at: datetime, who: str) -> None:
    ben, ana = ready.cast.ben, ready.cast.ana
    signed = signature(ana, at) if who == "other" else signature(ben, at - timedelta(minutes=3))
    with pytest.raises(Refusal) as refused:
        start_session(session_id=ready.session_id, signed=signed, key="start", by=ben, at=at)
    assert refused.value.code == "accounts.not_confirmed"
    assert not decisions(ready.session_id)


def test_start_without_a_key_is_refused(ready: OnTheWay, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        started(ready, at, key="")
    assert refused.value.code == "write.no_key"
    assert Session.objects.get(id=ready.session_id).started_at is None


def test_strangers_learn_nothing_and_others_are_told_who_may(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    cora = cast.cora
    with pytest.raises(NotFound):
        start_session(session_id=ready.session_id, signed=Signature(cora.user_id, cora.name, at), key="k", by=cora, at=at)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        started(ready, at, by=cast.theo)


# hazard: H51
def test_a_used_order_does_not_start_a_second_session(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    started(ready, at)
    order = plans.order_for(ready.plan_id, 1, at)
    assert order is not None and order.ended == "used"


# hazard: H2
def test_a_changed_weight_voids_the_order_at_the_gate(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    later = at + timedelta(minutes=1)
    record_weight(person_id=ready.person_id, value="75", unit="kg", on_site=True, taken_at=later, by=cast.ben, at=later)
    with pytest.raises(Refusal) as refused:
        started(ready, later)
    found = {finding.item: finding.lifted_by for finding in refused.value.findings}
    assert found == {"weight.unchanged": "nobody"}


# hazard: H29
def test_a_withdrawn_consent_stops_the_start(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    consent_id = consents.in_force(ready.person_id, at=at).consent_id
    withdraw(consent_id=consent_id, said="I changed my mind.", by=cast.ben, at=at)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        started(ready, at + timedelta(seconds=1))
    found = {finding.item: finding.lifted_by for finding in refused.value.findings}
    assert found == {"consent": "nobody"}


# req: S48
# hazard: H29
def test_a_consent_for_another_course_stops_the_start(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    a_document(at, 99, applies_to={"protocols": ["another_drug"], "required": True})
    later = at + timedelta(seconds=1)
    consent(cast, later, ready.person_id)
    with pytest.raises(Refusal) as refused:
        started(ready, later)
    found = {finding.item: finding.lifted_by for finding in refused.value.findings}
    assert found == {"consent": "nobody"}


# hazard: H6
def test_yesterday_evening_elsewhere_is_a_hard_stop(ready: OnTheWay, at: datetime) -> None:
    value = {"said": "yes", "where": "lozenges", "last_on": "2026-12-06", "in_week": 1, "in_review": 1}
    answer_item(session_id=ready.session_id, item="other_ketamine", value=value, key="elsewhere", by=ready.cast.ben, at=at)
    with pytest.raises(Refusal) as refused:
        started(ready, at)
    found = {finding.item: finding.lifted_by for finding in refused.value.findings}
    assert found == {"interval.last": "nobody"}


# hazard: H45
def test_a_monitor_of_another_dose_is_refused_whoever_signs(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    other = steps.checked_in(cast, at, person_id=steps.somebody(cast, at, "Eve"), name="Eve Example", room_id=cast.room_2_id)
    steps.a_monitor_in(cast, cast.room_2_id, at)
    steps.answered(other, at)
    steps.drawn(other, steps.a_lot(cast, at, lot_no="K51"), at, record_no=steps.record_no(other))
    started(ready, at)
    with pytest.raises(Refusal) as refused:
        started(other, at, key="second")
    found = {finding.item: finding.lifted_by for finding in refused.value.findings}
    assert found == {"monitor.only_here": "nobody"}
