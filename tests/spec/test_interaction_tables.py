"""Medicines beside ketamine: what the list says, by vein unless named, for clinicians to read and sign."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.interactions.matching import Checked, check, rescue_check
from tests.spec.screening_library import contents, knowledge
from tests.spec.table import Row, Table

BY_NAME = Table("""
    medicines                        | route       | finds                                         | not checked
    sertraline                       | iv          | ssri_snri info                                | -
    Zoloft 50 mg tablet daily        | iv          | ssri_snri info                                | -
    lorazepam                        | iv          | benzodiazepine caution                        | -
    oxycodone; Xanax                 | iv          | opioid high, opioid_benzodiazepine high, benzodiazepine caution | -
    tramadol; Lyrica                 | iv          | opioid high, opioid_gabapentinoid high, cns_depressant caution, tramadol_seizure caution | -
    semaglutide                      | iv          | glp1_agonist hold                             | -
    Ozempic                          | iv          | glp1_agonist hold                             | -
    clarithromycin                   | oral        | cyp3a4_inhibitor caution                      | -
    clarithromycin                   | sublingual  | cyp3a4_inhibitor caution                      | -
    clarithromycin                   | iv          | cyp3a4_inhibitor info                         | -
    voriconazole                     | oral        | cyp3a4_inhibitor caution                      | -
    St. John's-wort                  | iv          | st_johns_wort info                            | -
    oxymetazoline                    | intranasal  | nasal_products info                           | -
    levothyroxine                    | iv          | thyroid_hormone info                          | -
    phenelzine                       | iv          | maoi high                                     | -
    sodium oxybate                   | iv          | sodium_oxybate high                           | -
    magic mushrooms                  | iv          | psychedelic high                              | -
    cocaine                          | iv          | cocaine_methamphetamine hold                  | -
    nitrous oxide                    | iv          | nitrous_oxide caution                         | -
    Spravato                         | iv          | ketamine_other high                           | -
    food                             | iv          | food_fluid hold                               | -
    Zoloft N06AB06                   | iv          | ssri_snri info                                | -
    RxNorm 36437                     | iv          | ssri_snri info                                | -
    RxNorm 1                         | iv          | nothing                                       | RxNorm 1: not checked, no match by name.
    clarithromycin with food         | oral        | cyp3a4_inhibitor caution                      | -
    sertraline, with or without food | iv          | ssri_snri info                                | -
    Ozempic after meals              | iv          | glp1_agonist hold                             | -
    oxycodone with grapefruit        | oral        | opioid high, grapefruit caution               | -
    metformin                        | iv          | nothing                                       | metformin: not checked, no match by name.
    sildenafil                       | iv          | nothing                                       | sildenafil: not checked, no match by name.
    sertraline and turmeric          | iv          | ssri_snri info                                | turmeric: not checked, no match by name.
    sertralin                        | iv          | nothing                                       | sertralin: not checked, no match by name.
