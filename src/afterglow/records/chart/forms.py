"""The forms of the chart.  Units and yes/no questions have no answer chosen beforehand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Field

from afterglow.ground import languages
from afterglow.ground.errors import Refusal
from afterglow.ground.face.choosing import offer
from afterglow.records.chart.models import Allergy, ComfortCard, Person, Proxy, TreatmentTrial

DUTIES = ("prescriber", "nurse", "therapist", "coordinator")
CODE_HINT = "ICD-10-CM code, such as F33.2, when you know it."


def choices_of(field: Any) -> list[tuple[str, str]]:
    """The choices of a model's field, without an empty one."""
    return [(str(value), str(label)) for value, label in field.flatchoices]


def _person(name: str) -> Field[Any, Any]:
    return Person._meta.get_field(name)  # type: ignore[return-value]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class KeyedForm(forms.Form):
    """A form whose write carries the key it was made with."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    """Who someone is; the version says which state of it the form shows.

    Whether someone could become pregnant lies between them and those who treat them: the desk's form does not have it (safety 35).
    """

    def __init__(self, *args: Any, clinical: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if not clinical:
            del self.fields["could_be_pregnant"]
        self.fields["language"] = forms.ChoiceField(
            label="Language",
            choices=languages.choices(held=str(self.initial.get("language", ""))),
            help_text="Questionnaires are shown in it where a translation is there.",
        )

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    given_name = forms.CharField(max_length=80, label="Given name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    family_name = forms.CharField(max_length=80, label="Family name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    born_on = forms.DateField(required=False, label="Date of birth", widget=DateInput())
    pronouns = forms.CharField(max_length=40, required=False, label="Pronouns")
    could_be_pregnant = forms.ChoiceField(
        label="Has a womb or ovaries, and could become pregnant",
        help_text="By organs, not by gender. It decides whether a pregnancy test is asked for.",
        choices=choices_of(_person("could_be_pregnant")),
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(max_length=40, required=False, label="Phone", widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(required=False, label="E-mail address")
    contact_by = forms.ChoiceField(label="Contact by", choices=choices_of(_person("contact_by")), widget=forms.RadioSelect)
    address = forms.CharField(max_length=200, required=False, label="Address")
    state = forms.CharField(max_length=8, required=False, label="State", help_text="Where the person lives, such as CA.")
    language = forms.ChoiceField()  # its choices come with the record
    needs_interpreter = forms.ChoiceField(label="Needs an interpreter", choices=choices_of(_person("needs_interpreter")), widget=forms.RadioSelect)
    emergency_name = forms.CharField(max_length=120, required=False, label="Whom to call in an emergency")
    emergency_phone = forms.CharField(max_length=40, required=False, label="Their phone", widget=forms.TextInput(attrs={"type": "tel"}))

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "key", "record_no")}


class RegisterForm(KeyedForm, PersonForm):
    record_no = forms.CharField(
        max_length=12, required=False, label="Record number", help_text="Only when the clinic gave one before; otherwise the next is taken."
    )


class ProblemForm(forms.Form):
    name = forms.CharField(max_length=160, label="Problem or diagnosis")
    code = forms.CharField(max_length=20, required=False, label="Code", help_text=CODE_HINT)
    since_text = forms.CharField(max_length=60, required=False, label="Since", help_text="As told, such as 2019 or childhood.")


class AllergyForm(forms.Form):
    substance = forms.CharField(max_length=120, label="Substance")
    reaction = forms.CharField(max_length=160, required=False, label="What happened")
    severity = forms.ChoiceField(label="How bad", choices=choices_of(Allergy._meta.get_field("severity")), widget=forms.RadioSelect)


class MedicineForm(forms.Form):
    """A daily amount is typed with its unit and kept in whole micrograms; without a unit it is refused, never guessed."""

    name = forms.CharField(max_length=120, label="Medicine")
    dose_text = forms.CharField(max_length=80, required=False, label="Dose", help_text="With its unit, such as 50 mg.")
    taken_text = forms.CharField(max_length=80, required=False, label="How often")
    stopped_on = forms.DateField(required=False, label="Stopped on", help_text="Leave empty while it is taken.", widget=DateInput())
    amount = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=3,
        min_value=Decimal("0.001"),
        label="Amount of an opioid",
        help_text="Of the opioid alone, the whole day together by mouth, or what the patch gives in an hour.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    amount_unit = forms.ChoiceField(
        required=False,
        choices=[("", "not recorded"), ("mg_per_day", "mg a day, by mouth"), ("ug_per_h", "mcg an hour, from a patch")],
        label="Unit of the amount",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        amount, unit = told.get("amount"), told.get("amount_unit")
        if amount is not None and not unit:
            self.add_error("amount_unit", "Choose the unit: it is never guessed.")
        elif unit and amount is None and "amount" not in self.errors:
            self.add_error("amount", "Enter the amount, or say that it is not recorded.")
        return told

    def values(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        amount, unit = told.pop("amount"), told.pop("amount_unit")
        return told | {
            "oral_ug_per_day": int(amount * 1000) if unit == "mg_per_day" else None,
            "patch_ng_per_h": int(amount * 1000) if unit == "ug_per_h" else None,
        }


class TrialForm(forms.Form):
    """A dose is typed in mg and kept in whole micrograms."""

    drug = forms.CharField(max_length=80, label="Antidepressant")
    daily_dose_mg = forms.DecimalField(required=False, max_digits=9, decimal_places=3, min_value=Decimal("0.001"), label="Highest daily dose, in mg")
    weeks = forms.IntegerField(required=False, min_value=1, max_value=3000, label="Weeks at that dose")
    improvement = forms.ChoiceField(
        label="How much it helped", choices=choices_of(TreatmentTrial._meta.get_field("improvement")), widget=forms.RadioSelect
    )
    this_episode = forms.ChoiceField(
        label="In the present episode", choices=choices_of(TreatmentTrial._meta.get_field("this_episode")), widget=forms.RadioSelect
    )
    stopped_because = forms.ChoiceField(
        label="Why it stopped", choices=choices_of(TreatmentTrial._meta.get_field("stopped_because")), widget=forms.RadioSelect
    )

    def values(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        dose_mg = told.pop("daily_dose_mg")
        return told | {"daily_dose_ug": None if dose_mg is None else int(dose_mg * 1000)}


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why", help_text="Such as: told of someone else, no longer true.")


class MeasureForm(forms.Form):
    """A weight or a height.  No unit is chosen beforehand, and an empty time means now."""

    value = forms.CharField(max_length=12, label="Value", widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
    unit = forms.ChoiceField(label="Unit", widget=forms.RadioSelect, error_messages={"required": "Choose the unit: it is never guessed."})
    on_site = forms.ChoiceField(
        label="Where was it measured?",
        choices=[("yes", "here, on the clinic's own scale or rule"), ("no", "elsewhere, or as told")],
        widget=forms.RadioSelect,
    )
    taken_at = forms.DateTimeField(
        required=False,
        label="Measured at",
        help_text="The clinic's time. Leave empty for now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    confirmed = forms.BooleanField(required=False, label="I looked again: this value and its unit are right")

    units: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "unit", self.units)

    def values(self, zone: str, at: datetime) -> dict[str, Any]:
        """What the action takes; the typed time is in the clinic's zone."""
        told = dict(self.cleaned_data)
        typed = told["taken_at"]
        told["taken_at"] = at if typed is None else typed.replace(tzinfo=ZoneInfo(zone))
        told["on_site"] = told["on_site"] == "yes"
        return told


