"""`afterglow` on the command line.  Commands live in `doors/ops/`, the demo with the simulator that plays it; this page only finds them and turns
refusals into exit codes."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "serve": "afterglow.doors.ops.serve",
    "demo": "afterglow.simulator.demo",
    "check": "afterglow.doors.ops.check",
    "create-clinic": "afterglow.doors.ops.create_clinic",
    "new-password": "afterglow.doors.ops.new_password",
    "score": "afterglow.doors.ops.score",
    "library": "afterglow.doors.ops.library",
    "pk": "afterglow.doors.ops.pk",
    "migrate": "afterglow.doors.ops.migrate",
    "registry": "afterglow.doors.ops.registry",
    "tick": "afterglow.doors.ops.tick",
    "audit": "afterglow.doors.ops.audit",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; exit code 0 when it did what it says, 2 for a refusal, 1 for anything else."""
    os.umask(0o077)  # database, journal and keys are their owner's alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")
    parser = argparse.ArgumentParser(prog="afterglow", description="Open clinical system for ketamine-assisted therapy.")
    places = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name, place in COMMANDS.items():
        module = importlib.import_module(place)
        command = places.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--json", action="store_true", help="answer as JSON")
        module.add_arguments(command)
        modules[name] = module
    options = parser.parse_args(argv)
    return _run(modules[options.command], options)


def _run(module: object, options: argparse.Namespace) -> int:
    import django

    from afterglow.ground.content.files import LibraryError
    from afterglow.ground.errors import Refusal

    try:
        if choose_home := getattr(module, "choose_home", None):
            choose_home(options)  # settings read the data folder when they load
        if getattr(module, "NEEDS_DJANGO", True):
            django.setup()
        code: int = module.run(options)
        return code
    except Refusal as refusal:
        return _say(options, refusal.code, refusal.sentence, refusal.now)
    except LibraryError as error:
        return _say(options, error.code, f"{error.file}: {error.sentence}", error.now)
    except KeyboardInterrupt:
        return 130


def _say(options: argparse.Namespace, code: str, sentence: str, now: str) -> int:
    if options.json:
        print(json.dumps({"ok": False, "refusal": code, "sentence": sentence, "now": now}))
    else:
        print(f"{sentence} {now}".strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
