"""The form of the note against a fall."""

from __future__ import annotations

from django import forms

from afterglow.pathway.session.forms.course import EntryForm, one_of
from afterglow.pathway.session.rules.falls import LONGEST, MEASURES


class FallsForm(EntryForm):
    """Everything that stands now; what stood already is ticked beforehand, the answer about earlier falls never is."""

    done = forms.MultipleChoiceField(
        label="What is done now",
        required=False,
        choices=list(MEASURES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="What is unticked no longer stands.",
    )
    walks_with = forms.CharField(label="Who walks with the person", required=False, max_length=LONGEST)
    fell = one_of("Any fall in the last twelve months?", [("yes", "Yes"), ("no", "No")])
