"""Personal links: how patients and chaperones come in.  Tokens are stored hashed and exchanged for a cookie."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AccessLink(models.Model):
    """One purpose for one person, until it is used up, ended or expired.  `subject` names what it opens, as text."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    holder = models.CharField(max_length=120, help_text="Whom the link was made for, by name.")
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=80, blank=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "90 days after it ended"

    class Meta:
        indexes = [models.Index(fields=["person_id", "purpose"], name="link_person_purpose")]
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="link_expires_after_made")]


class LinkVisit(models.Model):
    """A browser that opened a link: its cookie's hash, so that the address bar never holds a secret."""

    id = models.UUIDField(primary_key=True)
    link = models.ForeignKey("ground_access.AccessLink", on_delete=models.PROTECT, related_name="+")
    cookie_sha256 = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "link", "90 days after the link ended"
