"""A record as a PDF that a person can hand on: tagged, readable without this program, made without any system library.

The layout is one fixed typst file; everything from the record reaches it as JSON through `sys_inputs` and is printed as text, so that a note
which looks like markup stays a note.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import typst

LAYOUT = Path(__file__).parent / "layouts" / "record.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a document: label-and-value pairs, a table, or paragraphs.  Everything is text already."""

    heading: str
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    paragraphs: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`identity` stands on every page; `seal` says what the document rests on (hashes, versions)."""

    title: str
    subtitle: str
    clinic: str
    identity: str
    synthetic: bool
    printed: str
    seal: str
    language: str = "en"
    sections: Sequence[Section] = field(default_factory=tuple)


def pdf(document: Document, *, made_at: datetime) -> bytes:
    """The document as PDF/UA-1; the same document and time give the same bytes."""
    result = typst.compile(
        str(LAYOUT),
        format="pdf",
        sys_inputs={"record": json.dumps(asdict(document), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no bytes")
    return result
