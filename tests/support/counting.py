"""What a page costs and leaves behind: its queries, and its rows in the audit trail."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.audit.models import AuditRow


def queries_for(client: Client, url: str) -> int:
    """How many queries a page takes; it must answer 200.

    It is opened once before: what a process reads once in its life (released library files, which never change) is no part of it.
    """
    client.get(url)
    with CaptureQueriesContext(connection) as held:
        answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return len(held)


def audit_rows(deed: Callable[[], object]) -> list[AuditRow]:
    """The rows that a deed adds to the trail."""
    last = AuditRow.objects.order_by("-id").values_list("id", flat=True).first() or 0
    deed()
    return list(AuditRow.objects.filter(id__gt=last).order_by("id"))