""")

# What is offered for a word that matches nothing; the medicine stays "not checked" until a person corrects the list.
DID_YOU_MEAN = Table("""
    written                     | offered                 | why
    sertralin                   | sertraline              | one letter missing
    sertraline with foood       | food                    | a direction with a slip is no direction: a person corrects it
    Zolfot 50 mg                | zoloft (sertraline)     | two neighbours swapped
    lorazepan                   | lorazepam               | one letter changed
    clonazapam                  | clonazepam              | one letter changed
    clonazpam 0.5 mg at night   | clonazepam, clobazam    | the nearest first; which of the two, only the person knows
    oxycodon                    | oxycodone               | one letter missing
    phenylzine                  | phenelzine              | two slips in a long name
    amitryptiline               | amitriptyline           | two slips in a long name
    Ozempik                     | ozempic (semaglutide)   | one letter changed
    Vyvance                     | vyvanse (lisdexamfetamine) | one letter changed
    sodium oxibate              | oxybate (sodium oxybate) | one letter changed
    St. Jons wort               | st johns wort (St John's wort) | one letter missing, three words
    Xanex                       | xanax (alprazolam)      | one letter changed in a name of five
    clonidin                    | clonidine               | the nearest only; clonazepam is further off
    sertraline and bupropoin    | bupropion               | the rest of the line is checked, this word is not
    Xnx                         | nothing                 | too short to tell from other names
    LDS                         | nothing                 | too short to tell from other names
    metformin                   | nothing                 | close to no name of the list
    turmeric                    | nothing                 | close to no name of the list
    sildenafil                  | nothing                 | known as written; no interaction with ketamine is listed
    sertraline                  | nothing                 | known as written
""")

RESCUE = Table("""
    rescue medicine | medicines   | facts                              | finds
    nitroglycerin   | Viagra      | -                                  | rescue_nitroglycerin_pde5 contraindicated
    nitroglycerin   | sertraline  | -                                  | nothing
    labetalol       | -           | history.asthma yes                 | rescue_labetalol_condition contraindicated, rescue_labetalol_cocaine high
    ondansetron     | methadone   | history.long_qt no                 | rescue_ondansetron_qt high
    ondansetron     | sertraline  | history.long_qt no                 | nothing
    metoclopramide  | Seroquel    | -                                  | rescue_dopamine_blocker high
    flumazenil      | clonazepam  | -                                  | rescue_flumazenil_benzodiazepine high
    naloxone        | naltrexone  | -                                  | rescue_naloxone_opioid caution
    midazolam       | oxycodone   | -                                  | rescue_midazolam_opioid high
""")


def listed(cell: str) -> list[str]:
    return [] if cell == "-" else [part.strip() for part in cell.split(";")]


def facts_of(cell: str) -> dict[str, Any]:
    return read_facts(knowledge().catalogue, dict(part.rsplit(" ", 1) for part in listed(cell)))


def checked(medicines: list[str], route: str, facts: dict[str, Any] | None = None) -> Checked:
    return check(medicines, route=route, facts=facts or {}, interactions=knowledge().interactions, names=knowledge().names)


def found(matches: Any) -> str:
    return ", ".join(f"{match.interaction.id} {match.level}" for match in matches) or "nothing"


# req: S29
# hazard: H39
@BY_NAME.each
def test_by_name(row: Row) -> None:
    answer = checked(listed(row.medicines), row.route)
    assert sorted(found(answer.matches).split(", ")) == sorted(row.finds.split(", "))
    assert " ".join(each.not_checked for each in answer.not_checked) == row.not_checked.strip("-")


# req: S29
# hazard: H39
@DID_YOU_MEAN.each
def test_a_name_that_may_be_meant_is_offered_and_never_taken(row: Row) -> None:
    answer = checked([row.written], "iv")
    (medicine,) = answer.medicines
    assert ", ".join(map(str, medicine.did_you_mean)) == row.offered.replace("nothing", "")
    meant = {offer.generic for offer in medicine.did_you_mean}
    assert not meant & set(medicine.generics)
    assert not meant & {generic for match in answer.matches for generic in match.medicines}
    assert bool(medicine.not_checked) or not meant


# hazard: H39
@RESCUE.each
def test_rescue_medicines_are_screened_too(row: Row) -> None:
    matches = rescue_check(
        row.rescue_medicine,
        listed(row.medicines),
        route="iv",
        facts=facts_of(row.facts),
        interactions=knowledge().interactions,
        names=knowledge().names,
    )
    assert found(matches) == row.finds


# req: S29
@pytest.mark.parametrize("content", contents("interactions"), ids=lambda content: content["id"])
def test_vignettes_of_the_library(content: dict[str, Any]) -> None:
    for vignette in content["vignettes"]:
        facts, route = read_facts(knowledge().catalogue, vignette.get("facts", {})), vignette.get("route", "iv")
        if "given" in vignette:
            matches = rescue_check(
                vignette["given"], vignette["medicines"], route=route, facts=facts, interactions=knowledge().interactions, names=knowledge().names
            )
        else:
            matches = checked(vignette["medicines"], route, facts).matches
        levels = {match.interaction.id: match.level for match in matches}
        if "gives" in vignette:
            assert levels.get(vignette["gives"]["id"]) == vignette["gives"]["level"], vignette
        else:
            assert vignette["gives_not"] not in levels, vignette
