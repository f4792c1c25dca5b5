"""Identifiers: UUIDv7 from a given time and a given random source, so that a simulated clinic has the same ids every time.

Python 3.11 has no `uuid7`; RFC 9562 section 5.7 is followed here, with a counter in its place for monotony within a millisecond (section 6.2,
method 1): of two rows made one after the other at the same time, the later one has the higher id.
"""

from __future__ import annotations

import random
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

_COUNTER_BITS, _RANDOM_BITS = 26, 48


class _Source:
    """Random bits and the counter within the last millisecond."""

    def __init__(self, rng: random.Random | None) -> None:
        self.rng, self.millis, self.count = rng, -1, 0
        self.lock = threading.Lock()

    def bits(self, count: int) -> int:
        return self.rng.getrandbits(count) if self.rng is not None else secrets.randbits(count)

    def next_within(self, millis: int) -> int:
        with self.lock:
            self.count = self.count + 1 if millis == self.millis else 0
            self.millis = millis
            return self.count % (1 << _COUNTER_BITS)


_everyone = _Source(None)
_source: ContextVar[_Source] = ContextVar("id_source", default=_everyone)


def new_id(at: datetime) -> uuid.UUID:
    """A UUIDv7: 48 bits of `at` in milliseconds, a 26-bit counter within that millisecond, 48 random bits."""
    source = _source.get()
    millis = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    count = source.next_within(millis)
    high, low = count >> 14, count & ((1 << 14) - 1)
    value = (millis << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | (low << _RANDOM_BITS) | source.bits(_RANDOM_BITS)
    return uuid.UUID(int=value)


def new_token() -> str:
    """A secret for a link or a device key, or the key of a form: 192 random bits, URL-safe.  Of secrets only the hash is ever stored."""
    source = _source.get()
    return secrets.token_urlsafe(24) if source.rng is None else f"{source.bits(192):048x}"


@contextmanager
def source(rng: random.Random) -> Iterator[None]:
    """Draw ids and tokens from `rng` inside the block: for the simulator and tests only."""
    held = _source.set(_Source(rng))
    try:
        yield
    finally:
        _source.reset(held)
