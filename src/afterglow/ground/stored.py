"""Keys and moments as SQLite stores them, in text.  A page reads a thousand, the next page mostly the same ones, and what a text means never changes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from sqlite3 import register_converter
from typing import Final
from uuid import UUID

from django.utils.dateparse import parse_datetime

KEPT: Final = 32_768
"""The texts whose meaning is remembered, of each kind: about 8 MB.  Beyond it the one that was read longest ago is forgotten."""


@lru_cache(maxsize=KEPT)
def key_of(stored: str | None) -> UUID | None:
    """32 hexadecimal digits, or nothing.  Raises ValueError for any other text."""
    return None if stored is None else UUID(int=int(stored, 16))


def moment_of(stored: datetime | str | None) -> datetime | None:
    """A column comes as a moment without its zone, which is UTC; something worked out from columns comes as text."""
    if stored is None:
        return None
    return (stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)).replace(tzinfo=UTC)


@lru_cache(maxsize=KEPT)
def _moment_in(column: bytes) -> datetime | None:
    return parse_datetime(column.decode())


def remember_moments() -> None:
    """SQLite reads its columns of moments as Django reads them, each text once."""
    import_module("django.db.backends.sqlite3.base")  # which registers Django's own when it is first imported
    for column in ("datetime", "timestamp"):
        register_converter(column, _moment_in)
