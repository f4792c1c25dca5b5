"""Say where a colleague's pages go as text messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.staff import events, rules
from afterglow.records.staff.models import PagingPhone


@transaction.atomic
def record_paging_phone(*, user_id: UUID, number: str, by: Actor, at: datetime) -> None:
    """One's own number, or a colleague's by whoever records credentials; '' takes it back.  The same number again changes nothing.

    Raises Refusal `staff.phone_not_whole`; NotFound for someone who does not work here; Forbidden.
    """
    member = accounts.staff_member(user_id, clinic_id=by.clinic_id)
    if user_id != by.user_id:
        require(by, "staff.credential.record")
    whole, finding = rules.phone_number(number)
    if not finding.is_met:
        raise Refusal("staff.phone_not_whole", finding.sentence, "Enter it with its country.", field="number", findings=(finding,))
    blank = PagingPhone(id=ids.new_id(at), clinic_id=by.clinic_id, user_id=user_id, number="", recorded_at=at, recorded_by=by.label)
    PagingPhone.objects.bulk_create([blank], ignore_conflicts=True)
    row = PagingPhone.objects.select_for_update().get(clinic_id=by.clinic_id, user_id=user_id)
    if row.number == whole:
        return
    row.number, row.recorded_at, row.recorded_by = whole, at, by.label
    row.save(update_fields=["number", "recorded_at", "recorded_by"])
    trail.record(events.paging_phone_recorded, by=by, at=at, objects={"user": user_id}, new={"name": member.name, "given": bool(whole)})
