"""The check-in questions as forms, one small form for each item.  Nothing is filled in beforehand, and a blank form records nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.forms.numbers import Reading
from afterglow.pathway.session.queries.check_in import Question
from afterglow.pathway.session.rules import check_in as rules
from afterglow.pathway.session.rules.gate_person import IDENTIFIERS
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.science.dosing.interval import ASKED_WEEKS, MOST_TIMES

YES_NO = [("yes", "yes"), ("no", "no")]


def choices(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(word, word.replace("_", " ")) for word in words]


def choose(label: str, words: Sequence[tuple[str, str]], *, hint: str = "") -> forms.ChoiceField:
    """One of these, or none: a radio list without a chosen row."""
    return forms.ChoiceField(label=label, choices=words, widget=forms.RadioSelect, required=False, help_text=hint)


def when(label: str) -> forms.Field:
    return forms.DateTimeField(label=label, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))


def on_day(label: str) -> forms.Field:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


def times(label: str) -> forms.Field:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_TIMES, widget=forms.TextInput(attrs={"inputmode": "numeric"}))


def text(label: str, *, most: int = 120, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint)


def held_field(name: str) -> str:
    """A field for one medicine, the same however the list changes: what was typed for one never comes back for another."""
    return f"held_{hashlib.sha256(name.casefold().encode()).hexdigest()[:8]}"


class ItemForm(forms.Form):
    """One item; `question` gives the words, `zone` is the site's, in which times are typed."""

    item: ClassVar[str] = ""
    asks: ClassVar[str] = ""  # the field that carries the question itself as its label

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str, question: Question | None, **more: Any) -> None:
        super().__init__(data, prefix=self.item, **more)
        self.zone, self.question = ZoneInfo(zone), question
        if question is not None and self.asks:
            self.fields[self.asks].label = question.question

    @property
    def is_blank(self) -> bool:
        """Nothing was entered: the item stays as it was."""
        sent = cast(QueryDict, self.data)
        return not any(any(sent.getlist(self.add_prefix(name))) for name in self.fields)

    def value(self) -> dict[str, Any]:
        """The answer in the shape of `rules.check_in`; times in the site's zone, empty texts as None."""
        return {name: self._plain(entered) for name, entered in self.cleaned_data.items()}

    def _plain(self, entered: Any) -> Any:
        if isinstance(entered, datetime):
            return entered.replace(tzinfo=self.zone).isoformat()
        if hasattr(entered, "isoformat"):
            return entered.isoformat()
        return None if entered == "" else entered


class Identity(ItemForm):
    item, asks = "identity", "identifiers"
    identifiers = forms.MultipleChoiceField(choices=choices(sorted(IDENTIFIERS)), widget=forms.CheckboxSelectMultiple, required=False)


class Said(ItemForm):
    """A question that is answered by one word of the library's list."""

    asks = "said"
    said = choose("", [])

    def __init__(self, *args: Any, question: Question | None, **more: Any) -> None:
        super().__init__(*args, question=question, **more)
        assert question is not None
        offer(self, "said", choices(question.answers))


def said_form(item_id: str) -> type[Said]:
    return type(f"Said_{item_id}", (Said,), {"item": item_id, "__module__": __name__})


class Substances(ItemForm):
    item, asks = "substances", "said"
    said = choose("", YES_NO)
    taken = forms.MultipleChoiceField(label="What", choices=choices(rules.SUBSTANCES), widget=forms.CheckboxSelectMultiple, required=False)


class OtherKetamine(ItemForm):
    item, asks = "other_ketamine", "said"
    said = choose("", YES_NO)
    where = text("Where from, if yes", hint="another clinic, lozenges, Spravato, other")
    last_on = on_day("Last day, if yes")
    in_week = times("How often in the last 7 days, if yes")
    in_review = times(f"How often in the last {ASKED_WEEKS} weeks, if yes")


class Pregnancy(ItemForm):
    item = "pregnancy"
    organs = choose("Does this person have a uterus or ovaries?", YES_NO, hint="Not after hysterectomy or documented menopause.")
    result = choose("Urine test (hCG)", choices(rules.TESTS))
    tested_on = on_day("Day of the test")
    at_risk_since = choose("Is a pregnancy possible since that test?", YES_NO)


