"""People with their medicines, one a line, for clinicians to read and sign: each interaction met, not met, and not known.

Written by hand from the sources named in the column `from`, not from the library's files.  `finds` is all that is listed, the rule
with its level by that route; `not checked` names what could not be looked up, which is never taken as clear.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from afterglow.pathway.session.rules.rescue import checked as rescue_checked
from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.interactions.matching import check
from tests.spec.screening_library import knowledge
from tests.spec.table import Row, Table

SEDATIVES = Table("""
    medicines                          | route | asked | rule           | verdict | finds                                  | not checked | from
    alprazolam 0.5 mg nightly          | iv    | -     | benzodiazepine | caution | benzodiazepine caution                 | -           | Andrade 2017; Andrashko 2020
    lorazepam 1 mg PO at night         | iv    | -     | benzodiazepine | caution | benzodiazepine caution                 | -           | directions name no substance
    one by mouth at night              | iv    | -     | benzodiazepine | unknown | -                                      | one by mouth at night | no medicine is named
    Klonopin                           | im    | -     | benzodiazepine | caution | benzodiazepine caution                 | -           | Andrade 2017; Andrashko 2020
    zolpidem                           | iv    | -     | benzodiazepine | clear   | cns_depressant caution                 | -           | a hypnotic, no benzodiazepine
    alprazolan                         | iv    | -     | benzodiazepine | unknown | -                                      | alprazolan  | near, and not taken
    alcohol                            | iv    | -     | cns_depressant | caution | cns_depressant caution                 | -           | label 7.1
    Benadryl                           | oral  | -     | cns_depressant | caution | cns_depressant caution                 | -           | label 7.1
    gabapentin                         | iv    | -     | cns_depressant | caution | cns_depressant caution                 | -           | label 7.1
    baclofen 10 mg tid                 | iv    | -     | cns_depressant | caution | cns_depressant caution                 | -           | label 7.1
    mirtazapine                        | iv    | -     | cns_depressant | clear   | ssri_snri info                         | -           | not in the row
    gabapentine                        | iv    | -     | cns_depressant | unknown | -                                      | gabapentine | near, and not taken
    morphine                           | iv    | -     | opioid         | high    | opioid high                            | -           | label; Williams 2018
    Suboxone                           | sublingual | - | opioid        | high    | opioid high                            | -           | label; Williams 2018
    hydromorphone                      | iv    | -     | opioid         | high    | opioid high                            | -           | the class, beyond the names in the row
    naltrexone                         | iv    | -     | opioid         | clear   | naltrexone info                        | -           | an antagonist
    oxycodon                           | iv    | -     | opioid         | unknown | -                                      | oxycodon    | near, and not taken
    oxycodone; Xanax                   | iv    | -     | opioid_benzodiazepine | high | opioid high, opioid_benzodiazepine high, benzodiazepine caution | - | boxed warning
    fentanyl patch; morphine           | iv    | -     | opioid_benzodiazepine | clear | opioid high                       | -           | two opioids are no such pair
    oxycodone; lorazepan               | iv    | -     | opioid_benzodiazepine | unknown | opioid high                     | lorazepan   | half of the pair is not known
    tramadol; Lyrica             | iv    | -     | opioid_gabapentinoid | high | opioid high, opioid_gabapentinoid high, cns_depressant caution, tramadol_seizure caution | - | FDA
    codeine; baclofen                  | iv    | -     | opioid_gabapentinoid | clear | opioid high, cns_depressant caution | -          | no gabapentinoid
    methadone; pregabaline             | iv    | -     | opioid_gabapentinoid | unknown | opioid high                      | pregabaline | half of the pair is not known
    tramadol                           | iv    | -     | tramadol_seizure | caution | opioid high, tramadol_seizure caution | -           | tramadol label
    tapentadol                         | iv    | -     | tramadol_seizure | clear | opioid high                             | -           | another opioid
    tramadoll                          | iv    | -     | tramadol_seizure | unknown | -                                     | tramadoll   | near, and not taken
    sodium oxybate                     | iv    | -     | sodium_oxybate | high    | sodium_oxybate high                    | -           | safety 31
    GHB                                | iv    | -     | sodium_oxybate | high    | sodium_oxybate high                    | -           | safety 31
    sodium chloride                    | iv    | -     | sodium_oxybate | unknown | -                                      | sodium chloride | a salt is no name
    valproate sodium                   | iv    | -     | sodium_oxybate | clear   | lithium_valproate info                 | -           | a salt is no name
    suxamethonium                      | iv    | -     | neuromuscular_blocker | info | neuromuscular_blocker info          | -           | Ketalar label
    tizanidine                         | iv    | -     | neuromuscular_blocker | clear | cns_depressant caution             | -           | relaxes otherwise
    atracuriun                         | iv    | -     | neuromuscular_blocker | unknown | -                                | atracuriun  | near, and not taken
    clonidine                          | iv    | -     | clonidine_alpha2 | info  | clonidine_alpha2 info                  | -           | Cohen 2018; Handa 2000
    clonazepam                         | iv    | -     | clonidine_alpha2 | clear | benzodiazepine caution                 | -           | looks alike, is another
    clonidin                           | iv    | -     | clonidine_alpha2 | unknown | -                                    | clonidin    | near, and not taken
