"""What has gone in, read from the pump's deeds: pauses, rates, corrections, an exit without a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from afterglow.pathway.session.queries.deeds import Deed, folded
from afterglow.pathway.session.queries.given import dose_line, given_ug, infusion_of

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
STARTED = {"drug": "ketamine_racemic", "dose_ug": 35_000, "over_min": 40, "drug_ug": 35_000, "total_ul": 20_000, "rate_ul_per_h": 30_000}


def deed(seq: int, kind: str, minute: float, payload: dict[str, Any] | None = None, corrects: int | None = None) -> Deed:
    moment = AT + timedelta(minutes=minute)
    return Deed(seq=seq, kind=kind, taken_at=moment, recorded_at=moment, late=False, by="Ben", payload=payload or {}, corrects=corrects)


def after(minutes: float, *more: Deed) -> int:
    held = infusion_of([deed(1, "started", 0, STARTED), *more])
    assert held is not None
    return dose_line(held, at=AT + timedelta(minutes=minutes)).given.dose_ug


def test_nothing_runs_before_the_start() -> None:
    assert infusion_of([deed(1, "vitals", 0, {"channels": {}})]) is None


# hazard: H7
def test_what_went_in_by_rate_and_time() -> None:
    resumed = deed(3, "resumed", 20, {"rate_ul_per_h": 15_000})
    assert after(10) == 8_750
    assert after(60) == 35_000  # never more than the syringe held
    assert after(60, deed(2, "paused", 10)) == 8_750
    assert after(30, deed(2, "paused", 10), resumed) == 8_750 + 4_375
    assert after(30, deed(2, "rate_changed", 10, {"rate_ul_per_h": 60_000})) == 35_000
    assert after(90, deed(2, "pump_stopped", 10)) == 8_750


def test_pauses_are_the_time_between_pumping() -> None:
    held = infusion_of(
        [
            deed(1, "started", 0, STARTED),
            deed(2, "paused", 10),
            deed(3, "resumed", 15, {"rate_ul_per_h": 30_000}),
            deed(4, "rate_changed", 20, {"rate_ul_per_h": 20_000}),
        ]
    )
    assert held is not None
    line = dose_line(held, at=AT + timedelta(minutes=25))
    assert line.pauses == ((AT + timedelta(minutes=10), AT + timedelta(minutes=15)),)
    assert (held.ordered_rate_ul_per_h, held.rate_ul_per_h, held.is_running) == (30_000, 20_000, True)
    assert line.finishes_at is not None and line.finishes_at > AT + timedelta(minutes=45)


def test_the_volume_read_off_the_pump_is_kept_whatever_entry_holds_it() -> None:
    held = infusion_of([deed(1, "started", 0, STARTED), deed(2, "stopped", 10), deed(3, "addendum", 30, {"final_volume_ul": 5_000})])
    assert held is not None and held.final_volume_ul == 5_000
    assert given_ug(held, volume_ul=5_000) == 8_750 and given_ug(held, volume_ul=99_000) == 35_000


# hazard: H57
def test_a_correction_counts_and_the_first_words_stay() -> None:
    wrong = deed(1, "note", 1, {"text": "first"})
    once = deed(2, "corrected", 1, {"corrects": 1, "payload": {"text": "second"}}, corrects=1)
    twice = deed(3, "corrected", 2, {"corrects": 1, "payload": {"text": "third"}}, corrects=1)
    (note, *_) = folded([wrong, once, twice])
    assert (note.payload["text"], note.was, note.corrected_by, note.taken_at) == ("third", {"text": "first"}, 3, twice.taken_at)
    (gone, *_) = folded([wrong, deed(2, "corrected", 1, {"withdrawn": True}, corrects=1)])
    assert gone.withdrawn and gone.payload == {"text": "first"}


@given(minutes=st.lists(st.integers(1, 15), min_size=2, max_size=8), slower=st.integers(1, 30_000))
def test_more_pauses_never_give_more(minutes: list[int], slower: int) -> None:
    """However it is paused and slowed, no more goes in than without."""
    clock, rows = 0, []
    for number, step in enumerate(minutes, start=2):
        clock += step
        rows.append(deed(number, "paused", clock) if number % 2 == 0 else deed(number, "resumed", clock, {"rate_ul_per_h": slower}))
    assert after(clock + 5, *rows) <= after(clock + 5)
