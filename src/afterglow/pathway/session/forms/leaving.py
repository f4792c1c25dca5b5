"""Forms of the leaving list and of the two other ways out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.forms.course import EntryForm, one_of
from afterglow.pathway.session.forms.signing import hidden, password
from afterglow.pathway.session.rules.leaving_items import ALDRETE
from afterglow.pathway.session.rules.suicide import WORDS

YES_NO = [("yes", "yes"), ("no", "no")]
SAID = [("no", "no"), ("yes", "yes"), ("declined", "declined"), ("not_asked", "not asked")]
SCORES = {
    "activity": "Moves: 2 all limbs, 1 two limbs, 0 none",
    "respiration": "Breathes: 2 deeply and coughs, 1 shallow or laboured, 0 not",
    "circulation": "Pressure: 2 within 20% of own, 1 within 20 to 50%, 0 beyond",
    "consciousness": "Awake: 2 fully, 1 on calling, 0 does not answer",
    "saturation": "Saturation: 2 above 92% on air, 1 at or below 92% on air or needs oxygen for 90%, 0 below 90% with oxygen",
}


def yes(said: str) -> bool | None:
    """True, False, or None for nothing said."""
    return {"yes": True, "no": False}.get(said)


class TapForm(EntryForm):
    """One item that a person at the bedside answers."""

    item = hidden()
    ok = one_of("Is it so?", YES_NO, required=True)

    def value(self) -> dict[str, Any]:
        return {"ok": self.cleaned_data["ok"] == "yes"}


class AldreteForm(EntryForm):
    saturation_is_own = forms.BooleanField(label="This saturation is the person's own before the dose", required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ALDRETE:
            self.fields[name] = one_of(SCORES[name], [("2", "2"), ("1", "1"), ("0", "0")], required=True)

    @property
    def scores(self) -> list[Any]:
        return [self[name] for name in ALDRETE]

    def value(self) -> dict[str, Any]:
        return {"parts": {name: int(self.cleaned_data[name]) for name in ALDRETE}, "saturation_is_own": self.cleaned_data["saturation_is_own"]}


class HandoverForm(EntryForm):
    """To a named adult on the spot; a ride-service driver takes nobody over."""

    kind = one_of(
        "Handed to",
        [("adult", "a named adult"), ("stay", "stays until tomorrow, documented"), ("medical_transport", "medical transport, documented")],
        required=True,
    )
    to_name = forms.CharField(label="Name", max_length=140)
    adult_present = one_of("Is this person here now?", YES_NO)
    has_the_keys = one_of("Does this person have the keys, and drive?", YES_NO)
    documented = one_of("Is the arrangement written in the plan?", YES_NO)

    def value(self) -> dict[str, Any]:
        held = self.cleaned_data
        return {
            "kind": held["kind"],
            "to_name": held["to_name"],
            "adult_present": yes(held["adult_present"]),
            "has_the_keys": yes(held["has_the_keys"]),
            "documented": yes(held["documented"]),
        }


class NightForm(EntryForm):
    person = forms.CharField(label="Who stays this night", max_length=140)

    def value(self) -> dict[str, Any]:
        return {"person": self.cleaned_data["person"]}


class AcceptPressureForm(EntryForm):
    sbp = forms.DecimalField(widget=forms.HiddenInput, min_value=Decimal(0), max_value=Decimal(400))
    password = password()


class SuicideAgainForm(EntryForm):
    """The five questions since the dose, in our own words, each asked by a person."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, words in WORDS.items():
            self.fields[name] = one_of(f"Since the dose: {words}?", SAID, required=True)
        self.fields["new_or_worse"] = one_of("If any is a yes: new or worse than before the dose?", YES_NO)

    @property
    def five(self) -> list[Any]:
        return [self[name] for name in WORDS]

    def value(self) -> dict[str, Any]:
        said: dict[str, Any] = {name: self.cleaned_data[name] for name in WORDS}
        return said | ({"new_or_worse": self.cleaned_data["new_or_worse"]} if self.cleaned_data["new_or_worse"] else {})


class AssessForm(EntryForm):
    allows = one_of("May this person go home, as far as this is concerned?", YES_NO, required=True)
    text = forms.CharField(label="What you found, and what happens next", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class ExitForm(EntryForm):
    """How somebody leaves another way.  Nothing is required: what nobody knows now becomes somebody's task."""

    last_state = forms.CharField(
        label="How the person was at the last look, or why nobody knows", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    pump_stopped_at = forms.CharField(
        label="When the pump was stopped", required=False, max_length=40, help_text="Such as 10:05; empty if it did not run."
    )

    def clean_pump_stopped_at(self) -> Any:
        return self.moment(self.cleaned_data["pump_stopped_at"])


class TransferForm(ExitForm):
    to_where = forms.CharField(label="Where to", required=False, max_length=200)
    handed_to = forms.CharField(label="Who took the person over", required=False, max_length=140)


class AgainstAdviceForm(ExitForm):
    flag_owner = forms.ChoiceField(label="Who owns the calls that are due now", required=False)
    called = forms.MultipleChoiceField(
        label="Called already",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("the person", "the person"),
            ("the escort", "the escort"),
            ("the emergency contact", "the emergency contact"),
            ("the prescriber", "the prescriber"),
        ],
    )
    warned = one_of("Was the person told not to drive and not to stay alone?", YES_NO)

    def __init__(self, *args: Any, staff: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "flag_owner", [("", "nobody yet"), *staff])