""")
MIND_MEDICINES = Table("""
    medicines                          | route | asked | rule           | verdict | finds                                  | not checked | from
    lamotrigine                        | iv    | -     | lamotrigine    | info    | lamotrigine info                       | -           | Anand 2000
    lithium                            | iv    | -     | lamotrigine    | clear   | lithium_valproate info                 | -           | another stabiliser
    lamotrigin                         | iv    | -     | lamotrigine    | unknown | -                                      | lamotrigin  | near, and not taken
    Depakote                           | iv    | -     | lithium_valproate | info | lithium_valproate info                 | -           | Costi 2019
    lithium carbonate 900 mg           | iv    | -     | lithium_valproate | info | lithium_valproate info                 | -           | Costi 2019
    Lamictal                           | iv    | -     | lithium_valproate | clear | lamotrigine info                      | -           | another stabiliser
    lithum                             | iv    | -     | lithium_valproate | unknown | -                                   | lithum      | near, and not taken
    quetiapine                         | iv    | -     | antipsychotic  | info    | antipsychotic info                     | -           | Krystal 1999; Veraart 2021
    Latuda                             | iv    | -     | antipsychotic  | info    | antipsychotic info                     | -           | the class, beyond the names in the row
    sertraline                         | iv    | -     | antipsychotic  | clear   | ssri_snri info                         | -           | another class
    quetiapin                          | iv    | -     | antipsychotic  | unknown | -                                      | quetiapin   | near, and not taken
    venlafaxine XR 150 mg              | iv    | -     | ssri_snri      | info    | ssri_snri info                         | -           | Andrade 2017; Szarmach 2020
    paroxetine                         | iv    | -     | ssri_snri      | info    | ssri_snri info                         | -           | the class, beyond the names in the row
    lithium                            | iv    | -     | ssri_snri      | clear   | lithium_valproate info                 | -           | another class
    venlafaxin                         | iv    | -     | ssri_snri      | unknown | -                                      | venlafaxin  | near, and not taken
    naltrexone                         | iv    | -     | naltrexone     | info    | naltrexone info                        | -           | Williams 2018; Yoon 2019
    bupropion                          | iv    | -     | naltrexone     | clear   | ssri_snri info                         | -           | half of Contrave
    naltrexon                          | iv    | -     | naltrexone     | unknown | -                                      | naltrexon   | near, and not taken
    tranylcypromine                    | iv    | -     | maoi           | high    | maoi high                              | -           | label 7.3
    linezolid                          | iv    | -     | maoi           | high    | maoi high                              | -           | label 7.3: an antibiotic
    rasagiline                         | iv    | -     | maoi           | high    | maoi high                              | -           | the class, beyond the names in the row
    escitalopram                       | iv    | -     | maoi           | clear   | ssri_snri info                         | -           | another class
    phenalzine                         | iv    | -     | maoi           | unknown | -                                      | phenalzine  | near, and not taken
    memantine                          | iv    | -     | memantine      | caution | memantine caution                      | -           | memantine SmPC
    Auvelity                           | iv    | -     | memantine      | caution | memantine caution                      | -           | holds dextromethorphan
    levothyroxine                      | iv    | -     | memantine      | clear   | thyroid_hormone info                   | -           | another class
    memantin                           | iv    | -     | memantine      | unknown | -                                      | memantin    | near, and not taken
    nitrous oxide                      | iv    | -     | nitrous_oxide  | caution | nitrous_oxide caution                  | -           | safety 31
    cannabis                           | iv    | -     | nitrous_oxide  | clear   | cannabis caution                       | -           | another substance
    nitros oxid                        | iv    | -     | nitrous_oxide  | unknown | -                                      | nitros oxid | near, and not taken
    psilocybin                         | iv    | -     | psychedelic    | high    | psychedelic high                       | -           | safety 31
    ayahuasca                          | iv    | -     | psychedelic    | high    | psychedelic high                       | -           | safety 31
    THC                                | iv    | -     | psychedelic    | clear   | cannabis caution                       | -           | another substance
    psilocibin                         | iv    | -     | psychedelic    | unknown | -                                      | psilocibin  | near, and not taken
    marijuana                          | iv    | -     | cannabis       | caution | cannabis caution                       | -           | clinic practice (U)
    alcohol                            | iv    | -     | cannabis       | clear   | cns_depressant caution                 | -           | another substance
    marihuana                          | iv    | -     | cannabis       | unknown | -                                      | marihuana   | near, and not taken
    Spravato                           | iv    | -     | ketamine_other | high    | ketamine_other high                    | -           | safety 31; Anderson 2022
    recreational ketamine              | iv    | -     | ketamine_other | high    | ketamine_other high                    | -           | Anderson 2022
    nitrous oxide                      | iv    | -     | ketamine_other | clear   | nitrous_oxide caution                  | -           | another substance
    ketamin nasal                      | iv    | -     | ketamine_other | unknown | -                                      | ketamin nasal | near, and not taken
