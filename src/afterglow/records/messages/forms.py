"""The forms of the outbox page."""

from __future__ import annotations

from django import forms

from afterglow.records.messages.rules.wording import LONGEST_SENDER_NAME


class SenderForm(forms.Form):
    name = forms.CharField(
        label="Name of the sender",
        max_length=LONGEST_SENDER_NAME,
        help_text="Others may read it on a locked screen. It says nothing about care.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RetryForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
