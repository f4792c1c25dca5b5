"""Forms that end in a signature: an override, its second signature, the draw, the start, the limits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.forms.numbers import Amount, Reading
from afterglow.pathway.session.queries.limits import LimitRow
from afterglow.pathway.session.rules.limit_words import number_words


def password(label: str = "Your password", *, required: bool = True) -> forms.CharField:
    typed = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, widget=typed, strip=False, max_length=200, required=required)


def hidden(required: bool = True) -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, max_length=2000, required=required)


class StartForm(forms.Form):
    password = password()
    key = hidden()


class OverrideForm(forms.Form):
    """`saw` is the sentence that stood on the page: what it covers and nothing else."""

    item = hidden()
    saw = hidden()
    reason = forms.CharField(label="Why it is right for this person today", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    password = password()
    key = hidden()


class SecondForm(forms.Form):
    """The second person signs with their own address and password, at this screen or at their own."""

    second_email = forms.EmailField(label="Second person's e-mail address")
    second_password = password("Second person's password")


class CallOffForm(forms.Form):
    reason = forms.CharField(label="Why there is no dose today", max_length=200)


class DrawForm(forms.Form):
    """What the second person reads from vial, syringe, pump and wristband.  Nothing is filled in for them."""

    lot = forms.UUIDField(widget=forms.HiddenInput)
    made_up_to = Amount(label="Made up to", required=False, min_value=Decimal("0.1"), max_value=Decimal(1000), decimal_places=2)
    said_drug = forms.ChoiceField(label="Drug on the vial", widget=forms.RadioSelect)
    said_strength = Amount(label="Strength on the vial", min_value=Decimal(0), max_value=Decimal(1000), decimal_places=3)
    said_volume = Amount(label="Volume drawn", min_value=Decimal(0), max_value=Decimal(1000), decimal_places=3)
    said_rate = Amount(label="Rate set on the pump", min_value=Decimal(0), max_value=Decimal(2000), decimal_places=3)
    said_record_no = forms.CharField(label="Record number on the wristband", max_length=12)
    second_email = forms.EmailField(label="Second person's e-mail address")
    second_password = password("Second person's password")
    key = hidden()

    def __init__(self, *args: Any, drugs: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "said_drug", drugs)

    def thousandths(self, name: str) -> int | None:
        """mL as microlitres, mg/mL as micrograms per mL; None where nothing was entered."""
        entered: Decimal | None = self.cleaned_data.get(name)
        return None if entered is None else int(entered * 1000)


class LimitsForm(forms.Form):
    """Every number of every limit.  An open one shows what the library proposes; saying so with a signature is the acceptance."""

    key = hidden()
    password = password()

    def __init__(self, *args: Any, rows: Iterable[LimitRow], **more: Any) -> None:
        super().__init__(*args, **more)
        self.rows = tuple(rows)
        for row in self.rows:
            for number in row.numbers:
                now = number["proposed"] if number["now"] is None else number["now"]
                self.fields[f"{row.id}.{number['name']}"] = Reading(label=number_words(number["name"]), initial=f"{now:g}")
            reason = row.accepted.reason if row.accepted else ""
            self.fields[f"{row.id}.reason"] = forms.CharField(label="Why it differs", required=False, max_length=300, initial=reason)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Each limit with its bound fields, for the page."""
        return [
            {
                "row": row,
                "numbers": [{**number, "bound": self[f"{row.id}.{number['name']}"]} for number in row.numbers],
                "reason": self[f"{row.id}.reason"],
            }
            for row in self.rows
        ]

    def values(self) -> dict[str, dict[str, float]]:
        """What is to be accepted: every limit that is open, and every one whose numbers were changed on this page."""
        found = {row.id: {number["name"]: self.cleaned_data[f"{row.id}.{number['name']}"] for number in row.numbers} for row in self.rows}
        return {row.id: found[row.id] for row in self.rows if row.accepted is None or dict(row.accepted.values) != found[row.id]}

    def reasons(self) -> dict[str, str]:
        return {row.id: self.cleaned_data[f"{row.id}.reason"] for row in self.rows}
