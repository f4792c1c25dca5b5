"""Columns read as text, for counts over very many rows: turning each into a key and a time costs ten times as much as reading it.

Keys read this way are opaque: they are only compared with keys read the same way, in the same process, from the same database.  So are times,
until `moment` reads them; sorted as text, they are in order.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import TextField
from django.db.models.functions import Cast


def as_text(column: str) -> Cast:
    """A column as the database writes it down, for `values_list`."""
    return Cast(column, TextField())


def moment(text: str) -> datetime:
    """An aware time from its column's text: SQLite writes UTC without saying so, PostgreSQL with the offset of its connection, which is UTC.

    Raises ValueError for another text.
    """
    return datetime.fromisoformat(text if "+" in text else text + "+00:00")
