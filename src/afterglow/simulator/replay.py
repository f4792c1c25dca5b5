"""Plays the recording of a real bedside monitor to the devices door: one row a minute, zeros and gaps as they were recorded.

python -m afterglow.simulator.replay --url http://127.0.0.1:8000 --key KEY [--speed 60] [--from-minute 0]

The recording is of intensive care, not of ketamine therapy: it shows how the room speaks of sensors and falls, and tunes no limit.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from afterglow.simulator.monitor import KEY_VARIABLE
from afterglow.simulator.sender import KeyRefused, Sender

RECORDING = Path(__file__).parent / "recording" / "monitor_72min.csv"
CAUTION = "Recording of an intensive-care monitor, not of ketamine therapy. One value a minute. Not to be used to tune limits."
COLUMNS = {
    "HR": ("hr", "/min"),
    "PULSE": ("pulse", "/min"),
    "RESP": ("rr", "/min"),
    "SpO2": ("spo2", "%"),
    "NBPSys": ("sbp", "mmHg"),
    "NBPDias": ("dbp", "mmHg"),
    "NBPMean": ("map", "mmHg"),
}
MINUTE_S = 60.0


def rows(path: Path = RECORDING) -> Iterator[tuple[int, dict[str, tuple[float, str]]]]:
    """(minute, channels) in order; an empty cell is a channel that was not sent, a 0 is sent as 0."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines):
        yield int(row["minute"]), {code: (float(row[column]), unit) for column, (code, unit) in COLUMNS.items() if row[column]}


def main(argv: Sequence[str] | None = None) -> int:
    """0 when the recording was played to its end or it was stopped, 2 when the key is refused, 3 when the end could not be handed in."""
    options = _options(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sender = Sender(options.url, options.key)
    run = secrets.token_hex(4)
    done = True
    try:
        tick = time.monotonic()
        for minute, channels in rows():
            if minute < options.from_minute:
                continue
            done = sender.send(f"{run}-minute-{minute}", datetime.now(UTC), channels)
            tick += MINUTE_S / options.speed
            time.sleep(max(0.0, tick - time.monotonic()))
        done = done or sender.flush()
    except KeyRefused:
        print("The server knows no device with this key.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    finally:
        sender.close()
    return 0 if done else 3


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="afterglow.simulator.replay", description="Plays the 72-minute recording, one row a minute.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8000")
    parser.add_argument("--key", default=os.environ.get(KEY_VARIABLE, ""), help=f"the device key (or {KEY_VARIABLE} in the environment)")
    parser.add_argument("--speed", type=float, default=1.0, help="rows a minute, for tests: 60 plays one row a second")
    parser.add_argument("--from-minute", type=int, default=0, help="the row to begin with")
    options = parser.parse_args(argv)
    if not options.key:
        parser.error(f"no device key: give --key or set {KEY_VARIABLE}")
    if options.speed <= 0:
        parser.error("--speed is above 0")
    return options


if __name__ == "__main__":
    sys.exit(main())
