"""Rooms and appointments.  Double booking is prevented by locking the room's and the staff member's rows and checking overlap."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Room(models.Model):
    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=[("dosing", "dosing room"), ("talk", "consulting room")])
    active = models.BooleanField(default=True)

    class Classed:
        mutable, personal, kept = True, None, "while the clinic exists"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="room_name_once_per_site")]


class Appointment(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(
        "records_chart.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Nobody yet for a first call: whom it is with is its purpose.",
    )
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("records_schedule.Room", null=True, on_delete=models.PROTECT, related_name="+")
    staff_user = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=14,
        choices=[(name, name) for name in ("first_call", "consultation", "screening", "preparation", "dosing", "integration", "review")],
    )
    purpose_kind = models.CharField(max_length=20, blank=True, help_text="What it belongs to, as text: plan, enquiry.")
    purpose_id = models.CharField(max_length=40, blank=True)
    dose_no = models.PositiveSmallIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(name, name) for name in ("booked", "arrived", "done", "cancelled", "missed")], default="booked")
    cause = models.CharField(max_length=120, blank=True)
    deviation = models.TextField(
        blank=True, default="", help_text="Outside the opening hours or the roster: what, and why it was booked all the same."
    )
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="appointment_ends_after_start"),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(cause=""), name="appointment_cancelled_with_cause"),
            models.CheckConstraint(
                condition=Q(kind="first_call", person__isnull=True) | ~Q(kind="first_call") & Q(person__isnull=False),
                name="appointment_is_with_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "starts_at"], name="appointment_site_day"),
            models.Index(fields=["room", "starts_at"], name="appointment_room_day"),
            models.Index(fields=["person", "starts_at"], name="appointment_person"),
            models.Index(fields=["purpose_kind", "purpose_id"], name="appointment_purpose"),
        ]
