"""Registering a monitor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from afterglow.records.schedule.queries import RoomRow
from afterglow.science.vitals.devices import PROFILES

KINDS = [(profile.name, f"Bedside monitor, {profile.tempo}") for profile in PROFILES.values() if profile.interval_s is not None]


class DeviceForm(forms.Form):
    """`rooms`: the rooms of the site that a device may stand in."""

    name = forms.CharField(label="Name that stands on the device", max_length=80)
    room = forms.ChoiceField(label="Room it stands in", help_text="Its readings go to the person in this room, and to nobody else.")
    profile = forms.ChoiceField(label="How it sends", choices=KINDS)
    caution = forms.CharField(
        label="What the room must say about it", max_length=200, required=False, help_text="Such as: a recording, a training device, a slow monitor."
    )

    def __init__(self, *args: Any, rooms: Iterable[RoomRow], **more: Any) -> None:
        super().__init__(*args, **more)
        room = self.fields["room"]
        assert isinstance(room, forms.ChoiceField)
        room.choices = [(str(row.id), row.name) for row in rooms]

    @property
    def room_id(self) -> UUID:
        return UUID(self.cleaned_data["room"])
