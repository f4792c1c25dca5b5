"""The tables of the papers: what the facts carry and nothing more, each definition with its source, each doing what its vignettes say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, load_kind
from afterglow.ground.content.soundness import newest_versions
from afterglow.pathway.registry.rules.paper import Series, Subject, followed, like_the_paper, outcome, paper_from

PAPERS = [file for file in newest_versions(load_kind(LIBRARY_ROOT, "registry")) if "measures" in file.content]
FIRST_AT = datetime(2027, 1, 4, 17, tzinfo=UTC)
# As the project's facts have them (evidence.json, marks in its words); percent.
PUBLISHED: dict[str, dict[str, tuple[float, float | None, float | None, str]]] = {
    "mcinnes2022": {
        "response": (53.6, None, None, "V"),
        "remission": (28.9, None, None, "V"),
        "worse": (8.4, None, None, "V"),
        "suicidality_less": (73, None, None, "V"),
        "suicidality_worse": (6, None, None, "V"),
        "kept_28": (80, None, None, "V"),
        "kept_56": (60, None, None, "V"),
    },
    "hietamies2023": {
        "response_after_six": (50, None, None, "U"),
        "remission_after_six": (25, None, None, "U"),
        "suicidality_before": (80, None, None, "U"),
        "suicidality_less": (70, None, None, "U"),
    },
    "alnefeesi2022": {"response": (45, 35, 55, "V"), "remission": (30, 24.1, 35.9, "V")},
    "hull2022": {
        "response_phq9": (62.8, None, None, "V"),
        "remission_phq9": (32.6, None, None, "V"),
        "worse_phq9": (0.9, None, None, "V"),
        "response_gad7": (62.9, None, None, "V"),
        "remission_gad7": (31.3, None, None, "V"),
        "worse_gad7": (0.6, None, None, "V"),
    },
}
NAMES = [file.id for file in PAPERS]


def subject(vignette: dict[str, Any]) -> Subject:
    def at(day: float) -> datetime:
        return FIRST_AT + timedelta(days=float(day))

    series = {name: Series(tuple(at(float(day)) for day in rows), tuple(rows.values())) for name, rows in vignette["scores"].items()}
    return Subject(doses_at=tuple(map(at, vignette["doses_days"])), over=vignette["over"], finished=vignette["over"], series=series)


# req: S113
@pytest.mark.parametrize("file", PAPERS, ids=NAMES)
def test_each_published_number_is_the_one_of_the_facts(file: LibraryFile) -> None:
    held = {row["id"]: row["published"] for row in file.content["measures"]}
    assert {name: (row["percent"], row["low"], row["high"], row["mark"]) for name, row in held.items()} == PUBLISHED[file.id]


def test_all_four_papers_are_there() -> None:
    assert set(NAMES) == set(PUBLISHED)


# req: S113
@pytest.mark.parametrize("file", PAPERS, ids=NAMES)
def test_each_definition_names_a_source_of_the_file_and_none_is_left_over(file: LibraryFile) -> None:
    content = file.content
    parts = [content["study"], content["least_people"], content["induction"], *content["measures"], *content["not_counted"]]
    parts += [row["published"] for row in content["measures"]]
    known = {source["id"] for source in content["sources"]}
    assert {part["source"] for part in parts} <= known
    # A source that stands in no part is there for its words: the texts name it.
    assert {file.id, "judgement"} <= known and all(row["mark"] in "VWUDJ" for row in parts)
    assert content["least_people"]["value"] >= 20


# hazard: H36
@pytest.mark.parametrize("file", PAPERS, ids=NAMES)
def test_a_definition_that_is_not_the_papers_own_says_so_and_is_judgement(file: LibraryFile) -> None:
    for row in file.content["measures"]:
        assert row["mark"] == "J" and (row["id"] == "kept_56" or "not kept here" in row["text"]), row["id"]


# req: S114
@pytest.mark.parametrize("file", PAPERS, ids=NAMES)
def test_windows_are_in_order_and_kept_names_a_response(file: LibraryFile) -> None:
    paper = paper_from(file.content)
    for measure in paper.measures:
        if measure.window is not None:
            assert measure.window.opens <= measure.window.aim <= measure.window.closes
        if measure.what == "kept":
            assert paper.measure(measure.responders_by).what == "fell"
    assert "comparison group" in file.content["study"]["design"]


# req: S113
@pytest.mark.parametrize(("file", "vignette"), [(file, each) for file in PAPERS for each in file.content["vignettes"]])
def test_each_definition_does_what_its_vignettes_say(file: LibraryFile, vignette: dict[str, Any]) -> None:
    paper, person, at = paper_from(file.content), subject(vignette), FIRST_AT + timedelta(days=vignette["at_day"])
    assert like_the_paper(paper.induction, person) == vignette["like_the_paper"]
    for name, expected in vignette["gives"].items():
        if name in ("kept_days", "lost"):
            held = followed(paper.measure("response"), person, at)
            assert held is not None and {"kept_days": held.days, "lost": held.lost}[name] == expected
        else:
            assert outcome(paper.measure(name), person, at) == expected, name
