"""Orders against nausea: signed by a prescriber, counted in the room, and nothing is given that no order covers (S74)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.order_as_needed import Wish, end_as_needed, order_as_needed
from afterglow.pathway.session.models import AsNeededOrder, Entry, Session
from afterglow.pathway.session.queries.as_needed import antiemetics, standing_orders
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.timeline import lines
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.flags.models import Flag
from afterglow.records.staff.models import Credential
from tests.support.course import AT, gone_home
from tests.support.session import OnTheWay, signature

TEN = AT + timedelta(minutes=10)
WISH = Wish(use="as_needed", drug="ondansetron", dose_ug=4_000, route="iv", what_for="nausea", most_ug=8_000, least_min=30)


def short(*parts: object) -> str:
    """A key as a page makes one: the same for the same press."""
    return sha256(repr(parts).encode()).hexdigest()


def order(
    way: OnTheWay, at: datetime = AT, *, dose_no: int = 1, reason: str = "ECG of today is normal.", by: Actor | None = None, **other: Any
) -> UUID:
    who = by or way.cast.ana
    wish = replace(WISH, **other)
    return order_as_needed(
        plan_id=way.plan_id, dose_no=dose_no, wish=wish, reason=reason, signed=signature(who, at), key=short(wish, at, dose_no), by=who, at=at
    )


def give(way: OnTheWay, at: datetime = TEN, *, name: str = "Zofran", amount: str = "4", unit: str = "mg", route: str = "iv", **more: Any) -> Charted:
    dose = Dose(name=name, amount=amount, unit=unit, route=route)
    return give_medicine(
        session_id=way.session_id, dose=dose, ordered_by=more.pop("ordered_by", ""), key=short(dose, at, more), by=way.cast.ben, at=at, **more
    )


def stored(way: OnTheWay, charted: Charted) -> dict[str, Any]:
    return json.loads(Entry.objects.get(session_id=way.session_id, seq=charted.seq).text)


def refused(way: OnTheWay, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        give(way, *args, **more)
    return caught.value


# req: S74
# hazard: H39
def test_nothing_is_given_that_no_order_covers(way: OnTheWay) -> None:
    before = Session.objects.get(id=way.session_id).seq
    none = refused(way, ordered_by="Ana Ruiz")
    assert (none.code, none.field) == ("session.not_ordered", "outside") and "No order for this drug is signed" in none.sentence
    order(way)
    assert "The order says 4 mg at once" in refused(way, amount="8").sentence
    assert "another route" in refused(way, route="oral").sentence
    assert "by volume" in refused(way, amount="2", unit="mL").sentence
    assert Session.objects.get(id=way.session_id).seq == before


# req: S74
def test_what_is_given_names_its_order_and_is_counted_against_the_most(way: OnTheWay) -> None:
    signed = order(way)
    first = give(way)
    held = stored(way, first)
    assert (held["order"], held["ordered_by"], held["count"]) == (str(signed), "Ana Ruiz", "4 mg of at most 8 mg in this session.")
    assert Session.objects.get(id=way.session_id).last_rescue_at is None
    (line,) = [each for each in lines(deeds(way.session_id)) if each.seq == first.seq]
    assert "under the signed as-needed order, ordered by Ana Ruiz. 4 mg of at most 8 mg" in line.text
    assert "29 min apart" in refused(way, TEN + timedelta(minutes=29)).sentence
    give(way, TEN + timedelta(minutes=30), amount="4000", unit="ug")
    assert "8 mg was given already" in refused(way, TEN + timedelta(minutes=60), amount="1").sentence
    (now,) = standing_orders(Session.objects.get(id=way.session_id), at=TEN)
    assert (now.total_ug, now.left_ug, now.next_at) == (8_000, 0, TEN + timedelta(minutes=60))


# req: S74
def test_what_was_given_already_is_recorded_as_outside_any_order_and_counts(way: OnTheWay) -> None:
    charted = give(way, ordered_by="Ana Ruiz", outside="said aloud during vomiting")
    assert "tell the prescriber now" in charted.says and stored(way, charted)["outside"] == "said aloud during vomiting"
    (line,) = [each for each in lines(deeds(way.session_id)) if each.seq == charted.seq]
    assert "OUTSIDE ANY SIGNED ORDER: said aloud during vomiting" in line.text
    assert outside_flags(way) == [(way.cast.ana.user_id, f"{way.session_id.hex}:{charted.seq}")]
    assert refused(way, ordered_by="", outside="nobody asked").code == "session.no_orderer"
    order(way, TEN + timedelta(minutes=1), most_ug=4_000)
    assert "4 mg was given already" in refused(way, TEN + timedelta(minutes=60)).sentence


def test_a_correction_is_held_to_the_order_without_counting_itself(way: OnTheWay) -> None:
    order(way, most_ug=4_000)
    wrong = give(way)
    anew = {"name": "ondansetron", "amount": "3", "unit": "mg", "route": "iv", "rescue": "", "ordered_by": "", "why": ""}
    common = {"session_id": way.session_id, "seq": wrong.seq, "reason": "misread", "by": way.cast.ben, "at": TEN}
    with pytest.raises(Refusal) as caught:
        correct_entry(replacement={**anew, "amount": "5"}, key="c1", **common)
    assert caught.value.code == "session.not_ordered"
    correct_entry(replacement=anew, key="c2", **common)
    (deed,) = [each for each in deeds(way.session_id) if each.kind == "medicine"]
    assert deed.payload["count"] == "3 mg of at most 4 mg in this session."
    correct_entry(replacement={**anew, "amount": "5", "ordered_by": "Ana Ruiz", "outside": "two ampoules"}, key="c3", **common)
    (deed,) = [each for each in deeds(way.session_id) if each.kind == "medicine"]
    assert deed.payload["outside"] == "two ampoules" and "order" not in deed.payload
    assert [owner for owner, _ in outside_flags(way)] == [way.cast.ana.user_id]


@pytest.mark.parametrize("named", ["the doctor of the ward", "Ben Okoye"])
def test_a_prescriber_who_is_not_of_this_clinic_owns_no_flag(way: OnTheWay, named: str) -> None:
    give(way, ordered_by=named, outside="by telephone")
    assert [owner for owner, _ in outside_flags(way)] == [None]


def outside_flags(way: OnTheWay) -> list[tuple[UUID | None, str]]:
    return list(Flag.objects.filter(kind="given_outside_order", person_id=way.person_id).values_list("owner_id", "source_id"))


# req: S74
# hazard: H39
def test_the_drug_is_screened_when_it_is_ordered(way: OnTheWay) -> None:
    record_medicine(person_id=way.person_id, name="methadone", by=way.cast.ben, at=AT)
    with pytest.raises(Refusal) as caught:
        order(way, reason=" ")
    assert caught.value.code == "session.say_why" and "QT" in caught.value.sentence
    assert "QT" in AsNeededOrder.objects.get(id=order(way)).saw_text
    record_allergy(person_id=way.person_id, substance="Reglan", by=way.cast.ben, at=AT)
    with pytest.raises(Refusal) as caught:
        order(way, drug="metoclopramide")
    assert caught.value.code == "session.contraindicated" and "Allergy on record: Reglan" in caught.value.sentence
    with pytest.raises(Refusal) as caught:
        order(way, drug="promethazine", reason="")
    assert "not checked" in caught.value.sentence  # nothing listed is never clear


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"drug": "midazolam"}, "drug"),
        ({"use": "always"}, "route"),
        ({"route": "rectal"}, "route"),
        ({"what_for": " "}, "what_for"),
        ({"dose_ug": 0}, "most_mg"),
        ({"dose_ug": 9_000}, "most_mg"),
        ({"least_min": 0}, "least_min"),
        ({"least_min": 1441}, "least_min"),
    ],
)
def test_an_order_that_is_not_whole_is_not_signed(way: OnTheWay, wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as caught:
        order(way, **wish)
    assert (caught.value.code, caught.value.field) == ("session.order_as_needed", field)
    assert not AsNeededOrder.objects.exists()


# req: S74
def test_only_a_prescriber_with_a_licence_signs_and_only_once(way: OnTheWay) -> None:
    with pytest.raises(Forbidden):
        order(way, by=way.cast.ben)
    with pytest.raises(NotFound):
        order(way, by=way.cast.cora)
    with pytest.raises(NotFound):
        order(way, dose_no=40)
    first = order(way)
    assert order(way) == first and AsNeededOrder.objects.count() == 1
    with pytest.raises(Refusal) as caught:
        order(way, TEN)
    assert caught.value.field == "drug" and "open for this infusion" in caught.value.sentence
    Credential.objects.filter(user_id=way.cast.ana.user_id, kind="prescriber_licence").update(expires_on=AT.date() - timedelta(days=1))
    with pytest.raises(Refusal) as caught:
        order(way, route="oral")
    assert "licence" in caught.value.sentence


# req: S74
def test_an_ended_or_expired_order_covers_nothing_more(way: OnTheWay) -> None:
    first = order(way)
    with pytest.raises(Refusal):
        end_as_needed(order_id=first, reason=" ", by=way.cast.ana, at=TEN)
    with pytest.raises(Forbidden):
        end_as_needed(order_id=first, reason="QT", by=way.cast.ben, at=TEN)
    for later in (0, 5):
        end_as_needed(order_id=first, reason="QT of 510 ms", by=way.cast.ana, at=TEN + timedelta(minutes=later))
    assert AsNeededOrder.objects.get(id=first).ended_at == TEN
    assert "was ended before" in refused(way, TEN + timedelta(minutes=1)).sentence
    assert standing_orders(Session.objects.get(id=way.session_id), at=TEN) == ()
    order(way, TEN + timedelta(minutes=2))
    give(way, TEN + timedelta(minutes=3))


def test_an_expired_order_makes_room_for_a_new_one(way: OnTheWay) -> None:
    first = order(way, dose_no=2)
    second = order(way, AT + timedelta(days=8), dose_no=2)
    assert AsNeededOrder.objects.get(id=first).end_reason.startswith("It had expired") and second != first


def test_nothing_is_ordered_for_a_session_that_is_over(way: OnTheWay) -> None:
    left = gone_home(way)
    with pytest.raises(Refusal) as caught:
        order(way, left + timedelta(minutes=1))
    assert caught.value.code == "session.ended"


def test_the_list_in_the_room_costs_the_same_however_many_were_given(way: OnTheWay) -> None:
    order(way, most_ug=40_000)
    give(way)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            standing_orders(Session.objects.get(id=way.session_id), at=TEN)
        return len(seen)

    once = cost()
    for number in range(1, 4):
        give(way, TEN + timedelta(minutes=30 * number))
    assert cost() == once


def test_every_drug_of_the_list_has_a_source_and_the_library_gives_no_limit(db: None) -> None:
    content = antiemetics().content
    cited = {each["id"] for each in content["sources"]}
    assert all(each["source"] in cited and set(each) == {"id", "says", "source", "mark"} for each in content["drugs"])
