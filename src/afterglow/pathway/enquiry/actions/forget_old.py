"""Forget enquiries that came to nothing a year ago (safety 83): never where danger was disclosed or someone was sent elsewhere."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.pathway.enquiry import events, queries
from afterglow.pathway.enquiry.models import Arrival, Enquiry


@transaction.atomic
def forget_old(at: datetime) -> int:
    """How many went; the audit trail keeps that they were received and that they were forgotten, by number."""
    by_clinic: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for clinic_id, enquiry_id in queries.forgettable(at):
        by_clinic[clinic_id].append(enquiry_id)
    for clinic_id, gone in by_clinic.items():
        Enquiry.objects.filter(id__in=gone).delete()
        trail.record(events.forgotten, by=Actor.job("enquiries", clinic_id), at=at, new={"rows": len(gone)})
    return sum(len(gone) for gone in by_clinic.values())


def forget_arrivals(before: datetime) -> int:
    """Who sent from where is kept for the public page's throttle and a day's look-back, no longer."""
    return Arrival.objects.filter(at__lt=before).delete()[0]
