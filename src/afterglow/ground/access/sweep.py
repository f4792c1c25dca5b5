"""Remove links that ended or expired long ago: who made and opened them stays in the audit trail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from afterglow.ground.access.models import AccessLink, LinkVisit


@transaction.atomic
def sweep_links(before: datetime) -> int:
    """How many links went."""
    old = list(AccessLink.objects.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before)).values_list("id", flat=True)[:500])
    LinkVisit.objects.filter(link_id__in=old).delete()
    return AccessLink.objects.filter(id__in=old).delete()[0]
