"""Lists, weights, comfort card and notes: nothing is overwritten, silence is not 'none known', units are never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart import queries
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.actions.record_height import record_height
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_problem import record_problem
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.chart.actions.withdraw_row import withdraw_row
from afterglow.records.chart.actions.write_note import write_note
from afterglow.records.chart.queries.comfort import comfort, earlier_cards
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db

RECORD: dict[str, tuple[Callable[..., UUID], dict[str, Any], dict[str, Any], Callable[[UUID], Any]]] = {
    "problems": (record_problem, {"name": "Depression", "code": "F33.2"}, {"name": "Asthma"}, queries.problems),
    "allergies": (record_allergy, {"substance": "penicillin", "reaction": "rash", "severity": "mild"}, {"substance": "latex"}, queries.allergies),
    "medicines": (record_medicine, {"name": "sertraline", "dose_text": "50 mg"}, {"name": "sertraline", "dose_text": "100 mg"}, queries.medicines),
    "trials": (record_trial, {"drug": "sertraline", "weeks": 8, "daily_dose_ug": 150_000}, {"drug": "bupropion"}, queries.trials),
}


# req: R13
@pytest.mark.parametrize("name", RECORD)
def test_a_list_keeps_everything_and_shows_what_stands(cast: Cast, at: datetime, name: str) -> None:
    record, first, second, read = RECORD[name]
    una = register(cast.faye, at, "Una")
    assert (read(una).rows, read(una).state) == ((), "not_asked"), "nobody asked is not 'none known'"
    row = record(person_id=una, **first, by=cast.ben, at=at)
    assert record(person_id=una, **first, by=cast.ben, at=at) == row, "the same row once"
    corrected = record(person_id=una, **second, replaces=row, by=cast.ana, at=at)
    assert [entry.id for entry in read(una).rows] == [corrected]
    assert read(una).rows[0].recorded_by == "Ana Ruiz"
    with pytest.raises(Refusal, match="chart.already_replaced"):
        record(person_id=una, **{**first, next(iter(first)): "something else"}, replaces=row, by=cast.ben, at=at)
    with pytest.raises(Refusal, match="chart.list_not_empty"):
        review_list(person_id=una, list_name=name, none_known=True, by=cast.ben, at=at)
    with pytest.raises(Refusal, match="chart.already_replaced"):
        withdraw_row(kind=name, row_id=row, reason="wrong", by=cast.ben, at=at)
    with pytest.raises(Refusal, match="chart.no_reason"):
        withdraw_row(kind=name, row_id=corrected, reason=" ", by=cast.ben, at=at)
    gone = withdraw_row(kind=name, row_id=corrected, reason="told of someone else", by=cast.ben, at=at)
    assert withdraw_row(kind=name, row_id=corrected, reason="told of someone else", by=cast.ben, at=at) == gone
    assert (read(una).rows, read(una).state) == ((), "not_asked")
    later = at + timedelta(minutes=1)
    review_list(person_id=una, list_name=name, none_known=True, by=cast.ben, at=later)
    assert (read(una).state, read(una).reviewed_at, read(una).reviewed_by) == ("none_known", later, "Ben Okoye")
    events = AuditRow.objects.filter(person_id=una).order_by("id").values_list("event", flat=True)
    assert list(events) == ["chart.person_registered", "chart.row_recorded", "chart.row_recorded", "chart.row_withdrawn", "chart.list_reviewed"]


@pytest.mark.parametrize("name", RECORD)
def test_a_list_is_closed_to_others(cast: Cast, at: datetime, name: str) -> None:
    record, first, _, _ = RECORD[name]
    with pytest.raises(Forbidden):
        record(person_id=cast.dan_id, **first, by=cast.faye, at=at)
    for act in (
        lambda: record(person_id=cast.dan_id, **first, by=cast.cora, at=at),
        lambda: record(person_id=cast.dan_id, **first, replaces=uuid4(), by=cast.ben, at=at),
        lambda: withdraw_row(kind=name, row_id=uuid4(), reason="x", by=cast.ben, at=at),
    ):
        with pytest.raises(NotFound):
            act()
    row = record(person_id=cast.dan_id, **first, by=cast.ben, at=at)
    with pytest.raises(NotFound):
        withdraw_row(kind=name, row_id=row, reason="x", by=cast.cora, at=at)
    with pytest.raises(NotFound):
        record(person_id=register(cast.faye, at, "Una"), **first, replaces=row, by=cast.ben, at=at)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda who: record_allergy(person_id=who.pop("dan"), substance="  ", **who), "chart.text_missing"),
        (lambda who: record_allergy(person_id=who.pop("dan"), substance="x", severity="awful", **who), "chart.not_a_choice"),
        (lambda who: record_problem(person_id=who.pop("dan"), name="x" * 161, **who), "chart.text_refused"),
        (lambda who: record_medicine(person_id=who.pop("dan"), name="x", stopped_on=date(2027, 1, 1), **who), "chart.stopped_in_future"),
        (lambda who: record_medicine(person_id=who.pop("dan"), name="x", oral_ug_per_day=0, **who), "chart.amount_not_possible"),
        (lambda who: record_medicine(person_id=who.pop("dan"), name="x", oral_ug_per_day=100_000_001, **who), "chart.amount_not_possible"),
        (lambda who: record_medicine(person_id=who.pop("dan"), name="x", patch_ng_per_h=1_000_001, **who), "chart.amount_not_possible"),
        (
            lambda who: record_medicine(person_id=who.pop("dan"), name="x", oral_ug_per_day=1, patch_ng_per_h=1, **who),
            "chart.amount_not_possible",
        ),
        (lambda who: record_trial(person_id=who.pop("dan"), drug="x", weeks=0, **who), "chart.trial_not_possible"),
        (lambda who: record_trial(person_id=who.pop("dan"), drug="x", daily_dose_ug=3_000_000_000, **who), "chart.trial_not_possible"),
        (lambda who: review_list(person_id=who.pop("dan"), list_name="wishes", none_known=True, **who), "chart.unknown_kind"),
        (lambda who: withdraw_row(kind="wishes", row_id=who.pop("dan"), reason="x", **who), "chart.unknown_kind"),
        (lambda who: write_note(person_id=who.pop("dan"), kind="phone", text=" ", **who), "chart.text_missing"),
    ],
)
def test_what_cannot_be_stored_is_refused(cast: Cast, at: datetime, act: Callable[[dict[str, Any]], object], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        act({"dan": cast.dan_id, "by": cast.ben, "at": at})


def test_a_stopped_medicine_stays_on_the_list(cast: Cast, at: datetime) -> None:
    record_medicine(person_id=cast.dan_id, name="tranylcypromine", stopped_on=date(2026, 12, 1), by=cast.ben, at=at)
    rows = queries.medicines(cast.dan_id).rows
    assert [(row.name, row.is_taken) for row in rows] == [("tranylcypromine", False)]


# req: C25
# hazard: H2
def test_a_weight_keeps_what_was_typed_and_is_stored_in_grams(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    told = {"person_id": una, "value": "154,5", "unit": "lb", "on_site": True, "taken_at": at, "by": cast.ben, "at": at}
    row = record_weight(**told)
    assert record_weight(**told) == row
    weight = queries.latest_weight(una)
    assert weight is not None and (weight.grams, weight.typed, weight.typed_unit, weight.on_site, weight.confirmed) == (
        70_080,
        "154,5",
        "lb",
        True,
        False,
    )
    assert AuditRow.objects.filter(event="chart.weight_recorded", person_id=una).count() == 1


# hazard: H2
@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"value": "154", "unit": "kg"}, "chart.weight_unit_doubtful", "value"),
        ({"value": "70", "unit": "lb"}, "chart.weight_unit_doubtful", "value"),
        ({"value": "70", "unit": ""}, "unit.unknown", "unit"),
        ({"value": "seventy", "unit": "kg"}, "quantity.not_a_number", "value"),
        ({"value": "-70", "unit": "kg"}, "quantity.not_a_number", "value"),
        ({"value": "1", "unit": "kg"}, "chart.weight_impossible", "value"),
        ({"value": "180", "unit": "kg"}, "chart.weight_unlikely", "confirmed"),
        ({"value": "71", "unit": "kg", "taken_at": datetime.fromisoformat("2026-12-08T09:00:00+00:00")}, "clock.future", "taken_at"),
    ],
)
def test_a_doubtful_weight_is_refused(cast: Cast, at: datetime, told: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        record_weight(
            **{
                "person_id": cast.dan_id,
                "on_site": True,
                "taken_at": at + timedelta(0),
                "by": cast.ben,
                "at": at,
                "confirmed": code.endswith("doubtful"),
            }
            | told
        )
    assert (refused.value.code, refused.value.field) == (code, field)
    latest = queries.latest_weight(cast.dan_id)
    assert latest is not None and latest.grams == 70_000


def test_an_unusual_weight_is_confirmed_by_name_and_a_wrong_one_corrected(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    told: dict[str, Any] = {"person_id": una, "unit": "kg", "on_site": True, "by": cast.ben, "at": at}
    row = record_weight(value="154", confirmed=True, taken_at=at, **told)
    weight = queries.latest_weight(una)
    assert weight is not None and weight.confirmed_by == "Ben Okoye"
    with pytest.raises(Refusal, match="chart.weight_unit_doubtful"):
        record_weight(value="70", taken_at=at, **told)
    record_weight(value="70", taken_at=at, replaces=row, **told)
    weight = queries.latest_weight(una)
    assert weight is not None and weight.grams == 70_000
    assert len(queries.body_measures(una, "weight")) == 1
    with pytest.raises(Forbidden):
        record_weight(value="70", taken_at=at, **told | {"by": cast.theo, "person_id": cast.dan_id})


def test_the_weight_measured_last_counts_not_the_one_typed_last(cast: Cast, at: datetime) -> None:
    record_weight(person_id=cast.dan_id, value="69", unit="kg", on_site=False, taken_at=at - timedelta(days=3), by=cast.ben, at=at)
    weight = queries.latest_weight(cast.dan_id)
    assert weight is not None and weight.grams == 70_000


@pytest.mark.parametrize(
    ("value", "unit", "confirmed", "code"),
    [
        ("172.5", "", False, "unit.unknown"),
        ("tall", "cm", False, "quantity.not_a_number"),
        ("17", "cm", True, "chart.height_impossible"),
        ("120", "cm", False, "chart.height_unlikely"),
    ],
)
def test_a_doubtful_height_is_refused(cast: Cast, at: datetime, value: str, unit: str, confirmed: bool, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        record_height(person_id=cast.dan_id, value=value, unit=unit, on_site=True, taken_at=at, confirmed=confirmed, by=cast.ben, at=at)
    assert queries.latest_height(cast.dan_id) is None


def test_a_height_is_stored_in_millimetres(cast: Cast, at: datetime) -> None:
    record_height(person_id=cast.dan_id, value="68", unit="in", on_site=True, taken_at=at, by=cast.ben, at=at)
    height = queries.latest_height(cast.dan_id)
    assert height is not None and height.millimetres == 1727


def test_the_comfort_card_is_replaced_whole(cast: Cast, at: datetime) -> None:
    assert comfort(cast.dan_id) is None
    record_comfort(person_id=cast.dan_id, calm_by="quiet voice", touch="ask", by=cast.ben, at=at)
    record_comfort(person_id=cast.dan_id, calm_by="a hand on the shoulder", touch="yes", by=cast.ben, at=at + timedelta(minutes=1))
    card = comfort(cast.dan_id)
    assert card is not None and (card.calm_by, card.touch) == ("a hand on the shoulder", "yes")
    assert AuditRow.objects.filter(event="chart.comfort_recorded").count() == 2
    with pytest.raises(Forbidden):
        record_comfort(person_id=cast.dan_id, by=cast.faye, at=at)


# req: N13
def test_an_earlier_card_stays_and_the_same_card_again_is_no_new_one(cast: Cast, at: datetime) -> None:
    first = record_comfort(person_id=cast.dan_id, touch="no", triggers="doors that slam", seen=None, by=cast.ben, at=at)
    assert record_comfort(person_id=cast.dan_id, touch="no", triggers=" doors that slam", seen=None, by=cast.ben, at=at) == first, "a retry"
    record_comfort(person_id=cast.dan_id, call_me="Danny", touch="ask", people="my sister", seen=first, by=cast.ana, at=at + timedelta(minutes=1))
    assert [(card.touch, card.triggers, card.recorded_by) for card in earlier_cards(cast.dan_id)] == [("no", "doors that slam", "Ben Okoye")]
    card = comfort(cast.dan_id)
    assert card is not None and (card.call_me, card.people, card.own_hand) == ("Danny", "my sister", False)
    assert AuditRow.objects.filter(event="chart.comfort_recorded").count() == 2


# req: S85
def test_two_who_write_the_card_at_once_do_not_overwrite_each_other(cast: Cast, at: datetime) -> None:
    first = record_comfort(person_id=cast.dan_id, touch="no", seen=None, by=cast.ben, at=at)
    for seen in (None, UUID(int=5)):
        with pytest.raises(Refusal) as caught:
            record_comfort(person_id=cast.dan_id, touch="yes", seen=seen, by=cast.ana, at=at)
        assert (caught.value.code, caught.value.facts["version"]) == ("chart.comfort_changed", str(first))
    card = comfort(cast.dan_id)
    assert card is not None and card.touch == "no"


def test_notes_stand_until_they_are_corrected(cast: Cast, at: datetime) -> None:
    first = write_note(person_id=cast.dan_id, kind="phone", text="asked about parking", by=cast.ben, at=at)
    write_note(person_id=cast.dan_id, kind="phone", text="asked about the bus", replaces=first, by=cast.ben, at=at)
    assert [note.text for note in queries.notes(cast.dan_id)] == ["asked about the bus"]