""")
PRESSURE_AND_STOMACH = Table("""
    medicines                          | route | asked | rule           | verdict | finds                                  | not checked | from
    Adderall                           | iv    | -     | psychostimulant | caution | psychostimulant caution               | -           | label 7.2
    modafinil                          | iv    | -     | psychostimulant | caution | psychostimulant caution               | -           | label 7.2
    guanfacine                         | iv    | -     | psychostimulant | clear  | clonidine_alpha2 info                  | -           | for attention too, no stimulant
    metilphenidate                     | iv    | -     | psychostimulant | unknown | -                                     | metilphenidate | near, and not taken
    Sudafed                            | iv    | -     | sympathomimetic | caution | sympathomimetic caution               | -           | UK SmPC
    cetirizine                         | iv    | -     | sympathomimetic | unknown | -                                     | cetirizine  | no row for it
    diphenhydramine                    | iv    | -     | sympathomimetic | clear  | cns_depressant caution                 | -           | another cold remedy
    levothyroxine                      | iv    | -     | thyroid_hormone | info   | thyroid_hormone info                   | -           | Ketalar label
    lisinopril                         | iv    | -     | thyroid_hormone | clear  | antihypertensive info                  | -           | another class
    levothyroxin                       | iv    | -     | thyroid_hormone | unknown | -                                     | levothyroxin | near, and not taken
    theophylline                       | iv    | -     | theophylline   | high    | theophylline high                      | -           | Ketalar label
    salbutamol                         | iv    | -     | theophylline   | unknown | -                                      | salbutamol  | no row for it
    propranolol                        | iv    | -     | theophylline   | clear   | antihypertensive info                  | -           | another class
    metoprolol succinate               | iv    | -     | antihypertensive | info  | antihypertensive info                  | -           | McIntyre 2021
    losartan                           | iv    | -     | antihypertensive | info  | antihypertensive info                  | -           | the class, beyond the names in the row
    sertraline                         | iv    | -     | antihypertensive | clear | ssri_snri info                         | -           | another class
    metoprolo                          | iv    | -     | antihypertensive | unknown | -                                    | metoprolo   | near, and not taken
    cocaine                            | iv    | substances.stimulant_today yes | cocaine_methamphetamine | hold | cocaine_methamphetamine hold | - | safety 31
    crystal meth                       | iv    | substances.stimulant_today no | cocaine_methamphetamine | high | cocaine_methamphetamine high | - | safety 31
    cocaine                            | iv    | -     | cocaine_methamphetamine | hold | cocaine_methamphetamine hold      | -           | not asked counts as yes
    codeine                            | iv    | -     | cocaine_methamphetamine | clear | opioid high                      | -           | looks alike, is another
    cocain                             | iv    | -     | cocaine_methamphetamine | unknown | -                              | cocain      | near, and not taken
    Ozempic                            | iv    | medicines.glp1_symptoms_or_dose_change yes | glp1_agonist | hold | glp1_agonist hold | - | safety 31; multisociety 2024
    tirzepatide                        | iv    | medicines.glp1_symptoms_or_dose_change no | glp1_agonist | high | glp1_agonist high  | - | safety 31; multisociety 2024
    Wegovy                             | iv    | -     | glp1_agonist   | hold    | glp1_agonist hold                      | -           | not asked counts as yes
    lisinopril                         | iv    | -     | glp1_agonist   | clear   | antihypertensive info                  | -           | another class
    Ozempik                            | iv    | -     | glp1_agonist   | unknown | -                                      | Ozempik     | near, and not taken
    food                               | iv    | -     | food_fluid     | hold    | food_fluid hold                        | -           | ASA fasting; safety 31
    liquids                            | intranasal | - | food_fluid    | hold    | food_fluid hold                        | -           | label 2; safety 31
    grapefruit                         | iv    | -     | food_fluid     | clear   | grapefruit info                        | -           | a row of its own
    breakfast                          | iv    | -     | food_fluid     | unknown | -                                      | breakfast   | no row for the word
