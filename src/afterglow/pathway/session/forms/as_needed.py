"""The form of an as-needed order.  Nothing is filled in beforehand: every amount is the prescriber's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.actions.give_medicine import ROUTES
from afterglow.pathway.session.actions.order_as_needed import LONGEST_MIN, Wish
from afterglow.pathway.session.forms.course import one_of, pairs
from afterglow.pathway.session.forms.numbers import Amount
from afterglow.pathway.session.forms.signing import hidden, password
from afterglow.pathway.session.rules.as_needed import route_words

USE_WORDS = [("as_needed", "as needed, when the person is nauseated"), ("before", "before the dose, to prevent it")]


class AsNeededForm(forms.Form):
    """`drugs`: the library's list as (name, what the source says)."""

    drug = one_of("Drug", [], required=True)
    use = one_of("When", USE_WORDS, required=True)
    dose_mg = Amount(label="One dose, at most", min_value=Decimal("0.001"), max_value=Decimal(1000), decimal_places=3)
    route = one_of("Given", pairs(ROUTES, {route: route_words(route) for route in ROUTES}), required=True)
    what_for = forms.CharField(label="What for", max_length=200)
    most_mg = Amount(label="The most in one session", min_value=Decimal("0.001"), max_value=Decimal(4000), decimal_places=3)
    least_min = forms.IntegerField(label="Between two doses, at least", min_value=1, max_value=LONGEST_MIN)
    reason = forms.CharField(
        label="Why it is right all the same",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where something is known against it for this person, or could not be checked.",
    )
    password = password()
    key = hidden()

    def __init__(self, *args: Any, drugs: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "drug", [(name, f"{name}: {says}") for name, says in drugs])

    def wish(self) -> Wish:
        held = self.cleaned_data
        return Wish(
            use=held["use"],
            drug=held["drug"],
            dose_ug=int(held["dose_mg"] * 1000),
            route=held["route"],
            what_for=held["what_for"],
            most_ug=int(held["most_mg"] * 1000),
            least_min=held["least_min"],
        )


class EndForm(forms.Form):
    reason = forms.CharField(label="Why it is ended", max_length=200)
