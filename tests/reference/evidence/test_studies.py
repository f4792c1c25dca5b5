"""The studies of the facts against the evidence files: each stands there with the same address and a mark no other than its own.

`studies.json` is copied from the project's facts (evidence.json, made 2026-11-22): name, digital address, and how surely it was read.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind

STUDIES: dict[str, dict[str, str | None]] = json.loads((Path(__file__).parent / "studies.json").read_text(encoding="utf-8"))
NOT_IN_AN_EVIDENCE_FILE = {
    "aanhetrot2010", "bahji2021", "fava2018", "loo2023_kads", "nikolin2023", "shiroma2014", "singh2016", "smithapeldoorn2022",
}  # fmt: skip
"""Known facts that no evidence file cites under their own name; a name leaves this list when a file cites it."""


@cache
def newest() -> list[LibraryFile]:
    found: dict[str, LibraryFile] = {}
    for file in load_kind(LIBRARY_ROOT, "evidence"):
        if file.id not in found or file.version > found[file.id].version:
            found[file.id] = file
    return list(found.values())


def citations(name: str) -> list[dict[str, Any]]:
    return [source for file in newest() for source in file.content["sources"] if source["id"] == name]


def test_which_studies_are_not_yet_cited() -> None:
    assert {name for name in STUDIES if not citations(name)} == NOT_IN_AN_EVIDENCE_FILE


# req: N37
# hazard: H35
@pytest.mark.parametrize("name", sorted(set(STUDIES) - NOT_IN_AN_EVIDENCE_FILE))
def test_address_and_mark_are_those_of_the_facts(name: str) -> None:
    """V where any of it was read in the source (the note says what was not), W where it is only well known."""
    fact = STUDIES[name]
    mark = "V" if "verified-in-source" in str(fact["confidence"]).replace("Cmax verified-in-source", "") else "W"
    assert {(source.get("doi"), source["mark"]) for source in citations(name)} == {(fact["doi"], mark)}