""")
LEVELS_OF_KETAMINE = Table("""
    medicines                          | route | asked | rule           | verdict | finds                                  | not checked | from
    ticlopidine                        | oral  | -     | cyp2b6_inhibitor | caution | cyp2b6_inhibitor caution             | -           | Peltoniemi 2011: AUC x2.4
    Plavix                             | sublingual | - | cyp2b6_inhibitor | caution | cyp2b6_inhibitor caution            | -           | the swallowed part: an extrapolation
    ticlopidine                        | iv    | -     | cyp2b6_inhibitor | info  | cyp2b6_inhibitor info                  | -           | little by vein
    rifampicin                         | oral  | -     | cyp2b6_inhibitor | clear | inducer_strong caution                 | -           | the other way
    clopidogril                        | oral  | -     | cyp2b6_inhibitor | unknown | -                                    | clopidogril | near, and not taken
    clarithromycin                     | oral  | -     | cyp3a4_inhibitor | caution | cyp3a4_inhibitor caution             | -           | Hagelberg 2010: AUC x2.6
    Paxlovid                           | sublingual | - | cyp3a4_inhibitor | caution | cyp3a4_inhibitor caution            | -           | the swallowed part: an extrapolation
    posaconazole                       | oral  | -     | cyp3a4_inhibitor | caution | cyp3a4_inhibitor caution             | -           | safety 31
    diltiazem                          | oral  | -     | cyp3a4_inhibitor | caution | cyp3a4_inhibitor caution, antihypertensive info | - | two rows for one medicine
    clarithromycin                     | iv    | -     | cyp3a4_inhibitor | info  | cyp3a4_inhibitor info                  | -           | little by vein
    amlodipine                         | oral  | -     | cyp3a4_inhibitor | clear | antihypertensive info                  | -           | same class as diltiazem, no inhibitor
    itraconazole                       | oral  | -     | cyp3a4_inhibitor | unknown | -                                    | itraconazole | Peltoniemi 2011: no row
    grapefruit juice                   | oral  | -     | grapefruit     | caution | grapefruit caution                     | -           | Peltoniemi 2012: AUC x3.0
    grapefruit                         | iv    | -     | grapefruit     | info    | grapefruit info                        | -           | none by vein
    food                               | oral  | -     | grapefruit     | clear   | food_fluid hold                        | -           | a row of its own
    grapefuit                          | oral  | -     | grapefruit     | unknown | -                                      | grapefuit   | near, and not taken
    Rifadin                            | oral  | -     | inducer_strong | caution | inducer_strong caution                 | -           | Peltoniemi 2012: AUC -86%
    rifampicin                         | iv    | -     | inducer_strong | info    | inducer_strong info                    | -           | Peltoniemi 2012: AUC -14% by vein
    carbamazepine                      | sublingual | - | inducer_strong | caution | inducer_strong caution                | -           | class extension (U)
    lamotrigine                        | oral  | -     | inducer_strong | clear   | lamotrigine info                       | -           | against seizures too, no inducer
    carbamazepin                       | oral  | -     | inducer_strong | unknown | -                                      | carbamazepin | near, and not taken
    St. John's-wort                    | oral  | -     | st_johns_wort  | caution | st_johns_wort caution                  | -           | Peltoniemi 2012: AUC -58%
    hypericum                          | iv    | -     | st_johns_wort  | info    | st_johns_wort info                     | -           | none by vein
    sertraline                         | oral  | -     | st_johns_wort  | clear   | ssri_snri info                         | -           | another antidepressant
    Jon wort                           | oral  | -     | st_johns_wort  | unknown | -                                      | Jon wort    | not close enough
    Afrin                              | intranasal | - | nasal_products | info   | nasal_products info                    | -           | label 2: one hour before
    Flonase                            | intranasal | - | nasal_products | info   | nasal_products info                    | -           | label 2: one hour before
    phenylephrine                      | intranasal | - | nasal_products | clear  | sympathomimetic caution                | -           | not in the row
    Nasonexx                           | intranasal | - | nasal_products | unknown | -                                     | Nasonexx    | near, and not taken
