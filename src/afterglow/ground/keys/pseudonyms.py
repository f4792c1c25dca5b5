"""Codes in place of people: HMAC-SHA256 under a key of its own, in a 0600 file beside the data key and never in a backup of the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from pathlib import Path

from django.conf import settings

from afterglow.ground.keys.keyring import make_key_file

DIGITS = 20
"""Of the code, in hex: 80 bits, so that two people of a clinic do not meet in one."""


def make_pseudonym_key() -> None:
    """Create the key if there is none."""
    make_key_file(settings.PSEUDONYM_KEY_FILE)


@cache
def _key(path: Path) -> bytes:
    return base64.b64decode(path.read_text().splitlines()[0].split(":", 1)[1])


def pseudonym(of: str) -> str:
    """The code for this text; the same for ever under the same key, and without the key no way back."""
    return hmac.new(_key(settings.PSEUDONYM_KEY_FILE), f"code:{of}".encode(), hashlib.sha256).hexdigest()[:DIGITS]


def pseudonym_key_id() -> str:
    """Which key it is, told without telling the key."""
    return hmac.new(_key(settings.PSEUDONYM_KEY_FILE), b"id", hashlib.sha256).hexdigest()[:8]
