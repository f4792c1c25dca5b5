"""The forms of aftercare.  Days are typed as the site counts them; aware times leave here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.aftercare.actions.decide_booster import Elsewhere
from afterglow.pathway.aftercare.actions.own_day import LONGEST_WORDS
from afterglow.records.measures.forms import ContactForm
from afterglow.science.dosing.interval import ASKED_WEEKS, MOST_TIMES

TIMES = forms.TextInput(attrs={"inputmode": "numeric"})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NEXT = [
    ("continue", "go on with the dates as planned"),
    ("earlier_check", "look again earlier"),
    ("booster_discussion", "talk about a booster"),
    ("prescriber", "a prescriber looks today"),
]


class RecordForm(ContactForm):
    """One contact.  Nothing is chosen beforehand."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reached = forms.ChoiceField(
        label="Was the person reached?", widget=forms.RadioSelect, choices=[("yes", "yes"), ("no", "no, tried without an answer")]
    )
    how = forms.ChoiceField(label="How", widget=forms.RadioSelect, choices=[("phone", "by phone"), ("visit", "at a visit"), ("video", "by video")])
    note = forms.CharField(label="How the person is", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    next_step = forms.ChoiceField(label="What happens next", widget=forms.RadioSelect, choices=NEXT)
    next_on = forms.DateField(label="By which day", required=False, help_text="Only for an earlier look or a talk about a booster.", widget=DAY)

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        extra = told["next_step"] in ("earlier_check", "booster_discussion")
        return {
            "reached": told["reached"] == "yes",
            "how": told["how"],
            "asked": self.asked(),
            "note": told["note"],
            "next_step": told["next_step"],
            "next_on": told["next_on"] if extra else None,
            "key": told["key"],
        }


class TaskForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label="What the person keeps doing, in their own words", max_length=200)
    per_week = forms.IntegerField(label="Days a week", min_value=1, max_value=7)


class DaysForm(forms.Form):
    """The last days of one task.  `shown`: what stood ticked on the page that was sent; only those are taken back, never a tick made meanwhile."""

    def __init__(self, *args: Any, days: list[date], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(day.isoformat(), f"{day:%a} {day.day} {day:%b}") for day in days]
        self.fields["days"] = forms.MultipleChoiceField(label="Done on", choices=choices, required=False, widget=forms.CheckboxSelectMultiple)
        self.fields["shown"] = forms.MultipleChoiceField(choices=choices, required=False, widget=forms.MultipleHiddenInput)
        self.open_days = days

    def told(self) -> dict[date, bool]:
        ticked, shown = set(self.cleaned_data["days"]), set(self.cleaned_data["shown"])
        return {day: day.isoformat() in ticked for day in self.open_days if day.isoformat() in ticked | shown}


class OwnDayForm(forms.Form):
    """A day the person ticks themselves."""

    on = forms.DateField(widget=forms.HiddenInput)
    done = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    words = forms.CharField(
        label="In your own words, if you like",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_WORDS}),
    )

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        return {"on": told["on"], "done": told["done"] == "yes", "words": told["words"]}


class EndForm(forms.Form):
    reason = forms.CharField(label="Why it ends", max_length=300)


class BoosterForm(forms.Form):
    """The decision, its reason, what was asked, and one or two signatures."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    earliest_on = forms.DateField(label="Not before", widget=DAY)
    elsewhere = forms.ChoiceField(
        label="Ketamine from elsewhere since the last dose here: another clinic, lozenges, Spravato?",
        widget=forms.RadioSelect,
        required=False,
        choices=[("no", "asked, no"), ("yes", "asked, yes")],
    )
    elsewhere_on = forms.DateField(label="The last day of it", required=False, widget=DAY)
    in_week = forms.IntegerField(label="How often in the last 7 days", required=False, min_value=0, max_value=MOST_TIMES, widget=TIMES)
    in_review = forms.IntegerField(
        label=f"How often in the last {ASKED_WEEKS} weeks", required=False, min_value=0, max_value=MOST_TIMES, widget=TIMES
    )
    reason = forms.CharField(label="Why a booster is right for this person", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    second_email = forms.EmailField(
        label="Second signer: e-mail address",
        required=False,
        help_text="Only where an item above needs two signatures: another licensed member of this site's staff.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    second_password = forms.CharField(
        label="Second signer: password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-autosave-skip": ""}),
    )
    password = forms.CharField(
        label="Your password, to sign", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-autosave-skip": ""})
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("elsewhere") == "no" and any(told.get(key) for key in ("elsewhere_on", "in_week", "in_review")):
            self.add_error("elsewhere", "This says both none and some from elsewhere. Correct one of them.")
        return told

    def said_elsewhere(self) -> Elsewhere:
        """As far as it was typed."""
        told = getattr(self, "cleaned_data", {})
        had = {"yes": True, "no": False}.get(told.get("elsewhere", ""))
        return Elsewhere(had, told.get("elsewhere_on"), in_week=told.get("in_week"), in_review=told.get("in_review"))


class VisitForm(forms.Form):
    """When the person comes for the booster, on the site's clock."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    day = forms.DateField(label="Day", widget=DAY)
    starts = forms.TimeField(label="Comes at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    room_id = forms.ChoiceField(label="Room")
    reason = forms.CharField(label="Why then", max_length=120, required=False, help_text="Only outside the opening hours.")

    def __init__(self, *args: Any, rooms: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "room_id", rooms)

    def asked(self, zone: str) -> dict[str, Any]:
        told = self.cleaned_data
        starts_at = site_moment(told["day"], told["starts"], zone)
        return {"starts_at": starts_at, "room_id": UUID(told["room_id"]), "reason": told["reason"], "key": told["key"]}


def site_moment(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def soonest(today: date, last_booster_on: date | None, every: timedelta) -> date:
    """The first day that keeps the protocol's distance between boosters."""
    return today if last_booster_on is None else max(today, last_booster_on + every)
