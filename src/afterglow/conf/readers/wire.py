"""What the server and a reader say to each other, over a pair of sockets that nobody else holds."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field
from typing import Any

LENGTH = struct.Struct(">Q")
SAID = ("type", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path", "headers", "client", "server")
"""What of an ASGI scope a page is made from: plain texts, numbers and pairs."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer.  `reads`: what the trail has to say of it; the server writes that down before the page leaves."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    reads: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refused:
    """The server works this page out itself.  `always`: it writes or streams, and so do all of its kind; else it went wrong this once."""

    always: bool


def packed(said: object) -> bytes:
    """With its length in front.  Both ends are this program, started by each other: nothing from outside is ever unpacked."""
    text = pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(text)) + text


def unpacked(text: bytes) -> Any:
    return pickle.loads(text)  # noqa: S301  (see `packed`)


def length_of(head: bytes) -> int:
    """How many bytes follow these eight."""
    return int(LENGTH.unpack(head)[0])
