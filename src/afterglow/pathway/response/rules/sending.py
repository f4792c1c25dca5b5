"""May a check-in go to a person now, later, or not at all; and does somebody have to call instead?  Pure.

Safety 44: what asks about self-harm goes out by link only while somebody on call can be paged to read the answer.  Nobody there means that it
waits, and in the end that a colleague calls: it is never sent into a night in which nobody reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

CHANNEL_OF: Final = {"phone": "sms", "email": "email"}  # what the person said about being contacted -> the one way that this opens
NOT_ASKED: Final = "Nobody has asked this person yet how they may be contacted. Ask them, and write it into their record."
NOBODY_ON_CALL: Final = "Nobody who is on call at this site can be paged to read an answer."
TOO_LATE: Final = "Its time was over before it could be sent."
NOT_IN_TIME: Final = "Its time was over before anybody could be asked to ask it."
NEEDS_LICENCE: Final = "Needs your licence: not asked."
"""How the reason begins where the clinic may not use the scale; it stands on the lists, and nothing is dropped in silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFacts:
    """`first_at`: the moment for the first message.  `ways`: channels that work here.  `has_address`: one for the way this person asked for.

    `quiet`: it is night at the site now, also when the moment passed by day.
    """

    at: datetime
    first_at: datetime
    quiet: bool
    due_at: datetime
    closes_at: datetime
    needs_on_call: bool
    on_call: int
    contact_by: str
    has_address: bool
    ways: frozenset[str]
    call_if_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """`call`: a colleague has to call instead.  `sentence`: why it is not sent, or not yet."""

    what: Literal["send", "wait", "not_sent"]
    sentence: str = ""
    call: bool = False


def sending(facts: SendFacts) -> Sending:
    """What happens to this check-in now.  A person who asked not to be contacted is neither written to nor called; one who was never asked is not
    written to, and a colleague is asked to speak to them.
    """
    if facts.at < facts.first_at and facts.first_at < facts.closes_at:
        return Sending(what="wait")
    if facts.contact_by == "none":
        return Sending(what="not_sent", sentence="This person asked not to be contacted.")
    if facts.contact_by not in CHANNEL_OF:
        return Sending(what="not_sent", sentence=NOT_ASKED, call=True)
    if why := _no_way(facts):
        return Sending(what="not_sent", sentence=why, call=facts.call_if_silent)
    alone = facts.needs_on_call and facts.on_call == 0
    if alone and facts.at >= facts.due_at:
        return Sending(what="not_sent", sentence=NOBODY_ON_CALL, call=True)
    if facts.at >= facts.closes_at or facts.first_at >= facts.closes_at:
        return Sending(what="not_sent", sentence=TOO_LATE, call=facts.call_if_silent)
    if alone:
        return Sending(what="wait", sentence=NOBODY_ON_CALL)
    return Sending(what="wait") if facts.quiet else Sending(what="send")


def _no_way(facts: SendFacts) -> str:
    if not facts.has_address:
        return f"There is no address on file for the way this person asked for ({facts.contact_by})."
    if CHANNEL_OF[facts.contact_by] not in facts.ways:
        return f"This clinic has no way to write by {facts.contact_by}: it is not set up."
    return ""


def calls_for_silence(*, call_if_silent: bool, due_at: datetime, answered: bool, at: datetime) -> bool:
    """Is it time for a colleague to call, because a check-in that must be answered was not?"""
    return call_if_silent and not answered and at >= due_at
