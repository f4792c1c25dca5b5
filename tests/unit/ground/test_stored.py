"""Keys and moments as SQLite stores them mean what Django reads in them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.utils.dateparse import parse_datetime
from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.stored import key_of, moment_of, remember_moments

MOMENTS = st.datetimes()


@given(key=st.uuids())
def test_a_key_is_the_one_that_was_stored(key: UUID) -> None:
    assert key_of(key.hex) == key


def test_nothing_stored_is_nothing() -> None:
    assert key_of(None) is None
    assert moment_of(None) is None


@pytest.mark.parametrize("text", ["", "no key", "g" * 32, "f" * 33])
def test_any_other_text_is_no_key(text: str) -> None:
    with pytest.raises(ValueError):
        key_of(text)


@given(moment=MOMENTS, between=st.sampled_from(" T"))
def test_a_moment_in_text_is_the_one_that_django_reads(moment: datetime, between: str) -> None:
    stored = moment.isoformat(between)
    read = parse_datetime(stored)
    assert read is not None
    assert moment_of(stored) == read.replace(tzinfo=UTC) == moment.replace(tzinfo=UTC)


@given(moment=MOMENTS)
def test_a_moment_from_a_column_is_in_utc(moment: datetime) -> None:
    found = moment_of(moment)
    assert found is not None
    assert (found.tzinfo, found.replace(tzinfo=None)) == (UTC, moment)


@given(moment=MOMENTS)
def test_a_column_of_moments_is_read_as_django_reads_it(moment: datetime) -> None:
    remember_moments()
    with sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES) as database:
        database.execute("CREATE TABLE kept (moment datetime)")
        database.execute("INSERT INTO kept VALUES (?)", [moment.isoformat(" ")])
        for _ in range(2):
            assert database.execute("SELECT moment FROM kept").fetchone() == (parse_datetime(moment.isoformat(" ")),) == (moment,)
    database.close()


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 00:00:00"])
def test_a_text_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment_of(text)
