"""A drug given in the room, held against the person: the gravest first, and what was not looked up is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from afterglow.pathway.session.rules.rescue import RescueChecked, checked, kit
from afterglow.science.criteria.catalogue import read_facts
from tests.spec.screening_library import knowledge


def held(drug: str, medicines: Sequence[str] = (), *, list_asked: bool = True, **facts: Any) -> RescueChecked:
    known = knowledge()
    said = read_facts(known.catalogue, {name.replace("__", "."): value for name, value in facts.items()})
    return checked(
        drug, medicines, list_asked=list_asked, facts=said, interactions=known.interactions, names=known.names, labels=known.catalogue.labels
    )


# hazard: H39
def test_what_is_listed_against_the_drug_is_named_with_its_level() -> None:
    found = held("nitroglycerin", ["Viagra"])
    assert [each.level for each in found.against] == ["contraindicated"]
    assert found.sentences[0].startswith("Contraindicated: ")
    assert not found.not_checked


def test_nothing_listed_for_this_person_is_an_empty_answer() -> None:
    assert held("nitroglycerin", ["sertraline"]).sentences == ()


def test_a_drug_that_the_library_does_not_list_is_not_checked() -> None:
    assert held("paracetamol", ["Viagra"]).sentences == ("paracetamol: not checked, nothing is listed about giving it.",)


def test_a_medicine_that_no_name_fits_and_a_list_that_nobody_asked_for_are_said() -> None:
    found = held("nitroglycerin", ["turmeric"], list_asked=False)
    assert found.not_checked == (
        "This person's medicines: not checked, nobody asked for the list.",
        "turmeric: not checked, no match by name.",
    )


def test_a_condition_that_nobody_asked_about_counts_and_is_named_in_words() -> None:
    found = held("labetalol")
    assert found.against
    assert not any("history." in sentence or "pulse." in sentence for sentence in found.sentences)


def test_the_kit_is_every_drug_with_a_listed_interaction_of_giving() -> None:
    named = kit(knowledge().interactions)
    assert {"nitroglycerin", "labetalol", "ondansetron", "midazolam", "flumazenil", "naloxone"} <= set(named)
    assert list(named) == sorted(named)


# req: S74
# hazard: H39
def test_an_allergy_to_the_drug_comes_first_and_one_that_cannot_be_told_is_not_checked() -> None:
    known = knowledge()
    facts = read_facts(known.catalogue, {"history.long_qt": False})

    def allergic(drug: str, allergies: list[str] | None) -> RescueChecked:
        more = {"interactions": known.interactions, "names": known.names, "labels": known.catalogue.labels}
        return checked(drug, [], list_asked=True, facts=facts, allergies=allergies, **more)

    assert [each.sentence for each in allergic("ondansetron", ["Zofran"]).against] == ["Allergy on record: Zofran."]
    assert allergic("ondansetron", ["Zofran"]).against[0].level == "contraindicated"
    assert allergic("ondansetron", ["sertraline"]).sentences == ()
    assert allergic("ondansetron", ["Qzyxolin"]).not_checked == ("Allergy to Qzyxolin: not checked, no match by name.",)
    assert allergic("ondansetron", None).not_checked == ("Allergies: not checked, nobody asked for them.",)
    assert allergic("paracetamol", ["paracetamol syrup"]).against[0].level == "contraindicated"
