"""The form of a call to somebody who did not answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afterglow.pathway.response.actions.record_call import OUTCOMES

LOCAL = "%Y-%m-%dT%H:%M"


class CallForm(forms.Form):
    """When, how it ended and what was said; the time is the site's own."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    called = forms.DateTimeField(label="Called", input_formats=[LOCAL], widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL))
    outcome = forms.ChoiceField(
        label="How it ended", choices=[(name, words.capitalize()) for name, words in OUTCOMES.items()], widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="What was said",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Also ask about thoughts of ending life: no answer is not a no.",
    )

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = ZoneInfo(zone)

    def deed(self) -> dict[str, Any]:
        """What `record_call` takes, with an aware time."""
        typed: datetime = self.cleaned_data["called"]
        return {name: self.cleaned_data[name] for name in ("key", "outcome", "note")} | {"called_at": typed.replace(tzinfo=self.zone)}
