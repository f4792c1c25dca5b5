"""What every deed of a running session has in common: its hold on the row, its times, its place in the chain, its audit line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.rules.states import ENDED, SAID, Deed, State, may_go


@dataclass(frozen=True, slots=True)
class Charted:
    """What the writer of an entry is told: the entry's number, and what more there is to say."""

    seq: int
    says: str = ""

    def as_answer(self) -> dict[str, Any]:
        return {"seq": self.seq, "says": self.says}


def earlier(by: Actor, key: str, fingerprint: object, *, at: datetime) -> Charted | None:
    """The answer of the same write when it comes again; None the first time."""
    stored = once(by, key, fingerprint, at=at)
    return None if stored is None else Charted(int(stored["seq"]), str(stored.get("says", "")))


def hold(by: Actor, session_id: UUID, *, need: str) -> Session:
    """The session, locked, for somebody who may do this to it.  Raises NotFound, Forbidden."""
    return access.lock_session(access.fetch_session(by, session_id, need=need).id)


def hold_with_person(by: Actor, session_id: UUID, *, need: str) -> Session:
    """The same for a deed that writes to the person's records too: site, person, session, in the house's one order."""
    return access.lock_up_to_session(access.fetch_session(by, session_id, need=need))


def hold_in_emergency(by: Actor, session_id: UUID) -> Session:
    """The session, locked, for any signed-in member of staff of its clinic: stop, acknowledge, call for help (safety 41)."""
    return access.lock_session(access.fetch_session_in_emergency(by, session_id).id)


def step(session: Session, deed: Deed) -> State:
    """Where this deed leads.  Raises Refusal `session.not_now` where it may not happen."""
    found = may_go(_state(session), deed)
    if found.to is None:
        raise Refusal(
            "session.not_now", found.verdict.sentence, "Look at the room as it is now.", findings=found.verdict.open, facts={"state": session.state}
        )
    return found.to


def still_open(session: Session) -> None:
    """Refuses charting in a session that has ended (a late addendum has its own action).  Raises Refusal `session.ended`, `session.not_here`."""
    if session.state in ENDED:
        raise Refusal(
            "session.ended",
            f"The session {SAID[_state(session)]}, and its record is closed.",
            "Write a late addendum: it is added with its own time and never changes what is there.",
        )
    if session.state == "scheduled":
        raise Refusal("session.not_here", "The person has not been checked in yet.", "Check the person in first.")


def happened(session: Session, taken_at: datetime | None, at: datetime, *, not_before: datetime | None = None) -> datetime:
    """The true time of a deed: as said, or now.  Raises Refusal `clock.future`, `clock.no_zone`, `session.too_early`."""
    true = at if taken_at is None else taken_at
    check_taken(true, at)
    true = min(true, at)
    earliest = not_before or session.checked_in_at
    if earliest is not None and true < earliest:
        raise Refusal(
            "session.too_early", "This time lies before what is already charted.", "Check the time, or leave it empty for now.", field="taken_at"
        )
    return true


def put(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    event: str,
    key: str,
    taken_at: datetime,
    at: datetime,
    by: Actor,
    corrects: int | None = None,
    says: str = "",
    old: object = None,
    reason: str = "",
) -> Charted:
    """Add the entry to the chain, write its audit line and keep the answer for a retry: all or nothing, in the caller's transaction."""
    entry = append_entry(session, kind, dict(payload), taken_at=taken_at, at=at, by=by, corrects=corrects)
    trail.record(
        event,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "seq": entry.seq},
        old=old,
        new={"kind": kind, **payload},
        reason=reason,
    )
    charted = Charted(entry.seq, says)
    answer(by, key, charted.as_answer())
    return charted


def own_key(key: str, *parts: object) -> str:
    """The key of a write inside this one: the same for a retry, another for every part."""
    return hashlib.sha256("|".join([key, *(str(part) for part in parts)]).encode()).hexdigest()


def words(text: str, *, field: str, longest: int = 2000) -> str:
    """Text that a person typed, whole and without what a database refuses.  Raises Refusal `session.no_words`, `session.too_long`."""
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise Refusal("session.no_words", "Nothing is written here.", "Write it in a few words.", field=field)
    if len(kept) > longest:
        raise Refusal("session.too_long", f"This is longer than {longest} characters.", "Split it into two notes.", field=field)
    return kept


def _state(session: Session) -> State:
    return session.state  # type: ignore[return-value]  # the database holds the closed list
