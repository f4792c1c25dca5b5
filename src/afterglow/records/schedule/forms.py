"""The forms of the schedule.  Days and times are the site's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.records.schedule.models import Appointment
from afterglow.records.schedule.queries import FIRST_CALL

KINDS = [(name, name) for name, _ in Appointment._meta.get_field("kind").flatchoices if name != FIRST_CALL]  # that one is booked from its enquiry
CAUSES = (
    "the person asked for it",
    "the person is unwell",
    "a member of staff is unwell",
    "the room or equipment is not ready",
    "no longer needed",
    "entered by mistake",
)


class TimeForm(forms.Form):
    """When, how long, where and with whom."""

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(label="Start", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label="Length", min_value=5, max_value=720)
    room_id = forms.ChoiceField(label="Room", required=False)
    staff_user_id = forms.ChoiceField(label="With", required=False)

    def __init__(self, *args: Any, rooms: list[tuple[str, str]], colleagues: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "room_id", [("", "no room"), *rooms])
        offer(self, "staff_user_id", [("", "nobody yet"), *colleagues])

    def values(self, zone: str) -> dict[str, Any]:
        """What the actions take."""
        told = self.cleaned_data
        starts_at = datetime.combine(told["day"], told["starts"], ZoneInfo(zone))
        return {
            "starts_at": starts_at,
            # the length is time that passes, also over a change of the clocks
            "ends_at": datetime.fromtimestamp(starts_at.timestamp(), ZoneInfo("UTC")) + timedelta(minutes=told["minutes"]),
            "room_id": UUID(told["room_id"]) if told["room_id"] else None,
            "staff_user_id": UUID(told["staff_user_id"]) if told["staff_user_id"] else None,
        }


class BookForm(TimeForm):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What for", choices=KINDS)
    reason = forms.CharField(max_length=120, required=False, label="Why then", help_text="Only outside the opening hours or the roster.")
    field_order = ("key", "kind", "day", "starts", "minutes", "room_id", "staff_user_id", "reason")


class MoveForm(TimeForm):
    reason = forms.CharField(max_length=120, required=False, label="Why it moves")


class CancelForm(forms.Form):
    cause = forms.ChoiceField(label="Why", choices=[(cause, cause) for cause in CAUSES], widget=forms.RadioSelect)
    more = forms.CharField(max_length=60, required=False, label="In a few words")

    def said(self) -> str:
        more = self.cleaned_data["more"].strip()
        return f"{self.cleaned_data['cause']}: {more}" if more else str(self.cleaned_data["cause"])


class RoomForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name on the door")
    kind = forms.ChoiceField(label="What kind", choices=[("dosing", "dosing room"), ("talk", "consulting room")], widget=forms.RadioSelect)
