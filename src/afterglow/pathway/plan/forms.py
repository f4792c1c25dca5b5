"""The forms of the plan.  People type mg, kg and the site's own hours; whole micrograms, grams and aware times leave here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.datastructures import MultiValueDict

from afterglow.ground.face.choosing import offer
from afterglow.pathway.plan.queries.guardrails import Guardrails
from afterglow.pathway.plan.rules.changes import PAIRS, Change, Value
from afterglow.pathway.plan.rules.course import VisitKind
from afterglow.pathway.plan.rules.slots import Placed

Choices = list[tuple[str, str]]


def shown_value(value: Value) -> str:
    """A number of the protocol as the form shows it: a pair as '2 to 4'."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " to ".join(str(part) for part in value)
    return str(value)


class SignForm(forms.Form):
    """The signer's password, and a second person's address and password where two must sign."""

    reason = forms.CharField(label="Reason", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    second_email = forms.EmailField(
        label="Second signer: e-mail address",
        required=False,
        help_text="Only where an item above needs two signatures: another licensed member of this site's staff.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    second_password = forms.CharField(
        label="Second signer: password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-autosave-skip": ""}),
    )
    password = forms.CharField(
        label="Your password, to sign", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-autosave-skip": ""})
    )


class GuardrailsForm(forms.Form):
    """Which of the open guardrails are accepted; nothing is ticked before somebody ticks it."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    password = forms.CharField(label="Your password, to sign", strip=False, widget=forms.PasswordInput)
    part = forms.MultipleChoiceField(label="Guardrails", error_messages={"required": "Tick each guardrail that you accept."})

    def __init__(self, *args: Any, state: Guardrails, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "part", [(row.guardrail.id, row.guardrail.title) for row in state.rows])

    @property
    def ticked(self) -> list[str]:
        """What was ticked before a refusal, so that nobody ticks twice."""
        return self.data.getlist("part") if isinstance(self.data, MultiValueDict) else []


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One number that may be individualised: the protocol's entry and the two fields."""

    title: str
    unit: str
    usual: str
    value: forms.BoundField
    reason: forms.BoundField


class PlanForm(forms.Form):
    """Every number that the protocol lets a plan change, filled with the protocol's; and a reason beside each."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, protocol: Mapping[str, Any], standing: Mapping[str, Any], reasons: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.protocol = protocol
        for number, entry in enumerate(protocol["may_change"]):
            room, name = entry["path"].split(".")
            first = shown_value(standing[room][name])
            if "one_of" in entry:
                field: forms.Field = forms.ChoiceField(label=entry["title"], choices=[(each, each) for each in entry["one_of"]], initial=first)
            else:
                field = forms.CharField(label=entry["title"], max_length=20, initial=first)
            self.fields[f"value_{number}"] = field
            self.fields[f"reason_{number}"] = forms.CharField(
                label=f"Why the {entry['title']} differs", required=False, max_length=500, initial=reasons.get(entry["path"], "")
            )

    def rows(self) -> Iterator[ChangeRow]:
        for number, entry in enumerate(self.protocol["may_change"]):
            room, name = entry["path"].split(".")
            yield ChangeRow(
                entry["title"], entry.get("unit", ""), shown_value(self.protocol[room][name]), self[f"value_{number}"], self[f"reason_{number}"]
            )

    def wishes(self) -> list[Change]:
        """Every field that does not say what the protocol says; what cannot be read is passed on as typed, and judged there."""
        found = []
        for number, entry in enumerate(self.protocol["may_change"]):
            room, name = entry["path"].split(".")
            typed = self.cleaned_data[f"value_{number}"].strip()
            if typed != shown_value(self.protocol[room][name]):
                found.append(Change(path=entry["path"], value=_read(entry, typed), reason=self.cleaned_data[f"reason_{number}"].strip()))
        return found


def _read(entry: Mapping[str, Any], typed: str) -> Value:
    if "one_of" in entry or entry["path"] == "dose.mg_per_kg":
        return typed
    parts = typed.replace("-", " ").replace("to", " ").split()
    if not parts or not all(part.isdigit() for part in parts):
        return typed
    numbers = [int(part) for part in parts]
    return numbers if entry["path"] in PAIRS else numbers[0] if len(numbers) == 1 else typed


class OrderForm(SignForm):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    dose_mg = forms.DecimalField(label="Dose", min_value=Decimal(0), max_digits=7, decimal_places=3)
    over_min = forms.IntegerField(label="Over", min_value=1, max_value=600)
    dosing_weight_kg = forms.DecimalField(
        label="Adjusted weight that the dose rests on", required=False, min_value=Decimal(1), max_digits=6, decimal_places=3
    )
    weight_confirmed = forms.ChoiceField(
        label="Does the weight still hold today?",
        help_text="Asked when it was not measured here today.",
        required=False,
        choices=[("", "nobody asked yet"), ("yes", "yes, confirmed today"), ("no", "no")],
    )
    field_order = ("key", "dose_mg", "over_min", "dosing_weight_kg", "weight_confirmed", "reason", "second_email", "second_password", "password")

    def asked(self) -> dict[str, Any]:
        """What the order would say, as far as it was typed."""
        told = self.cleaned_data
        dose, weight = told.get("dose_mg"), told.get("dosing_weight_kg")
        return {
            "dose_ug": None if dose is None else int(dose * 1000),
            "over_min": told.get("over_min"),
            "dosing_weight_g": None if weight is None else int(weight * 1000),
            "weight_confirmed": {"yes": True, "no": False}.get(told.get("weight_confirmed", "")),
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=200)


class AllowForm(forms.Form):
    """One bridging dose; what goes further is a signed review, which the later station keeps."""

    up_to = forms.IntegerField(min_value=1, max_value=60, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why this person is better served by one dose before the review", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    password = forms.CharField(
        label="Your password, to sign", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-autosave-skip": ""})
    )


class FirstDayForm(forms.Form):
    first_on = forms.DateField(label="First infusion on or after", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class VisitForm(forms.Form):
    """One visit of the course; left out when it is not ticked."""

    kind = forms.CharField(max_length=12, widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=1, max_value=60, widget=forms.HiddenInput)
    take = forms.BooleanField(label="Place it", required=False)
    day = forms.DateField(label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(label="Start", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    room_id = forms.ChoiceField(label="Room", required=False)
    staff_user_id = forms.ChoiceField(label="With", required=False)

    def __init__(self, *args: Any, rooms: Choices, colleagues: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "room_id", [("", "no room"), *rooms])
        offer(self, "staff_user_id", [("", "nobody yet"), *colleagues])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("kind") not in ("preparation", "infusion", "integration", "review"):
            raise forms.ValidationError("This kind of visit is not known.")
        if told.get("take"):
            for name in ("day", "starts"):
                if told.get(name) is None and name not in self.errors:
                    self.add_error(name, "Enter it, or leave this visit out.")
        return told

    def placed(self, zone: str, minutes: int) -> Placed:
        told = self.cleaned_data
        starts_at = datetime.combine(told["day"], told["starts"], ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        kind: VisitKind = told["kind"]
        return Placed(
            kind=kind,
            number=told["number"],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            room_id=UUID(told["room_id"]) if told["room_id"] else None,
            staff_user_id=UUID(told["staff_user_id"]) if told["staff_user_id"] else None,
        )
