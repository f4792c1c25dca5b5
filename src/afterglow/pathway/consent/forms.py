"""Forms of the consent pages; questions and checks are made from the document itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from afterglow.ground.content.queries import LibraryRecord
from afterglow.pathway.consent.queries import OfferRow


class QuestionsForm(forms.Form):
    """Every question of the document.  A right answer of the last try is kept; a wrong one is asked again, unanswered."""

    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offer: OfferRow, **kwargs: Any) -> None:
        kept = {question: answer for question, answer in offer.answers.items() if question not in offer.wrong}
        super().__init__(*args, **{**kwargs, "initial": {**kept, **kwargs.get("initial", {})}})
        self.offer = offer
        self.questions = offer.document.content["comprehension"]
        for question in self.questions:
            choices = [(option["id"], option["text"]) for option in question["options"]]
            self.fields[question["id"]] = forms.ChoiceField(label=question["question"], choices=choices, required=False, widget=forms.RadioSelect)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each question; after a wrong answer also its explanation and the section to read again."""
        sections = {section["id"]: section for section in self.offer.document.content["sections"]}
        return [
            {
                "answer": self[question["id"]],
                "wrong": self.offer.tries > 0 and question["id"] in self.offer.wrong,
                "explain": question["explain"],
                "section": sections[question["section"]],
            }
            for question in self.questions
        ]

    @property
    def answers(self) -> dict[str, str]:
        return {question["id"]: self.cleaned_data[question["id"]] for question in self.questions if self.cleaned_data.get(question["id"])}


class SignForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    shown_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signer_name = forms.CharField(
        label="Your full name",
        help_text="Typing it here is your signature.",
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed = forms.BooleanField(label="I agree to the statement above", required=False)


class OfferForm(forms.Form):
    asked_for = forms.BooleanField(label="About research: the person brought it up again after a no", required=False)

    def __init__(self, *args: Any, documents: Iterable[LibraryRecord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(document.id, f"{document.content['title']}, version {document.version}") for document in documents]
        self.fields["document"] = forms.ChoiceField(label="Document", choices=choices)


class TalkForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(label="What was not clear, and what was said", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CapacityForm(forms.Form):
    """The clinician's statement: each check of the document, asked alone among them."""

    has_capacity = forms.ChoiceField(
        label="Could this person decide about this treatment?",
        choices=[("yes", "Yes, able to decide and free to"), ("no", "No, or I doubt it")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    password = forms.CharField(strip=False)

    def __init__(self, *args: Any, document: LibraryRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capacity = document.content["capacity"] or {"checks": []}
        self.fields["checks"] = forms.MultipleChoiceField(
            label="What I checked",
            choices=[(check["id"], check["text"]) for check in capacity["checks"]],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


class WithdrawForm(forms.Form):
    said = forms.CharField(
        label="What would you like us to know?", help_text="You do not have to say why.", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
