"""Keys of writes: the same request may come twice, its effect happens once."""

from __future__ import annotations

from django.db import models


class WriteKey(models.Model):
    id = models.UUIDField(primary_key=True)
    actor_id = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    answer_text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, None, "30 days"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="write_key_once_per_actor")]
