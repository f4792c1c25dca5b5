"""The pages of the intake as forms, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from afterglow.ground import languages
from afterglow.records.chart.forms import CardForm
from afterglow.records.measures.queries import Paper

NOT_SURE = ("unknown", "I do not know")
STATES = re.findall(
    r"[A-Z]{2}",
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA"
    " WA WV WI WY",
)


class AboutForm(forms.Form):
    """Who you are and how to reach you.  Name and date of birth are changed at the clinic once they are known."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    born_on = forms.DateField(label="Date of birth", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    pronouns = forms.CharField(label="Your pronouns", required=False, max_length=40)
    phone = forms.CharField(label="Phone", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    contact_by = forms.ChoiceField(
        label="How may we contact you?", choices=[("phone", "Phone"), ("email", "E-mail"), ("none", "Do not contact me")], widget=forms.RadioSelect
    )
    address = forms.CharField(label="Home address", required=False, max_length=200)
    state = forms.ChoiceField(label="State you live in", required=False, choices=[("", "Choose"), *((one, one) for one in STATES)])
    language = forms.ChoiceField(
        label="Language of your questions",
        help_text="A questionnaire that is not there in your language is shown in English.",
        choices=lambda: [("", "Choose"), *languages.choices(own_names=True)],
        required=False,
    )
    needs_interpreter = forms.ChoiceField(
        label="Do you need an interpreter?", choices=[("no", "No"), ("yes", "Yes"), NOT_SURE], required=False, widget=forms.RadioSelect
    )
    emergency_name = forms.CharField(label="Someone we may call in an emergency", required=False, max_length=120)
    emergency_phone = forms.CharField(label="Their phone", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))

    def changes(self, *, may_set_birth: bool) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        values["needs_interpreter"] = values["needs_interpreter"] or "unknown"
        if not may_set_birth or values["born_on"] is None:
            values.pop("born_on")
        if not values["language"]:
            values.pop("language")  # a page that was opened before it was asked
        return values


class AboutByProxyForm(AboutForm):
    """The same page for somebody who acts for the person: how to reach the person is asked of the person."""

    phone = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    contact_by = None  # type: ignore[assignment]


class LookedAfterForm(CardForm):
    """How the person wants to be looked after during a treatment, in their own words.  Nothing has to be answered; what is left open stays not asked."""

    call_me = forms.CharField(label="What should we call you?", required=False, max_length=80)
    touch = forms.ChoiceField(
        label="If you are frightened, may we hold your hand or touch your shoulder?",
        help_text="Nobody touches you to comfort you unless you say yes. Whatever you choose, you can say no at any moment, and no always counts.",
        choices=[("ask", "Ask me each time"), ("no", "No"), ("yes", "Yes"), ("unknown", "I would rather say it at the clinic")],
        widget=forms.RadioSelect,
        required=False,
    )
    calm_by = forms.CharField(label="What calms you?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    words = forms.CharField(label="Words that help you", required=False, max_length=200)
    avoid_words = forms.CharField(label="Words we should not use", required=False, max_length=200)
    triggers = forms.CharField(
        label="What should we keep away from you?",
        help_text="For example a sound, a smell, a way of standing near you. You do not have to say why, and nobody will ask what happened.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    position = forms.CharField(
        label="How do you want to lie or sit?", help_text="And where should we be: for example never behind you.", required=False, max_length=160
    )
    people = forms.CharField(label="Who may be in the room, and who may not?", required=False, max_length=200)
    music = forms.CharField(label="Music, or none", required=False, max_length=160)
    light = forms.CharField(label="Light", required=False, max_length=160)
    intention = forms.CharField(label="What do you hope for?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_touch(self) -> str:
        return self.cleaned_data["touch"] or "unknown"


class PrivateForm(forms.Form):
    """By organs, not by gender; nobody but the person and their care team sees it."""

    could_be_pregnant = forms.ChoiceField(
        label="Could you become pregnant, or be pregnant now?",
        help_text="Say yes if you have a uterus and ovaries and are 12 to 55 years old, unless your uterus was removed or a "
        "doctor confirmed your menopause. Ketamine can harm a pregnancy, so the clinic offers a test first.",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "I would rather talk about it at the clinic")],
        widget=forms.RadioSelect,
    )


class MedicineForm(forms.Form):
    name = forms.CharField(label="Medicine", help_text="As on the box. Also drops, patches, and what you buy without a prescription.", max_length=120)
    dose_text = forms.CharField(label="How much", help_text="For example 20 mg, or 1 tablet.", required=False, max_length=80)
    taken_text = forms.CharField(label="How often", help_text="For example every morning.", required=False, max_length=80)
    stopped_on = forms.DateField(
        label="If you stopped it lately: the last day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AllergyForm(forms.Form):
    substance = forms.CharField(label="What you are allergic to", max_length=120)
    reaction = forms.CharField(label="What happened", help_text="For example a rash, or trouble breathing.", required=False, max_length=160)
    severity = forms.ChoiceField(
        label="How bad was it?", choices=[("mild", "Mild"), ("severe", "Severe"), NOT_SURE], widget=forms.RadioSelect, required=False
    )

    def clean_severity(self) -> str:
        return self.cleaned_data["severity"] or "unknown"


class ProblemForm(forms.Form):
    name = forms.CharField(label="Illness or problem", help_text="For example high blood pressure, or an operation.", max_length=160)
    since_text = forms.CharField(label="Since when", required=False, max_length=60)


class TreatmentForm(forms.Form):
    """One medicine for depression that was tried.  What is not known stays not known; it is never taken as zero."""

    drug = forms.CharField(label="Medicine for depression", max_length=80)
    daily_dose_mg = forms.DecimalField(
        label="Highest dose a day, in mg",
        required=False,
        min_value=Decimal("0.001"),
        max_digits=9,
        decimal_places=3,
        help_text="From the box, if you have it.",
    )
    weeks = forms.IntegerField(label="For how many weeks", required=False, min_value=1, max_value=3000)
    improvement = forms.ChoiceField(
        label="How much did it help?",
        choices=[
            ("none", "Not at all, or I felt worse"),
            ("under_25", "A little (less than a quarter better)"),
            ("25_49", "Some (a quarter to a half better)"),
            ("50_plus", "A lot (half better or more)"),
            NOT_SURE,
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    this_episode = forms.ChoiceField(
        label="Was it for the depression you have now?",
        choices=[("yes", "Yes"), ("no", "No, an earlier one"), NOT_SURE],
        widget=forms.RadioSelect,
        required=False,
    )
    stopped_because = forms.ChoiceField(
        label="Why did you stop?",
        choices=[
            ("still_taking", "I still take it"),
            ("no_effect", "It did not help enough"),
            ("side_effects", "Side effects"),
            ("other", "Another reason"),
            NOT_SURE,
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mg = data.pop("daily_dose_mg", None)
        data["daily_dose_ug"] = None if mg is None else int(mg * 1000)
        for name in ("improvement", "this_episode", "stopped_because"):
            data[name] = data.get(name) or "unknown"
        return data


class LinkForm(forms.Form):
    """Which questionnaires go out with the intake link."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    site_id = forms.ChoiceField(label="Who reads the answers", required=True)
    instruments = forms.MultipleChoiceField(label="Questionnaires to send with it", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, papers: Sequence[Paper], sites: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_id"] = forms.ChoiceField(label="Who reads the answers", choices=list(sites))
        self.fields["instruments"] = forms.MultipleChoiceField(
            label="Questionnaires to send with it",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(one.instrument.id, one.title) for one in papers],
        )