class Suicide(ItemForm):
    item = "suicide"
    new_or_worse = choose("If any is a yes: is it new, or worse than at the last assessment?", YES_NO)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        last = self.fields.pop("new_or_worse")
        for key, words in WORDS.items():
            self.fields[key] = choose(f"{words[:1].upper()}{words[1:]}", choices(rules.SUICIDE_SAID))
        self.fields["new_or_worse"] = last


class SuicideAssessment(ItemForm):
    item = "suicide_assessment"
    allows = choose("After the assessment of today: may the dose go on?", YES_NO)
    note = forms.CharField(label="What you found and what was agreed", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)


class Escort(ItemForm):
    item, asks = "escort", "kind"
    kind = choose("", choices(rules.WAYS_HOME))
    adult_name = text("Name of the adult")
    documented = choose("Is the other arrangement documented?", YES_NO)


class Night(ItemForm):
    item, asks = "night", "name"
    name = text("")


class ValuesBefore(ItemForm):
    item = "values_before"
    hr = Reading(label="Heart rate, /min", required=False)
    rr = Reading(label="Breathing rate, /min", required=False)
    spo2 = Reading(label="Saturation, %", required=False)


class Fasting(ItemForm):
    item, asks = "fasting", "meal"
    meal = choose("", choices(rules.MEALS), hint="none: nothing eaten since midnight")
    meal_at = when("Last meal at")
    clear_fluid_at = when("Last clear drink at")


class Medicines(ItemForm):
    """One choice for each medicine that an interaction says to hold; the list itself is read in the chart."""

    item = "medicines"
    read = forms.BooleanField(label="The list was read item by item with the person.", required=False)

    def __init__(self, *args: Any, names: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = tuple(names)
        for name in self.names:
            self.fields[held_field(name)] = choose(
                f"{name}: held before this dose?", [("held", "held"), ("taken", "taken"), ("not_asked", "not asked")]
            )

    def value(self) -> dict[str, Any]:
        held = {name: self.cleaned_data[held_field(name)] or "not_asked" for name in self.names}
        return {"held": held} if self.cleaned_data["read"] else {}


class UncheckedMedicines(ItemForm):
    """A prescriber reads the medicines that no list knows."""

    item = "unchecked_medicines"
    read = forms.BooleanField(label="I looked these up; they do not stand against the dose.", required=False)

    def __init__(self, *args: Any, names: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = tuple(names)

    def value(self) -> dict[str, Any]:
        return {"names": list(self.names)}


class PrescriptionMonitoring(ItemForm):
    item = "prescription_monitoring"
    looked_up_on = on_day("Prescription-monitoring programme looked up on")


class AirwayPerson(ItemForm):
    item, asks = "airway_person", "user_id"
    user_id = choose("", [])

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "user_id", people)


class PressureForm(forms.Form):
    """One seated reading.  The cuff's own clock decides; empty means now."""

    sbp = Reading(label="Systolic")
    dbp = Reading(label="Diastolic")
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)


class WeightForm(forms.Form):
    """A weight with its unit, which is chosen and never defaulted (safety 16)."""

    value = forms.CharField(label="Weight", max_length=12)
    unit = forms.ChoiceField(label="Unit", choices=[("kg", "kg"), ("lb", "lb")], widget=forms.RadioSelect)
    confirmed = forms.BooleanField(label="I looked again: this is right.", required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)


_ALL: tuple[type[ItemForm], ...] = (
    Identity, Substances, OtherKetamine, Pregnancy, Suicide, SuicideAssessment, Escort, Night, ValuesBefore, Fasting, Medicines,
    UncheckedMedicines, PrescriptionMonitoring, AirwayPerson,
    *(said_form(item) for item in ("allergies", "ketamine_allergy", "capacity", "intoxication", "withdrawal", "iv_site", "both_roles")),
)  # fmt: skip
FORMS: dict[str, type[ItemForm]] = {form.item: form for form in _ALL}
"""Item id -> its form; pressure, weight, monitor, lot and read-back have forms and pages of their own."""
