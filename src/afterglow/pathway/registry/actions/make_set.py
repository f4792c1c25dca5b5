"""Make a set of tables for research and put it on record before it stands anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.keys.pseudonyms import make_pseudonym_key
from afterglow.pathway.registry import access, events
from afterglow.pathway.registry.models import ResearchSet
from afterglow.pathway.registry.queries import research_set as queries
from afterglow.pathway.registry.rules.research_set import may_make

Put = Callable[[str, Mapping[str, bytes]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMade:
    """`again`: the same set was made before, and nothing was recorded anew."""

    name: str
    people: int
    left_out: int
    remove: int
    again: bool


@transaction.atomic
def make_set(*, put: Put, by: Actor, at: datetime) -> SetMade:
    """`put` is called last, with the folder's name and its files: when it fails, nothing is recorded; made again, a set is the same row.

    Raises Forbidden; Refusal `registry.no_set` with everything in the way.
    """
    require(by, access.EXPORT)
    make_pseudonym_key()
    zone = accounts.clinic(by.clinic_id).zone
    found = queries.the_set(by.clinic_id, zone=zone, day=at.astimezone(ZoneInfo(zone)).date())
    held = queries.approval(by.clinic_id)
    verdict = may_make(queries.making_facts(found, held, by.clinic_id))
    if not verdict.met or held is None:
        raise Refusal(
            "registry.no_set", verdict.sentence, "No file was written. The page about research says what is missing.", findings=verdict.open
        )
    written = queries.manifest(found, held)
    name, digest = queries.named(found, written), hashlib.sha256(written).hexdigest()
    facts = queries.making_facts(found, held, by.clinic_id)
    row = ResearchSet(
        id=ids.new_id(at),
        clinic_id=by.clinic_id,
        approval_id=held.id,
        name=name,
        as_of_on=found.as_of_on,
        manifest_sha256=digest,
        key_id=facts.key_id,
        people=found.people,
        left_out=len(found.why),
        made_at=at,
        made_by=by.label,
    )
    # A second command at the same moment waits here for the first, and finds its row.
    ResearchSet.objects.bulk_create([row], ignore_conflicts=True)
    again = not ResearchSet.objects.filter(id=row.id).exists()
    if not again:
        said = {"set": name, "people": found.people, "approval": held.reference, "sha256": digest}
        trail.record(events.research_set_made, by=by, at=at, objects={"research_set": row.id}, new=said)
    put(name, {**found.files, "manifest.json": written})
    return SetMade(name=name, people=found.people, left_out=len(found.why), remove=len(found.remove), again=again)
