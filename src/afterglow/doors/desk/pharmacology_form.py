"""What is asked of the Pharmacology page: a drug, a route, a dose, a weight, and which models.  It names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

DRUGS: Final = (("racemic ketamine", "ketAMINE (racemic)"), ("S-ketamine", "esketAMINE (S-ketamine)"))
ROUTES: Final = (
    ("iv", "By vein"),
    ("im", "Into a muscle"),
    ("sublingual", "Under the tongue"),
    ("oral", "Swallowed"),
    ("intranasal", "Nasal spray, devices of 28 mg"),
    ("oral_film", "Oral film"),
    ("sc", "Under the skin"),
)
UNITS: Final = (("mg", "mg"), ("mg/kg", "mg per kg"))
EXAMPLE: Final[dict[str, Any]] = {
    "drug": "racemic ketamine",
    "route": "iv",
    "amount": 0.5,
    "unit": "mg/kg",
    "over_min": 40,
    "weight_kg": 70,
    "hours": 4,
}


class PharmacologyForm(forms.Form):
    """Every number with its unit; what is left empty is unknown and not guessed."""

    drug = forms.ChoiceField(label="Drug", choices=DRUGS)
    route = forms.ChoiceField(label="Route", choices=ROUTES)
    amount = forms.FloatField(label="Dose", min_value=0.001, max_value=2000, help_text="Counted as base, as labels do.")
    unit = forms.ChoiceField(label="Unit of the dose", choices=UNITS)
    over_min = forms.FloatField(
        label="Given over", min_value=0, max_value=600, required=False, help_text="By vein or under the skin only; empty: at once."
    )
    weight_kg = forms.FloatField(label="Weight", min_value=1, max_value=400)
    age_years = forms.FloatField(label="Age", min_value=0, max_value=120, required=False, help_text="Empty: models of adults are shown.")
    hours = forms.FloatField(label="Shown for", min_value=0.5, max_value=24)
    models = forms.MultipleChoiceField(
        label="Models", required=False, widget=forms.CheckboxSelectMultiple, help_text="None ticked: every model that describes this drug and route."
    )

    def __init__(self, *args: Any, models: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["models"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = list(models)
