"""Forms of the flag page."""

from __future__ import annotations

from django import forms


class NoteForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label="What was tried or said", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class CloseForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Closing note",
        help_text="Whom you spoke to, what you found, what happens next.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
