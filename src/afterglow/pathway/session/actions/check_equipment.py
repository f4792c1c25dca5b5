"""Record the check of the emergency equipment; it is asked for each day, before the first dose (hazard H46)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access, events
from afterglow.pathway.session.models import EquipmentCheck
from afterglow.pathway.session.queries.waiting import today_at


@transaction.atomic
def check_equipment(*, site_id: UUID, items: Mapping[str, bool], key: str, by: Actor, at: datetime) -> bool:
    """Whether everything was there.  `items`: each item of the library's list, True when it is there and works.

    An incomplete check is kept too, and holds every dose until a complete one.  Raises NotFound, Forbidden; Refusal `session.equipment_unsaid`.
    """
    site = access.fetch_site(by, site_id, need="session.equipment.check")
    if earlier := once(by, key, [site_id, items], at=at):
        return bool(earlier["complete"])
    library = library_file("alerts", "equipment")
    listed = {item["id"]: item["title"] for item in library.content["items"]}
    unsaid = [title for item, title in listed.items() if item not in items]
    if unsaid or set(items) - set(listed):
        raise Refusal("session.equipment_unsaid", f"Not said for: {', '.join(unsaid) or 'the current list'}.", "Go through every item.")
    accounts.lock_site(site_id)
    complete = all(items.values())
    row = EquipmentCheck.objects.create(
        id=ids.new_id(at), site_id=site_id, checked_on=today_at(site, at), items_text=canonical(dict(items)), complete=complete, at=at, by=by.label
    )
    trail.record(
        events.equipment_checked, by=by, at=at, objects={"site": site_id, "check": row.id}, new={"items": dict(items)}, library=library.label
    )
    answer(by, key, {"complete": complete})
    return complete
