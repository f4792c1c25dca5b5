"""The audit trail: who did or read what, when, to whom.  Rows are only ever added; a seal makes later tampering visible."""

from __future__ import annotations

from django.db import models


class AuditRow(models.Model):
    """One deed or one reading of a page.  Objects are named as text, so that the trail outlives what it names."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=80)
    at = models.DateTimeField()
    clinic_id = models.UUIDField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=140)
    person_id = models.UUIDField(null=True)
    objects_text = models.TextField(default="{}")
    old_text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    library = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = False, "person_id", "as long as the chart it is about"

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "id"], name="audit_person"),
            models.Index(fields=["clinic_id", "id"], name="audit_clinic"),
        ]


class AuditSeal(models.Model):
    """SHA-256 over a closed block of audit rows and the seal before it."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    first_row = models.BigIntegerField()
    last_row = models.BigIntegerField()
    rows = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, None, "as long as the rows"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first_row"], name="seal_blocks_do_not_overlap")]
