"""Whether a check-in is sent, waits, or is given up, and whether a colleague has to call instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.response.rules.sending import NOBODY_ON_CALL, TOO_LATE, SendFacts, Sending, calls_for_silence, sending

AT = datetime(2026, 12, 8, 18, 0, tzinfo=UTC)
H = timedelta(hours=1)
READY = SendFacts(
    at=AT, first_at=AT, quiet=False, due_at=AT + 12 * H, closes_at=AT + 24 * H, needs_on_call=True, on_call=1, contact_by="phone", has_address=True,
    ways=frozenset({"sms"}), call_if_silent=True,
)  # fmt: skip


# req: S105
def test_it_goes_when_everything_is_there() -> None:
    assert sending(READY) == Sending(what="send")
    assert sending(replace(READY, needs_on_call=False, on_call=0)) == Sending(what="send")
    assert sending(replace(READY, contact_by="email", ways=frozenset({"email"}))) == Sending(what="send")


def test_it_waits_for_its_moment_and_for_the_end_of_the_night() -> None:
    assert sending(replace(READY, at=AT + H, quiet=True)) == Sending(what="wait")
    assert sending(replace(READY, first_at=AT + H)) == Sending(what="wait")


# hazard: H16
def test_nobody_on_call_means_that_it_waits_and_in_the_end_that_somebody_calls() -> None:
    alone = replace(READY, on_call=0, call_if_silent=False)
    assert sending(alone) == Sending(what="wait", sentence=NOBODY_ON_CALL)
    assert sending(replace(alone, at=alone.due_at)) == Sending(what="not_sent", sentence=NOBODY_ON_CALL, call=True)
    assert "can be paged" in NOBODY_ON_CALL, "somebody may be on call whom no page reaches"


# hazard: H53
def test_who_asked_not_to_be_contacted_is_neither_written_to_nor_called() -> None:
    assert sending(replace(READY, contact_by="none")) == Sending(what="not_sent", sentence="This person asked not to be contacted.", call=False)


# hazard: H53
@pytest.mark.parametrize("wish", ["not_asked", "", "unknown"])
@pytest.mark.parametrize("calls", [True, False])
def test_who_was_never_asked_is_not_written_to_and_a_colleague_asks(wish: str, calls: bool) -> None:
    decided = sending(replace(READY, contact_by=wish, call_if_silent=calls))
    assert (decided.what, decided.call) == ("not_sent", True)
    assert "Nobody has asked this person yet" in decided.sentence
    assert sending(replace(READY, contact_by=wish, at=READY.at - H, first_at=READY.at)).what == "wait", "not before its time"


# hazard: H53
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"has_address": False}, "no address"),
        ({"ways": frozenset({"email"})}, "not set up"),
    ],
)
@pytest.mark.parametrize("calls", [True, False])
def test_without_a_way_to_write_somebody_calls_where_silence_would_lead_to_a_call(changed: dict[str, object], says: str, calls: bool) -> None:
    decided = sending(replace(READY, call_if_silent=calls, **changed))  # type: ignore[arg-type]
    assert (decided.what, decided.call) == ("not_sent", calls)
    assert says in decided.sentence


@pytest.mark.parametrize("calls", [True, False])
def test_after_the_end_it_is_not_sent_any_more(calls: bool) -> None:
    over = replace(READY, at=READY.closes_at, call_if_silent=calls)
    assert sending(over) == Sending(what="not_sent", sentence=TOO_LATE, call=calls)
    assert sending(replace(READY, first_at=READY.closes_at, call_if_silent=calls)) == Sending(what="not_sent", sentence=TOO_LATE, call=calls)


# req: N42
def test_silence_leads_to_a_call_from_the_due_time_on() -> None:
    told = {"call_if_silent": True, "due_at": AT, "answered": False}
    assert calls_for_silence(**told, at=AT)  # type: ignore[arg-type]
    assert not calls_for_silence(**told, at=AT - timedelta(seconds=1))  # type: ignore[arg-type]
    assert not calls_for_silence(**(told | {"answered": True}), at=AT)  # type: ignore[arg-type]
    assert not calls_for_silence(**(told | {"call_if_silent": False}), at=AT)  # type: ignore[arg-type]
