"""Take note of what was answered, ask for a call where nobody answered, and close what is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.pathway.response import events
from afterglow.pathway.response.actions.asking_to_call import ask_to_call
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.response.rules import sending
from afterglow.records.chart import access as chart
from afterglow.records.measures import queries as measures

LATE_ANSWERS: Final = timedelta(days=30)  # an answer that comes after the end still counts as one, and says when it came
SILENT: Final = "There was no answer in time."


def close_check_ins(*, on_call: Mapping[UUID, Sequence[UUID]], by: Actor, at: datetime) -> int:
    """How many check-ins of the actor's clinic moved on now.  `on_call`: by site, as in `Reach`.  Doing it again moves none."""
    late = Q(state__in=("expired", "called"), answered_at__isnull=True, closes_at__gte=at - LATE_ANSWERS)
    rows = CheckIn.objects.filter(Q(state="sent") | late, person__clinic_id=by.clinic_id, assignment__isnull=False).order_by("opens_at", "id")
    found = list(rows.values_list("id", "assignment_id", "state", "due_at", "closes_at", "call_if_silent", "silent_at"))
    answers = measures.answered_at([assignment for _, assignment, *_ in found if assignment is not None])
    moved = 0
    for check_in_id, assignment, state, due_at, closes_at, call_if_silent, silent_at in found:
        answered = answers.get(assignment) if assignment is not None else None
        silent = silent_at is None and sending.calls_for_silence(call_if_silent=call_if_silent, due_at=due_at, answered=bool(answered), at=at)
        if answered is not None or (state == "sent" and (silent or closes_at <= at)):
            moved += _move(check_in_id, answered, silent, on_call, by, at)
    return moved


@transaction.atomic
def _move(check_in_id: UUID, answered: datetime | None, silent: bool, on_call: Mapping[UUID, Sequence[UUID]], by: Actor, at: datetime) -> int:
    chart.lock_person(CheckIn.objects.values_list("person_id", flat=True).get(id=check_in_id))
    row = CheckIn.objects.select_for_update(of=("self",)).get(id=check_in_id)
    if answered is None and row.asked_by == "staff":  # asked in person on another occasion: nobody has to ask again
        rated_at = measures.last_complete_at(row.person_id, row.instrument)
        answered = rated_at if rated_at is not None and rated_at >= row.opens_at else None
    if answered is not None:
        row.state, row.answered_at = "answered", answered
        row.save(update_fields=["state", "answered_at"])
        trail.record(events.check_in_answered, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id}, new={"answered_at": answered})
        return 1
    if silent:
        ask_to_call(row, SILENT, on_call=on_call.get(row.site_id, ()), by=by, at=at)
    if row.closes_at <= at and row.state == "sent":
        row.state = "expired"
        row.save(update_fields=["state"])
        trail.record(events.check_in_expired, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id})
    return 1
