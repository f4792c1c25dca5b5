"""A virtual bedside monitor as a process of its own: one message a second to the devices door, until it is stopped.

python -m afterglow.simulator.monitor --url http://127.0.0.1:8000 --key KEY [--seed 7] [--dosing-from ISO-TIME]
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from afterglow.simulator.physiology import Monitor
from afterglow.simulator.sender import KeyRefused, Sender

KEY_VARIABLE = "AFTERGLOW_DEVICE_KEY"


def main(argv: Sequence[str] | None = None) -> int:
    """0 when it was stopped or its time is over, 2 when the key is refused."""
    options = _options(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = datetime.now(UTC)
    dosing_from = datetime.fromisoformat(options.dosing_from) if options.dosing_from else began
    monitor = Monitor(options.seed, dosing_from_s=(dosing_from - began).total_seconds(), cuff_every_s=options.cuff_every)
    sender = Sender(options.url, options.key)
    run = secrets.token_hex(4)  # ids of one run never meet those of another
    try:
        tick = time.monotonic()
        for second in range(options.seconds) if options.seconds else _for_ever():
            sender.send(f"{run}-{second}", datetime.now(UTC), monitor.channels(second))
            tick += options.every
            time.sleep(max(0.0, tick - time.monotonic()))
    except KeyRefused:
        print("The server knows no device with this key.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    finally:
        sender.close()
    return 0


def _for_ever() -> Sequence[int]:
    """Longer than any monitor runs."""
    return range(sys.maxsize)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="afterglow.simulator.monitor", description="A virtual bedside monitor; everything it shows is invented.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8000")
    parser.add_argument("--key", default=os.environ.get(KEY_VARIABLE, ""), help=f"the device key (or {KEY_VARIABLE} in the environment)")
    parser.add_argument("--seed", type=int, default=7, help="which invented person")
    parser.add_argument("--dosing-from", default="", help="when the infusion began, ISO 8601 with zone; now unless told")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two messages")
    parser.add_argument("--cuff-every", type=int, default=300, help="messages between two cuff pressures")
    parser.add_argument("--seconds", type=int, default=0, help="how many messages; until stopped unless told")
    options = parser.parse_args(argv)
    if not options.key:
        parser.error(f"no device key: give --key or set {KEY_VARIABLE}")
    return options


if __name__ == "__main__":
    sys.exit(main())
