"""Load the clinic's own text of a scale whose wording may not be shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.actions import store_local
from afterglow.ground.errors import Refusal
from afterglow.records.measures import events, rules
from afterglow.records.measures.queries import Paper, licences, paper_of


@transaction.atomic
def load_text(*, instrument: str, lines: Sequence[rules.Line], site_id: UUID, by: Actor, at: datetime) -> UUID:
    """The clinic's text as its next version, for every site of the clinic; the same text loaded again is the version that stands.

    What was handed out or answered before keeps the text it was shown in.  Only the words are the clinic's: items, values and scoring are the file's.

    Raises Refusal `measures.licence_not_needed`, `measures.no_licence`, `measures.text_does_not_fit`; NotFound; Forbidden.
    """
    require(by, "measures.licence.record")
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    accounts.lock_site(accounts.founding_site(by.clinic_id).id)
    scale = licences.scale(instrument, site, at)
    shipped = scale.shipped
    if not scale.needs_licence:
        raise Refusal("measures.licence_not_needed", f"{shipped.short_name} is not asked in a text of the clinic's own.", "There is nothing to load.")
    if not scale.licence_stands:
        sentence = f"No licence for {shipped.short_name} is in date here, and without one its wording may not be kept."
        raise Refusal("measures.no_licence", sentence, "Record the clinic's licence first.")
    verdict = rules.text_fits(shipped.instrument, lines)
    if not verdict.met:
        sentence = "The text does not have exactly the questions and answers of this scale, so nothing was loaded."
        raise Refusal("measures.text_does_not_fit", sentence, "Correct what is named here and load it again.", findings=verdict.open)
    texts = {line.place: line.text.strip() for line in lines}
    source = canonical({"on": shipped.record.label, "texts": [[*place, texts[place]] for place in rules.places(shipped.instrument)]})
    before = scale.own.record.pk if scale.own is not None else None
    content = _worded(shipped, texts) | {"own_text": {"recorded_by": by.label, "recorded_at": at.isoformat()}}
    pk = store_local(kind=licences.KIND, file_id=instrument, clinic_id=by.clinic_id, content=content, source=source, at=at)
    if pk != before:
        record = paper_of(pk).record
        said = {"instrument": instrument, "version": record.version, "sha256": record.sha256}
        trail.record(events.text_loaded, by=by, at=at, objects={"text": pk, "site": site_id}, new=said, library=shipped.record.label)
    return pk


def _worded(shipped: Paper, texts: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """The scale's file with the clinic's words in it: each item that is answered by choice has its own set of answers."""
    content, made = shipped.record.content, shipped.instrument
    sets = {item.id: [{"value": option.value, "label": texts[item.id, str(option.value)]} for option in item.options] for item in made.items}
    return {
        **content,
        "instructions": texts["instructions", ""],
        "credit": texts["credit", ""],
        "items": [{**raw, "text": texts[raw["id"], ""]} | ({"options": raw["id"]} if "options" in raw else {}) for raw in content["items"]],
        "option_sets": {name: options for name, options in sets.items() if options},
    }
