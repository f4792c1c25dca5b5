"""Once: a write that carries a key made with its form takes effect one time, however often it arrives.

The key is inserted with ON CONFLICT DO NOTHING inside the action's own transaction: a second caller waits for the first to commit, then gets
the first answer.  If the first fails, its key goes with it and the second may try.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.models import WriteKey


def once(actor: Actor, key: str, fingerprint: object, *, at: datetime) -> dict[str, Any] | None:
    """None the first time (go on); the stored answer when the same write comes again.

    Raises Refusal `write.no_key` (a write without a key cannot be repeated safely) and `write.key_reused` (same key, other content).
    """
    if not key or len(key) > 80 or "\x00" in key:
        raise Refusal("write.no_key", "This form came without its key, so it could be counted twice.", "Reload the page and send it again.")
    digest = hashlib.sha256(canonical(fingerprint).encode()).hexdigest()
    mine = ids.new_id(at)
    WriteKey.objects.bulk_create([WriteKey(id=mine, actor_id=actor.id, key=key, fingerprint=digest, at=at)], ignore_conflicts=True)
    row = WriteKey.objects.get(actor_id=actor.id, key=key)
    if row.id == mine:
        return None
    if row.fingerprint != digest:
        raise Refusal(
            "write.key_reused",
            "This form was already sent with other content.",
            "Reload the page to see what is recorded, then enter the change again.",
        )
    stored: dict[str, Any] = json.loads(row.answer_text or "{}")
    return stored


def answer(actor: Actor, key: str, value: dict[str, Any]) -> None:
    """Keep what the first caller was told, in the same transaction as the write."""
    WriteKey.objects.filter(actor_id=actor.id, key=key).update(answer_text=canonical(value))


def forget_keys(before: datetime) -> int:
    """A form older than this is gone from every browser; its key protects nothing any more."""
    return WriteKey.objects.filter(at__lt=before).delete()[0]
