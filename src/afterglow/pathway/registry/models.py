"""What the registry keeps: whose approval research here rests on, and every set of tables that was made.  Neither says anything of a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ResearchApproval(models.Model):
    """A research board's approval, as its paper says it; the one noted last counts."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    board = models.CharField(max_length=140)
    reference = models.CharField(max_length=80)
    valid_until_on = models.DateField()
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "clinic", "while the clinic exists"

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(board="") & ~Q(reference=""), name="research_approval_is_whole")]
        indexes = [models.Index(fields=["clinic", "noted_at"], name="research_approval_clinic")]


class ResearchSet(models.Model):
    """One set of tables that was made: which, when, for how many people.  The tables themselves are files, and not kept here."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey("pathway_registry.ResearchApproval", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    as_of_on = models.DateField()
    manifest_sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=8)
    people = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "clinic", "while the clinic exists"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "manifest_sha256"], name="research_set_once")]
        indexes = [models.Index(fields=["clinic", "made_at"], name="research_set_clinic")]
