"""Library files as the database knows them: each released version once, for ever, so that a plan or an answer can point at what it used."""

from __future__ import annotations

from django.db import models


class LibraryRow(models.Model):
    """One version of one file, as shipped; a clinic's own variant is a row with origin `local`."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    file_id = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=20)
    origin = models.CharField(max_length=10, choices=[("shipped", "shipped"), ("local", "local")])
    clinic = models.ForeignKey("ground_accounts.Clinic", null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    source_text = models.TextField(help_text="The file, byte for byte.")
    content_text = models.TextField(help_text="The same as canonical JSON.")
    loaded_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, None, "for ever"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "file_id", "version"], condition=models.Q(origin="shipped"), name="library_version_once"),
            models.UniqueConstraint(
                fields=["clinic", "kind", "file_id", "version"], condition=models.Q(origin="local"), name="library_local_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(origin="shipped", clinic__isnull=True) | models.Q(origin="local", clinic__isnull=False),
                name="library_local_has_clinic",
            ),
        ]
