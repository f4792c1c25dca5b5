"""The virtual monitor and the recording: the same seed, the same person; every row of the recording as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from afterglow.science.vitals.channels import channel_value, is_possible
from afterglow.simulator import monitor, replay
from afterglow.simulator.physiology import Monitor
from afterglow.simulator.sender import MOST_AT_ONCE, Sender

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_a_virtual_monitor_speaks_of_a_possible_body(seed: int) -> None:
    device = Monitor(seed, dosing_from_s=600)
    seen = [device.channels(second) for second in range(4200)]
    for channels in seen:
        for code, (value, unit) in channels.items():
            assert is_possible(code, channel_value(code, value, unit))
    cuffs = [(second, channels) for second, channels in enumerate(seen) if "sbp" in channels]
    assert [second for second, _ in cuffs] == list(range(0, 4200, 300))
    assert all(channels["dbp"][0] < channels["map"][0] < channels["sbp"][0] for _, channels in cuffs)
    before, during = cuffs[1][1]["sbp"][0], cuffs[9][1]["sbp"][0]
    assert during > before  # 35 minutes into the dose the pressure is up


def test_the_same_seed_is_the_same_person_and_another_is_not() -> None:
    def minute(seed: int) -> list[Mapping[str, Any]]:
        device = Monitor(seed, dosing_from_s=0)
        return [device.channels(second) for second in range(60)]

    assert minute(7) == minute(7)
    assert minute(7) != minute(8)


def test_the_recording_is_played_whole_with_its_zeros_and_gaps() -> None:
    played = dict(replay.rows())
    assert list(played) == list(range(72))
    assert played[0]["pulse"] == (0.0, "/min")
    assert "sbp" not in played[0]
    assert played[2]["sbp"] == (87.0, "mmHg")
    assert sum(value == 0 for channels in played.values() for value, _ in [channels.get("hr", (1, ""))]) == 28  # of 72 rows


class Door:
    """The other side of the wire: answers as told, remembers what came."""

    def __init__(self, sender: Sender, *answers: Any) -> None:
        self.came: list[list[str]] = []
        self._answers = list(answers)
        sender._post = self._post  # type: ignore[method-assign]

    def _post(self, batch: list[dict[str, Any]]) -> Any:
        self.came.append([message["id"] for message in batch])
        answer = self._answers.pop(0) if self._answers else "all"
        return {"acknowledged": [message["id"] for message in batch], "refused": []} if answer == "all" else answer


def test_what_was_not_acknowledged_is_sent_again_with_the_same_ids() -> None:
    sender = Sender("http://127.0.0.1:8000", "k")
    door = Door(sender, None, None)
    for number in range(2):
        assert sender.send(f"m{number}", AT, {"hr": (70.0, "/min")}) is False
    assert sender.send("m2", AT, {"hr": (70.0, "/min")}) is True
    assert door.came == [["m0"], ["m0", "m1"], ["m0", "m1", "m2"]]
    assert sender.unsent == 0


def test_a_refused_message_is_let_go_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    sender = Sender("http://127.0.0.1:8000", "k")
    Door(sender, {"acknowledged": [], "refused": [{"id": "m0", "code": "device.no_session", "sentence": "Nobody is in the room."}]})
    assert sender.send("m0", AT, {"hr": (70.0, "/min")}) is True
    assert sender.unsent == 0
    assert "Nobody is in the room." in capsys.readouterr().err


def test_a_backlog_goes_out_in_batches_the_door_takes() -> None:
    sender = Sender("http://127.0.0.1:8000", "k")
    door = Door(sender, *([None] * 119))
    for number in range(120):
        sender.send(f"m{number}", AT, {"hr": (70.0, "/min")})
    assert [len(batch) for batch in door.came[-3:]] == [MOST_AT_ONCE, MOST_AT_ONCE, 20]


def test_a_server_that_is_not_there_is_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    sender = Sender("http://127.0.0.1:9", "k")
    assert sender.send("m0", AT, {"hr": (70.0, "/min")}) is False
    assert sender.unsent == 1
    assert "does not answer" in capsys.readouterr().err
    sender.close()


@pytest.mark.parametrize("program", [monitor.main, replay.main])
def test_a_monitor_without_a_key_says_so(program: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(monitor.KEY_VARIABLE, raising=False)
    with pytest.raises(SystemExit) as ended:
        program(["--url", "http://127.0.0.1:9"])
    assert ended.value.code == 2
    assert "no device key" in capsys.readouterr().err
