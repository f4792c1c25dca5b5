"""One or several mental diagnoses on the list of problems (S112).  Pure: the codes are all it depends on, names are not guessed at.

A diagnosis is a three-character category of ICD-10-CM in the chapter F (J).  F32 and F33 are a first and a further episode of the same illness and
count as one.  A problem without a code that can be read might be another diagnosis, so with it "one" is never said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from afterglow.pathway.registry.rules.beside import Beside

_FORM: Final = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.?[0-9A-Z]{1,4})?", re.ASCII)
SAME: Final = {"F33": "F32"}


def several(codes: Sequence[str], gone_through: bool) -> Beside:
    """ "with": two or more; "without": one.  `gone_through`: somebody had asked about the whole list by then."""
    read = [_FORM.fullmatch(code.strip().upper()) for code in codes]
    mental = {SAME.get(found[1], found[1]) for found in read if found is not None and found[1][0] == "F"}
    if len(mental) > 1:
        return "with"
    return "without" if mental and gone_through and None not in read else "not known"
