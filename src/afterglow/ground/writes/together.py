"""Many writes as one: whoever plays a whole clinic commits it once, and an interrupted play leaves nothing half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def together() -> Iterator[None]:
    """One transaction around many actions: each stays whole or undone in itself, and all of them are kept together or not at all.

    It holds the write lock of SQLite for its whole time, so nothing else may want to write: for a demo that nobody is served from yet.
    """
    with transaction.atomic():
        yield
