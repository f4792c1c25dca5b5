"""The drawn code holds the address: its dark modules are those of the standard's own encoder output, inside a quiet zone."""

from __future__ import annotations

import re

import segno

from afterglow.ground.face.qr import QUIET, qr_code

ADDRESS = "https://clinic.example/l/8f2c"


def test_modules_and_quiet_zone() -> None:
    code = qr_code(ADDRESS)
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", code.d)}
    expected = {(x + QUIET, y + QUIET) for y, row in enumerate(segno.make_qr(ADDRESS, error="m").matrix) for x, dark in enumerate(row) if dark}
    assert drawn == expected
    assert min(min(p) for p in drawn) == QUIET
    assert max(max(p) for p in drawn) == code.side - QUIET - 1


def test_another_address_is_another_code() -> None:
    assert qr_code(ADDRESS) != qr_code(ADDRESS + "x")
