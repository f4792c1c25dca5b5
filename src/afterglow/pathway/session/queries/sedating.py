"""What the library's classes make of the name of a medicine: a sedative, an opioid, a drug that lowers the pressure, or none of them."""

from __future__ import annotations

from afterglow.ground.content.queries import library_file
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.science.interactions.names import recognise

SEDATING = frozenset({"benzodiazepine", "barbiturate", "sedative_hypnotic", "first_generation_antihistamine", "antipsychotic", "muscle_relaxant"})
PRESSURE = frozenset({"beta_blocker", "ace_inhibitor", "calcium_channel_blocker", "angiotensin_blocker", "diuretic"})
CLOUDING = frozenset({"sedative", "opioid"})
"""After these nothing is signed until the person is clear-headed (safety 19)."""
RESCUE_BY_NAME = {"hydralazine": "antihypertensive", "nitroglycerin": "antihypertensive", "clonidine": "antihypertensive", "propofol": "sedative"}
"""Rescue drugs of the usual kits that no class of the library lists."""


def rescue_kind(name: str) -> str:
    """What the library's classes make of a name: the kind that starts the waiting time again, or ""."""
    said = name.lower().split()
    for listed in library_file("codes", "medicine_classes").content["classes"]:
        if any(drug in said for drug in listed["drugs"]):
            if listed["id"] in SEDATING:
                return "sedative"
            if listed["id"] == "opioid":
                return "opioid"
            if listed["id"] in PRESSURE:
                return "antihypertensive"
    return next((kind for drug, kind in RESCUE_BY_NAME.items() if drug in said), "")


def clouds(name: str) -> bool:
    """Is a medicine, as it stands on a person's list, a sedative or an opioid?  Brand names are read too."""
    known, _ = knowledge()
    return any(rescue_kind(generic) in CLOUDING for generic in (*recognise(name, known.names).generics, name))
