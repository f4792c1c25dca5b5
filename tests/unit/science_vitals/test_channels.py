"""Channels, units, and the two layers: impossible is not concerning."""

from __future__ import annotations

import math

import pytest

from afterglow.science.vitals.channels import CHANNELS, UnknownChannel, WrongUnit, channel_value, is_nothing, is_possible, number_text, shown
from afterglow.science.vitals.devices import BEDSIDE_MINUTES, BEDSIDE_SECONDS, BY_HAND, PROFILES, DeviceProfile


# req: C24 S69
@pytest.mark.parametrize(("code", "unit"), [("hr", "/min"), ("hr", "bpm"), ("rr", "breaths/min"), ("sbp", "mm[Hg]"), ("temp", "Cel"), ("spo2", "%")])
def test_a_channel_takes_its_own_unit_in_its_usual_spellings(code: str, unit: str) -> None:
    assert channel_value(code, 36, unit) == 36.0


# req: C24
@pytest.mark.parametrize(("code", "unit"), [("etco2", "%"), ("etco2", "kPa"), ("sbp", "kPa"), ("temp", "degF"), ("hr", ""), ("spo2", "1")])
def test_nothing_is_converted_silently(code: str, unit: str) -> None:
    with pytest.raises(WrongUnit, match="Nothing is converted silently"):
        channel_value(code, 36, unit)


def test_an_unknown_channel_is_refused_by_name() -> None:
    with pytest.raises(UnknownChannel, match="'bis' is not a channel"):
        channel_value("bis", 60, "score")


# req: C24
# hazard: H11
@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("hr", 72.0, "72"),
        ("hr", 0.0, "no reading"),
        ("hr", -0.0, "no reading"),
        ("rr", 0.4, "no reading"),
        ("rr", 0.9, "0.9"),
        ("spo2", None, "no reading"),
        ("spo2", 89.5, "89.5"),
        ("spo2", 101.0, "101 (implausible)"),
        ("spo2", 36.0, "36"),
        ("pulse", 250.0, "250"),
        ("pulse", 277.0, "277 (implausible)"),
        ("hr", 301.0, "301 (implausible)"),
        ("sbp", 40.0, "40"),
        ("sbp", 19.0, "19 (implausible)"),
        ("rr", -3.0, "-3 (implausible)"),
        ("moaas", 0.0, "0"),
        ("moaas", 6.0, "6 (implausible)"),
        ("pain", 0.0, "0"),
    ],
)
def test_what_a_screen_may_show(code: str, value: float | None, text: str) -> None:
    seen = shown(code, value)
    assert seen.text == text
    assert seen.number == (value if seen.word == "number" else None)


# hazard: H11
def test_not_a_number_is_implausible_never_normal() -> None:
    for code in CHANNELS:
        assert not is_nothing(code, math.nan) and not is_possible(code, math.nan)
        assert shown(code, math.nan).word == "implausible"


def test_a_shown_number_lies_on_its_own_side_of_a_whole_limit() -> None:
    assert (number_text(89.9), number_text(90.0), number_text(0.9)) == ("89.9", "90", "0.9")


@pytest.mark.parametrize(
    ("profile", "tempo"),
    [
        (BY_HAND, "entered by hand"),
        (BEDSIDE_SECONDS, "one value a second"),
        (BEDSIDE_MINUTES, "one value a minute"),
        (DeviceProfile(name="slow", interval_s=5.0), "one value every 5 s"),
    ],
)
def test_a_device_is_labelled_with_its_tempo(profile: DeviceProfile, tempo: str) -> None:
    assert profile.tempo == tempo


def test_profiles_know_their_channels() -> None:
    for name, profile in PROFILES.items():
        assert name == profile.name
        assert set(profile.streams) <= set(CHANNELS)
        assert all(probe <= set(CHANNELS) for probe in profile.shared_probes)
