"""The gate on real rows: each fact reaches its finding, what nobody lifts cannot be signed for, and the rest takes two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from afterglow.ground import ids
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts import queries as people
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.actions.second_sign import second_sign
from afterglow.pathway.session.actions.sign_override import sign_override
from afterglow.pathway.session.models import EquipmentCheck, Override, SecondSignature, Session
from afterglow.pathway.session.queries.gate_verdict import Gate, gate_now
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.staff.actions.record_credential import record_credential
from afterglow.records.staff.models import Credential, Shift
from afterglow.science.interactions.matching import check
from tests.support import session as steps
from tests.support.session import FIVE_NO, OnTheWay, signature, started

REASON = "Seen at the bedside; the benefit is greater today."


def gate(way: OnTheWay, at: datetime) -> Gate:
    return gate_now(access.fetch_session(way.cast.ben, way.session_id), by=way.cast.ben, at=at)


def say(way: OnTheWay, item: str, value: Mapping[str, Any] | None, at: datetime) -> None:
    answer_item(session_id=way.session_id, item=item, value=value, key=ids.new_token(), by=way.cast.ben, at=at)


def open_items(way: OnTheWay, at: datetime) -> dict[str, str]:
    return {finding.item: finding.lifted_by for finding in gate(way, at).verdict.open}


NEW_WORSE = {**FIVE_NO, "thoughts": "yes", "new_or_worse": "yes"}
# answer -> the one item that opens, and who lifts it: safety 4 in both classes
ANSWERED: list[tuple[str, Mapping[str, Any] | None, str, str]] = [
    ("identity", None, "identity", "nobody"),
    ("allergies", {"said": "no"}, "allergies", ""),
    ("ketamine_allergy", {"said": "yes"}, "ketamine_allergy", "nobody"),
    ("ketamine_allergy", None, "ketamine_allergy", "nobody"),
    ("capacity", {"said": "not_shown"}, "capacity", "nobody"),
    ("capacity", None, "capacity", "nobody"),
    ("intoxication", {"said": "yes"}, "intoxication", "nobody"),
    ("intoxication", None, "intoxication", "nobody"),
    ("withdrawal", {"said": "yes"}, "withdrawal", "nobody"),
    ("substances", {"said": "yes", "taken": ["alcohol"]}, "substances", "two_signatures"),
    ("substances", None, "substances", ""),
    ("pregnancy", {"organs": "yes", "result": "positive"}, "private_talk", "nobody"),
    ("pregnancy", {"organs": "yes", "result": "declined"}, "pregnancy", "two_signatures"),
    ("pregnancy", {"organs": "yes", "result": "not_tested"}, "pregnancy", "two_signatures"),
    ("suicide", {**FIVE_NO, "thoughts": "declined"}, "suicide", "nobody"),
    ("suicide", {**FIVE_NO, "method": "not_asked"}, "suicide", ""),
    ("suicide", {**FIVE_NO, "intent_or_plan": "yes", "new_or_worse": "yes"}, "suicide", "nobody"),
    ("suicide", {**FIVE_NO, "intent_or_plan": "yes", "new_or_worse": "no"}, "suicide", "nobody"),
    ("suicide", NEW_WORSE, "suicide", "two_signatures"),
    ("suicide", None, "suicide", ""),
    ("escort", {"kind": "ride_share"}, "escort", "two_signatures"),
    ("escort", None, "escort", ""),
    ("night", None, "night", "two_signatures"),
    ("values_before", {"hr": 68, "rr": 14, "spo2": 88}, "values_before", "two_signatures"),
    ("values_before", None, "values_before", ""),
    ("fasting", {"meal": "fatty", "meal_at": "2026-12-07T03:00+00:00", "clear_fluid_at": "2026-12-07T05:00+00:00"}, "fasting", "two_signatures"),
    ("fasting", None, "fasting", ""),
    ("iv_site", {"said": "no"}, "iv_site", ""),
    ("airway_person", None, "airway_person", "nobody"),
    ("both_roles", {"said": "no"}, "both_roles", "two_signatures"),
]


# req: N1, S68, S69
# hazard: H1, H16, H17, H37, H38, H40
def test_each_answer_opens_its_own_item_and_no_other(ready: OnTheWay, at: datetime) -> None:
    assert open_items(ready, at) == {}
    wrong = []
    for item, value, opens, lifted_by in ANSWERED:
        with transaction.atomic():
            say(ready, item, value, at)
            found = open_items(ready, at)
            transaction.set_rollback(True)
        if found != {opens: lifted_by}:
            wrong.append((item, value, found))
    assert wrong == []
    say(ready, "other_ketamine", None, at)
    assert open_items(ready, at) == {"interval.other_ketamine_asked": "", "interval.last": ""}


# hazard: H45, H46, H37
def test_each_row_behind_the_gate_opens_its_own_item(ready: OnTheWay, at: datetime) -> None:
    ana, ben = ready.cast.ana.user_id, ready.cast.ben.user_id
    yesterday = (at - timedelta(days=2)).date()
    session = Session.objects.filter(id=ready.session_id)
    cases: list[tuple[Any, dict[str, str]]] = [
        (lambda: session.update(monitor=None), {"monitor.named": ""}),
        (lambda: session.update(monitor=ready.cast.theo.user_id), {"monitor.licensed": "nobody", "monitor.not_therapist": "two_signatures"}),
        (lambda: Credential.objects.filter(user=ben, kind="nursing_licence").update(expires_on=yesterday), {"monitor.licensed": "nobody"}),
        (lambda: Credential.objects.filter(user=ben, kind="nursing_licence").update(profession="LPN"), {"monitor.licensed": "nobody"}),
        (lambda: Credential.objects.filter(user=ben, kind="nursing_licence").update(profession="RN"), {}),
        (lambda: Credential.objects.filter(user=ana, kind="dea").update(ended_at=at), {"credential.dea": "nobody"}),
        (lambda: Credential.objects.filter(user=ana, kind="privilege").update(expires_on=yesterday), {"credential.privilege": "nobody"}),
        (lambda: Credential.objects.filter(user=ana, kind="acls").update(expires_on=yesterday), {"airway_person": "nobody"}),
        (lambda: Shift.objects.filter(user=ana, duty="on_site").update(cancelled_at=at), {"airway_person": "nobody"}),
        (lambda: session.update(room=ready.cast.room_2_id), {"device": "two_signatures"}),
    ]
    wrong = []
    for change, opens in cases:
        with transaction.atomic():
            change()
            found = open_items(ready, at)
            transaction.set_rollback(True)
        if found != opens:
            wrong.append((opens, found))
    assert wrong == []


def a_medicine_at(level: str) -> tuple[str, str]:
    """A medicine that the library lists at this level by itself, and the id of that row."""
    known, _ = knowledge()
    for row in known.interactions:
        for drug in sorted(row.drugs) if row.level == level and not row.given and not row.together else []:
            matches = check([drug], route="iv", facts={}, interactions=known.interactions, names=known.names).matches
            if [match.level for match in matches] == [level]:
                return drug, row.id
    raise LookupError(level)


# hazard: H39
def test_medicines_at_the_gate(ready: OnTheWay, at: datetime) -> None:
    later = at + timedelta(minutes=1)
    (high, row), (hold, _) = a_medicine_at("high"), a_medicine_at("hold")
    cases = [
        ("moonwort", {"unchecked_medicines": ""}),
        (high, {f"interactions.{row}": "two_signatures"}),
        (hold, {"held_medicines": ""}),
    ]
    wrong = []
    for name, opens in cases:
        with transaction.atomic():
            record_medicine(person_id=ready.person_id, name=name, by=ready.cast.ben, at=later)
            found = open_items(ready, later)
            transaction.set_rollback(True)
        if found != opens:
            wrong.append((name, found))
    assert wrong == []


# hazard: H39
def test_an_unlisted_medicine_is_read_by_a_prescriber_and_a_held_one_is_asked(ready: OnTheWay, at: datetime) -> None:
    later = at + timedelta(minutes=1)
    hold, _ = a_medicine_at("hold")
    for name in ("moonwort", hold):
        record_medicine(person_id=ready.person_id, name=name, by=ready.cast.ben, at=later)
    with pytest.raises(Refusal) as refused:
        say(ready, "unchecked_medicines", {"names": ["moonwort"]}, later)
    assert refused.value.code == "session.not_qualified"
    answer_item(session_id=ready.session_id, item="unchecked_medicines", value={"names": ["moonwort"]}, key="read", by=ready.cast.ana, at=later)
    say(ready, "medicines", {"held": {hold: "taken"}}, later)
    assert open_items(ready, later) == {"held_medicines": "two_signatures"}
    say(ready, "medicines", {"held": {hold: "held"}}, later + timedelta(seconds=1))
    assert open_items(ready, later + timedelta(seconds=1)) == {}


# hazard: H15
def test_pressure_decides_on_the_mean_of_the_last_two_and_keeps_all(ready: OnTheWay, at: datetime) -> None:
    steps.seated(ready, 190, 112, at - timedelta(minutes=1), at)
    assert open_items(ready, at) == {"pressure": "nobody"}  # 156/95 is the mean of the last two, but the last one is a stop by itself
    again = at + timedelta(minutes=4)
    steps.seated(ready, 118, 74, again, again)
    assert open_items(ready, again) == {}  # 154/93, and three readings in the window
    third = again + timedelta(seconds=30)
    steps.seated(ready, 190, 112, third, third)
    assert open_items(ready, third) == {"pressure": "nobody", "pressure_retries": "two_signatures"}


# hazard: H1, H49
def test_a_stop_typed_over_needs_two_signatures(ready: OnTheWay, at: datetime) -> None:
    say(ready, "intoxication", {"said": "yes"}, at)
    assert open_items(ready, at) == {"intoxication": "nobody"}
    say(ready, "intoxication", {"said": "no"}, at)
    assert open_items(ready, at) == {"nothing_taken_back": "two_signatures"}
    override = first(ready, at, "nothing_taken_back")
    second_sign(override_id=override, signed=signature(ready.cast.ben, at), by=ready.cast.ben, at=at)
    assert open_items(ready, at) == {}
    later = at + timedelta(seconds=1)
    say(ready, "intoxication", {"said": "yes"}, later)
    say(ready, "intoxication", {"said": "no"}, later)
    assert open_items(ready, later) == {"nothing_taken_back": "two_signatures"}  # it was done again: signed again


# hazard: H13
def test_values_before_the_dose_grow_old_as_a_pressure_does(ready: OnTheWay, at: datetime) -> None:
    later = at + timedelta(minutes=31)
    for minutes in (12, 4):
        steps.seated(ready, 122, 78, later - timedelta(minutes=minutes), later)
    assert open_items(ready, later - timedelta(minutes=1)) == {}
    assert open_items(ready, later) == {"values_before": ""}
    say(ready, "values_before", {"hr": 70, "rr": 15, "spo2": 97}, later)
    assert open_items(ready, later) == {}


# hazard: H28
def test_a_withdrawal_that_came_while_start_waited_stops_it(ready: OnTheWay, at: datetime) -> None:
    withdraw(consent_id=Consent.objects.get(person_id=ready.person_id).id, by=ready.cast.ben, at=at + timedelta(seconds=2))
    assert open_items(ready, at) == {"consent": "nobody"}
    with pytest.raises(Refusal):
        started(ready, at)


def test_answers_of_yesterday_do_not_count_today(ready: OnTheWay, at: datetime) -> None:
    # req: S69
    tomorrow = at + timedelta(days=1)
    found = open_items(ready, tomorrow)
    assert {"identity", "suicide", "fasting", "escort", "equipment", "pressure", "draw"} <= set(found)


def test_equipment_of_today_and_complete(ready: OnTheWay, at: datetime) -> None:
    # hazard: H46
    assert open_items(ready, at) == {}
    assert EquipmentCheck.objects.count() == 1
    items = {**dict.fromkeys(steps.EQUIPMENT, True), "suction": False}
    later = at + timedelta(minutes=1)
    assert not check_equipment(site_id=ready.cast.site_id, items=items, key="second", by=ready.cast.ben, at=later)
    assert open_items(ready, later) == {"equipment": "nobody"}


def first(way: OnTheWay, at: datetime, item: str, *, by: Any = None, saw: str | None = None, reason: str = REASON, key: str = "override") -> Any:
    who = by or way.cast.ana
    finding = gate(way, at).found(item)
    return sign_override(
        session_id=way.session_id, item=item, saw=saw if saw is not None else (finding.covers if finding else ""), reason=reason,
        signed=signature(who, at), key=key, by=who, at=at,
    )  # fmt: skip


@pytest.fixture
def held(ready: OnTheWay, at: datetime) -> OnTheWay:
    """No escort: the one item that is open, and that two signatures lift."""
    say(ready, "escort", {"kind": "none"}, at)
    return ready


# req: N1
# hazard: H49
def test_two_people_and_a_reason_lift_what_may_be_lifted(held: OnTheWay, at: datetime) -> None:
    override = first(held, at, "escort")
    assert open_items(held, at) == {"escort": "two_signatures"}
    second_sign(override_id=override, signed=signature(held.cast.ben, at), by=held.cast.ben, at=at)
    assert open_items(held, at) == {}
    lifted = next(finding for finding in gate(held, at).verdict if finding.item == "escort")
    assert "Ana Ruiz and Ben Okoye" in lifted.sentence and REASON in lifted.sentence
    assert started(held, at).started_by == "Ben Okoye"
    events = list(AuditRow.objects.filter(event__startswith="session.override").order_by("id").values_list("event", "reason"))
    assert events == [("session.override_signed", REASON), ("session.override_countersigned", "")]


# hazard: H6
def test_signatures_for_a_dose_elsewhere_end_when_another_day_is_said(ready: OnTheWay, at: datetime) -> None:
    """Two days ago was signed for; then it was the day before yesterday less a day: the same visit, another gap, other signatures."""

    def elsewhere(days: int, when: datetime) -> None:
        say(ready, "other_ketamine", {"said": "yes", "where": "lozenges", "last_on": (when - timedelta(days=days)).date().isoformat()}, when)

    elsewhere(2, at)
    assert {"interval.last", "interval.week", "interval.cumulative"} <= set(open_items(ready, at)), "how often was not said"
    override = first(ready, at, "interval.last")
    second_sign(override_id=override, signed=signature(ready.cast.ben, at), by=ready.cast.ben, at=at)
    later = at + timedelta(minutes=20)
    assert "interval.last" not in open_items(ready, later)
    say(ready, "other_ketamine", {"said": "yes", "where": "Spravato", "last_on": (later - timedelta(days=2)).date().isoformat()}, later)
    assert open_items(ready, later)["interval.last"] == "two_signatures"
    with pytest.raises(Refusal) as refused:
        started(ready, later)
    assert "has changed since it was signed" in str(refused.value.findings)


def test_the_second_person_signs_at_the_first_ones_screen(held: OnTheWay, at: datetime) -> None:
    override = first(held, at, "escort", by=held.cast.ben)
    second_sign(override_id=override, signed=signature(held.cast.ana, at), by=held.cast.ben, at=at)
    assert SecondSignature.objects.get(override=override).signed_by_id == held.cast.ana.user_id
    second_sign(override_id=override, signed=signature(held.cast.ana, at), by=held.cast.ben, at=at)
    assert open_items(held, at) == {}


@pytest.mark.parametrize(("who", "code"), [("ana", "session.same_signer"), ("faye", "access.forbidden"), ("cora", "access.not_found")])
def test_the_second_signature_is_another_licensed_persons(held: OnTheWay, at: datetime, who: str, code: str) -> None:
    override = first(held, at, "escort")
    signer = getattr(held.cast, who)
    with pytest.raises(Refusal) as refused:
        second_sign(override_id=override, signed=signature(signer, at), by=held.cast.ben, at=at)
    assert refused.value.code == code
    assert open_items(held, at) == {"escort": "two_signatures"}


def test_one_of_the_two_is_a_prescriber(held: OnTheWay, at: datetime) -> None:
    cast = held.cast
    user = accounts.add_staff(
        name="Nia Cole", email="nia@example.org", password="seven quiet boats here", role_ids=("session_nurse",), by=cast.olga, at=at
    )
    nia = people.actor_for(user.id, cast.clinic_id)
    record_credential(
        user_id=user.id, kind="nursing_licence", number="RN-9", state="CA", expires_on=(at + timedelta(days=99)).date(), by=cast.olga, at=at
    )
    override = first(held, at, "escort", by=cast.ben)
    with pytest.raises(Refusal) as refused:
        second_sign(override_id=override, signed=signature(nia, at), by=nia, at=at)
    assert refused.value.code == "session.no_prescriber"


def test_a_signer_whose_licence_ended_does_not_count(held: OnTheWay, at: datetime) -> None:
    override = first(held, at, "escort")
    Credential.objects.filter(user=held.cast.ben.user_id, kind="nursing_licence").update(expires_on=(at - timedelta(days=2)).date())
    with pytest.raises(Refusal) as refused:
        second_sign(override_id=override, signed=signature(held.cast.ben, at), by=held.cast.ben, at=at)
    assert refused.value.code == "session.not_licensed"


# req: N1
@pytest.mark.parametrize(
    ("item", "value", "opened", "code"),
    [
        ("identity", None, "identity", "session.never_lifted"),
        ("ketamine_allergy", {"said": "yes"}, "ketamine_allergy", "session.never_lifted"),
        ("capacity", {"said": "not_shown"}, "capacity", "session.never_lifted"),
        ("intoxication", {"said": "yes"}, "intoxication", "session.never_lifted"),
        ("pregnancy", {"organs": "yes", "result": "positive"}, "private_talk", "session.never_lifted"),
        ("suicide", {**FIVE_NO, "act_or_preparation": "yes", "new_or_worse": "yes"}, "suicide", "session.never_lifted"),
        ("iv_site", {"said": "no"}, "iv_site", "session.not_liftable"),
        ("iv_site", {"said": "yes"}, "iv_site", "session.not_liftable"),
        ("iv_site", {"said": "yes"}, "no_such_item", "session.not_liftable"),
    ],
)
def test_what_nobody_lifts_cannot_be_signed_for(
    ready: OnTheWay, at: datetime, item: str, value: Mapping[str, Any] | None, opened: str, code: str
) -> None:
    say(ready, item, value, at)
    with pytest.raises(Refusal) as refused:
        first(ready, at, opened)
    assert refused.value.code == code
    assert not Override.objects.exists()


# req: N1
def test_a_signature_covers_the_sentence_that_was_read_and_no_other(held: OnTheWay, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        first(held, at, "escort", saw="Somebody takes the person home.")
    assert refused.value.code == "session.gate_changed"
    override = first(held, at, "escort")
    second_sign(override_id=override, signed=signature(held.cast.ben, at), by=held.cast.ben, at=at)
    say(held, "escort", {"kind": "ride_share"}, at + timedelta(seconds=1))
    found = gate(held, at + timedelta(seconds=1)).verdict.open
    assert [finding.item for finding in found] == ["escort"]
    assert "has changed since it was signed" in found[0].sentence


@pytest.mark.parametrize("reason", ["", "ok", "   fine    "])
def test_a_reason_is_more_than_a_word(held: OnTheWay, at: datetime, reason: str) -> None:
    # hazard: H49
    with pytest.raises(Refusal) as refused:
        first(held, at, "escort", reason=reason)
    assert refused.value.code == "session.override_no_reason"


def test_signing_for_an_item_twice_with_one_form_is_one_override(held: OnTheWay, at: datetime) -> None:
    assert first(held, at, "escort") == first(held, at, "escort")
    assert Override.objects.count() == 1


def test_who_may_not_override_is_told_and_strangers_see_nothing(held: OnTheWay, at: datetime) -> None:
    with pytest.raises(Forbidden):
        first(held, at, "escort", by=held.cast.faye)
    with pytest.raises(NotFound):
        first(held, at, "escort", by=held.cast.cora)


# hazard: H17
def test_a_new_or_worse_answer_needs_a_qualified_assessment_of_today(ready: OnTheWay, at: datetime) -> None:
    say(ready, "suicide", {**FIVE_NO, "intent_or_plan": "yes", "new_or_worse": "yes"}, at)
    value = {"allows": "yes", "note": "Spoke for half an hour; a plan was denied; safety plan renewed."}
    with pytest.raises(Refusal) as refused:
        say(ready, "suicide_assessment", value, at)
    assert refused.value.code == "session.not_qualified"
    answer_item(session_id=ready.session_id, item="suicide_assessment", value=value, key="assess", by=ready.cast.ana, at=at + timedelta(minutes=20))
    assert "suicide" not in open_items(ready, at + timedelta(minutes=21))
    against = {"allows": "no", "note": "Goes to the emergency department."}
    answer_item(
        session_id=ready.session_id, item="suicide_assessment", value=against, key="against", by=ready.cast.ana, at=at + timedelta(minutes=22)
    )
    assert open_items(ready, at + timedelta(minutes=22))["suicide"] == "nobody"


# req: C13
def test_the_gate_costs_the_same_however_much_was_answered(ready: OnTheWay, at: datetime) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert gate(ready, at + timedelta(minutes=1)).verdict.met
        return len(seen)

    once = cost()
    for number in range(50):
        say(ready, "both_roles", {"said": "yes"}, at + timedelta(seconds=number))
    assert cost() == once


# req: S19
# hazard: H41
def test_a_score_that_calls_the_prescriber_holds_the_dose_until_a_prescriber_has_closed_its_flag(ready: OnTheWay, at: datetime) -> None:
    cast = ready.cast
    flag = open_flag(
        person_id=ready.person_id, kind="mania_hold", urgency="today", sentence="YMRS is above 12.", source_kind="test", source_id="1", by=cast.ben, at=at
    )  # fmt: skip
    assert open_items(ready, at) == {"prescriber_decides": "two_signatures"}
    with pytest.raises(Refusal, match="session.gate_unmet"):
        started(ready, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    with pytest.raises(Refusal, match="flags.not_closed") as refused:
        close_flag(flag_id=flag, note="Slept well, no other sign; rated again tomorrow.", key="c1", by=cast.ben, at=at)
    assert [finding.item for finding in refused.value.findings] == ["prescriber"]
    own_flag(flag_id=flag, by=cast.ana, at=at)
    close_flag(flag_id=flag, note="Seen: no mania, the dose goes on today.", key="c2", by=cast.ana, at=at)
    assert open_items(ready, at) == {}
