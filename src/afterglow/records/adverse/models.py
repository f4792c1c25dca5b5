"""Adverse events: graded, timed, with what was done and how it ended.  A change is a new row naming the one before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AdverseEvent(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    session_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, help_text="Id in library/codes/adverse_events.")
    grade = models.PositiveSmallIntegerField(null=True, help_text="1 mild to 5 death; none when nobody graded it yet.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    done_text = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)), name="adverse_grade_1_to_5")]
        indexes = [models.Index(fields=["person", "began_at"], name="adverse_person"), models.Index(fields=["session_id"], name="adverse_session")]
