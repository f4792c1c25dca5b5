"""The enquiry form, public and at the phone, and the decision forms."""

from __future__ import annotations

from typing import Any

from django import forms

from afterglow.records.schedule.forms import TimeForm

ASKERS = [("self", "Myself"), ("relative", "Someone close to me"), ("professional", "A patient or client of mine")]
YES_NO = [("yes", "Yes"), ("no", "No")]
WAYS = [("phone", "Phone"), ("email", "E-mail")]


class EnquiryForm(forms.Form):
    """The public page: short, and nothing that is not needed to call back."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    danger_now = forms.ChoiceField(
        label="Is anyone in danger right now?",
        help_text="For example thoughts of suicide today, or having taken something.",
        choices=YES_NO,
        required=False,
        widget=forms.RadioSelect,
    )
    asker = forms.ChoiceField(label="Who is this about?", choices=ASKERS, widget=forms.RadioSelect)
    given_name = forms.CharField(label="First name of the person who needs help", help_text="Any name we can call them by.", max_length=80)
    family_name = forms.CharField(label="Last name", max_length=80, required=False)
    asker_name = forms.CharField(label="Your own name, if you ask for someone else", max_length=120, required=False)
    may_contact = forms.ChoiceField(label="May we contact you about this?", choices=YES_NO, widget=forms.RadioSelect)
    contact_by = forms.ChoiceField(label="How should we contact you?", choices=WAYS, widget=forms.RadioSelect, required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    message = forms.CharField(
        label="What would you like us to know?", help_text="A few words are enough.", max_length=4000, required=False, widget=forms.Textarea
    )

    def clean(self) -> dict[str, Any]:
        """Turns the answers into what `receive_enquiry` takes; a danger question left open stays unknown."""
        data = super().clean() or {}
        data["danger_now"] = data.get("danger_now") or "unknown"
        data["may_contact"] = data.get("may_contact") == "yes"
        if data["may_contact"] and not data.get("contact_by"):
            self.add_error("contact_by", "Choose one of the two.")
        data["contact_by"] = data.get("contact_by") or "phone"  # of no use where they said no
        return data


class PhoneEnquiryForm(EnquiryForm):
    """What the front desk writes down while the caller speaks: danger is asked first and aloud."""

    channel = forms.ChoiceField(
        label="How it came in", choices=[("phone", "Phone call"), ("referral", "Referral by letter or message")], initial="phone"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["danger_now"].label = "Ask first: is anyone in danger right now?"
        self.fields["asker"].label = "Who calls?"
        self.fields["asker"].widget.choices = [("self", "The person themselves"), ("relative", "Someone close"), ("professional", "A professional")]
        self.fields["asker_name"].label = "Name of the caller, if it is someone else"
        self.fields["may_contact"].label = "May we call or write back?"
        self.fields["contact_by"].label = "How?"
        self.fields["message"].label = "What was said"


class AcceptForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    given_name = forms.CharField(label="First name", max_length=80)
    family_name = forms.CharField(label="Last name", max_length=80)
    born_on = forms.DateField(
        label="Date of birth", required=False, help_text="Can follow at intake.", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class KnownPersonForm(forms.Form):
    """They are in the chart already: nothing is registered twice."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    person_id = forms.UUIDField(widget=forms.HiddenInput)


class DeclineForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    reason = forms.CharField(label="Reason", help_text="The next reader must understand it.", max_length=300)


class ReferForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    where = forms.CharField(label="Where they were sent", max_length=200)
    reason = forms.CharField(label="Why", max_length=300, required=False)


class SlotForm(TimeForm):
    """A time on the calendar; days and times are the site's own."""

    use_required_attribute = False  # it stands beside accepting alone, which leaves these empty
    why = forms.CharField(max_length=120, required=False, label="Why then", help_text="Only outside the opening hours or the roster.")


class FirstCallForm(SlotForm):
    """By phone: no room."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, rooms=[], colleagues=colleagues, **options)
