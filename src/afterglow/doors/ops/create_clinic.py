"""A real, empty clinic with one site and a first owner."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from zoneinfo import available_timezones

from afterglow.doors import clock
from afterglow.doors.ops import answer, folder, migrate
from afterglow.ground.errors import Refusal

HELP = "make a real, empty clinic with a first owner"
QUESTIONS = {
    "name": "Name of the clinic",
    "site": "Name of its first site",
    "zone": "Time zone of the site (such as America/Los_Angeles)",
    "state": "State of the site (such as CA)",
    "owner": "Name of the owner",
    "email": "E-mail address of the owner",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name, question in QUESTIONS.items():
        parser.add_argument(f"--{name}", help=question)


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    from afterglow.ground.accounts.actions import create_clinic
    from afterglow.ground.accounts.queries import has_demo_clinic

    migrate.bring_up_to_date()
    if has_demo_clinic():
        raise Refusal(
            "ops.demo_data_here", "This database holds the demo clinic.", "Give the real clinic a folder of its own: AFTERGLOW_HOME=/path/to/folder."
        )
    given = {name: getattr(options, name) or _ask(question) for name, question in QUESTIONS.items()}
    if given["zone"] not in available_timezones():
        raise Refusal("ops.unknown_zone", f"There is no time zone called {given['zone']}.", "Use a name such as America/Los_Angeles.")
    clinic, site, owner = create_clinic(
        name=given["name"],
        site_name=given["site"],
        zone=given["zone"],
        state=given["state"].upper(),
        owner_name=given["owner"],
        owner_email=given["email"],
        owner_password=os.environ.get("AFTERGLOW_OWNER_PASSWORD") or _ask_password(),
        at=clock.now(),
    )
    said = f"{clinic.name} is ready. Start it with `afterglow serve` and sign in as {owner.email}. No session can start until a prescriber has accepted the site's limits."
    return answer.done(options, said, clinic=clinic.id, site=site.id, owner=owner.id)


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Refusal("ops.not_given", f"{question}: not given.", "Give it as an option; `afterglow create-clinic --help` lists them.")
    return input(f"{question}: ").strip()


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise Refusal("ops.not_given", "The owner's password is not given.", "Put it into AFTERGLOW_OWNER_PASSWORD for this one command.")
    first, second = getpass.getpass("Password of the owner: "), getpass.getpass("Once more: ")
    if first != second:
        raise Refusal("ops.passwords_differ", "The two passwords differ.", "Run the command again.")
    return first
