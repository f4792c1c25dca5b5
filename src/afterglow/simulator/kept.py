"""What is kept of a played clinic between two starts, as JSON beside its database."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

PLAYED = "played.json"


def read(path: Path) -> dict[str, Any] | None:
    """None where nothing whole is kept."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and said.get("starts") else None


def write(path: Path, said: dict[str, Any]) -> None:
    """Whole or not at all; it holds the keys of the demo's monitors, so only its owner may read it."""
    beside = path.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def maker() -> str:
    """A fingerprint of the script and of the tables: a clinic that another version played cannot be gone on with."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted([*package.glob("simulator/*.py"), *package.glob("*/*/migrations/*.py")]):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def first_start(path: Path) -> datetime | None:
    """When the demo was built; None where none is kept."""
    said = read(path)
    return None if said is None else datetime.fromisoformat(said["starts"][0])
