"""Opioid load of a person's list: now, and as the list stood on each day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from afterglow.records.chart import queries
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.withdraw_row import withdraw_row
from afterglow.records.chart.models import Medicine
from afterglow.records.chart.queries.opioids import load_of, opioid_history
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


# req: S25
def test_the_load_follows_the_list_and_its_past_stays(cast: Cast, at: datetime) -> None:
    who = {"person_id": cast.dan_id, "by": cast.ben}
    first = record_medicine(name="oxycodone", oral_ug_per_day=20_000, at=at, **who)
    assert record_medicine(name="oxycodone", oral_ug_per_day=20_000, at=at, **who) == first, "the same row once"
    second = record_medicine(name="oxycodone", oral_ug_per_day=10_000, replaces=first, at=at + timedelta(days=2), **who)
    record_medicine(name="Duragesic", patch_ng_per_h=25_000, at=at + timedelta(days=3), **who)
    record_medicine(name="sertraline", at=at + timedelta(days=4), **who)
    withdraw_row(kind="medicines", row_id=second, reason="told of someone else", by=cast.ben, at=at + timedelta(days=5))
    assert load_of(queries.medicines(cast.dan_id).rows).words == "60 MME a day"
    then = opioid_history(cast.dan_id, "UTC", at + timedelta(days=9))
    assert [((each.on - at.date()).days, each.load.words) for each in then] == [
        (0, "30 MME a day"), (2, "15 MME a day"), (3, "75 MME a day"), (5, "60 MME a day"),
    ]  # fmt: skip
    assert opioid_history(cast.dan_id, "UTC", at + timedelta(days=2)) == then[:2], "nothing looks ahead"


def test_a_stopped_opioid_is_not_counted(cast: Cast, at: datetime) -> None:
    record_medicine(person_id=cast.dan_id, name="codeine", oral_ug_per_day=60_000, stopped_on=at.date(), by=cast.ben, at=at)
    assert load_of(queries.medicines(cast.dan_id).rows).state == "none"


@pytest.mark.parametrize("wrong", [{"oral_ug_per_day": 1, "patch_ng_per_h": 1}, {"oral_ug_per_day": 0}, {"patch_ng_per_h": 0}])
def test_the_database_keeps_one_amount_above_zero(cast: Cast, at: datetime, wrong: dict[str, int]) -> None:
    record_medicine(person_id=cast.dan_id, name="codeine", by=cast.ben, at=at)
    row = Medicine.objects.get(person_id=cast.dan_id, name="codeine")
    row.pk = cast.site_id
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
