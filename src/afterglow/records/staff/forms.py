"""The forms of staff records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.access import roles
from afterglow.ground.face.choosing import offer
from afterglow.records.staff.queries import DUTY_NAMES, KIND_NAMES
from afterglow.records.staff.rules import PROFESSIONS

_PROFESSIONS = {code: f"{code}, {words}" for given in PROFESSIONS.values() for code, words in given.items()}


class AddMemberForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(label="E-mail address", help_text="They sign in with it.", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role_ids = forms.MultipleChoiceField(label="Roles", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "role_ids", [(role.id, role.title) for role in roles.all_roles().values() if role.permissions])


class CredentialForm(forms.Form):
    kind = forms.ChoiceField(label="What", choices=list(KIND_NAMES.items()))
    number = forms.CharField(max_length=40, label="Number")
    state = forms.CharField(max_length=8, required=False, label="State", help_text="Where it holds, such as CA. A licence needs one.")
    profession = forms.ChoiceField(label="What a licence makes of its holder", choices=[("", "not a licence"), *_PROFESSIONS.items()], required=False)
    expires_on = forms.DateField(label="Good until, this day included", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("kind") in PROFESSIONS and not told.get("profession"):
            self.add_error("profession", "Choose what the document says: who may watch an infusion depends on it.")
        return told


class ShiftForm(forms.Form):
    """A shift in the site's own time."""

    user_id = forms.ChoiceField(label="Who")
    duty = forms.ChoiceField(label="Duty", choices=list(DUTY_NAMES.items()), widget=forms.RadioSelect)
    starts_on = forms.DateField(label="From, on what day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(label="From, at what time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends_on = forms.DateField(label="Until, on what day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends = forms.TimeField(label="Until, at what time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "user_id", colleagues)

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """Start and end as moments."""
        told, place = self.cleaned_data, ZoneInfo(zone)
        return datetime.combine(told["starts_on"], told["starts"], place), datetime.combine(told["ends_on"], told["ends"], place)


class PagingForm(forms.Form):
    number = forms.CharField(
        label="Number for pages",
        max_length=40,
        required=False,
        help_text="With its country, such as +1 555 0100. Pages say that something waits, never what or who. Leave it empty to be paged by e-mail only.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why")


DAYS_SHOWN = timedelta(days=7)
