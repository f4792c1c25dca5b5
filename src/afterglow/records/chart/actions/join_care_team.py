"""Who cares for a person: joining and leaving.  A therapist sees own patients through this only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.actions.rows import checked
from afterglow.records.chart.models import CareTeamMember


@transaction.atomic
def join_care_team(*, person_id: UUID, user_id: UUID, duty: str, by: Actor, at: datetime) -> UUID:
    """A colleague of this clinic joins the care team; joining twice is joining once.  Raises Refusal `chart.no_duty`; NotFound; Forbidden."""
    access.fetch_person(by, person_id, need="chart.person.edit")
    member = accounts.staff_member(user_id, clinic_id=by.clinic_id)
    duty = checked(CareTeamMember, {"duty": duty})["duty"]
    if not duty:
        raise Refusal("chart.no_duty", "It was not said what this colleague does for the person.", "Choose a duty.", field="duty")
    access.lock_person(person_id)
    held = CareTeamMember.objects.filter(person_id=person_id, user_id=user_id, duty=duty, ended_at__isnull=True).first()
    if held is not None:
        return held.id
    row = CareTeamMember.objects.create(id=ids.new_id(at), person_id=person_id, user_id=user_id, duty=duty, started_at=at)
    trail.record(events.care_team_joined, by=by, at=at, person_id=person_id, objects={"user": user_id}, new={"name": member.name, "duty": duty})
    return row.id


@transaction.atomic
def leave_care_team(*, member_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """From now on this colleague no longer belongs to the care team.  Raises Refusal `chart.no_reason`; NotFound; Forbidden."""
    row = CareTeamMember.objects.filter(id=member_id, person__clinic_id=by.clinic_id).first()
    if row is None:
        raise NotFound("care team member")
    access.fetch_person(by, row.person_id, need="chart.person.edit")
    if not reason.strip():
        raise Refusal("chart.no_reason", "Someone leaves a care team for a reason, and none was given.", "Write why in a few words.", field="reason")
    access.lock_person(row.person_id)
    if CareTeamMember.objects.filter(id=member_id, ended_at__isnull=True).update(ended_at=at):
        trail.record(
            events.care_team_left, by=by, at=at, person_id=row.person_id, objects={"user": row.user_id}, old={"duty": row.duty}, reason=reason
        )
