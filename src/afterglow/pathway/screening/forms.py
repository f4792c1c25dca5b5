"""Forms of the screening pages; the questions are made from the library, never written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.face.choosing import offer
from afterglow.pathway.screening.models import OUTCOMES
from afterglow.pathway.screening.queries import FactRow
from afterglow.pathway.screening.rules.indications import Indication
from afterglow.science.criteria.catalogue import Asked

UNKNOWN = ("unknown", "not known")
YES_NO = (("yes", "yes"), ("no", "no"), UNKNOWN)
DETAIL = "__detail"


class IndicationForm(forms.Form):
    """What a person is screened for: what the library has a protocol for."""

    indication = forms.ChoiceField(label="What for")

    def __init__(self, *args: Any, indications: Iterable[Indication], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "indication", [(each.id, each.title) for each in indications if each.is_offered])


class OpenForm(IndicationForm):
    """A case belongs to the site whose state and zone hold for it."""

    site_id = forms.ChoiceField(label="At which site")

    def __init__(self, *args: Any, sites: Iterable[SiteRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site_id", [(str(site.id), site.name) for site in sites])


class FactsForm(forms.Form):
    """One group of questions; nothing is chosen that nobody said."""

    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: Iterable[Asked], said: Mapping[str, FactRow], **kwargs: Any) -> None:
        self.asked = tuple(asked)
        shown = {fact.key: _shown(said[fact.key]) for fact in self.asked if fact.key in said}
        details = {fact.key + DETAIL: said[fact.key].detail for fact in self.asked if fact.key in said}
        super().__init__(*args, **{**kwargs, "initial": {**shown, **details, **kwargs.get("initial", {})}})
        for fact in self.asked:
            self.fields[fact.key] = _field(fact)
            self.fields[fact.key + DETAIL] = forms.CharField(label=f"Detail: {fact.label}", max_length=300, required=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each question with its detail, for the template."""
        return [
            {"fact": fact, "answer": self[fact.key], "detail": self[fact.key + DETAIL], "choices": fact.kind in ("yes_no", "choice")}
            for fact in self.asked
        ]

    @property
    def answers(self) -> dict[str, object]:
        """What was said; a field left empty says nothing."""
        return {fact.key: self.cleaned_data[fact.key] for fact in self.asked if self.cleaned_data.get(fact.key) not in (None, "")}

    @property
    def details(self) -> dict[str, str]:
        return {fact.key: self.cleaned_data[fact.key + DETAIL] for fact in self.asked if fact.key in self.answers}


class MedicineForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[("decided", "decided"), ("looked_up", "looked up")], widget=forms.HiddenInput)
    subject = forms.CharField(max_length=160, widget=forms.HiddenInput)
    note = forms.CharField(label="What you found and decided", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class SecondForm(forms.Form):
    """The second signer at the same screen, with their own address and password."""

    second_email = forms.EmailField(label="E-mail of the second signer", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    second_password = forms.CharField(label="Their password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}))


class OverrideForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    saw = forms.CharField(widget=forms.HiddenInput, strip=False)
    reason = forms.CharField(label="Why this is right for this person", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    password = forms.CharField(strip=False)


class DecisionForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label="Decision", choices=OUTCOMES, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        help_text="Needed for every decision except to clear.",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    password = forms.CharField(strip=False)


def _field(fact: Asked) -> forms.Field:
    label = f"{fact.ask} ({fact.unit})" if fact.unit else fact.ask
    if fact.kind == "yes_no":
        return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect)
    if fact.kind == "choice":
        return forms.ChoiceField(label=label, choices=[*fact.choices.items(), UNKNOWN], required=False, widget=forms.RadioSelect)
    if fact.kind == "date":
        return forms.CharField(label=label, required=False, max_length=10, widget=forms.DateInput(attrs={"type": "date"}))
    number = fact.kind == "number"
    return forms.CharField(label=label, required=False, max_length=300, widget=forms.TextInput(attrs={"inputmode": "decimal"} if number else {}))


def _shown(row: FactRow) -> str:
    """A stored answer as the form shows it."""
    if row.value is None:
        return UNKNOWN[0]
    if isinstance(row.value, bool):
        return "yes" if row.value else "no"
    return str(row.value)
