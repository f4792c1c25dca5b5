"""What a person keeps doing, and on which days they did."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.actions.tasks import end_task, set_task, tick_days
from afterglow.pathway.aftercare.models import Task, TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.aftercare import TaskRow
from tests.support.aftercare import begun
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def only(aftercare_id: UUID, at: datetime) -> TaskRow:
    return queries.page(aftercare_id, at).tasks[0]


# req: S64
def test_days_are_ticked_taken_back_and_counted(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    walk = set_task(aftercare_id=aftercare_id, text="Walk before work", per_week=5, key="walk", by=cast.theo, at=then)
    assert set_task(aftercare_id=aftercare_id, text="Walk before work", per_week=5, key="walk", by=cast.theo, at=then) == walk
    later = then + 6 * DAY
    days = [(then + back * DAY).date() for back in range(7)]
    assert tick_days(task_id=walk, days=dict.fromkeys(days, True), by=cast.theo, at=later) == 7
    assert tick_days(task_id=walk, days={days[0]: False, days[1]: True}, by=cast.ben, at=later) == 1
    row = only(aftercare_id, later)
    assert row.adherence is not None and row.adherence.in_words == "ticked 6 of 5 times in 7 days"
    assert [day.done for day in row.days] == [False, *[True] * 6]
    assert TaskDay.objects.count() == 8  # nothing is written over


# req: S64
def test_only_days_of_the_task_and_of_the_last_week_are_taken(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    task = set_task(aftercare_id=aftercare_id, text="Therapy group", per_week=1, key="group", by=cast.ben, at=then)
    for on in (then.date() + DAY, then.date() - DAY):
        with pytest.raises(Refusal) as refused:
            tick_days(task_id=task, days={on: True}, by=cast.ben, at=then)
        assert refused.value.code == "aftercare.day_not_open"
    end_task(task_id=task, by=cast.ben, at=then + DAY)
    end_task(task_id=task, by=cast.ben, at=then + 5 * DAY)
    assert Task.objects.get(id=task).ended_on == then.date() + DAY
    with pytest.raises(Refusal):
        tick_days(task_id=task, days={then.date() + 2 * DAY: True}, by=cast.ben, at=then + 2 * DAY)
    tick_days(task_id=task, days={then.date(): True}, by=cast.ben, at=then + 2 * DAY)
    assert only(aftercare_id, then + 40 * DAY).adherence is None


def test_who_may_write_and_when(cast: Cast, at: datetime) -> None:
    _, aftercare_id, then = begun(cast, at)
    for text, per_week in ((" ", 1), ("x" * 201, 1), ("Walk", 0), ("Walk", 8)):
        with pytest.raises(Refusal) as refused:
            set_task(aftercare_id=aftercare_id, text=text, per_week=per_week, key=f"{text[:5]} {per_week}", by=cast.ben, at=then)
        assert refused.value.code == "aftercare.task_refused"
    task = set_task(aftercare_id=aftercare_id, text="Walk", per_week=3, key="ok", by=cast.ben, at=then)
    for actor, error in ((cast.faye, Forbidden), (cast.cora, NotFound)):
        with pytest.raises(error):
            tick_days(task_id=task, days={then.date(): True}, by=actor, at=then)
        with pytest.raises(error):
            set_task(aftercare_id=aftercare_id, text="Walk", per_week=3, key="no", by=actor, at=then)
    end_aftercare(aftercare_id=aftercare_id, reason="The year is over.", by=cast.ana, at=then)
    for deed in (
        lambda: tick_days(task_id=task, days={then.date(): True}, by=cast.ben, at=then),
        lambda: set_task(aftercare_id=aftercare_id, text="Walk", per_week=3, key="late", by=cast.ben, at=then),
    ):
        with pytest.raises(Refusal) as refused:
            deed()
        assert refused.value.code == "aftercare.is_over"
