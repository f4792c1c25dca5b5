"""The sign-in form."""

from __future__ import annotations

from django import forms


class PasswordForm(forms.Form):
    old = forms.CharField(label="Your password now", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label="New password",
        help_text="At least 12 characters: a few unrelated words, or one from a password manager.",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChooseForm(forms.Form):
    """One's own first, or next, password; twice, because nobody else could tell what was typed."""

    password = forms.CharField(
        label="New password",
        help_text="At least 12 characters: a few unrelated words, or one from a password manager.",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(label="The same again", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_again(self) -> str:
        """Raises ValidationError when the two differ."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError("The two are not the same.")
        return again


WEEKDAYS = [("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"), ("5", "Friday"), ("6", "Saturday"), ("7", "Sunday")]


class SiteForm(forms.Form):
    """What a site says of itself."""

    phone = forms.CharField(label="Telephone", max_length=40, required=False, help_text="Stands on every page and leaflet a patient gets.")
    address = forms.CharField(label="Address", max_length=200, required=False)
    open_days = forms.MultipleChoiceField(label="Open on", choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple)
    opens = forms.TimeField(label="Opens at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label="Closes at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class NewSiteForm(SiteForm):
    """One more site.  Its name, zone and state stand for good, so they are asked once."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    name = forms.CharField(label="Name of the site", max_length=120)
    zone = forms.CharField(label="Time zone", max_length=64, help_text="Such as America/Los_Angeles. All times of this site are in it, for good.")
    state = forms.CharField(label="State", max_length=8, help_text="Such as CA. Colleagues need a licence of this state to work here.")
    field_order = ("key", "name", "address", "zone", "state", "phone", "open_days", "opens", "closes")


class SignInForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
