"""Keep what is typed on an intake page within two seconds, and give it back after a crash, a lost phone or another day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.doors.portal.models import IntakeDraft
from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access as chart

LONGEST = 20_000


@transaction.atomic
def keep(*, person_id: UUID, step: str, typed: Mapping[str, str], by: Actor, at: datetime) -> None:
    """The whole page as typed.  Raises Refusal `portal.draft_too_long`; NotFound; Forbidden."""
    chart.fetch_person(by, person_id, need="chart.person.edit")
    text = json.dumps(dict(typed), ensure_ascii=False)
    if len(text) > LONGEST:
        raise Refusal("portal.draft_too_long", "This is more text than one page can keep.", "Shorten it; it stays on this device until then.")
    chart.lock_person(person_id)
    step = _step(step, by)
    row = IntakeDraft.objects.filter(person_id=person_id, step=step).first()
    if row is None:
        IntakeDraft.objects.create(id=ids.new_id(at), person_id=person_id, step=step, draft_text=text, saved_at=at)
        return
    row.draft_text, row.saved_at = text, at
    row.save(update_fields=["draft_text", "saved_at"])


def _step(step: str, by: Actor) -> str:
    """What the person typed and did not send is for their own eyes: whoever acts for them has a page of their own."""
    return step if by.proxy_id is None else f"{step}:proxy"


def typed_so_far(person_id: UUID, step: str, *, by: Actor) -> dict[str, str]:
    row = IntakeDraft.objects.filter(person_id=person_id, step=_step(step, by)).first()
    return {} if row is None else dict(json.loads(row.draft_text))


def drop(person_id: UUID, step: str, *, by: Actor) -> None:
    """The page was sent."""
    IntakeDraft.objects.filter(person_id=person_id, step=_step(step, by)).delete()


def left_for_later(person_id: UUID) -> set[str]:
    """Pages on which the person chose to be asked in person."""
    rows = IntakeDraft.objects.filter(person_id=person_id, step="private")
    return {row.step for row in rows if json.loads(row.draft_text).get("could_be_pregnant") == "unknown"}


def forget_drafts(before: datetime) -> int:
    """How many were too old to be of use."""
    return IntakeDraft.objects.filter(saved_at__lt=before).delete()[0]
