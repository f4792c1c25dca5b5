"""The library's YAML, parsed once in a run: thousands of tests read the same few hundred texts, and the reader is slow for the sake of YAML 1.2.

Only the parse of a text is kept.  Bytes, path, schema, history and release are looked at anew each time, a text that cannot be read is read again,
and every reader gets a copy of its own.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from afterglow.ground.content import files

_read = files._yaml


@cache
def _once(text: str) -> Any:
    return _read(text, "")


def _parsed(text: str, shown: str) -> Any:
    try:
        return deepcopy(_once(text))
    except files.LibraryError:
        return _read(text, shown)  # anew, so that the refusal names this file


files._yaml = _parsed  # as this module is loaded: tests read the library while they are collected