class WeightForm(MeasureForm):
    units = (("kg", "kilograms (kg)"), ("lb", "pounds (lb)"))


class HeightForm(MeasureForm):
    units = (("cm", "centimetres (cm)"), ("in", "inches (in)"))


class CardForm(forms.Form):
    """A form that writes the whole comfort card; `version` is the card it was made from, empty when there was none."""

    version = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def card(self) -> dict[str, Any]:
        """What the action takes."""
        told = dict(self.cleaned_data)
        return {"seen": told.pop("version")} | told

    def again(self, refusal: Refusal) -> Self:
        """The same text once more; where a newer card was found, saving it again replaces that one."""
        typed = dict(self.data.items())
        typed["version"] = refusal.facts.get("version", typed.get("version", ""))
        return type(self)(typed)


class ComfortForm(CardForm):
    call_me = forms.CharField(required=False, max_length=80, label="Name to use in the room")
    calm_by = forms.CharField(required=False, max_length=2000, label="What calms this person", widget=forms.Textarea(attrs={"rows": 3}))
    touch = forms.ChoiceField(
        label="May we touch a hand or shoulder to comfort?",
        help_text="Yes only when they said so themselves, before the drug. Whatever stands here, a no at any moment counts.",
        choices=choices_of(ComfortCard._meta.get_field("touch")),
        widget=forms.RadioSelect,
    )
    music = forms.CharField(required=False, max_length=160, label="Music")
    light = forms.CharField(required=False, max_length=160, label="Light")
    words = forms.CharField(required=False, max_length=200, label="Words that help")
    avoid_words = forms.CharField(required=False, max_length=200, label="Words to avoid")
    position = forms.CharField(
        required=False,
        max_length=160,
        label="Position",
        help_text="How they want to lie or sit, and where staff should be: not behind, near the door.",
    )
    people = forms.CharField(required=False, max_length=200, label="Who may be in the room, and who may not")
    triggers = forms.CharField(
        required=False,
        max_length=2000,
        label="What to keep away from",
        help_text="What may frighten them, as far as they want to say. Do not ask what happened.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    intention = forms.CharField(required=False, max_length=2000, label="Intention for the treatment", widget=forms.Textarea(attrs={"rows": 3}))


class TeamForm(forms.Form):
    user_id = forms.ChoiceField(label="Colleague")
    duty = forms.ChoiceField(label="Duty", choices=[(duty, duty) for duty in DUTIES])

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "user_id", colleagues)


