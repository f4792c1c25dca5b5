"""Forms of the running session.  Each entry has its key, its author and its time; nothing is filled in beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.actions.call_help import EMERGENCY_STEPS
from afterglow.pathway.session.actions.chart_note import ABOUT
from afterglow.pathway.session.actions.give_medicine import DOSE_UNITS, RESCUE_KINDS, ROUTES
from afterglow.pathway.session.actions.vital_set import CHOICES
from afterglow.pathway.session.forms.numbers import Amount
from afterglow.pathway.session.forms.signing import hidden, password
from afterglow.pathway.session.rules.experience import RATINGS
from afterglow.pathway.session.rules.followed import ENDS, LONGEST
from afterglow.science.vitals.channels import CHANNELS
from afterglow.science.vitals.marks import EMERGENCY_SIGNS

NUMBERS = ("sbp", "dbp", "hr", "rr", "spo2", "moaas", "etco2", "detached", "nausea", "pain")
SPOKEN = {
    "orientation": ("Oriented", {"full": "to person, place, time and situation", "partly": "partly", "not": "not oriented"}),
    "contact": ("Spoken to", {"answers": "answers", "slow": "answers slowly", "none": "does not answer"}),
    "iv_site": ("IV site", {"sound": "sound", "not_sound": "not sound", "removed": "line removed"}),
    "oxygen": ("Breathing", {"air": "air", "oxygen": "oxygen"}),
}
ABOUT_WORDS = {
    "note": "What happened",
    "words": "The person's own words",
    "touch": "Touch, asked and given",
    "support": "Support given",
    "music": "Music",
    "position": "Position",
    "line": "The line",
}
FARTHEST_AHEAD = timedelta(minutes=5)
"""A clock time this far ahead of now is one of yesterday (a note written after midnight)."""


def pairs(values: Iterable[str], words: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Choices from closed words."""
    return [(value, (words or {}).get(value) or value.replace("_", " ")) for value in values]


def one_of(label: str, choices: Sequence[tuple[str, str]], *, required: bool = False, help_text: str = "") -> forms.ChoiceField:
    """Radio buttons; none is chosen beforehand."""
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.RadioSelect, help_text=help_text)


