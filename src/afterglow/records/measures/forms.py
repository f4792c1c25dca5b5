"""A questionnaire as a form, made from its library file alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afterglow.ground import languages
from afterglow.records.measures import rules
from afterglow.records.measures.queries import Paper, Question
from afterglow.records.measures.queries.licences import ScaleRow
from afterglow.records.measures.rules.contact import LONGEST_WHY, AskedAtContact
from afterglow.science.scoring.instrument import Answer

SAID = "_said"
LARGEST_SHEET = 200_000  # bytes
WHOSE = (("The person answers", False), ("You rate", True))
OCCASIONS = [("screening", "screening"), ("baseline", "before the first dose"), ("course", "during the course"), ("review", "review")]


class AnswersForm(forms.Form):
    """The questions of a paper, or some of them.  None is required: an open question stays open, and is shown as open."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)
    wording = forms.UUIDField(widget=forms.HiddenInput, required=False)  # the translation that the page shows; empty: the file's own words

    def __init__(self, paper: Paper, *args: Any, questions: Sequence[Question] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper = paper
        self.initial.setdefault("wording", paper.translation_id)
        self.questions = tuple(paper.questions if questions is None else questions)
        for question in self.questions:
            choices = [(str(option.value), option.label) for option in question.options]
            self.fields[question.id] = forms.ChoiceField(
                label=question.text,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose one of the answers.")},
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
                    "beneath": self.paper.translation.beneath[question.id] if self.paper.translation else "",
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
        rated = {whose: [(one.instrument.id, one.title) for one in papers if one.rated is yes] for whose, yes in WHOSE}
        self.fields["instrument"] = forms.ChoiceField(
            label="Questionnaire", choices=[(whose, several) for whose, several in rated.items() if several]
        )


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


class OwnTextForm(forms.Form):
    """Every wording of a scale in the clinic's own text: how it is filled in, the owner's notice, each question with its answers."""

    def __init__(self, scale: ScaleRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items, held = scale.shipped.instrument.items, scale.own_texts
        whole = {"instructions": "How it is filled in", "credit": "Notice of its owner, as the licence asks for it"}
        for name, label in whole.items():
            self._add((name, ""), label, held, forms.Textarea(attrs={"rows": 3}), rules.LONGEST_TEXT)
        for number, item in enumerate(self.items, start=1):
            self._add((item.id, ""), f"Question {number}: {item.text}", held, forms.Textarea(attrs={"rows": 2}), rules.LONGEST_TEXT)
            for option in item.options:
                self._add((item.id, str(option.value)), f"Answer {option.value}", held, forms.TextInput(), rules.LONGEST_LABEL)

    def _add(self, place: tuple[str, str], label: str, held: Mapping[tuple[str, str], str], widget: forms.Widget, longest: int) -> None:
        self.fields[_field(place)] = forms.CharField(label=label, max_length=longest, widget=widget, initial=held.get(place, ""))

    @property
    def whole(self) -> list[forms.BoundField]:
        return [self[_field((name, ""))] for name in rules.WHOLE]

    @property
    def questions(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """Each question's field with the fields of its answers."""
        return [(self[_field((item.id, ""))], [self[_field((item.id, str(each.value)))] for each in item.options]) for item in self.items]

    def lines(self, scale: ScaleRow) -> list[rules.Line]:
        return [
            rules.Line(item=item, answer=answer, text=self.cleaned_data[_field((item, answer))])
            for item, answer in rules.places(scale.shipped.instrument)
        ]


def _field(place: tuple[str, str]) -> str:
    return "-".join(("text", *(part for part in place if part)))  # no item id has a hyphen, so that no two places share a field


class SheetForm(forms.Form):
    file = forms.FileField(label="The filled-in sheet", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> bytes:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_SHEET:
            raise forms.ValidationError(f"The file is larger than {LARGEST_SHEET // 1000} kB.  A sheet of wordings is smaller.")
        content: bytes = sent.read()
        return content


class TranslationForm(SheetForm):
    """The clinic's own translation: its language, who made it, on what right it is used, what stands behind it, and its words."""

    language = forms.ChoiceField(label="Language", choices=lambda: [("", "Choose"), *languages.choices()[1:]])
    translated_by = forms.CharField(label="Who translated it, and where it was published", max_length=400)
    right = forms.CharField(
        label="On what right it is used", max_length=400, help_text="For example the notice of its owner, or the number of a licence."
    )
    study = forms.CharField(
        label="The study that validated this translation",
        max_length=400,
        required=False,
        help_text="Authors, journal, year. Leave it empty where none is known: its scores are then not counted together with the others.",
    )
    field_order = ("language", "translated_by", "right", "study", "file")


class EndLicenceForm(forms.Form):
    reason = forms.CharField(label="Why it ends", max_length=200)


class ContactForm(forms.Form):
    """The suicide interview as a part of the form that records a contact, in the wording of its file.  Nothing is chosen beforehand."""

    why_not_asked = forms.CharField(
        label="Why a question was not asked",
        help_text="Only if one was not. It opens a flag, as an answer that was declined does.",
        required=False,
        max_length=LONGEST_WHY,
    )
    why_no_scale = forms.CharField(label="Why it was not asked", help_text="Only if it was not.", required=False, max_length=LONGEST_WHY)

    def __init__(self, *args: Any, paper: Paper, **more: Any) -> None:
        super().__init__(*args, **more)
        self.paper = paper
        for question in paper.questions:
            choices = [(str(option.value), option.label) for option in question.options]
            self.fields[f"asked_{question.id}"] = forms.ChoiceField(
                label=question.text,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choose one of the answers."},
            )

    @property
    def interview(self) -> list[forms.BoundField]:
        """The questions as the page shows them, in their order."""
        return [self[f"asked_{question.id}"] for question in self.paper.questions]

    def asked(self) -> AskedAtContact:
        """What the action takes; a question without a choice is None."""
        told: dict[str, Answer] = {}
        for question in self.paper.questions:
            item = self.paper.instrument.item(question.id)
            told[question.id] = None if item is None else item.answer_from(self.cleaned_data.get(f"asked_{question.id}"))
        return AskedAtContact(
            said=told, why_not_asked=self.cleaned_data["why_not_asked"], why_no_scale=self.cleaned_data["why_no_scale"]
        )  # fmt: skip
