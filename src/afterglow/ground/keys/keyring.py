"""Encryption keys: AES-256-GCM, keys in a 0600 file outside the database, the newest on the last line.

A sealed value is `<key id>.<nonce+ciphertext, base64>`; table, column and row are bound in as associated data, so that a ciphertext moved to
another row does not open.
"""

from __future__ import annotations

import base64
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from afterglow.ground.errors import Refusal


def make_key_file(path: Path) -> None:
    """Create the key file with one fresh key if there is none; readable by its owner only."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


@cache
def _keys(path: Path) -> dict[str, bytes]:
    pairs = (line.split(":", 1) for line in path.read_text().splitlines() if line.strip())
    return {name: base64.b64decode(key) for name, key in pairs}


def seal(text: str, *, bound_to: str) -> str:
    """Encrypt with the newest key (the file's last line)."""
    name, key = list(_keys(settings.KEY_FILE).items())[-1]
    nonce = secrets.token_bytes(12)
    return f"{name}.{base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())).decode()}"


def unseal(sealed: str, *, bound_to: str) -> str:
    """Decrypt.  Raises Refusal `keys.cannot_open` when the key is missing or the text was moved or changed."""
    name, _, body = sealed.partition(".")
    try:
        blob = base64.b64decode(body)
        return AESGCM(_keys(settings.KEY_FILE)[name]).decrypt(blob[:12], blob[12:], bound_to.encode()).decode()
    except (KeyError, InvalidTag, ValueError) as error:
        raise Refusal(
            "keys.cannot_open",
            "This text cannot be opened: its key is missing, or it was changed outside the program.",
            "Restore the key file from its backup.",
        ) from error
