"""Opioid load: the library's own factors and vignettes, each reason for not counting, and no silent partial sum."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.interactions.names import Names, names_from
from afterglow.science.interactions.opioid_load import Factors, Line, OpioidLoad, factors_from, opioid_load, plain


@cache
def library() -> tuple[dict[str, Any], Factors, Names]:
    codes = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "codes")}  # the newest version of each stands last
    found = factors_from(codes["opioid_mme"], codes["medicine_classes"]["classes"], label="codes/opioid_mme version 1")
    return codes["opioid_mme"], found, names_from(codes["medicine_names"], also=sorted(found.opioids))


def load(*lines: Line) -> OpioidLoad:
    return opioid_load(lines, *library()[1:])


@pytest.mark.parametrize("vignette", library()[0]["vignettes"], ids=lambda each: each["says"])
def test_the_file_does_what_its_vignettes_say(vignette: dict[str, Any]) -> None:
    told = [
        Line(
            text=row["name"],
            oral_ug_per_day=row["mg_per_day"] * 1000 if "mg_per_day" in row else None,
            patch_ng_per_h=row["ug_per_h"] * 1000 if "ug_per_h" in row else None,
        )
        for row in vignette["lines"]
    ]
    seen = load(*told)
    assert (seen.mme, [each.text for each in seen.not_counted]) == (vignette["gives"]["mme"], vignette["gives"]["not_counted"])


# req: S25
@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("codeine", "0.15"),
        ("hydrocodone", "1"),
        ("hydromorphone", "5"),
        ("methadone", "4.7"),
        ("morphine", "1"),
        ("oxycodone", "1.5"),
        ("oxymorphone", "3"),
        ("tapentadol", "0.4"),
        ("tramadol", "0.2"),
    ],
)
def test_the_factors_are_those_of_the_cdc_2022(name: str, factor: str) -> None:
    """CDC Clinical Practice Guideline for Prescribing Opioids for Pain, United States 2022, MMWR Recomm Rep 71(3)."""
    assert load(Line(text=name, oral_ug_per_day=10_000)).mme == 10 * Fraction(factor)


# req: S25
@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Line(text="Suboxone", oral_ug_per_day=8_000), "buprenorphine is not converted"),
        (Line(text="Butrans patch", patch_ng_per_h=10_000), "buprenorphine is not converted"),
        (Line(text="Demerol", oral_ug_per_day=50_000), "no factor in the library"),
        (Line(text="oxycodone 5 mg"), "no daily amount with its unit on record"),
        (Line(text="morphine", oral_ug_per_day=1_000, patch_ng_per_h=1), "two amounts in one line: write a line for each"),
        (Line(text="morphine", patch_ng_per_h=25_000), "the factor is for mg a day by mouth"),
        (Line(text="fentanyl", oral_ug_per_day=600), "the factor is for mcg an hour from a patch"),
        (Line(text="morphine and oxycodone", oral_ug_per_day=30_000), "several opioids in one line: write a line for each"),
    ],
)
def test_what_cannot_be_converted_is_named_with_its_reason(line: Line, why: str) -> None:
    seen = load(line)
    assert (seen.mme, seen.state, seen.words) == (None, "not_known", "not known")
    assert seen.left_out == f"Not counted: {line.text} ({why})."


# req: S25
def test_a_partial_sum_says_at_least_and_what_is_missing() -> None:
    seen = load(Line(text="OxyContin", oral_ug_per_day=20_000), Line(text="Duragesic", patch_ng_per_h=25_000), Line(text="codeine"))
    assert (seen.mme, seen.state, seen.words) == (90, "part", "at least 90 MME a day")
    assert seen.left_out == "Not counted: codeine (no daily amount with its unit on record)."
    assert [each.sentence for each in seen.counted] == [
        "OxyContin: 20 mg a day by mouth x 1.5 = 30 MME",
        "Duragesic: 25 mcg an hour from a patch x 2.4 = 60 MME",
    ]


def test_other_medicines_are_no_opioid_and_an_unknown_name_might_be_one() -> None:
    seen = load(Line(text="sertraline"), Line(text="oxycodne"), Line(text="50 mg"))
    assert (seen.state, seen.words, seen.mme, seen.left_out) == ("none", "no opioid recognised", None, "")
    assert seen.unknown_names == "Not recognised, so that an opioid may be among them: oxycodne, 50 mg."
    assert load(Line(text="tramadol", oral_ug_per_day=62_500)).words == "12.5 MME a day"
    assert load(Line(text="sertraline")).unknown_names == ""


CLASSES = [{"id": "opioid", "drugs": ["morphine"]}]
CONTENT: dict[str, Any] = {
    "factors": [{"generic": "morphine", "way": "mouth", "factor": 1}],
    "not_converted": [],
    "says": "Only for watching.",
    "status": "unreviewed",
}


def test_a_file_with_two_answers_is_refused() -> None:
    for wrong in ({"factors": CONTENT["factors"] * 2}, {"not_converted": [{"generic": "morphine", "why": "why not"}]}):
        with pytest.raises(ValueError, match=r"morphine has (two factors|a factor and is not converted)"):
            factors_from(CONTENT | wrong, CLASSES, label="x")
    assert not factors_from(CONTENT, CLASSES, label="x").is_reviewed


@pytest.mark.parametrize(("value", "text"), [("0.15", "0.15"), ("4.7", "4.7"), ("60", "60"), ("37.25", "37.3"), ("7.00005", "7"), ("12.04", "12")])
def test_numbers_for_reading(value: str, text: str) -> None:
    assert plain(Fraction(value)) == text
