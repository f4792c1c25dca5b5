"""The forms of integration.  Times are the clinic's own; nothing is chosen beforehand where an answer matters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.integration.rules import journal
from afterglow.pathway.integration.rules.deeds import DANGER_WORDS
from afterglow.records.measures.forms import ContactForm

LOCAL = "%Y-%m-%dT%H:%M"
DANGER = (("no", "no"), ("yes", "yes, the team must know"))


class DangerForm(forms.Form):
    """The question that no note may swallow (safety 45)."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    danger = forms.ChoiceField(label="Did anything point to danger, for this person or for others?", choices=DANGER, widget=forms.RadioSelect)
    danger_words = forms.CharField(
        label="What the team must know",
        help_text="Only if yes. It becomes an urgent flag that a named person must own and close.",
        required=False,
        max_length=DANGER_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class VisitForm(ContactForm, DangerForm):
    state = forms.ChoiceField(label="What became of it", choices=[("held", "it was held"), ("missed", "it was missed")], widget=forms.RadioSelect)
    held = forms.DateTimeField(
        label="Began",
        help_text="The clinic's time. Only if it was held.",
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )
    happened = forms.CharField(
        label="What happened",
        help_text="For the chart: what was done, how the person was, what was agreed. The whole team reads it. Thoughts about the talk go into your own note.",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_order = ("key", "state", "held", "happened", "danger", "danger_words")

    def values(self, zone: str) -> dict[str, Any]:
        """What the action takes."""
        told = {name: self.cleaned_data[name] for name in ("key", "state", "happened", "danger", "danger_words")}
        held: datetime | None = self.cleaned_data["held"]
        return {**told, "asked": self.asked(), "held_at": None if held is None else held.replace(tzinfo=ZoneInfo(zone))}


class TherapyNoteForm(DangerForm):
    text = forms.CharField(
        label="Your note",
        help_text="Only you read it. What happened, dangers, symptoms, times and progress belong in the chart instead.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("key", "replaces", "text", "danger", "danger_words")


class GoalForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    insight = forms.CharField(
        label="What became clear", help_text="In the person's own words.", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    theme = forms.CharField(label="Theme", help_text="In a word or two: grief, self-worth, closeness.", required=False, max_length=60)
    text = forms.CharField(label="Goal", help_text="What the person wants to do about it.", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    visit_id = forms.ChoiceField(label="Where it came up", required=False)

    def __init__(self, *args: Any, visits: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "visit_id", [("", "not in a visit"), *visits])


class GoalChangeForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label="Goal", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    state = forms.ChoiceField(
        label="Where it stands", choices=[("open", "still open"), ("reached", "reached"), ("let_go", "let go")], widget=forms.RadioSelect
    )


class PracticeForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(
        label="What to practise",
        help_text="The person reads exactly this on their phone. Plain words; nothing about doses.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    times_a_week = forms.IntegerField(label="On how many days", min_value=1, max_value=7)
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class JournalForm(forms.Form):
    """One entry of a person's own journal."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label="Write", max_length=journal.LONGEST, widget=forms.Textarea(attrs={"rows": 7}))


class JournalChangeForm(forms.Form):
    """Other words for one entry.  `edition`: the one that was read."""

    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    text = forms.CharField(label="What you want it to say", max_length=journal.LONGEST, widget=forms.Textarea(attrs={"rows": 9}))


class WordForm(forms.Form):
    """The word that opens a journal.  `text`: what was typed when the journal had closed meanwhile."""

    word = forms.CharField(
        label="Your word", max_length=journal.LONGEST_WORD, strip=True, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    text = forms.CharField(required=False, max_length=journal.LONGEST, widget=forms.HiddenInput)


class NewWordForm(forms.Form):
    word = forms.CharField(
        label="Choose a word",
        help_text=f"At least {journal.SHORTEST_WORD} letters, known to you alone. Nobody can look it up or reset it.",
        min_length=journal.SHORTEST_WORD,
        max_length=journal.LONGEST_WORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same word again", max_length=journal.LONGEST_WORD, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    text = forms.CharField(required=False, max_length=journal.LONGEST, widget=forms.HiddenInput)


class HelpForm(forms.Form):
    """Tell the clinic now: nothing has to be filled in."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    words = forms.CharField(
        label="If you want, say what they should know",
        help_text="The people who treat you read exactly this. Nothing of your journal goes with it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": journal.HELP_WORDS}),  # a longer one is cut, never turned away
    )
