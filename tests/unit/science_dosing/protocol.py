"""The shipped protocol and vials, as the dosing tests use them."""

from __future__ import annotations

from afterglow.ground.content.files import LIBRARY_ROOT, load_file
from afterglow.science.dosing.dose import PlannedDose
from afterglow.science.dosing.limits import drugs_from, interval_rules_from, limits_from, products_from, weight_rules_from

PROTOCOL = load_file(LIBRARY_ROOT / "protocols/iv_mdd_standard/1.yaml").content
VIALS = load_file(LIBRARY_ROOT / "codes/ketamine_products/1.yaml").content
LIMITS = limits_from(PROTOCOL)
INTERVALS = interval_rules_from(PROTOCOL)
WEIGHTS = weight_rules_from(PROTOCOL)
DRUGS = drugs_from(VIALS)
PRODUCTS = products_from(VIALS)
RACEMATE, S_FORM = DRUGS["ketamine_racemic"], DRUGS["esketamine"]


def planned(dose_ug: int | None = 35_000, weight_g: int | None = 70_000, over_min: int | None = 40, drug=RACEMATE) -> PlannedDose:
    return PlannedDose(drug=drug, dose_ug=dose_ug, weight_g=weight_g, over_min=over_min)
