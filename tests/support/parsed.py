"""The library's YAML, parsed and held against its schema once in a run: thousands of tests read the same few hundred texts, and both are slow.

Only the parse of a text, and that a text passed the very same schemas, are kept.  Bytes, path, history and release are looked at anew each time; a text
that cannot be read or does not pass is looked at again, so that each refusal names its own file; every reader gets a copy of its own.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from afterglow.ground.content import files
from afterglow.ground.content.files import Schemas

_read, _check = files._yaml, files._check_schema
_passed: set[tuple[str, str, str]] = set()
_texts: WeakKeyDictionary[Schemas, str] = WeakKeyDictionary()


@cache
def _once(text: str) -> Any:
    return _read(text, "")


def _parsed(text: str, shown: str) -> Any:
    try:
        return deepcopy(_once(text))
    except files.LibraryError:
        return _read(text, shown)  # anew, so that the refusal names this file


def _checked(content: Any, text: str, shown: str, schemas: Schemas, names: list[str]) -> None:
    """One schema points to others, so that all of them together are what a text has passed."""
    if schemas not in _texts:
        _texts[schemas] = json.dumps(schemas.texts, sort_keys=True)
    passed = (text, " ".join(names), _texts[schemas])
    if passed not in _passed:
        _check(content, text, shown, schemas, names)
        _passed.add(passed)


files._yaml, files._check_schema = _parsed, _checked  # as this module is loaded: tests read the library while they are collected