class EntryForm(forms.Form):
    """What every entry carries.  `taken_at`: a clock time at the site, or a whole moment (sent by the page's module); empty is now."""

    key = hidden()
    author = hidden(required=False)
    taken_at = forms.CharField(
        label="When, if not now", required=False, max_length=40, help_text="Such as 10:05. Written more than 2 minutes later, it is marked as late."
    )

    def __init__(self, *args: Any, zone: ZoneInfo, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone, self.at = zone, at

    def clean_taken_at(self) -> datetime | None:
        return self.moment(self.cleaned_data["taken_at"])

    def moment(self, said: str) -> datetime | None:
        """A whole moment with its zone, or a clock time of today at the site (of yesterday where it would lie ahead); None for nothing."""
        if not said.strip():
            return None
        try:
            whole = datetime.fromisoformat(said.strip())
        except ValueError:
            whole = None
        if whole is not None and whole.tzinfo is not None:
            return whole
        try:
            clock = time.fromisoformat(said.strip())
        except ValueError:
            raise forms.ValidationError("Enter a clock time such as 10:05.") from None
        local = self.at.astimezone(self.zone)
        moment = datetime.combine(local.date(), clock, self.zone)
        return moment - timedelta(days=1) if moment > local + FARTHEST_AHEAD else moment


class VitalsForm(EntryForm):
    """Each number has its unit beside it; a temperature and a CO2 have to be given theirs."""

    distress = one_of("How distressed, 0 to 10, in the person's own words", pairs(CHOICES["distress"]))
    temp = forms.CharField(label="Temperature", required=False, max_length=8)
    temp_unit = one_of("Unit of the temperature", [("degC", "°C"), ("degF", "°F")])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for code in NUMBERS:
            channel = CHANNELS[code]
            self.fields[code] = forms.CharField(
                label=channel.title,
                required=False,
                max_length=8,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
        for name, (label, words) in SPOKEN.items():
            self.fields[name] = one_of(label, pairs(CHOICES[name], words))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("temp") and not cleaned.get("temp_unit"):
            self.add_error("temp_unit", "Celsius or Fahrenheit?")
        return cleaned

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Each number's bound field with its unit, for the page."""
        return [{"bound": self[code], "unit": "" if CHANNELS[code].unit == "score" else CHANNELS[code].unit} for code in NUMBERS]

    @property
    def spoken(self) -> list[Any]:
        return [self[name] for name in SPOKEN]

    def values(self) -> dict[str, dict[str, str]]:
        return vital_values(self.cleaned_data)

    def words(self) -> dict[str, str]:
        return vital_words(self.cleaned_data)


def vital_values(held: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """`{channel: {"value", "unit"}}` of what was entered; the unit is the one that stood beside the field."""
    found = {code: {"value": held[code], "unit": CHANNELS[code].unit} for code in NUMBERS if held.get(code)}
    if held.get("temp"):
        found["temp"] = {"value": held["temp"], "unit": held.get("temp_unit") or ""}
    return found


def vital_words(held: Mapping[str, Any]) -> dict[str, str]:
    """The closed words that were chosen."""
    return {name: held[name] for name in (*SPOKEN, "distress") if held.get(name)}


class NoteForm(EntryForm):
    about = one_of("About", pairs(ABOUT, ABOUT_WORDS), required=True)
    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What happened belongs here. Thoughts about what was said in therapy do not.",
    )


class FollowedForm(EntryForm):
    """What was done for one answered mark: entries that are charted already, words, and how it ended."""

    did = forms.CharField(
        label="What else was done",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In words, where it is no entry of its own.",
    )
    ended = one_of("How it ended", list(ENDS.items()), help_text="Leave it open while nobody can say.")

    def __init__(self, *args: Any, answers: Sequence[tuple[str, str]], entries: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["answer"] = one_of("For which mark", answers, required=True)
        self.fields["entries"] = forms.MultipleChoiceField(
            label="What was done, charted already", choices=entries, required=False, widget=forms.CheckboxSelectMultiple
        )


class AddendumForm(EntryForm):
    about_seq = forms.IntegerField(label="About entry number", required=False, min_value=1)
    text = forms.CharField(label="Addendum", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class EventForm(EntryForm):
    kind = forms.ChoiceField(label="What happened", widget=forms.RadioSelect)
    grade = one_of("Grade", [("1", "1 mild"), ("2", "2 moderate"), ("3", "3 severe"), ("4", "4 life-threatening"), ("5", "5 death")])
    done = forms.CharField(label="What was done", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "kind", kinds)


class MedicineForm(EntryForm):
    name = forms.CharField(label="Medicine", max_length=80)
    amount = forms.CharField(label="Amount", max_length=12, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit = one_of("Unit", pairs(DOSE_UNITS), required=True)
    route = one_of("Given", pairs(ROUTES, {"iv": "IV", "im": "IM", "sc": "SC", "oral": "swallowed", "sl": "under the tongue"}), required=True)
    rescue = one_of(
        "What it is",
        [*pairs(RESCUE_KINDS), ("none", "none of these")],
        required=True,
        help_text="A sedative, an opioid or an antihypertensive starts the waiting time before leaving again.",
    )
    ordered_by = forms.CharField(
        label="Ordered by", required=False, max_length=140, help_text="A drug against nausea takes this from its signed order: leave it empty."
    )
    why = forms.CharField(label="Why", required=False, max_length=300)
    outside = forms.CharField(
        label="Given already, outside any signed order: why",
        required=False,
        max_length=300,
        help_text="Only for a drug against nausea that was given and that no order covers. The prescriber is to be told.",
    )


class RatedForm(EntryForm):
    """One rating, or why there is none.  `state`: only what is asked now is offered."""

    rated = one_of("What is rated", [], required=True)
    value = forms.IntegerField(
        label="The number the person gave", required=False, min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )
    declined = forms.CharField(label="No number: declined, or why it could not be asked", required=False, max_length=300)

    def __init__(self, *args: Any, state: str, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = [(item, rating.title) for item, rating in RATINGS.items() if state in rating.states]
        offer(self, "rated", offered)


class PauseForm(EntryForm):
    reason = forms.CharField(label="Why", required=False, max_length=300)


class StopForm(EntryForm):
    reason = forms.CharField(label="Why", required=False, max_length=300)


class RateForm(EntryForm):
    """The rate as the pump shows it, in mL/h."""

    rate = Amount(label="Rate on the pump", min_value=Decimal(0), max_value=Decimal(1200), decimal_places=3)
    reason = forms.CharField(label="Why", max_length=300)

    def rate_ul_per_h(self) -> int:
        return int(self.cleaned_data["rate"] * 1000)


class ResumeForm(EntryForm):
    rate = Amount(label="Rate on the pump, if it changed", required=False, min_value=Decimal(0), max_value=Decimal(1200), decimal_places=3)
    reason = forms.CharField(label="Why, if the rate changed", required=False, max_length=300)

    def rate_ul_per_h(self) -> int | None:
        rate = self.cleaned_data.get("rate")
        return None if rate is None else int(rate * 1000)


class FinishForm(EntryForm):
    volume = Amount(label="Volume that went in, as the pump shows it", min_value=Decimal(0), max_value=Decimal(1000), decimal_places=3)
    why = forms.CharField(label="Why it differs, if it does", required=False, max_length=300)

    def volume_ul(self) -> int:
        return int(self.cleaned_data["volume"] * 1000)


class HandOverForm(EntryForm):
    """Who watches from now on, signed by whoever writes it.  Why and the second signature only where something has to be lifted.

    `saw`: the open findings as this page showed them; the signatures cover these and nothing else.
    """

    to = one_of("Who takes over", [], required=True)
    saw = hidden(required=False)
    reason = forms.CharField(label="Why it is right for both people now", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    second_email = forms.EmailField(label="Second person's e-mail address", required=False)
    second_password = password("Second person's password", required=False)
    password = password()

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "to", people)


class AnswerMarksForm(EntryForm):
    """`upto`: the number up to which this page was drawn."""

    upto = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    saw = forms.CharField(label="What you see at the bedside", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class HelpForm(EntryForm):
    sentence = forms.CharField(label="What is needed", required=False, max_length=200)


class EmergencyForm(EntryForm):
    sign = one_of("What you see", [*EMERGENCY_SIGNS.items()])
    did = one_of("What was done", pairs(EMERGENCY_STEPS))
    text = forms.CharField(label="More", required=False, max_length=500)


class CorrectForm(EntryForm):
    """The entry as it was, to be written anew, and what was wrong with it.  `kind`: vitals, note or medicine."""

    reason = forms.CharField(label="What was wrong", max_length=300)
    withdraw = forms.BooleanField(label="It did not happen: take the entry back", required=False)

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        own = OWN_FORMS[kind](*args, **more)
        self.own_names = [name for name in own.fields if name not in EntryForm.base_fields]
        for name in self.own_names:
            self.fields[name] = own.fields[name]
            self.fields[name].required = False  # an entry that is taken back has none; the action asks for what is missing

    @property
    def own(self) -> list[Any]:
        """The entry's own fields, for the page: one choice lists, the others boxes."""
        return [self[name] for name in self.own_names]

    def replacement(self) -> dict[str, Any]:
        """The whole entry anew, as its action takes it."""
        held = self.cleaned_data
        if self.kind == "vitals":
            return {"values": vital_values(held), "words": vital_words(held)}
        if self.kind == "medicine":
            return {name: held[name] for name in self.own_names} | {"rescue": "" if held["rescue"] == "none" else held["rescue"]}
        return {name: held[name] for name in self.own_names}

    @staticmethod
    def as_it_was(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What the form starts with: correcting one number does not mean typing all of them again."""
        if kind == "vitals":
            channels = {code: each["shown"] for code, each in payload["channels"].items()}
            return {**channels, **payload["words"], **({"temp_unit": "degC"} if "temp" in channels else {})}
        if kind == "medicine":
            return {**payload, "rescue": payload["rescue"] or "none"}
        return dict(payload)


OWN_FORMS: Mapping[str, type[EntryForm]] = {"vitals": VitalsForm, "note": NoteForm, "medicine": MedicineForm}


class RestForm(EntryForm):
    """What is left over, wasted or returned before a witness who signs at this screen."""

    how = one_of("What became of it", [("wasted", "wasted"), ("returned", "returned unopened")], required=True)
    amount = Amount(label="Amount", min_value=Decimal(0), max_value=Decimal(10000), decimal_places=3)
    reason = forms.CharField(label="Why", max_length=200)
    second_email = forms.EmailField(label="Witness's e-mail address")
    second_password = password("Witness's password")

    def amount_ug(self) -> int:
        return int(self.cleaned_data["amount"] * 1000)
