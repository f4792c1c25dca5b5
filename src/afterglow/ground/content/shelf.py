"""The shipped library, read from its files once per process."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from afterglow.ground.content import files
from afterglow.ground.content.files import LibraryFile

LIBRARY = Path(__file__).resolve().parents[2] / "library"


@cache
def everything() -> tuple[LibraryFile, ...]:
    """Every version of every file.  Raises LibraryError when one of them is not in order."""
    return tuple(files.load_library(LIBRARY))


@cache
def newest(kind: str) -> tuple[LibraryFile, ...]:
    """The newest version of every file of a kind, by id."""
    latest: dict[str, LibraryFile] = {}
    for file in sorted(of_kind(kind), key=lambda file: file.version):
        latest[file.id] = file
    return tuple(latest[key] for key in sorted(latest))


@cache
def of_kind(kind: str) -> tuple[LibraryFile, ...]:
    """Every version of every file of a kind; reads no other kind."""
    return tuple(files.load_kind(LIBRARY, kind))


def digests() -> dict[str, str]:
    """`kind/id/version` -> SHA-256 of the file's bytes, for every shipped file, without reading what it says."""
    found = sorted(path for path in LIBRARY.glob("*/*/*.yaml"))
    return {path.relative_to(LIBRARY).with_suffix("").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
