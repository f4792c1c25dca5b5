"""The person ticks what they keep doing, with words of their own, and takes a tick back on the day they made it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.actions.own_day import own_day
from afterglow.pathway.aftercare.actions.tasks import end_task, set_task, tick_days
from afterglow.pathway.aftercare.models import TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.aftercare import TaskRow
from tests.support.aftercare import a_booster, begun, scored
from tests.support.cast import Cast, register
from tests.support.integration import course_link

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def held(cast: Cast, at: datetime) -> tuple[UUID, UUID, datetime]:
    """Aftercare, its one task, and a week after both began."""
    _, aftercare_id, then = begun(cast, at)
    task = set_task(aftercare_id=aftercare_id, text="Walk before work", per_week=5, key="walk", by=cast.theo, at=then)
    return aftercare_id, task, then + 7 * DAY


@pytest.fixture
def dan(cast: Cast, held: tuple[UUID, UUID, datetime]) -> Actor:
    return course_link(cast, held[2])[0]


def only(aftercare_id: UUID, at: datetime) -> TaskRow:
    return queries.page(aftercare_id, at).tasks[0]


def days_done(aftercare_id: UUID, at: datetime) -> int:
    adherence = only(aftercare_id, at).adherence
    assert adherence is not None
    return adherence.done


def told(task: UUID, by: Actor, at: datetime, **other: Any) -> None:
    own_day(**({"task_id": task, "on": at.date(), "done": True, "by": by, "at": at} | other))


def refused(task: UUID, by: Actor, at: datetime, **other: Any) -> str:
    with pytest.raises(Refusal) as caught:
        told(task, by, at, **other)
    return caught.value.code


# req: S64
def test_a_day_is_ticked_with_words_and_the_same_again_writes_nothing(held: tuple[UUID, UUID, datetime], dan: Actor) -> None:
    aftercare_id, task, now = held
    for words in ("By the\nriver, \x00 slowly", "By the river, slowly", ""):
        told(task, dan, now, words=words)
    row = only(aftercare_id, now)
    assert (row.today.done, row.today.words, row.today.said_today) == (True, "By the river, slowly", True)
    assert [day.words for day in row.told] == ["By the river, slowly"] and TaskDay.objects.count() == 1
    assert TaskDay.objects.get().by == "Dan Marsh (link)"
    told(task, dan, now, words="And back again")
    assert only(aftercare_id, now).today.words == "And back again" and TaskDay.objects.count() == 2
    trail = AuditRow.objects.filter(event="aftercare.days_ticked").latest("id")
    assert "back again" not in trail.new_text and str(task) in trail.objects_text


# req: S64
def test_a_tick_is_taken_back_the_same_day_and_stands_after_it(held: tuple[UUID, UUID, datetime], dan: Actor) -> None:
    aftercare_id, task, now = held
    told(task, dan, now, done=False)
    assert TaskDay.objects.count() == 0, "of this day nothing was said"
    told(task, dan, now, words="Rain")
    for _ in range(2):
        told(task, dan, now + timedelta(minutes=5), done=False, words="never kept")
    row = only(aftercare_id, now)
    assert (row.today.done, row.today.words) == (False, "") and TaskDay.objects.count() == 2
    assert row.adherence is not None and row.adherence.in_words.startswith("nothing said")
    told(task, dan, now + timedelta(minutes=6))
    assert refused(task, dan, now + DAY, on=now.date(), done=False) == "aftercare.day_not_open"
    assert days_done(aftercare_id, now + DAY) == 1
    told(task, dan, now + DAY, on=now.date() - DAY)
    told(task, dan, now + DAY, on=now.date() - DAY, done=False)
    assert days_done(aftercare_id, now + DAY) == 1


def test_only_open_days_and_short_words_are_taken(held: tuple[UUID, UUID, datetime], dan: Actor, cast: Cast) -> None:
    aftercare_id, task, now = held
    assert refused(task, dan, now, on=now.date() + DAY) == "aftercare.day_not_open"
    assert refused(task, dan, now, on=now.date() - 7 * DAY) == "aftercare.day_not_open"
    assert refused(task, dan, now, words="x" * 201) == "aftercare.words_too_long"
    told(task, dan, now, words="x" * 200)
    end_task(task_id=task, by=cast.ben, at=now)
    assert queries.own_tasks(cast.dan_id, now) == []
    assert refused(task, dan, now + DAY) == "aftercare.day_not_open"
    end_aftercare(aftercare_id=aftercare_id, reason="The year is over.", by=cast.ana, at=now + DAY)
    assert refused(task, dan, now + DAY, on=now.date()) == "aftercare.is_over"


# req: S64
def test_nobody_but_the_person_ticks_here(held: tuple[UUID, UUID, datetime], dan: Actor, cast: Cast) -> None:
    _, task, now = held
    una = register(cast.faye, now, "Una")
    for who in (cast.theo, cast.ana, cast.ben, cast.faye, cast.cora, course_link(cast, now, una)[0]):
        with pytest.raises(NotFound):
            told(task, who, now)
    _, token = links.make_link(clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Dan Marsh", purpose="intake", lasts=DAY, by=cast.faye, at=now)
    with pytest.raises(Forbidden):
        told(task, links.open_by_token(token, at=now)[0].actor(), now)
    assert not TaskDay.objects.exists() and queries.own_tasks(una, now) == []
    assert [row.text for row in queries.own_tasks(cast.dan_id, now)] == ["Walk before work"]


# req: S64
def test_months_stand_beside_the_scores_and_the_boosters(held: tuple[UUID, UUID, datetime], dan: Actor, cast: Cast) -> None:
    aftercare_id, task, now = held
    told(task, dan, now)
    tick_days(task_id=task, days={now.date() - DAY: True}, by=cast.theo, at=now)
    scored(cast, cast.dan_id, 7, now + 10 * DAY)
    scored(cast, cast.dan_id, 12, now + 40 * DAY)
    a_booster(cast, aftercare_id, now + 41 * DAY)
    page = queries.page(aftercare_id, now + 42 * DAY)
    assert [(month.number, month.done, month.score, month.boosters) for month in page.months] == [(1, 2, 7, 0), (2, 0, 12, 0)]
    assert page.months[0].since == page.aftercare.last_dose_on + DAY and page.months[-1].until == page.aftercare.today
    end_aftercare(aftercare_id=aftercare_id, reason="The year is over.", by=cast.ana, at=now + 43 * DAY)
    assert queries.page(aftercare_id, now + 90 * DAY).months[-1].until == (now + 43 * DAY).date()