""")
RESCUE_DRUGS = Table("""
    rescue drug     | medicines   | asked                        | rule                             | verdict         | not checked | from
    nitroglycerin   | Viagra      | -                            | rescue_nitroglycerin_pde5        | contraindicated | -           | nitroglycerin label
    nitroglycerin   | lisinopril  | -                            | rescue_nitroglycerin_pde5        | clear           | -           | another class
    nitroglycerin   | Viagrra     | -                            | rescue_nitroglycerin_pde5        | unknown         | Viagrra     | near, and not taken
    labetalol       | none        | history.asthma yes           | rescue_labetalol_condition       | contraindicated | -           | labetalol label
    labetalol       | none        | history.heart_block yes      | rescue_labetalol_condition       | contraindicated | -           | labetalol label
    labetalol       | none        | pulse.under_60_per_min yes   | rescue_labetalol_condition       | contraindicated | -           | safety 32
    labetalol       | none        | history.asthma no; history.heart_block no; pulse.under_60_per_min no | rescue_labetalol_condition | clear | - | safety 32
    labetalol       | none        | history.asthma no; history.heart_block no | rescue_labetalol_condition | not asked     | -           | safety 32
    labetalol       | cocaine     | substances.stimulant_today no | rescue_labetalol_cocaine        | high            | -           | safety 32
    labetalol       | none        | substances.stimulant_today yes | rescue_labetalol_cocaine       | high            | -           | safety 32
    labetalol       | none        | substances.stimulant_today no | rescue_labetalol_cocaine        | clear           | -           | safety 32
    labetalol       | none        | -                            | rescue_labetalol_cocaine         | not asked       | -           | safety 32
    ondansetron     | methadone   | history.long_qt no           | rescue_ondansetron_qt            | high            | -           | ondansetron label
    ondansetron     | Celexa      | history.long_qt no           | rescue_ondansetron_qt            | high            | -           | ondansetron label
    ondansetron     | none        | history.long_qt yes          | rescue_ondansetron_qt            | high            | -           | ondansetron label
    ondansetron     | sertraline  | history.long_qt no           | rescue_ondansetron_qt            | clear           | -           | safety 32
    ondansetron     | sertraline  | -                            | rescue_ondansetron_qt            | not asked       | -           | safety 32
    metoclopramide  | Seroquel    | history.parkinsons no; history.dystonia no | rescue_dopamine_blocker | high       | -           | safety 32
    prochlorperazine | none       | history.parkinsons yes       | rescue_dopamine_blocker          | high            | -           | safety 32
    metoclopramide  | none        | history.dystonia yes         | rescue_dopamine_blocker          | high            | -           | safety 32
    metoclopramide  | sertraline  | history.parkinsons no; history.dystonia no | rescue_dopamine_blocker | clear      | -           | safety 32
    metoclopramide  | sertraline  | history.parkinsons no        | rescue_dopamine_blocker          | not asked       | -           | safety 32
    flumazenil      | clonazepam  | -                            | rescue_flumazenil_benzodiazepine | high            | -           | flumazenil label: seizures
    flumazenil      | sertraline  | -                            | rescue_flumazenil_benzodiazepine | clear           | -           | safety 32
    flumazenil      | ?           | -                            | rescue_flumazenil_benzodiazepine | unknown         | This person's medicines | list not taken
    naloxone        | naltrexone  | -                            | rescue_naloxone_opioid           | caution         | -           | safety 32
    naloxone        | buprenorphine | -                          | rescue_naloxone_opioid           | caution         | -           | safety 32
    naloxone        | sertraline  | -                            | rescue_naloxone_opioid           | clear           | -           | safety 32
    naloxone        | metadone    | -                            | rescue_naloxone_opioid           | unknown         | metadone    | near, and not taken
    midazolam       | oxycodone   | -                            | rescue_midazolam_opioid          | high            | -           | boxed warning
    midazolam       | lamotrigine | -                            | rescue_midazolam_opioid          | clear           | -           | safety 32
    midazolam       | ?           | -                            | rescue_midazolam_opioid          | unknown         | This person's medicines | list not taken
