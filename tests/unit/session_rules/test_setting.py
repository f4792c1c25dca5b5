"""Set and setting: what may be noted, how it reads, and whether somebody is alone with the person."""

from __future__ import annotations

import pytest

from afterglow.pathway.session.rules.setting import Setting, company, may_note

WHOLE = Setting(intention="to rest", music="piano", light="dim", eyeshade="on", here=("Ana Ruiz", "Ben Okoye"), others="her sister")


# req: S84
def test_what_was_noted_reads_in_words_and_what_was_left_open_is_not_there() -> None:
    assert WHOLE.parts == (
        "In the room: Ana Ruiz, Ben Okoye",
        "Intention: to rest",
        "Music: piano",
        "Light: dim",
        "Also there: her sister",
        "Eyeshade on",
    )
    assert Setting(eyeshade="none").parts == ("No eyeshade wanted",)
    assert Setting().parts == ()


# req: S84
@pytest.mark.parametrize(
    ("setting", "unknown", "field"),
    [
        (WHOLE, (), ""),
        (Setting(light="dim"), (), ""),
        (Setting(), (), "here"),
        (WHOLE, ("somebody",), "here"),
        (Setting(eyeshade="blue"), (), "eyeshade"),
    ],
)
def test_what_may_be_noted(setting: Setting, unknown: tuple[str, ...], field: str) -> None:
    assert [finding.item for finding in may_note(setting, unknown_staff=unknown).open] == ([field] if field else [])


# req: S83
# hazard: H43
@pytest.mark.parametrize(
    ("setting", "state", "sentence"),
    [
        (None, "unknown", "not noted"),
        (Setting(light="dim"), "unknown", "not noted"),
        (Setting(others="her sister"), "unknown", "not noted"),
        (Setting(here=("Ben Okoye",), others="her sister"), "unmet", "only Ben Okoye"),
        (WHOLE, "met", "Ana Ruiz, Ben Okoye"),
    ],
)
def test_one_alone_is_said_and_nobody_noted_is_not_nobody(setting: Setting | None, state: str, sentence: str) -> None:
    finding = company(setting)
    assert finding.state == state and sentence in finding.sentence
