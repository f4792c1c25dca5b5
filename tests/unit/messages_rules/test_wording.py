"""The words of a message: plain facts in their places, nothing that gives anybody away."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.records.messages.rules import wording

TEMPLATE: dict[str, Any] = {
    "facts": [{"name": "waiting_min", "type": "integer", "most": 90}, {"name": "day", "type": "day"}, {"name": "hour", "type": "time"}],
    "email": {"subject": "{sender}: {day}", "text": "{waiting_min} min, {hour}, {link}"},
    "sms": {"text": "{sender} {day}"},
}
GOOD = {"waiting_min": 15, "day": "2026-12-07", "hour": "09:05"}


# hazard: H53
@pytest.mark.parametrize(
    ("changed", "open_items"),
    [
        ({}, []),
        ({"waiting_min": 0}, []),
        ({"waiting_min": 91}, ["messages.fact.waiting_min"]),
        ({"waiting_min": -1}, ["messages.fact.waiting_min"]),
        ({"waiting_min": True}, ["messages.fact.waiting_min"]),
        ({"waiting_min": "Dan Marsh"}, ["messages.fact.waiting_min"]),
        ({"day": "Dan Marsh"}, ["messages.fact.day"]),
        ({"day": "2026-12-07 PHQ-9 21"}, ["messages.fact.day"]),
        ({"hour": 905}, ["messages.fact.hour"]),
        ({"name": "Dan Marsh"}, ["messages.facts"]),
    ],
)
def test_a_fact_is_a_number_a_day_or_a_time(changed: dict[str, object], open_items: list[str]) -> None:
    assert [finding.item for finding in wording.facts_fit(TEMPLATE, GOOD | changed).open] == open_items


def test_a_missing_fact_is_missed() -> None:
    assert [finding.item for finding in wording.facts_fit(TEMPLATE, {"day": "2026-12-07"}).open] == ["messages.facts"]


def test_places_are_filled_and_an_empty_one_is_an_error() -> None:
    mail = wording.worded(TEMPLATE, "email", GOOD, sender="Office", link="https://example.org/l/x")
    assert (mail.subject, mail.text) == ("Office: 2026-12-07", "15 min, 09:05, https://example.org/l/x")
    text = wording.worded(TEMPLATE, "sms", GOOD, sender="Office")
    assert (text.subject, text.text) == ("", "Office 2026-12-07")
    with pytest.raises(KeyError):
        wording.worded(TEMPLATE, "email", GOOD, sender="Office")
    assert wording.places(TEMPLATE["email"]["text"]) == {"waiting_min", "hour", "link"}


# hazard: H53
@pytest.mark.parametrize(
    ("name", "open_items"),
    [
        ("Office", []),
        ("Harbour Street 12", []),
        ("O'Neill & Sons", []),
        ("Harbour Ketamine", ["messages.sender.neutral"]),
        ("Dr. May, Psychiatry", ["messages.sender.shape", "messages.sender.neutral"]),
        ("Harbour Clinic", ["messages.sender.neutral"]),
        ("X", ["messages.sender.shape"]),
        ("A\nBcc: a@b.c", ["messages.sender.shape"]),
        ('A" <a@b.c>', ["messages.sender.shape"]),
        ("N" * 31, ["messages.sender.shape"]),
    ],
)
def test_a_sender_name_says_nothing_about_care(name: str, open_items: list[str]) -> None:
    assert [finding.item for finding in wording.sender_name_is_neutral(name).open] == open_items
