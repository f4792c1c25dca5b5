"""Every text of a message: what it says, that it fits, and that it gives nobody away."""

from __future__ import annotations

import pytest

from afterglow.ground.content.files import LibraryFile, load_library
from afterglow.records.messages.rules import wording

FILES = [file for file in load_library() if file.kind == "messages"]
EVERY = pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
GSM_7 = set("\n !\"#%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz{}")  # the plain part of GSM 03.38
LONGEST_SMS = 160


def texts(file: LibraryFile) -> list[str]:
    content = file.content
    return [text for text in (content["email"]["subject"], content["email"]["text"], content["sms"]["text"]) if text]


def test_every_text_is_there() -> None:
    assert {file.id for file in FILES} == {"staff_page", "questions_waiting", "check_in_waiting", "check_in_reminder"}


# hazard: H53
@EVERY
def test_no_word_tells_a_stranger_what_it_is_about(file: LibraryFile) -> None:
    assert [wording.gives_away(text) for text in texts(file)] == [(), (), ()]
    assert wording.gives_away(wording.SENDER_NAME) == ()


def test_a_word_that_would_is_seen() -> None:
    assert wording.gives_away("Your ketamine infusion; PHQ-9 is due.") == ("ketamin", "infus", "phq")


# hazard: H53
@EVERY
def test_every_place_is_filled_by_a_plain_fact_the_sender_or_the_link(file: LibraryFile) -> None:
    facts = {fact["name"] for fact in file.content["facts"]}
    link = {"link"} if file.content["link"] == "required" else set()
    for text in texts(file):
        assert wording.places(text) <= facts | {"sender"} | link
    if link:
        assert "link" in wording.places(file.content["email"]["text"]) & wording.places(file.content["sms"]["text"])


@EVERY
def test_each_does_what_its_vignettes_say_and_fits_into_one_text_message(file: LibraryFile) -> None:
    for vignette in file.content["vignettes"]:
        assert wording.facts_fit(file.content, vignette["facts"]).met
        got = wording.worded(file.content, vignette["channel"], vignette["facts"], sender=vignette["sender"], link=vignette.get("link", ""))
        assert {"subject": got.subject, "text": got.text} == vignette["gives"], vignette["says"]
        if vignette["channel"] == "sms":
            assert len(got.text) <= LONGEST_SMS
            assert set(got.text) <= GSM_7
