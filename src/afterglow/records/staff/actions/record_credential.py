"""Record that a member of staff holds a licence or another credential, until when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.staff import access, events, rules
from afterglow.records.staff.models import Credential
from afterglow.records.staff.queries import KIND_NAMES


@transaction.atomic
def record_credential(
    *, user_id: UUID, kind: str, number: str, expires_on: date, state: str = "", profession: str = "", by: Actor, at: datetime
) -> UUID:
    """A credential from its document.  The same one recorded again is the same row; a profession that was missing on it is filled in.

    `profession`: what a licence makes of its holder, one of `rules.PROFESSIONS`; "" when it is not known.

    Raises Refusal `staff.unknown_kind`, `staff.credential_not_whole`; NotFound for someone who does not work here.
    """
    member = access.fetch_member(by, user_id, need="staff.credential.record")
    if kind not in KIND_NAMES:
        raise Refusal("staff.unknown_kind", "This kind of credential is not known here.", "Choose one from the list.", field="kind")
    number, state = number.strip(), state.strip().upper()
    if not number:
        raise Refusal("staff.credential_not_whole", "The credential has no number.", "Copy it from the document.", field="number")
    verdict = rules.credential_is_whole(kind, state, expires_on, at.date(), profession)
    if not verdict.met:
        field = verdict.open[0].item.partition(".")[2]
        raise Refusal("staff.credential_not_whole", verdict.sentence, "Check the document and enter it again.", field=field, findings=verdict.open)
    same = {"clinic_id": by.clinic_id, "user_id": user_id, "kind": kind, "number": number, "state": state, "expires_on": expires_on}
    held = (
        Credential.objects.select_for_update().filter(**same, profession__in=("", profession), ended_at__isnull=True).order_by("-profession").first()
    )
    if held is None and not profession:
        held = Credential.objects.filter(**same, ended_at__isnull=True).first()
    if held is not None and (held.profession or not profession):
        return held.id
    row = held or Credential(id=ids.new_id(at), **same, recorded_at=at, recorded_by=by.label)
    row.profession = profession
    row.save(force_insert=held is None)
    trail.record(
        events.credential_recorded,
        by=by,
        at=at,
        objects={"credential": row.id, "user": user_id},
        new={"name": member.name, "kind": kind, "number": number, "state": state, "expires_on": expires_on, "profession": profession},
    )
    return row.id
