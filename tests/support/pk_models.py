"""The pharmacokinetic models of the library, as the engine takes them, and the questions of the reference table."""

from __future__ import annotations

import re
from functools import cache

from afterglow.ground.content.shelf import newest
from afterglow.science import pk


@cache
def models() -> dict[str, pk.Model]:
    return {file.id: pk.model_from(file.content) for file in newest("pk_models")}


def question(scenario: str, weight_kg: float) -> tuple[list[pk.Dose], pk.Person]:
    """Doses and person of one scenario of the table, such as IV_Sket_0.25mgkg_40min or IN_56mg_5min_gaps (age75 non-Asian)."""
    who = re.search(r"\(age(\d+) (.+)\)", scenario)
    person = pk.Person(weight_kg=weight_kg, age_years=float(who[1]) if who else None, ancestry="japanese" if who and who[2] == "Japanese" else None)
    route, amount, per_kg, gaps_or_min = re.match(r"(IV|IM|SL|PO|IN)_(?:Sket_)?([\d.]+)mg(kg)?(?:_(\d+)min)?", scenario).groups()
    mg = float(amount) * (weight_kg if per_kg else 1)
    if route == "IN":
        return [pk.Dose(amount_mg=28, route="intranasal", at_min=float(gaps_or_min) * device) for device in range(round(mg / 28))], person
    way = {"IV": "iv", "IM": "im", "SL": "sublingual", "PO": "oral"}[route]
    return [pk.Dose(amount_mg=mg, route=way, over_min=float(gaps_or_min or 0))], person
