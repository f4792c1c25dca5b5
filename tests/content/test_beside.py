"""What stands beside a total, for every scale of the library: nothing that the scoring says is left out, and each line reads as words."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind
from afterglow.ground.content.soundness import newest_versions
from afterglow.records.measures.queries.beside import SAID_ELSEWHERE, beside
from afterglow.science.scoring.instrument import instrument_from
from afterglow.science.scoring.score import score

SCALES = newest_versions(load_kind(LIBRARY_ROOT, "instruments"))


def row(file: LibraryFile, said: dict[str, Any]) -> Any:
    return SimpleNamespace(score=said, paper=SimpleNamespace(instrument=instrument_from(file.content)))


def leaves(value: Any) -> int:
    return sum(map(leaves, value.values())) if isinstance(value, dict) else 1


# hazard: H1
@pytest.mark.parametrize("file", SCALES, ids=lambda file: file.id)
def test_everything_the_score_says_has_a_line_of_its_own_in_words(file: LibraryFile) -> None:
    rules = instrument_from(file.content)
    for vignette in file.content["vignettes"]:
        previous = rules.in_order(vignette["previous"]) if "previous" in vignette else None
        said = score(rules, rules.in_order(vignette["answers"]), previous, vignette.get("sex"), vignette.get("baseline")).named()
        lines = beside(row(file, said))
        expected = 0 if said.get("refused") else sum(leaves(value) for name, value in said.items() if name not in SAID_ELSEWHERE)
        assert len(lines) == expected, vignette["says"]
        for line in lines:
            assert re.match(r"[A-Z0-9]", line.label) and "_" not in line.label and "dsm5" not in line.label, line.label
            assert not re.match(r"Item\d", line.label), line.label
            assert line.value not in ("None", "True", "False", ""), line


def test_a_part_that_is_not_known_says_so_inside_its_group() -> None:
    file = next(file for file in SCALES if file.id == "oci_r")
    lines = {line.label: line.value for line in beside(row(file, {"sub": {"hoarding": None, "checking": 4}, "positive": None}))}
    assert lines["Hoarding"] == "not known"
    assert lines["Checking"].startswith("4")
    assert [value for label, value in lines.items() if label.startswith("Positive")] == ["not known"]
    file = next(file for file in SCALES if file.id == "qids_sr16")
    assert beside(row(file, {"domains": [3, None, 1]}))[0].value == "3, not known, 1"
