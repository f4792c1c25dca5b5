"""The form of the page about research."""

from __future__ import annotations

from django import forms


class ApprovalForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    board = forms.CharField(label="Research board (IRB)", max_length=140)
    reference = forms.CharField(label="Number of the approval", max_length=80)
    valid_until_on = forms.DateField(label="Valid until", widget=forms.DateInput(attrs={"type": "date"}))
