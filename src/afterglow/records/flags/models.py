"""Anything a named person must own and close.  A flag cannot be closed without an owner and a note."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Flag(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="suicide_item, suicide_not_answered, left_against_advice, ...")
    urgency = models.CharField(max_length=8, choices=[("urgent", "urgent"), ("today", "today")])
    sentence = models.CharField(max_length=300)
    source_kind = models.CharField(max_length=30)
    source_id = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    owner = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_note = models.TextField(blank=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(owner__isnull=False) & ~Q(closing_note="")), name="flag_closed_by_owner_with_note"
            ),
            models.UniqueConstraint(fields=["source_kind", "source_id", "kind"], name="flag_once_per_source"),
        ]
        indexes = [
            models.Index(fields=["person", "closed_at"], name="flag_person"),
            models.Index(fields=["closed_at", "due_at"], name="flag_open_due"),
        ]


class FlagEvent(models.Model):
    """What happened to a flag, for ever."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    flag = models.ForeignKey("records_flags.Flag", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=[(name, name) for name in ("opened", "owned", "noted", "escalated", "closed")])
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey(
        "ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: not somebody at a desk."
    )
    text = models.TextField(blank=True)

    class Classed:
        mutable, personal, kept = False, "flag", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["flag", "id"], name="flag_event_flag")]
