"""The list of languages: each tag once and well formed, each with its direction; who is served by which."""

from __future__ import annotations

import re

import pytest

from afterglow.ground import languages

WELL_FORMED = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def test_every_tag_is_well_formed_and_stands_once() -> None:
    codes = [one.code for one in languages.LANGUAGES]
    assert len(set(codes)) == len(codes) and all(WELL_FORMED.fullmatch(code) for code in codes)
    assert codes[0] == languages.ENGLISH
    assert all(one.name and one.own_name for one in languages.LANGUAGES)


def test_those_written_from_right_to_left_say_so() -> None:
    assert {one.code for one in languages.LANGUAGES if one.direction == "rtl"} == {"ar", "fa", "he", "ps", "ur", "yi"}


@pytest.mark.parametrize(
    ("code", "served"),
    [("es-MX", ("es-MX", "es")), ("es", ("es",)), ("zh-Hans", ("zh-Hans",)), ("zh-Hant-TW", ("zh-Hant-TW",)), ("es-419", ("es-419", "es"))],
)
def test_a_region_falls_back_and_a_script_never_does(code: str, served: tuple[str, ...]) -> None:
    assert languages.fallbacks(code) == served


def test_a_tag_that_is_not_on_the_list_is_shown_as_it_is() -> None:
    assert languages.language("Mixteco") is None
    assert languages.name_of("Mixteco") == "Mixteco" and languages.name_of("es") == "Spanish"


def test_the_choices_keep_what_a_record_says() -> None:
    assert languages.choices()[0] == ("en", "English")
    assert languages.choices(held="Mixteco")[:2] == [("Mixteco", "Mixteco"), ("en", "English")]
    assert ("es", "español") in languages.choices(held="es", own_names=True)
