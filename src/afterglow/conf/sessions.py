"""Sign-ins kept as rows, as Django keeps them; each page asks for its own, so the question is prepared."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from afterglow.ground.prepared import Rows, Word, first, prepared


class SessionStore(DatabaseSessionStore):
    """Django's own store but for how a row is found."""

    def _get_session_from_db(self) -> Session | None:
        """None, and no key any more, where there is no such sign-in or its time is over."""
        found = first(_running(Word(self.session_key or ""), timezone.now()))
        if found is None:
            self._session_key = None
        return found


@prepared
def _running(key: Word, at: datetime) -> Rows:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
