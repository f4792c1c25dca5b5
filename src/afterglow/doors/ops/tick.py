"""Run the jobs once: for a schedule outside the server."""

from __future__ import annotations

import argparse

from afterglow.doors import clock
from afterglow.doors.ops import answer, folder

HELP = "run what is due now, once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    from afterglow.doors.jobs.tick import JobsFailed, tick  # models exist once Django is set up

    try:
        done = tick(clock.now())
    except JobsFailed as some:
        names = ", ".join(name.replace("_", " ") for name in some.failed)
        return answer.failed(
            options, f"These failed and are tried again next time: {names}. The log says what kind of error.", failed=some.failed, **some.done
        )
    return answer.done(options, ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in done.items()), **done)
