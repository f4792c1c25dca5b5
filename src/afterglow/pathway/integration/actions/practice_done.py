"""Tick a day of practice, or take the tick back: by the person on their own link, or by staff who were told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.models import Practice, PracticeDone
from afterglow.pathway.integration.queries.practice import today_of
from afterglow.pathway.integration.rules.deeds import Week, may_tick
from afterglow.records.chart import access as chart


@transaction.atomic
def practice_done(*, practice_id: UUID, on: date, done: bool = True, by: Actor, at: datetime) -> None:
    """The same again changes nothing, however often it is sent.

    Raises Refusal `integration.practice_ended`, `integration.day_not_open`; NotFound for another person's link; Forbidden.
    """
    seen = access.fetch_practice(by, practice_id, access.GOAL_RECORD, by_link=access.BY_LINK)
    chart.lock_person(seen.person_id)
    row = Practice.objects.get(id=practice_id)
    stands = PracticeDone.objects.filter(practice_id=row.id, done_on=on).order_by("-recorded_at", "-id").values_list("done", flat=True).first()
    if (stands or False) == done:
        return
    if row.ended_at is not None:
        raise Refusal("integration.practice_ended", "This practice was ended, so its days stand as they are.", "Ask your therapist what comes next.")
    finding = may_tick(Week(starts_on=row.starts_on, last_on=row.ends_on), on, today=today_of(by.clinic_id, at))
    if not finding.is_met:
        raise Refusal("integration.day_not_open", finding.sentence, "Choose another day.", findings=(finding,))
    PracticeDone.objects.create(id=ids.new_id(at), practice_id=row.id, done_on=on, done=done, recorded_at=at, recorded_by=by.label)
    event = events.practice_ticked if done else events.practice_taken_back
    trail.record(event, by=by, at=at, person_id=row.person_id, objects={"practice": row.id}, new={"on": on})