class NoteForm(forms.Form):
    kind = forms.ChoiceField(
        label="About", choices=[("phone", "a phone call"), ("visit", "a visit"), ("message", "a message"), ("other", "something else")]
    )
    text = forms.CharField(max_length=20_000, label="Note", widget=forms.Textarea(attrs={"rows": 6}))


class ProxyForm(forms.Form):
    """Somebody who may act for the person; nothing is chosen beforehand, the person's consent least of all."""

    name = forms.CharField(max_length=80, label="Their name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    relation = forms.CharField(max_length=60, label="Who they are to the person", help_text="Such as sister, partner, case worker.")
    phone = forms.CharField(max_length=40, required=False, label="Their phone", widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
    may = forms.MultipleChoiceField(
        label="What the person lets them do",
        choices=[
            ("may_be_called", "be called about the person's care"),
            ("may_hear_visits", "be told when visits are"),
            ("may_fill_intake", "fill in the intake by a link of their own, and see what is on it"),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    consent_how = forms.ChoiceField(label="How the person agreed", choices=choices_of(Proxy._meta.get_field("consent_how")), widget=forms.RadioSelect)
    consented_at = forms.DateTimeField(
        required=False,
        label="When the person agreed",
        help_text="The clinic's time. Leave empty for now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    consented = forms.BooleanField(
        label="The person told me themselves that they want this, and knows that they can take it back at any time",
        error_messages={"required": "Nobody acts for a person without that person's own consent."},
    )

    def values(self, zone: str, at: datetime) -> dict[str, Any]:
        """What the action takes; the typed time is in the clinic's zone."""
        told = dict(self.cleaned_data)
        typed = told["consented_at"]
        return told | {"may": frozenset(told["may"]), "consented_at": at if typed is None else typed.replace(tzinfo=ZoneInfo(zone))}
