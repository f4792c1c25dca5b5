"""The forms of the cabinet.  People type mg and mL; whole micrograms and microlitres leave here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.records.cabinet.queries import ProductRow


def thousandths(value: Decimal) -> int:
    """mg as micrograms, mL as microlitres: exact, the field takes three places."""
    return int(value * 1000)


class WitnessForm(forms.Form):
    """A second person at the same screen, with their own address and password."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    second_email = forms.EmailField(
        label="Witness: e-mail address",
        help_text="A second person who watches, under their own name.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    second_password = forms.CharField(
        label="Witness: password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-autosave-skip": ""})
    )


class ReceiveForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    product = forms.ChoiceField(label="Product", widget=forms.RadioSelect, help_text="Read it from the vial. The strength comes from here.")
    lot_no = forms.CharField(label="Lot number", max_length=40)
    expires_on = forms.DateField(
        label="Expires on", help_text="The last day on which it may be used.", widget=forms.DateInput(attrs={"type": "date"})
    )
    vials = forms.IntegerField(label="Number of vials", min_value=1, max_value=1000)

    def __init__(self, *args: Any, products: dict[str, ProductRow], **options: Any) -> None:
        super().__init__(*args, **options)
        vials = [(key, row.product.name, volume) for key, row in products.items() for volume in row.vials_ul]
        offer(self, "product", [(f"{key}:{volume}", f"{name}, vial of {volume / 1000:g} mL") for key, name, volume in vials])

    @property
    def chosen(self) -> dict[str, Any]:
        """Product and vial volume."""
        product, _, volume = self.cleaned_data["product"].partition(":")
        return {"product": product, "vial_ul": int(volume)}


class CountForm(WitnessForm):
    volume = forms.DecimalField(label="Found on the shelf", min_value=Decimal(0), max_digits=9, decimal_places=3)
    note = forms.CharField(label="Note, when it differs", max_length=200, required=False)
    field_order = ("key", "volume", "note", "second_email", "second_password")


class DiscardForm(WitnessForm):
    """`opened`: session id -> words for each vial that is open; "" is an unopened vial."""

    session = forms.ChoiceField(label="From", required=False, widget=forms.RadioSelect)
    volume = forms.DecimalField(label="Volume discarded", min_value=Decimal("0.001"), max_digits=9, decimal_places=3)
    reason = forms.CharField(label="Reason", max_length=200, help_text="Expired, recalled, broken, or the rest of an opened vial.")
    field_order = ("key", "session", "volume", "reason", "second_email", "second_password")

    def __init__(self, *args: Any, opened: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "session", [("", "unopened vials: expired, recalled or broken"), *opened.items()])


class RecallForm(forms.Form):
    reason = forms.CharField(label="Who recalled it and why", max_length=200)


class PartForm(WitnessForm):
    how = forms.ChoiceField(
        label="What happens with it",
        choices=[
            ("wasted", "wasted: destroyed while a second person watches"),
            ("returned", "returned: the whole draw, never opened, back on the shelf"),
        ],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(label="Amount", min_value=Decimal("0.001"), max_digits=9, decimal_places=3)
    reason = forms.CharField(label="Reason", max_length=200)
    field_order = ("key", "how", "amount", "reason", "second_email", "second_password")
