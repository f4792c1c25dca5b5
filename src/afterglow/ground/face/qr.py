"""The QR code of a personal link, as shapes for a template: drawn here, seen by no other machine.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # modules of white around the code (ISO/IEC 18004)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """Side length in modules, quiet zone included, and path data of all dark modules (one unit a module)."""

    side: int
    d: str


def qr_code(address: str) -> QrCode:
    """The code of an address; error correction of at least level M, so that a creased printout still reads."""
    rows = list(segno.make_qr(address, error="m").matrix)
    d = "".join(f"M{x + QUIET},{y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return QrCode(side=len(rows) + 2 * QUIET, d=d)
