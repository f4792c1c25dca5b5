"""A person ticks a day of what they keep doing on their own phone, with a few words if they like, or takes the tick back (S64).

The words are for the next talk: no flag grows out of them, and the page says that nobody watches it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.aftercare import access, events, rules
from afterglow.pathway.aftercare.actions.tasks import lock_on
from afterglow.pathway.aftercare.models import Task, TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries

LONGEST_WORDS: Final = 200


@transaction.atomic
def own_day(*, task_id: UUID, on: date, done: bool, words: str = "", by: Actor, at: datetime) -> None:
    """The same again changes nothing; a tick without words keeps the words it has.

    Raises Refusal `aftercare.day_not_open`, `aftercare.words_too_long`, `aftercare.is_over`; NotFound for anyone but the person; Forbidden.
    """
    if by.kind != "link":
        raise NotFound("task")
    seen = access.fetch_task(by, task_id, access.BY_LINK)
    lock_on(seen.aftercare)
    row = Task.objects.get(id=task_id)
    said = " ".join(words.replace("\x00", "").split()) if done else ""
    if len(said) > LONGEST_WORDS:
        now = "Shorten it. Your journal has room for more."
        raise Refusal("aftercare.words_too_long", f"These words are longer than {LONGEST_WORDS} letters.", now, field="words")
    stands = TaskDay.objects.filter(task_id=task_id, done_on=on).order_by("-at", "-id").first()
    is_done = stands is not None and stands.done
    if is_done == done and (not said or (stands is not None and stands.words == said)):
        return
    here = queries.aftercare(row.aftercare_id, at)
    said_on = stands.at.astimezone(ZoneInfo(here.zone)).date() if stands is not None else None
    finding = (
        rules.may_tick(on, starts_on=row.starts_on, ended_on=row.ended_on, today=here.today)
        if done
        else rules.may_take_back(said_on, today=here.today)
    )
    if not finding.is_met:
        now = "Choose another day." if done else "Tell your care team: they can put it right for a week."
        raise Refusal("aftercare.day_not_open", finding.sentence, now, findings=(finding,))
    TaskDay.objects.create(id=ids.new_id(at), task_id=task_id, done_on=on, done=done, words=said, at=at, by=by.label)
    trail.record(
        events.days_ticked,
        by=by,
        at=at,
        person_id=seen.aftercare.person_id,
        objects={"task": task_id},
        new={on.isoformat(): done, "words": bool(said)},
    )
