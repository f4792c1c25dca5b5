"""What the field does: stated whole, marked and warned of; what the rooms cannot run yet says why, and is offered nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, Schemas, load_kind
from afterglow.ground.content.soundness import HEAD, marked, newest_versions
from afterglow.science.dosing.limits import drugs_from

PROGRAMMES = newest_versions(load_kind(LIBRARY_ROOT, "programmes"))
PROTOCOLS = {file.id: file.content for file in newest_versions(load_kind(LIBRARY_ROOT, "protocols"))}
NOT_YET = tuple(file for file in PROGRAMMES if not file.content["plannable"])
EVERY = pytest.mark.parametrize("file", PROGRAMMES, ids=lambda file: file.id)
SCHEMAS = Schemas(LIBRARY_ROOT / "schemas")


def one(name: str) -> dict[str, Any]:
    return next(dict(file.content) for file in PROGRAMMES if file.id == name)


def blanks(value: Any) -> Iterator[dict[str, Any]]:
    """Every record that holds a null."""
    if isinstance(value, dict):
        if None in value.values():
            yield value
        for inner in value.values():
            yield from blanks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from blanks(inner)


def test_every_programme_of_the_field_is_here_and_those_that_can_be_planned_have_a_protocol() -> None:
    assert {file.id for file in PROGRAMMES} == {
        "in_esketamine_trd", "in_esketamine_mdsi", "im_psychotherapy", "sc_depression", "sl_home", "oral_depression", "crps_infusion",
        "chronic_pain_infusion", "iv_ptsd", "iv_ocd_exposure", "iv_aud_relapse_prevention", "iv_acute_suicidality", "iv_bipolar_depression",
        "iv_anxiety", "iv_boosters", "iv_mdd_trial", "iv_mdd_five",
    }  # fmt: skip
    assert {file.id for file in PROGRAMMES} - {file.id for file in NOT_YET} == set(PROTOCOLS) - {
        "iv_mdd_standard",
        "iv_mdd_extended",
        "iv_mdd_spaced",
    }


@pytest.mark.parametrize("file", NOT_YET, ids=lambda file: file.id)
def test_what_cannot_be_planned_says_why(file: LibraryFile) -> None:
    assert len(file.content["why_not_plannable"].split()) > 10
    assert file.content["consent"]["missing"] or file.id == "iv_boosters"
    assert list(SCHEMAS.errors("programme.json", {**file.content, "plannable": True})), "nothing may say both"
    silent = {key: value for key, value in file.content.items() if key != "why_not_plannable"}
    assert list(SCHEMAS.errors("programme.json", silent)), "the reason must be there"


@EVERY
def test_a_programme_never_passes_for_a_protocol(file: LibraryFile) -> None:
    assert list(SCHEMAS.errors("protocol.json", file.content))


# hazard: H2
@pytest.mark.parametrize("name", sorted(PROTOCOLS.keys() & {file.id for file in PROGRAMMES}))
def test_a_protocol_keeps_the_bounds_and_the_dose_of_its_programme(name: str) -> None:
    stated, planned = one(name), PROTOCOLS[name]
    say_why = {(bound.get("under"), bound.get("over"), bound["unit"]) for bound in stated["guardrails"]["say_why"]}
    low, high = planned["say_why"]["mg_per_kg"]
    assert say_why == {(low, None, "mg/kg"), (None, high, "mg/kg"), (None, planned["say_why"]["total_mg"], "mg")}
    hard = {(bound.get("under"), bound.get("over"), bound["unit"]) for bound in stated["guardrails"]["hard_stop"]}
    stop = planned["hard_stop"]
    assert hard == {(None, stop["mg_per_kg"], "mg/kg"), (None, stop["total_mg"], "mg"), (stop["under_min"], None, "min")}
    first = stated["dose"][0]
    assert (planned["dose"]["mg_per_kg"], planned["dose"]["over_min"]) == (first["usual"], first["over_min"])
    assert planned["dose"]["mark"] == first["mark"]


@EVERY
def test_what_is_missing_is_null_with_a_sentence(file: LibraryFile) -> None:
    body = {key: value for key, value in file.content.items() if key not in HEAD and key not in ("reviewed_on", "supersedes")}
    for blank in blanks(body):
        empty = [key for key, value in blank.items() if value is None]
        assert "missing" in blank or empty in (["over_min"], ["missing"]), blank
    stripped = {**file.content, "aftercare": {"says": None}}
    assert list(SCHEMAS.errors("programme.json", stripped)), "a null without its sentence must be refused"


# hazard: H2
@EVERY
def test_no_bound_stands_without_its_mark_and_none_is_called_verified_but_the_labels(file: LibraryFile) -> None:
    bounds = [*file.content["guardrails"]["say_why"], *file.content["guardrails"]["hard_stop"]]
    assert bounds
    assert file.content["guardrails"]["hard_stop"], "something must be a hard stop"
    for bound in bounds:
        assert bound["mark"] == ("V" if bound["source"] == "spravato_label" else "J")
    assert all(place.sources for place in marked(file))


# hazard: H2
def test_the_bounds_are_those_proposed_for_each_route() -> None:
    def hard(name: str) -> set[tuple[Any, ...]]:
        return {(bound["what"], bound.get("over"), bound.get("under"), bound["unit"]) for bound in one(name)["guardrails"]["hard_stop"]}

    injection = {("one injection", 1.5, None, "mg/kg"), ("one injection", 150, None, "mg"), ("all injections of a session", 1.5, None, "mg/kg")}
    assert hard("im_psychotherapy") == hard("sc_depression") == injection
    assert hard("sl_home") == {("dose", 450, None, "mg"), ("supply in the house", 1, None, "session")}
    assert hard("oral_depression") == {("dose", 2.0, None, "mg/kg")}
    assert hard("crps_infusion") == hard("chronic_pain_infusion") == {("rate", 2.0, None, "mg/kg per hour"), ("bolus", 0.35, None, "mg/kg")}
    assert hard("iv_ptsd") == {("dose", 1.0, None, "mg/kg"), ("dose", 120, None, "mg"), ("infusion time", None, 30, "min")}
    for name in ("in_esketamine_trd", "in_esketamine_mdsi"):
        (only,) = one(name)["guardrails"]["hard_stop"]
        assert (only["other_than"], only["unit"]) == ([28, 56, 84], "mg")


# hazard: H35
def test_what_must_be_said_is_said() -> None:
    crisis = " ".join(warning["says"] for name in ("iv_acute_suicidality", "in_esketamine_mdsi") for warning in one(name)["warnings"])
    assert "same day" in crisis
    assert "never at home" in crisis
    assert "not been shown to prevent suicide" in one("iv_acute_suicidality")["why"]
    assert "Not shown to prevent suicide" in one("in_esketamine_mdsi")["evidence"]["found"][0]["says"]
    assert "not approved for any psychiatric disorder" in one("sl_home")["warnings"][0]["says"]
    assert "ASRM of 6 or more, YMRS above 12" in one("iv_bipolar_depression")["stop_rules"][0]["says"]
    assert any("No effect on PTSD" in found["says"] for found in one("iv_ptsd")["evidence"]["found"])


@EVERY
def test_it_names_a_listed_drug_and_its_own_route_keeps_its_time_to_leave(file: LibraryFile) -> None:
    products = next(each.content for each in load_kind(LIBRARY_ROOT, "codes") if each.id == "ketamine_products")
    assert file.content["drug"] in drugs_from(products)
    first = {"intramuscular injection": "90", "subcutaneous injection": "90", "nasal spray": "120", "sublingual": "120", "oral": "120"}
    assert first.get(file.content["route"], "60") in file.content["discharge"][0]["says"]
