"""A sign-in is found while its time runs, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from afterglow.conf.sessions import SessionStore

pytestmark = pytest.mark.django_db


def held(**said: str) -> str:
    store = SessionStore()
    store.update(said)
    store.save()
    assert store.session_key is not None
    return store.session_key


def test_each_sign_in_finds_its_own() -> None:
    keys = {who: held(who=who) for who in ("ana", "ben")}
    for who, key in keys.items():
        assert SessionStore(key)["who"] == DatabaseSessionStore(key)["who"] == who


@pytest.mark.parametrize("key", ["x" * 32, "' or 1=1 --", "", None])
def test_an_unknown_key_is_nobody_and_is_not_taken_over(key: str | None) -> None:
    held(who="ana")
    store = SessionStore(key)
    assert store.get("who") is None and store.session_key is None
    store["who"] = "someone new"
    store.save()
    assert store.session_key not in (None, key), "a key that a stranger chose is never kept"


def test_a_sign_in_whose_time_is_over_is_nobody() -> None:
    key = held(who="ana")
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("who") is None


def test_signing_out_ends_it_at_once() -> None:
    key = held(who="ana")
    SessionStore(key).flush()
    assert SessionStore(key).get("who") is None
