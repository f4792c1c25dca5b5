"""The aftercare plan as tasks: what the person wants to keep doing, how often, and on which days they did (S64)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.aftercare import access, events, rules
from afterglow.pathway.aftercare.models import AftercarePlan, Task, TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.records.chart import access as chart
from afterglow.science.verdict import Finding

LONGEST_TEXT, MOST_DAYS = 200, 7


@transaction.atomic
def set_task(*, aftercare_id: UUID, text: str, per_week: int, key: str, by: Actor, at: datetime) -> UUID:
    """The task's id; it counts from today.  Raises Refusal `aftercare.task_refused`, `aftercare.is_over`; NotFound; Forbidden."""
    row = access.fetch_aftercare(by, aftercare_id, access.TASK)
    if earlier := once(by, key, [aftercare_id, text.strip(), per_week], at=at):
        return UUID(earlier["task"])
    if not 0 < len(text.strip()) <= LONGEST_TEXT or not 1 <= per_week <= MOST_DAYS:
        raise Refusal(
            "aftercare.task_refused",
            f"A task says in at most {LONGEST_TEXT} letters what the person keeps doing, on 1 to {MOST_DAYS} days a week.",
            "Shorten it, or change how often.",
            field="text",
        )
    lock_on(row)
    task = Task.objects.create(
        id=ids.new_id(at), aftercare_id=aftercare_id, text=text.strip(), per_week=per_week, starts_on=queries.aftercare(aftercare_id, at).today,
        made_at=at, made_by=by.label,
    )  # fmt: skip
    trail.record(
        events.task_set,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"aftercare": aftercare_id, "task": task.id},
        new={"text": task.text, "per_week": per_week, "starts_on": task.starts_on},
    )
    answer(by, key, {"task": str(task.id)})
    return task.id


@transaction.atomic
def end_task(*, task_id: UUID, by: Actor, at: datetime) -> None:
    """Its days stay; today is the last that counted.  Ending it again changes nothing.  Raises NotFound, Forbidden."""
    seen = access.fetch_task(by, task_id)
    chart.lock_person(seen.aftercare.person_id)
    row = Task.objects.select_for_update().get(id=task_id)
    if row.ended_on is not None:
        return
    row.ended_on = queries.aftercare(row.aftercare_id, at).today
    row.save(update_fields=["ended_on"])
    trail.record(events.task_ended, by=by, at=at, person_id=seen.aftercare.person_id, objects={"task": task_id}, new={"ended_on": row.ended_on})


@transaction.atomic
def tick_days(*, task_id: UUID, days: Mapping[date, bool], by: Actor, at: datetime) -> int:
    """How many days changed.  A day as it stands already writes nothing; taking one back is a new row.

    Raises Refusal `aftercare.day_not_open`, `aftercare.is_over`; NotFound; Forbidden.
    """
    seen = access.fetch_task(by, task_id)
    lock_on(seen.aftercare)
    row = Task.objects.get(id=task_id)
    today = queries.aftercare(row.aftercare_id, at).today
    stands: dict[date, bool] = {}
    for on, done in TaskDay.objects.filter(task_id=task_id, done_on__in=list(days)).order_by("at", "id").values_list("done_on", "done"):
        stands[on] = done
    changed = {on: done for on, done in sorted(days.items()) if stands.get(on, False) != done}
    shut = [finding for on in changed if not (finding := _tick(row, on, today)).is_met]
    if shut:
        raise Refusal("aftercare.day_not_open", shut[0].sentence, "Leave that day as it is.", findings=tuple(shut))
    for on, done in changed.items():
        TaskDay.objects.create(id=ids.new_id(at), task_id=task_id, done_on=on, done=done, at=at, by=by.label)
    if changed:
        told = {on.isoformat(): done for on, done in changed.items()}
        trail.record(events.days_ticked, by=by, at=at, person_id=seen.aftercare.person_id, objects={"task": task_id}, new=told)
    return len(changed)


def _tick(row: Task, on: date, today: date) -> Finding:
    return rules.may_tick(on, starts_on=row.starts_on, ended_on=row.ended_on, today=today)


def lock_on(row: AftercarePlan) -> None:
    """The person's lock, and aftercare that is still on."""
    chart.lock_person(row.person_id)
    if not AftercarePlan.objects.filter(id=row.id, state="on").exists():
        raise Refusal("aftercare.is_over", "Aftercare has ended for this person, so its tasks stand as they are.", "Open the newest one.")
