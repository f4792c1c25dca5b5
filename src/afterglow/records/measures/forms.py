"""A questionnaire as a form, made from its library file alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from afterglow.records.measures.queries import Paper, Question
from afterglow.science.scoring.instrument import Answer

SAID = "_said"
OCCASIONS = [("screening", "screening"), ("baseline", "before the first dose"), ("course", "during the course"), ("review", "review")]


class AnswersForm(forms.Form):
    """The questions of a paper, or some of them.  None is required: an open question stays open, and is shown as open."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)

    def __init__(self, paper: Paper, *args: Any, questions: Sequence[Question] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper = paper
        self.questions = tuple(paper.questions if questions is None else questions)
        for question in self.questions:
            choices = [(str(option.value), option.label) for option in question.options]
            self.fields[question.id] = forms.ChoiceField(
                label=question.text,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choose one of the answers."},
            )
            if question.ask_also:
                self.fields[question.id + SAID] = forms.CharField(
                    label=question.ask_also, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
                )

    def answers(self) -> dict[str, Answer]:
        """Answers that were given; an open question is left out, so that a draft keeps what it had."""
        given = {}
        for question in self.questions:
            item = self.paper.instrument.item(question.id)
            text = self.cleaned_data.get(question.id)
            if item is not None and text:
                given[question.id] = item.answer_from(text)
        return given

    def said(self) -> dict[str, str]:
        return {question.id: self.cleaned_data[question.id + SAID] for question in self.questions if self.cleaned_data.get(question.id + SAID)}

    def rows(self, answers: Mapping[str, Answer], said: Mapping[str, str]) -> list[dict[str, Any]]:
        """What the page shows for each question: its options, what is chosen, and what is wrong with it."""
        shown = []
        for question in self.questions:
            value = self.data.get(question.id) if self.is_bound else answers.get(question.id)
            shown.append(
                {
                    "question": question,
                    "value": "" if value is None else str(value),
                    "said": (self.data.get(question.id + SAID) if self.is_bound else said.get(question.id)) or "",
                    "said_name": question.id + SAID,
                    "error": " ".join(str(one) for one in self.errors.get(question.id, [])) if self.is_bound else "",
                }
            )
        return shown


class AssignForm(forms.Form):
    """Which questionnaire, and what for."""

    instrument = forms.ChoiceField(label="Questionnaire")
    occasion = forms.ChoiceField(label="What for", choices=OCCASIONS)

    def __init__(self, papers: Sequence[Paper], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"] = forms.ChoiceField(label="Questionnaire", choices=[(one.instrument.id, one.title) for one in papers])


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="Why it is taken back", max_length=200)


class LicenceForm(forms.Form):
    """The clinic's own licence for a scale, as its paper says it."""

    holder = forms.CharField(label="Whom the licence names", max_length=140, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    reference = forms.CharField(
        label="Its number", max_length=120, help_text="Or the date and sender of the letter.", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    from_on = forms.DateField(label="Holds from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until_on = forms.DateField(
        label="Holds until, this day included",
        required=False,
        help_text="Leave it empty when the licence names no end.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    everywhere = forms.ChoiceField(label="Where it holds", choices=[("", "at this site"), ("yes", "at every site of the clinic")], required=False)

    def told(self) -> dict[str, Any]:
        return {**self.cleaned_data, "everywhere": self.cleaned_data["everywhere"] == "yes"}


class EndLicenceForm(forms.Form):
    reason = forms.CharField(label="Why it ends", max_length=200)
