"""Record that the clinic holds a licence of its own for a scale, or that it holds it no longer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.measures import access, events
from afterglow.records.measures.models import Licence, LicenceEnd
from afterglow.records.measures.queries import licences

LONGEST_HOLDER, LONGEST_REFERENCE, LONGEST_REASON = 140, 120, 200


@transaction.atomic
def record_licence(
    *,
    instrument: str,
    holder: str,
    reference: str,
    from_on: date,
    until_on: date | None,
    site_id: UUID,
    everywhere: bool = False,
    by: Actor,
    at: datetime,
) -> UUID:
    """A licence as its paper says it, for one site, or with `everywhere` for all sites of the clinic.  The same one recorded again is the same row.

    Raises Refusal `measures.licence_not_needed`, `measures.licence_not_whole`; NotFound; Forbidden.
    """
    require(by, "measures.licence.record")
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    accounts.lock_site(site_id)
    scale = licences.scale(instrument, site, at)
    if not scale.needs_licence:
        sentence = (
            f"{scale.shipped.short_name} is asked without a licence of the clinic's own. {scale.basis}"
            if scale.verdict.met
            else scale.verdict.sentence
        )
        raise Refusal("measures.licence_not_needed", sentence, "There is nothing to record.")
    holder, reference = _checked(holder, "holder", LONGEST_HOLDER), _checked(reference, "reference", LONGEST_REFERENCE)
    _check_days(from_on, until_on, at.astimezone(ZoneInfo(site.zone)).date())
    same = {
        "clinic_id": by.clinic_id,
        "site_id": None if everywhere else site_id,
        "instrument_name": instrument,
        "holder": holder,
        "reference": reference,
        "from_on": from_on,
        "until_on": until_on,
    }
    held = Licence.objects.filter(**same, ended__isnull=True).first()
    if held is not None:
        return held.id
    row = Licence.objects.create(id=ids.new_id(at), **same, recorded_at=at, recorded_by=by.label)
    said = {"instrument": instrument, "holder": holder, "reference": reference, "from_on": from_on, "until_on": until_on, "everywhere": everywhere}
    trail.record(events.licence_recorded, by=by, at=at, objects={"licence": row.id, "site": site_id}, new=said, library=scale.shipped.record.label)
    return row.id


def _checked(text: str, field: str, longest: int) -> str:
    text = text.strip()
    if not text or len(text) > longest or "\x00" in text:
        what = "whom the licence names" if field == "holder" else "the licence's number, or the date and sender of the letter"
        raise Refusal("measures.licence_not_whole", f"It was not said, or in too many signs, {what}.", "Copy it from the licence.", field=field)
    return text


def _check_days(from_on: date, until_on: date | None, today: date) -> None:
    if until_on is not None and until_on < from_on:
        raise Refusal("measures.licence_not_whole", "The licence would end before it begins.", "Check both days.", field="until_on")
    if until_on is not None and until_on < today:
        raise Refusal("measures.licence_not_whole", "This licence has ended already.", "Record the one that holds now.", field="until_on")


@transaction.atomic
def end_licence(*, licence_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """It counts no longer from now on: nothing more is assigned under it, what was answered stays.  Ending it again changes nothing.

    Raises Refusal `measures.no_reason`; NotFound; Forbidden.
    """
    row = access.fetch_licence(by, licence_id, need="measures.licence.record", lock=True)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\x00" in reason:
        raise Refusal("measures.no_reason", "A licence ends for a reason, and none was given.", "Write why in a few words.", field="reason")
    if LicenceEnd.objects.filter(licence_id=row.id).exists():
        return
    LicenceEnd.objects.create(id=ids.new_id(at), licence_id=row.id, reason=reason, ended_at=at, ended_by=by.label)
    old = {"instrument": row.instrument_name, "holder": row.holder, "reference": row.reference, "until_on": row.until_on}
    trail.record(events.licence_ended, by=by, at=at, objects={"licence": row.id}, old=old, reason=reason)
