"""What a patient has typed on a page of the intake but not sent yet."""

from __future__ import annotations

from django.db import models

from afterglow.ground.keys.fields import EncryptedTextField


class IntakeDraft(models.Model):
    """One page of one person's intake, as typed so far; goes when the page is sent.  Encrypted: it may be wrong, half, or regretted."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    draft_text = EncryptedTextField(help_text="JSON, field name -> what was typed.")
    saved_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "person_id", "until the page is sent, or 90 days"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "step"], name="intake_draft_once")]
