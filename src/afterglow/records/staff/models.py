"""Licences, credentials and cover, each with its end: an expired person cannot sign, monitor or be rostered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Credential(models.Model):
    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=20,
        choices=[
            ("prescriber_licence", "prescriber licence"),
            ("nursing_licence", "nursing licence"),
            ("therapy_licence", "therapy licence"),
            ("dea", "DEA registration"),
            ("acls", "ACLS or equivalent airway competence"),
            ("privilege", "privilege to give ketamine at this clinic"),
        ],
    )
    profession = models.CharField(max_length=8, blank=True, help_text="RN, NP, PA, MD, LMFT: what a licence makes of its holder.")
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=8, blank=True)
    expires_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    ended_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "staff", "as long as records name them"

    class Meta:
        indexes = [models.Index(fields=["clinic", "user", "kind"], name="credential_user")]


class Shift(models.Model):
    """Who is on site, or on call, from when to when."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8, choices=[("on_site", "on site"), ("on_call", "on call")])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    cancelled_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "staff", "7 years"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_start")]
        indexes = [models.Index(fields=["site", "duty", "starts_at", "ends_at"], name="shift_cover")]


class PagingPhone(models.Model):
    """Where a colleague's pages go as text messages; they go to their e-mail address as well."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16, blank=True, help_text="International form, +15550100; '' when they took it back.")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = True, "staff", "as long as they work here"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "user"], name="paging_phone_once")]
