"""Give one thing to practise for a week towards a goal, or end it early."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.models import Goal, Practice
from afterglow.pathway.integration.queries.practice import today_of
from afterglow.pathway.integration.rules import deeds
from afterglow.records.chart import access as chart

LONGEST, LONGEST_REASON = 300, 200


@transaction.atomic
def give_practice(*, goal_id: UUID, text: str, times_a_week: int, starts_on: date, key: str, by: Actor, at: datetime) -> UUID:
    """The practice's id: seven days from `starts_on`, on `times_a_week` of them.

    Raises Refusal `integration.practice_not_given` with every open item, `integration.text_refused`; NotFound; Forbidden.
    """
    goal = access.fetch_goal(by, goal_id, access.GOAL_RECORD)
    if earlier := once(by, key, [goal_id, text, times_a_week, starts_on], at=at):
        return UUID(earlier["practice"])
    chart.lock_person(goal.person_id)
    verdict = deeds.may_give_practice(
        deeds.PracticeFacts(
            text=text,
            times_a_week=times_a_week,
            starts_on=starts_on,
            today=today_of(by.clinic_id, at),
            goal_open=goal.state == "open",
            goal_newest=not Goal.objects.filter(replaces_id=goal.id).exists(),
        )
    )
    if not verdict.met:
        raise Refusal(
            "integration.practice_not_given", f"No practice was given. {verdict.sentence}", "Complete what is named here.", findings=verdict.open
        )
    _check(text, LONGEST, "text")
    row = Practice.objects.create(
        id=ids.new_id(at), person_id=goal.person_id, goal_id=goal.id, text=text.strip(), times_a_week=times_a_week, starts_on=starts_on,
        ends_on=starts_on + timedelta(days=deeds.WEEK_DAYS - 1), set_at=at, set_by=by.label,
    )  # fmt: skip
    told = {"text": row.text, "times_a_week": times_a_week, "starts_on": starts_on, "ends_on": row.ends_on}
    trail.record(events.practice_set, by=by, at=at, person_id=goal.person_id, objects={"practice": row.id, "goal": goal.id}, new=told)
    answer(by, key, {"practice": str(row.id)})
    return row.id


@transaction.atomic
def end_practice(*, practice_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """It disappears from the person's phone; its log stays.  Ending it again changes nothing.

    Raises Refusal `integration.no_reason`, `integration.text_refused`; NotFound; Forbidden.
    """
    seen = access.fetch_practice(by, practice_id, access.GOAL_RECORD)
    chart.lock_person(seen.person_id)
    row = Practice.objects.select_for_update().get(id=practice_id)
    if row.ended_at is not None:
        return
    if not reason.strip():
        raise Refusal("integration.no_reason", "A practice is ended for a reason, and none was given.", "Write why in a few words.", field="reason")
    _check(reason, LONGEST_REASON, "reason")
    row.ended_at, row.ended_by, row.end_reason = at, by.label, reason.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    trail.record(events.practice_ended, by=by, at=at, person_id=row.person_id, objects={"practice": row.id}, reason=row.end_reason)


def _check(text: str, longest: int, field: str) -> None:
    if len(text.strip()) > longest or "\x00" in text:
        raise Refusal(
            "integration.text_refused",
            f"This text is longer than {longest} letters, or holds a sign that cannot be stored.",
            "Shorten it, or type it again.",
            field=field,
        )