""")
BY_VERDICT = {"clear": "clear", "unknown": "unknown", "not asked": "unknown"}
PEOPLE = [row for table in (SEDATIVES, MIND_MEDICINES, PRESSURE_AND_STOMACH, LEVELS_OF_KETAMINE) for row in table]


def listed(cell: str, apart: str) -> list[str]:
    return [] if cell in ("-", "none", "?") else [part.strip() for part in cell.split(apart)]


def facts_of(cell: str) -> dict[str, Any]:
    return read_facts(knowledge().catalogue, dict(part.rsplit(" ", 1) for part in listed(cell, ";")))


# req: S29
# hazard: H39
@pytest.mark.parametrize("row", PEOPLE, ids=[f"{row.rule}: {row.medicines} {row.route}"[:90] for row in PEOPLE])
def test_person_with_medicines(row: Row) -> None:
    answer = check(
        listed(row.medicines, ";"), route=row.route, facts=facts_of(row.asked), interactions=knowledge().interactions, names=knowledge().names
    )
    found = {match.interaction.id: match.level for match in answer.matches}
    assert sorted(f"{rule} {level}" for rule, level in found.items()) == sorted(listed(row.finds, ","))
    assert [medicine.not_checked for medicine in answer.not_checked] == [
        f"{text}: not checked, no match by name." for text in listed(row.not_checked, ";")
    ]
    assert found.get(row.rule, "unknown" if answer.not_checked else "clear") == row.verdict


# req: S29
# hazard: H39
@RESCUE_DRUGS.each
def test_person_who_is_to_be_given_a_rescue_drug(row: Row) -> None:
    known = knowledge()
    (rule,) = (each for each in known.interactions if each.id == row.rule)
    found = rescue_checked(
        row.rescue_drug,
        listed(row.medicines, ";"),
        list_asked=row.medicines != "?",
        facts=facts_of(row.asked),
        interactions=(rule,),
        names=known.names,
        labels=known.catalogue.labels,
    )
    not_checked = [text.split(": not checked")[0] for text in found.not_checked]
    assert not_checked == listed(row.not_checked, ";")
    said = [each.level for each in found.against]
    asked = any("Not asked yet" in each.sentence for each in found.against)
    verdict = "not asked" if asked else said[0] if said else "unknown" if not_checked else "clear"
    assert verdict == row.verdict
    assert not asked or said == [rule.level]  # what nobody asked counts as yes


# req: S29
def test_each_interaction_has_someone_it_finds_someone_it_leaves_and_someone_not_known() -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in (*PEOPLE, *RESCUE_DRUGS):
        seen[row.rule].add(BY_VERDICT.get(row.verdict, "found"))
    assert dict(seen) == {each.id: {"found", "clear", "unknown"} for each in knowledge().interactions}
