"""Identifiers: ordered, versioned, and the same again from the same source."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from afterglow.ground import ids

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def test_they_are_version_7_of_the_standard_variant() -> None:
    made = ids.new_id(AT)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(AT.timestamp() * 1000)


def test_later_is_higher_also_within_a_millisecond() -> None:
    made = [ids.new_id(AT) for _ in range(20_000)] + [ids.new_id(AT + timedelta(milliseconds=1))]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_the_same_source_gives_the_same_ids_and_tokens() -> None:
    def some() -> list[object]:
        with ids.source(random.Random(5)):
            return [ids.new_id(AT), ids.new_id(AT), ids.new_token()]

    assert some() == some()
    assert ids.new_token() != ids.new_token()
